package indextest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

func cluster(id string, layer index.Layer, hosts ...string) index.Cluster {
	c := index.Cluster{ID: id, Layer: layer, Size: len(hosts), Hosts: hosts, Since: t0,
		Lineage: []index.Event{{At: t0, What: "minted"}}}
	for i := 1; i < len(hosts); i++ {
		c.Ties = append(c.Ties, index.Tie{A: hosts[i-1], B: hosts[i], Kind: "wallet", Value: "btc:1x", Weight: 0.9})
	}
	return c
}

var clusterTests = []test{
	{"SaveClusters sets Kit and Operator and keeps clusters whole", func(s *suite) {
		s.three()
		k, o := cluster("k-1", index.Kit, "a.example", "b.example"), cluster("o-1", index.Operator, "b.example", "c.example")
		s.clusters(k, o)
		s.membership("a.example", "k-1", "")
		s.membership("b.example", "k-1", "o-1")
		s.membership("c.example", "", "o-1")
		s.equal("kit:k-1", "a.example", "b.example")
		s.equal("operator:o-1 -kit:k-1", "c.example")
		got, err := s.Cluster(ctx, "k-1")
		if err != nil || !reflect.DeepEqual(*got, k) {
			s.Errorf("%+v %v, want %+v", got, err, k)
		}
		if _, err := s.Cluster(ctx, "k-9"); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("unknown cluster: %v", err)
		}
	}},
	{"the id of a merged cluster finds the one that took it in", func(s *suite) {
		s.three()
		k := cluster("k-1", index.Kit, "a.example", "b.example")
		k.Aliases = []string{"k-7", "k-8"}
		s.clusters(k, cluster("o-1", index.Operator, "b.example", "c.example"))
		for _, id := range []string{"k-1", "k-7", "k-8"} {
			if got, err := s.Cluster(ctx, id); err != nil || !reflect.DeepEqual(*got, k) {
				s.Errorf("%s: %+v %v", id, got, err)
			}
		}
		if _, err := s.Cluster(ctx, "k-"); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("a part of an id: %v", err)
		}
	}},
	{"SaveClusters replaces the complete set", func(s *suite) {
		s.three()
		s.clusters(cluster("k-1", index.Kit, "a.example", "b.example"), cluster("o-1", index.Operator, "b.example", "c.example"))
		s.clusters(cluster("k-1", index.Kit, "a.example", "c.example"))
		s.membership("a.example", "k-1", "")
		s.membership("b.example", "", "")
		s.membership("c.example", "k-1", "")
		s.equal("kit:k-1", "a.example", "c.example")
		s.equal("operator:o-1")
		if _, err := s.Cluster(ctx, "o-1"); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("deleted cluster: %v", err)
		}
		s.clusters()
		s.membership("a.example", "", "")
		if all, err := s.Clusters(ctx, ""); err != nil || len(all) != 0 {
			s.Errorf("%+v %v", all, err)
		}
	}},
	{"a later visit keeps Kit and Operator", func(s *suite) {
		s.three()
		s.clusters(cluster("k-1", index.Kit, "a.example", "b.example"), cluster("o-1", index.Operator, "a.example", "c.example"))
		s.save(visit("a.example", 2, crawler.Dead, hour(24)), visit("b.example", 2, crawler.OK, hour(24)))
		s.membership("a.example", "k-1", "o-1")
		s.membership("b.example", "k-1", "")
		s.equal("kit:k-1", "a.example", "b.example")
	}},
	{"hosts that the store does not know do no harm", func(s *suite) {
		s.three()
		s.clusters(cluster("k-1", index.Kit, "a.example", "gone.example"))
		s.membership("a.example", "k-1", "")
		if _, err := s.Site(ctx, "gone.example"); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("a cluster made a site: %v", err)
		}
	}},
	{"Clusters are ordered by layer, size falling, id", func(s *suite) {
		s.clusters(cluster("o-1", index.Operator, "a.example", "b.example", "c.example"), cluster("k-3", index.Kit, "a.example", "b.example"),
			cluster("k-2", index.Kit, "c.example", "d.example"), cluster("k-9", index.Kit, "e.example", "f.example", "g.example"))
		for layer, want := range map[index.Layer][]string{"": {"k-9", "k-2", "k-3", "o-1"}, index.Kit: {"k-9", "k-2", "k-3"}, index.Operator: {"o-1"}} {
			all, err := s.Clusters(ctx, layer)
			s.ok(err)
			var got []string
			for _, c := range all {
				got = append(got, c.ID)
			}
			if !slices.Equal(got, want) {
				s.Errorf("layer %q: %v, want %v", layer, got, want)
			}
		}
	}},
	{"large clusters and many clusters", func(s *suite) {
		var hosts []string
		for i := range 3000 {
			hosts = append(hosts, fmt.Sprintf("h%04d.example", i))
		}
		all := []index.Cluster{cluster("k-big", index.Kit, hosts...)}
		for i := 0; i < 1400; i += 2 {
			all = append(all, cluster(fmt.Sprintf("o-%04d", i), index.Operator, hosts[i], hosts[i+1]))
		}
		s.clusters(all...)
		got, err := s.Clusters(ctx, "")
		s.ok(err)
		if len(got) != len(all) || got[0].Size != 3000 || len(got[0].Hosts) != 3000 || len(got[0].Ties) != index.MaxTies {
			s.Errorf("%d clusters, the first of %d hosts and %d ties", len(got), len(got[0].Hosts), len(got[0].Ties))
		}
	}},
	{"EachMember streams sites seen alive, ordered by host", func(s *suite) {
		s.add(t0, "queued.example")
		v := fullVisit()
		s.save(visit("z.example", 1, crawler.OK, t0), visit("dead.example", 1, crawler.Dead, t0), v, visit("z.example", 2, crawler.Parked, hour(1)))
		var got []index.Member
		s.ok(s.EachMember(ctx, func(m *index.Member) error { got = append(got, *m); return nil }))
		if len(got) != 2 || got[0].Host != v.Record.Host || got[1].Host != "z.example" {
			s.Fatalf("members %+v", got)
		}
		site, _ := index.Apply(nil, &v)
		if want := index.MemberOf(site); !reflect.DeepEqual(got[0], want) {
			s.Errorf("member\n%+v\nwant\n%+v", got[0], want)
		}
		if got[1].Outcome != crawler.Parked || got[1].Sequence != 2 || got[1].LastLive.IsZero() {
			s.Errorf("member %+v", got[1])
		}
		stop := errors.New("enough")
		if err := s.EachMember(ctx, func(*index.Member) error { return stop }); err != stop {
			s.Errorf("the function's error came back as %v", err)
		}
	}},
}

// shows is a visit of a site of which nothing is known but its bands and indicators.
func shows(host string, bands []string, ids []extractors.Indicator) index.Visit {
	v := visit(host, 1, crawler.OK, t0)
	v.Findings.Indicators, v.Findings.Hosting, v.Findings.Fingerprint.Bands = ids, extractors.Hosting{}, bands
	return v
}

// near wants n neighbours in this order, each given by how its host begins.
func (s *suite) near(m index.Member, n int, want ...string) {
	s.Helper()
	near, err := s.Near(ctx, &m, n)
	s.ok(err)
	var got []string
	for _, x := range near {
		got = append(got, x.Host)
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		s.Errorf("the %d nearest are %q, want %q", n, got, want)
	}
}

var nearTests = []test{
	{"Near finds who shares bands and identifiers, Join sets their clusters", func(s *suite) {
		a, b, c, d := visit("a.example", 1, crawler.OK, t0), visit("b.example", 1, crawler.OK, t0), visit("c.example", 1, crawler.OK, t0), visit("d.example", 1, crawler.OK, t0)
		for _, v := range []*index.Visit{&a, &b, &c, &d} {
			v.Findings.Indicators, v.Findings.Hosting = nil, extractors.Hosting{}
			v.Findings.Fingerprint.Bands = nil
		}
		a.Findings.Fingerprint.Bands = []string{"ta:01", "ta:02", "ta:03"}
		b.Findings.Fingerprint.Bands = []string{"ta:02", "ta:03", "ta:09"}
		c.Findings.Indicators = []extractors.Indicator{{Kind: extractors.KindTracker, Type: "ga4", Value: "G-NEAR1", Confidence: extractors.High, Where: extractors.InText}}
		s.save(a, b, c, d)
		s.ok(s.Join(ctx, "b.example", "k-1", ""))
		s.ok(s.Flush(ctx))
		s.membership("b.example", "k-1", "")
		s.equal("kit:k-1", "b.example")
		m := index.Member{Host: "a.example", Fingerprint: a.Findings.Fingerprint, Indicators: c.Findings.Indicators}
		near, err := s.Near(ctx, &m, 10)
		s.ok(err)
		got := map[string]string{}
		for _, n := range near {
			got[n.Host] = n.Kit
		}
		if want := map[string]string{"b.example": "k-1", "c.example": ""}; !reflect.DeepEqual(got, want) {
			s.Errorf("near: %v, want %v", got, want)
		}
		if near, err := s.Near(ctx, &m, 1); err != nil || len(near) != 1 {
			s.Errorf("one of them: %d, %v", len(near), err)
		}
		if err := s.Join(ctx, "nobody.example", "k-1", ""); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("an unknown site: %v", err)
		}
	}},
	{"Near gives those first that share the rarest, by people and by front end in turn", func(s *suite) {
		ids := func(values ...string) (out []extractors.Indicator) {
			for _, v := range values {
				out = append(out, extractors.Indicator{Kind: extractors.KindTracker, Type: "ga4", Value: v, Confidence: extractors.High, Where: extractors.InText})
			}
			return out
		}
		var bands []string
		for i := range 20 {
			bands = append(bands, fmt.Sprintf("ta:%08x", i))
		}
		for i := range 6 {
			s.save(shows(fmt.Sprintf("copy%d.example", i), bands, nil), shows(fmt.Sprintf("crowd%d.example", i), nil, ids("G-MANY1", "G-MANY2", "G-MANY3")))
		}
		s.save(shows("edited.example", bands[:2], nil), shows("rare.example", nil, ids("G-RARE")), shows("self.example", bands, ids("G-RARE")))
		m := index.Member{Host: "self.example", Indicators: ids("G-MANY1", "G-MANY2", "G-MANY3", "G-RARE")}
		s.near(m, 1, "rare.example") // one of two holders; the crowd shares three values, each of six
		s.near(m, 3, "rare.example", "crowd", "crowd")
		m.Fingerprint.Bands = bands
		s.near(m, 2, "copy", "rare.example")
		s.near(m, 4, "copy", "rare.example", "copy", "crowd")
		s.near(m, 13, "copy", "rare.example", "copy", "crowd", "copy", "crowd", "copy", "crowd", "copy", "crowd", "copy", "crowd", "edited.example")
	}},
	{"Near gives equals by host, whichever came first", func(s *suite) {
		bands := []string{"ta:01", "ta:02"}
		for _, host := range []string{"c.example", "a.example", "d.example", "b.example"} {
			s.save(shows(host, bands, nil))
		}
		s.near(index.Member{Host: "self.example", Fingerprint: extractors.Fingerprint{Bands: bands}}, 3, "a.", "b.", "c.")
	}},
	{"Near passes over identifiers of very many sites, and no bands", func(s *suite) {
		many := []extractors.Indicator{{Kind: extractors.KindTracker, Type: "ga4", Value: "G-ALL", Confidence: extractors.High, Where: extractors.InText}}
		var visits []index.Visit
		for i := range index.MaxNearHolders + 1 {
			visits = append(visits, shows(fmt.Sprintf("copy%d.example", i), []string{"ta:01"}, many))
		}
		s.save(visits...)
		s.near(index.Member{Host: "self.example", Indicators: many}, 3)
		s.near(index.Member{Host: "self.example", Fingerprint: extractors.Fingerprint{Bands: []string{"ta:01"}}}, 3, "copy", "copy", "copy")
	}},
	{"Near gives neighbours whole, their registration too", func(s *suite) {
		v := fullVisit()
		other := visit("other.example", 1, crawler.OK, t0)
		other.Findings.Fingerprint.Bands = []string{v.Findings.Fingerprint.Bands[0]}
		s.save(v, other)
		site, _ := index.Apply(nil, &v)
		near, err := s.Near(ctx, &index.Member{Host: "other.example", Fingerprint: other.Findings.Fingerprint}, 10)
		s.ok(err)
		if len(near) != 1 || !reflect.DeepEqual(near[0].Member, index.MemberOf(site)) {
			s.Fatalf("near\n%+v\nwant\n%+v", near, index.MemberOf(site))
		}
		if h := near[0].Hosting; h.Registrar == "" || h.RegistrarID == 0 || h.Registered.IsZero() || len(h.NS) == 0 {
			s.Errorf("hosting %+v", h)
		}
	}},
}

var linkTests = []test{
	{"links are kept, replaced, listed in order, deleted", func(s *suite) {
		one := index.Link{A: "a.example", B: "b.example", Layer: index.Operator, Who: "anna", At: t0, Note: "same \"desk\""}
		two := index.Link{A: "a.example", B: "b.example", Layer: index.Kit, Apart: true, At: hour(1)}
		three := index.Link{A: "a.example", B: "c.example", Layer: index.Operator, At: hour(2)}
		for _, l := range []index.Link{three, one, two} {
			s.ok(s.SaveLink(ctx, l))
		}
		one.Note = "looked again"
		s.ok(s.SaveLink(ctx, one))
		s.links(two, one, three)
		s.ok(s.DeleteLink(ctx, three))
		s.links(two, one)
		if err := s.DeleteLink(ctx, three); !errors.Is(err, index.ErrNotFound) {
			s.Errorf("deleted twice: %v", err)
		}
	}},
	{"links and clusters do not mix", func(s *suite) {
		s.three()
		l := index.Link{A: "a.example", B: "b.example", Layer: index.Operator, At: t0}
		s.ok(s.SaveLink(ctx, l))
		s.clusters(cluster("o-1", index.Operator, "b.example", "c.example"))
		if all, err := s.Clusters(ctx, ""); err != nil || len(all) != 1 {
			s.Errorf("%+v %v", all, err)
		}
		s.clusters()
		s.links(l)
	}},
}

func (s *suite) links(want ...index.Link) {
	s.Helper()
	if got, err := s.Links(ctx); err != nil || !reflect.DeepEqual(got, want) {
		s.Errorf("links %+v %v, want %+v", got, err, want)
	}
}

func (s *suite) three() {
	s.Helper()
	s.save(visit("a.example", 1, crawler.OK, t0), visit("b.example", 1, crawler.OK, t0), visit("c.example", 1, crawler.OK, t0))
}

func (s *suite) clusters(all ...index.Cluster) {
	s.Helper()
	s.ok(s.SaveClusters(ctx, all))
	s.ok(s.Flush(ctx))
}

func (s *suite) membership(host, kit, operator string) {
	s.Helper()
	if site := s.site(host); site.Kit != kit || site.Operator != operator {
		s.Errorf("%s is in %q and %q, want %q and %q", host, site.Kit, site.Operator, kit, operator)
	}
}

package jobs

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

// own adds the hosts that the site shows itself.
func (l *leads) own() {
	f := &l.of.Findings
	if len(f.Hosting.CertSANs) <= ownCertificate { // a longer list is a hoster's
		for _, n := range f.Hosting.CertSANs {
			l.add(n, .8, "named in the certificate of")
		}
	}
	for _, h := range l.of.Hops {
		l.add(hostOf(h.To), .8, "redirected to by")
	}
	l.add(hostOf(l.of.FinalURL), .8, "redirected to by")
	for _, i := range f.Indicators {
		if i.Kind == extractors.KindBackend && i.Confidence != extractors.Low {
			host, _, _ := strings.Cut(i.Value, ":")
			l.add(host, .6, "talked to by the front end of")
		}
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// links adds the hosts that the site sends its visitors to, unless many others do so too: messengers, shops, banks.
func (p *Pivot) links(ctx context.Context, l *leads) error {
	for _, host := range l.of.Findings.Links {
		if p.Skip != nil && p.Skip(host) {
			continue
		}
		n, err := p.Store.Search(ctx, index.SearchRequest{Query: query.Term{Field: "link", Value: host}, Limit: 1})
		if err != nil {
			return fmt.Errorf("counting links to %s: %w", host, err)
		}
		if n.Total <= fewHolders {
			l.add(host, .4, "linked to by")
		}
	}
	return nil
}

// holding is one value by which sites of one hand are found.
type holding struct {
	field, value string
	score        float64
	how          string
}

// pivotHoldings gives the values of a site that lead to others who have them.
func pivotHoldings(s *index.Site) []holding {
	var out []holding
	add := func(field, value string, score float64, how string) {
		h := holding{field, strings.ToLower(value), score, how}
		if f, ok := query.Lookup(field); ok && !f.Fold {
			h.value = value
		}
		if value != "" && len(value) <= index.MaxKey && !slices.ContainsFunc(out, func(o holding) bool { return o.field == h.field && o.value == h.value }) {
			out = append(out, h)
		}
	}
	for _, i := range s.Findings.Indicators {
		if i.Confidence == extractors.Low {
			continue
		}
		switch {
		case i.Payee():
			add("wallet", i.Value, .9, "pays to the same wallet "+i.Value+" as")
		case i.Kind == extractors.KindContact:
			add("contact", i.Value, .7, "has the same "+i.Type+" "+i.Value+" as")
		case i.Kind == extractors.KindTracker:
			add("tracker", i.Value, .6, "has the same "+i.Type+" "+i.Value+" as")
		case i.Kind == extractors.KindBackend:
			add("backend", i.Value, .6, "talks to the same backend "+i.Value+" as")
		case i.Kind == extractors.KindClaim && (i.Type == "company_number" || i.Type == "licence"):
			add(map[string]string{"company_number": "company", "licence": "licence"}[i.Type], i.Value, .4, "claims the same number "+i.Value+" as")
		}
	}
	add("favicon", s.Findings.Fingerprint.FaviconSHA256, .3, "has the same icon as")
	add("cert", s.Findings.Hosting.CertSHA256, .8, "has the same certificate as")
	add("link", s.Host, .4, "links to")
	for _, a := range places(s) {
		add("ever", a, .5, "is or was at the address "+a+" of")
	}
	return out[:min(len(out), holdingsOfSite)]
}

// places gives the addresses at which a site itself is or was served: none of a CDN's.
func places(s *index.Site) []string {
	var out []string
	if s.Findings.Hosting.CDN == "" {
		for _, p := range slices.Backward(s.Past) {
			if p.Kind == "address" {
				out = append(out, p.Value)
			}
		}
	}
	for _, o := range s.Findings.Hosting.Origins {
		a, _, _ := strings.Cut(o, " ")
		if ip, err := netip.ParseAddr(a); err == nil {
			out = append(out, ip.String())
		}
	}
	return out[:min(len(out), placesOfSite)]
}

// shared adds the visited sites that have a value of the site which few have.
func (p *Pivot) shared(ctx context.Context, l *leads) error {
	now := p.Now().UTC()
	for _, h := range pivotHoldings(l.of) {
		r, err := p.Store.Search(ctx, index.SearchRequest{Query: query.Term{Field: h.field, Value: h.value}, Limit: fewHolders})
		if err != nil {
			return fmt.Errorf("reading who has %s %s: %w", h.field, h.value, err)
		}
		if r.Total > fewHolders {
			continue
		}
		for _, s := range r.Sites {
			if label := s.Label(now); label != extractors.LabelBenign && label != extractors.LabelReference {
				l.share(s, h.score, h.how)
			}
		}
	}
	return nil
}

// beside adds the names that discovery kept and that stand beside the site: at its address, behind its name servers, in a certificate
// with it, or in its series of names.
func (p *Pivot) beside(ctx context.Context, l *leads) error {
	type road struct {
		kind, value string
		score       float64
		how         string
	}
	var roads []road
	for _, a := range places(l.of) {
		roads = append(roads, road{"address", a, .5, "at the address " + a + " of"})
	}
	if ns := serverSet(l.of.Findings.Hosting.NS); ns != "" {
		roads = append(roads, road{index.PastNS, ns, .2, "behind the name servers " + ns + " of"})
	}
	entries, err := p.entries(ctx, l.of)
	if err != nil {
		return err
	}
	for _, e := range entries {
		roads = append(roads, road{index.PastEntry, e, .7, "in one certificate (" + e + ") with"})
	}
	if stem := index.Stem(l.of.Host); stem != "" {
		roads = append(roads, road{"stem", stem, .4, "named in the manner of"})
	}
	for _, r := range roads {
		some, all, err := p.Store.NamesWith(ctx, index.NameKey(r.kind, r.value), fewHolders)
		if err != nil {
			return err
		}
		if all > fewHolders {
			continue
		}
		for _, n := range some {
			l.add(n.Host, r.score, r.how)
		}
	}
	return nil
}

// entries gives the entries of certificate logs that named the site.
func (p *Pivot) entries(ctx context.Context, s *index.Site) ([]string, error) {
	var out []string
	for _, r := range s.Sources {
		if strings.HasPrefix(r.Source, "ct:") {
			out = append(out, r.Reference)
		}
	}
	self, _, err := p.Store.NamesWith(ctx, index.NameKey("host", s.Host), 1)
	if err != nil {
		return nil, err
	}
	for _, n := range self {
		for _, x := range n.Past {
			if x.Kind == index.PastEntry {
				out = append(out, x.Value)
			}
		}
	}
	return out[:min(len(out), placesOfSite)], nil
}

// serverSet is all name servers of a domain as one value: one server has many customers, the same set of them fewer.
func serverSet(ns []string) string {
	all := slices.Clone(ns)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

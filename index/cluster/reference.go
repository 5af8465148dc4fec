package cluster

import (
	"cmp"
	"slices"
	"strings"

	"scamatlas/index"
)

// Imitation says that sites look like one that is known to be honest. The honest one is in no cluster.
type Imitation struct {
	Host   string   `json:"host"`             // the honest one
	By     []string `json:"by"`               // sites that look like it, at most maxImitators, ascending
	Sites  int      `json:"sites"`            // of the family that these belong to, 1 for a site by itself
	Kit    string   `json:"kit,omitempty"`    // id of that family
	Score  float64  `json:"score"`            // of the site most like it, 0..1
	Why    string   `json:"why"`              // that likeness in words
	Shared []string `json:"shared,omitempty"` // values copied along, at most maxTiesPerEdge: "ga4 G-1"
}

// honest marks the sites that Options.Reference knows; nil when there are none.
func (o Options) honest(sites []site) []bool {
	if o.Reference == nil {
		return nil
	}
	var out []bool
	for i := range sites {
		if o.Reference(sites[i].host) {
			if out == nil {
				out = make([]bool, len(sites))
			}
			out[i] = true
		}
	}
	return out
}

// isHonest reports whether a site is left out of all groups: what it shows is copied by others.
func (k *kits) isHonest(i int) bool { return k.honest != nil && k.honest[i] }

// comparable reports whether a site can be grouped by its front end.
func (k *kits) comparable(i int) bool { return k.sites[i].substantial() && !k.isHonest(i) }

// findImitators looks for listed sites that are like an honest one. Nobody is joined to it.
func (k *kits) findImitators(f *finder) {
	k.imitators = nil
	m := newMeeting(f, len(f.who))
	for i := range k.honest {
		if k.honest[i] && k.sites[i].substantial() {
			if by := f.search(i, m, nil); len(by) > 0 {
				k.imitators = append(k.imitators, imitated{i, by})
			}
		}
	}
}

// imitated is an honest site with one site each of the components that are like it.
type imitated struct {
	site int
	by   []int32
}

// imitations describes what imitates honest sites, once clusters have ids.
func (g *grouped) imitations(all []index.Cluster) []Imitation {
	kit := map[string]*index.Cluster{}
	if len(g.kits.imitators) > 0 {
		for i := range all {
			for _, h := range all[i].Hosts {
				if all[i].Layer == index.Kit {
					kit[h] = &all[i]
				}
			}
		}
	}
	var out []Imitation
	for _, x := range g.kits.imitators {
		for _, j := range x.by {
			out = append(out, g.imitation(x.site, int(j), kit[g.sites[j].host]))
		}
	}
	slices.SortFunc(out, func(a, b Imitation) int {
		return cmp.Or(strings.Compare(a.Host, b.Host), cmp.Compare(b.Score, a.Score), strings.Compare(a.By[0], b.By[0]))
	})
	return out
}

func (g *grouped) imitation(honest, j int, c *index.Cluster) Imitation {
	m := Imitation{Host: g.sites[honest].host, By: []string{g.sites[j].host}, Sites: 1, Score: rounded(g.kits.similarity(honest, j)), Why: g.kits.tie(honest, j).Value}
	if c != nil {
		m.Kit, m.Sites = c.ID, c.Size
		near := slices.DeleteFunc(slices.Clone(c.Hosts[:min(len(c.Hosts), maxImitators)]), func(h string) bool { return h == m.By[0] })
		m.By = append(m.By, near[:min(len(near), maxImitators-1)]...)
		slices.Sort(m.By)
	}
	for _, e := range g.people.of[honest] {
		if holdsSite(e.sites, j) && len(m.Shared) < maxTiesPerEdge {
			m.Shared = append(m.Shared, e.kind+" "+e.value)
		}
	}
	return m
}

func holdsSite(sites []int32, i int) bool {
	_, held := slices.BinarySearch(sites, int32(i))
	return held
}

// stop takes the weight from values that honest sites show, which were copied with the page, and from those that are known to be of
// many: they join nobody.
func stop(all []*evidence, honest []bool, shared func(kind, value string) bool) []*evidence {
	for _, e := range all {
		e.stopped = shared != nil && shared(e.kind, e.value) ||
			honest != nil && slices.ContainsFunc(e.sites, func(i int32) bool { return honest[i] })
	}
	return all
}

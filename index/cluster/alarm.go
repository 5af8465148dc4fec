package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scamatlas/index"
)

// Alarm says that a build would have made one cluster of sites that the last build had apart, in a way that looks more like one piece
// of bad evidence than like news. They were kept apart, until Options.AllowMerges says otherwise.
type Alarm struct {
	Layer index.Layer
	IDs   []string // of the clusters kept apart, ascending, at most maxAlarmed
	Sites int      // of all of them together
	Why   string
}

func (a Alarm) String() string {
	return fmt.Sprintf("%s %s kept apart: %s", a.Layer, strings.Join(a.IDs, " "), a.Why)
}

const alarmed = "alarm" // what an index.Event says happened

// guard finds the groups that must not come to be, and gives the sites in them wards: sites of different wards stay apart. Ward 0 is
// free to go with anybody.
type guard struct {
	layer    index.Layer
	sites    []site
	previous []index.Cluster // of this layer
	was      []int           // by site: its place in previous plus one, 0 = none
	ward     []int           // by site; nil when there is no alarm
	groups   []held
}

// held is a group that was not let come to be.
type held struct {
	sites []int
	why   string
}

func newGuard(layer index.Layer, sites []site, previous []index.Cluster) *guard {
	g := &guard{layer: layer, sites: sites, was: make([]int, len(sites))}
	at := map[string]int{}
	for i := range previous {
		if previous[i].Layer != layer {
			continue
		}
		g.previous = append(g.previous, previous[i])
		for _, h := range previous[i].Hosts {
			at[h] = len(g.previous)
		}
	}
	for i := range sites {
		g.was[i] = at[sites[i].host]
	}
	return g
}

// check looks at what the groups of this build would join and reports whether any is held.
func (g *guard) check(groups [][]int) bool {
	if len(g.previous) == 0 {
		return false // of a first build nothing can be said
	}
	for _, sites := range groups {
		old := g.within(sites)
		if why, which := g.judge(len(sites), old); why != "" {
			g.hold(sites, which, why)
		}
	}
	return g.ward != nil
}

// within lists the earlier clusters that have most of their sites in a group, by their place in previous plus one.
func (g *guard) within(sites []int) []int {
	n := map[int]int{}
	for _, i := range sites {
		n[g.was[i]]++
	}
	var out []int
	for c, count := range n {
		if c > 0 && 2*count > len(g.previous[c-1].Hosts) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return strings.Compare(g.previous[a-1].ID, g.previous[b-1].ID) })
	return out
}

// judge says why a group is held, and which earlier clusters in it get a ward. When it grew, newcomers get one too: which is nil.
func (g *guard) judge(size int, old []int) (why string, which []int) {
	largest := 0
	var large, known []int
	for _, c := range old {
		n := len(g.previous[c-1].Hosts)
		if largest = max(largest, n); n > alarmJoin {
			large = append(large, c)
		}
		if slices.ContainsFunc(old, func(o int) bool { return o != c && (g.alarmed(c, o) || g.alarmed(o, c)) }) {
			known = append(known, c)
		}
	}
	switch {
	case largest > 0 && size > alarmGrowth*max(largest, alarmJoin):
		return fmt.Sprintf("%d sites would become %d", largest, size), nil
	case len(large) > 1:
		for _, c := range known {
			if !slices.Contains(large, c) {
				large = append(large, c)
			}
		}
		return fmt.Sprintf("%d clusters of more than %d sites would become one", len(large), alarmJoin), large
	case len(known) > 1:
		return "an earlier alarm was not lifted", known
	}
	return "", nil
}

// alarmed reports whether an earlier cluster has an alarm that names another.
func (g *guard) alarmed(c, other int) bool {
	return slices.ContainsFunc(g.previous[c-1].Lineage, func(e index.Event) bool {
		return e.What == alarmed && slices.Contains(e.Of, g.previous[other-1].ID)
	})
}

func (g *guard) hold(sites, which []int, why string) {
	if g.ward == nil {
		g.ward = make([]int, len(g.sites))
	}
	newcomers := len(g.previous) + 1 + len(g.groups)
	for _, i := range sites {
		switch c := g.was[i]; {
		case which == nil && c == 0:
			g.ward[i] = newcomers
		case which == nil || slices.Contains(which, c):
			g.ward[i] = c
		}
	}
	g.groups = append(g.groups, held{sites, why})
}

// apart cuts families by ward. Sites without one go with the site of a ward that they are most similar to.
func (g *guard) apart(k *kits, families [][]int) [][]int {
	var out [][]int
	for _, f := range families {
		parts := map[int][]int{}
		for _, i := range f {
			parts[g.ward[i]] = append(parts[g.ward[i]], i)
		}
		free := parts[0]
		delete(parts, 0)
		if len(parts) < 2 {
			out = append(out, f)
			continue
		}
		wards := make([]int, 0, len(parts))
		seeds := map[int][]int{}
		for w, sites := range parts {
			wards, seeds[w] = append(wards, w), sites[:min(len(sites), fanned)]
		}
		slices.Sort(wards)
		for _, i := range free {
			best, at := -1.0, 0
			for _, w := range wards {
				for _, j := range seeds[w] {
					if s := k.similarity(i, j); s > best {
						best, at = s, w
					}
				}
			}
			parts[at] = append(parts[at], i)
		}
		for _, w := range wards {
			slices.Sort(parts[w])
			out = append(out, parts[w])
		}
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// alarms notes in the named clusters what was kept apart from them, each other cluster once, and lists it.
func (g *guard) alarms(all []index.Cluster, o Options) []Alarm {
	at := map[string]int{}
	for i := range all {
		if all[i].Layer == g.layer {
			for _, h := range all[i].Hosts {
				at[h] = i
			}
		}
	}
	var out []Alarm
	for _, h := range g.groups {
		involved := map[int]bool{}
		a := Alarm{Layer: g.layer, Sites: len(h.sites), Why: h.why}
		for _, i := range h.sites {
			c, ok := at[g.sites[i].host]
			if ok && g.ward[i] != 0 && !involved[c] && len(involved) < maxAlarmed {
				involved[c] = true
				a.IDs = append(a.IDs, all[c].ID)
			}
		}
		slices.Sort(a.IDs)
		for c := range involved {
			note(&all[c], a.IDs, o)
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Alarm) int { return cmp.Or(slices.Compare(a.IDs, b.IDs), cmp.Compare(a.Why, b.Why)) })
	return out
}

// note adds an alarm to a cluster's lineage unless it names all others already.
func note(c *index.Cluster, ids []string, o Options) {
	e := index.Event{At: o.now(), What: alarmed}
	for _, id := range ids {
		known := id == c.ID || slices.ContainsFunc(c.Lineage, func(e index.Event) bool { return e.What == alarmed && slices.Contains(e.Of, id) })
		if !known {
			e.Of = append(e.Of, id)
		}
	}
	if len(e.Of) > 0 {
		c.Lineage = append(c.Lineage, e)
		c.Lineage = c.Lineage[max(0, len(c.Lineage)-maxLineage):]
	}
}

package cluster

import (
	"slices"

	"scamatlas/index"
)

// Explanation says why two sites are together or why not, layer by layer.
type Explanation struct {
	A       string        `json:"a"`
	B       string        `json:"b"`
	Unknown []string      `json:"unknown,omitempty"` // of the two, those never seen alive: the rest is empty then
	Layers  []index.Layer `json:"layers"`            // in which the two are in one cluster
	Ties    []index.Tie   `json:"ties"`              // what they share, of both layers, heaviest first

	Kit      FrontEnds `json:"kit"`
	Operator Hands     `json:"operator"`
}

// FrontEnds compares two front ends.
type FrontEnds struct {
	Same    bool               `json:"same"`
	Score   float64            `json:"score"`          // all signals together, 0..1
	Bar     float64            `json:"bar"`            // mean similarity of a family's sites
	Missing float64            `json:"missing"`        // Bar - Score; 0 when the score reaches it
	Signals map[string]float64 `json:"signals"`        // similarity of each, 0..1
	Also    []string           `json:"also,omitempty"` // what supports it: "same icon", "same screen", "same headers"
	Note    string             `json:"note,omitempty"`
}

// Hands compares what points at the people.
type Hands struct {
	Same    bool     `json:"same"`
	Weight  float64  `json:"weight"`  // of what the two share, the heaviest of each kind of evidence summed
	Kinds   int      `json:"kinds"`   // kinds of evidence in that
	Bar     float64  `json:"bar"`     // for two kinds or more together
	Alone   float64  `json:"alone"`   // for a single value
	Missing float64  `json:"missing"` // weight to the nearer bar; 0 when one is reached
	Ignored []string `json:"ignored"` // values both hold that count nothing: a hub, a leftover of the kit, shared hosting
	Path    []string `json:"path"`    // hosts from A to B, each pair of neighbours joined by evidence; empty when not together
	Note    string   `json:"note,omitempty"`
}

// Explain compares two sites among all.
func (b *Builder) Explain(one, two string, o Options) Explanation {
	e := Explanation{A: one, B: two, Layers: []index.Layer{}, Ties: []index.Tie{}}
	e.Kit.Signals, e.Operator.Ignored, e.Operator.Path = map[string]float64{}, []string{}, []string{}
	g := b.group(o.Previous, o)
	at := [2]int{}
	for n, host := range []string{one, two} {
		i, ok := g.at(host)
		if !ok {
			e.Unknown = append(e.Unknown, host)
		}
		at[n] = i
	}
	if len(e.Unknown) > 0 || one == two {
		return e
	}
	r := g.relate(at[0], at[1])
	e.Layers, e.Ties = r.Layers, append(e.Ties, r.Ties...)
	g.frontEnds(&e.Kit, at[0], at[1], o)
	g.hands(&e.Operator, at[0], at[1])
	return e
}

func (g *grouped) frontEnds(e *FrontEnds, a, b int, o Options) {
	e.Same = g.kit[a] >= 0 && g.kit[a] == g.kit[b]
	p := g.kits.compare(a, b)
	for s := range signals {
		e.Signals[s.String()] = rounded(p[s])
	}
	e.Also = g.kits.also(a, b)
	score := g.kits.similarity(a, b)
	e.Score, e.Bar, e.Missing = rounded(score), o.kitCut(), rounded(max(0, o.kitCut()-score))
	x, y := &g.sites[a], &g.sites[b]
	switch {
	case x.version != y.version:
		e.Note = "their fingerprints were made by different versions; a new visit or rescan makes them comparable"
	case g.kits.isHonest(a) || g.kits.isHonest(b):
		e.Note = "one of the two is known to be honest: it is in no cluster, and who looks like it imitates it"
	case !x.substantial() || !y.substantial():
		e.Note = "one of the two pages has too little on it to be compared"
	case !e.Same && apartBy(g.kitGuard.ward, a, b):
		e.Note = "kept apart by an alarm: together their clusters would be suspiciously large"
	case g.kits.linked(a, b) != nil:
		e.Note = "an analyst joined them: " + g.kits.linked(a, b).String()
	case !e.Same && g.kits.pins.said(a, b) != nil:
		e.Note = "an analyst keeps them apart: " + g.kits.pins.said(a, b).String()
	case e.Same && e.Missing > 0:
		e.Note = "each is near enough to the sites of the family on average"
	case !e.Same && e.Missing == 0:
		e.Note = "near each other, but not near enough to the other sites of one family on average, or one shows nothing that ties it to those who use the kit: both may be made from one public design"
	case !e.Same && agreeing(p) == 1:
		e.Note = "only one kind of front-end evidence agrees; two are wanted"
	}
}

func agreeing(p parts) (n int) {
	for _, s := range p {
		if s >= agrees {
			n++
		}
	}
	return n
}

func (g *grouped) hands(e *Hands, a, b int) {
	p := g.people
	e.Same = p.party.root(a) == p.party.root(b)
	w := p.weights(a, b)
	var heaviest float64
	for g, v := range w {
		if group(g) != identity {
			heaviest = max(heaviest, float64(v))
		}
	}
	sum, kinds := total(&w)
	e.Weight, e.Kinds, e.Bar, e.Alone = rounded(sum), kinds, joined, exclusive
	e.Missing = rounded(max(0, min(exclusive-heaviest, missingSum(sum, kinds))))
	for _, v := range p.of[a] {
		if _, held := slices.BinarySearch(v.sites, int32(b)); held && v.weight == 0 {
			e.Ignored = append(e.Ignored, v.kind+" "+v.value)
		}
	}
	e.Ignored = e.Ignored[:min(len(e.Ignored), maxTiesPerEdge)]
	for _, i := range p.path(a, b) {
		e.Path = append(e.Path, g.sites[i].host)
	}
	x, y := p.paysTo[p.party.root(a)], p.paysTo[p.party.root(b)]
	switch {
	case !e.Same && p.pins.said(a, b) != nil:
		e.Note = "an analyst keeps them apart: " + p.pins.said(a, b).String()
	case e.Same && len(e.Path) > 2:
		e.Note = "joined by way of other sites"
	case !e.Same && apartBy(g.peopleGuard.ward, a, b):
		e.Note = "kept apart by an alarm: together their clusters would be suspiciously large"
	case !e.Same && x >= 0 && y >= 0:
		e.Note = "their groups pay to different wallets, which nothing but a common wallet overrules"
	}
}

// missingSum is what the sum of several kinds lacks. One kind alone lacks the second witness too.
func missingSum(sum float64, kinds int) float64 {
	if kinds == 0 {
		return joined
	}
	return max(joined-sum, 0.001*float64(max(0, 2-kinds)))
}

func apartBy(ward []int, a, b int) bool {
	return ward != nil && ward[a] != ward[b] && ward[a] != 0 && ward[b] != 0
}

// path walks the tree of edges that joined a party from a to b.
func (p *people) path(a, b int) []int {
	root := p.party.root(a)
	if root != p.party.root(b) {
		return nil
	}
	near := map[int][]int{}
	for _, e := range p.edges {
		if p.party.root(e.a) == root {
			near[e.a], near[e.b] = append(near[e.a], e.b), append(near[e.b], e.a)
		}
	}
	from := map[int]int{b: b}
	for queue := []int{b}; len(queue) > 0; queue = queue[1:] {
		for _, n := range near[queue[0]] {
			if _, seen := from[n]; !seen {
				from[n] = queue[0]
				queue = append(queue, n)
			}
		}
	}
	out := []int{a}
	for at := a; at != b; {
		next, ok := from[at]
		if !ok {
			return nil
		}
		out, at = append(out, next), next
	}
	return out
}

package cluster

import "slices"

// stock tells copies of a kit from honest sites on the public design that the kit was made from. By their front ends alone they are
// alike. What differs: copies of a kit ask for money or show accounts of those who do, honest sites do neither.
type stock struct {
	kits *kits
	cut  float64
	tied []bool // by site: it shows a wallet, or something rare that a site with a wallet shows too
	kit  []int  // family of each site
	size []int  // of each family
}

func newStock(k *kits, shared []*evidence, families [][]int, cut float64) *stock {
	s := &stock{kits: k, cut: cut, kit: make([]int, len(k.sites)), size: make([]int, len(families))}
	for f, members := range families {
		s.size[f] = len(members)
		for _, i := range members {
			s.kit[i] = f
		}
	}
	s.tie(shared)
	return s
}

// tie finds the sites that show wallets, or something rare that such a site shows too.
func (s *stock) tie(shared []*evidence) {
	k := s.kits
	s.tied = make([]bool, len(k.sites))
	for i := range k.sites {
		s.tied[i] = k.sites[i].pays
	}
	for _, e := range shared {
		if !e.stopped && e.base >= tying && len(e.sites) <= maxPaired && !s.inherited(e) && slices.ContainsFunc(e.sites, func(i int32) bool { return k.sites[i].pays }) {
			for _, i := range e.sites {
				s.tied[i] = true
			}
		}
	}
}

// inherited reports whether a value may have come with a kit: most of one family hold it and few others, or it is a contact that stands
// in one family only, such as the people of a design's sample pages.
func (s *stock) inherited(e *evidence) bool {
	in := map[int]int{}
	for _, i := range e.sites {
		in[s.kit[i]]++
	}
	for f, n := range in {
		if s.size[f] > 2 && 2*n >= s.size[f] && 2*n >= len(e.sites) {
			return true
		}
	}
	return e.group == contact && len(in) < 2
}

// part takes honest sites out of families of kits, and kits out of families of honest sites. What is taken out is grouped among itself.
func (s *stock) part(families [][]int) [][]int {
	parted := make([][][]int, len(families))
	probes := newProbes(s.kits)
	parallel(len(families), func(w, n int) {
		parted[n] = [][]int{families[n]}
		var clean, others []int
		for _, i := range families[n] {
			if s.tied[i] {
				others = append(others, i)
			} else {
				clean = append(clean, i)
			}
		}
		switch {
		case len(others) < minCopies && s.publicDesign(probes[w], families[n]):
			parted[n] = alone(families[n])
		case len(clean) == 0 || len(others) < minCopies:
		case len(others) >= len(clean):
			parted[n] = s.guests(probes[w], clean, others)
		case len(clean) >= minStock:
			parted[n] = s.copies(clean, others)
		}
	})
	out := slices.Concat(parted...)
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// publicDesign reports whether a family in which nobody asks for money is one of a design that anybody can take: its sites look alike and
// have nothing to say in common. Copies of a kit are copies of its words first of all.
func (s *stock) publicDesign(p *probe, family []int) bool {
	if len(family) < minStock {
		return false
	}
	heads := family[:min(len(family), guestHeads)]
	for _, i := range heads {
		if p.kits.sites[i].total[text] < minWords {
			return false
		}
	}
	return usual(p, heads)[text] < sameWords
}

func alone(family []int) (out [][]int) {
	for _, i := range family {
		out = append(out, []int{i})
	}
	return out
}

// guests takes clean sites out of a kit's family that are less like its copies, in all they show, than these are like each other. A copy
// that was rewritten loses its words, or its class names, or its files, hardly all of them.
func (s *stock) guests(p *probe, clean, copies []int) [][]int {
	heads := copies[:min(len(copies), guestHeads)]
	bar := usual(p, heads)
	stay := slices.Clone(copies)
	var leave []int
	for _, i := range clean {
		if !s.kits.sites[i].isFrame() && mean(p.at(i), heads).below(&bar) { // of a frame too little is seen
			leave = append(leave, i)
		} else {
			stay = append(stay, i)
		}
	}
	slices.Sort(stay)
	return append(s.link(p, leave), stay)
}

// usual is how like copies of one kit are to each other, signal by signal: the median of each one's mean.
func usual(at *probe, copies []int) (p parts) {
	var all [signals][]float64
	for _, i := range copies {
		m := mean(at.at(i), copies)
		for g := range signals {
			all[g] = append(all[g], m[g])
		}
	}
	for g := range signals {
		slices.Sort(all[g])
		p[g] = all[g][len(all[g])/2]
	}
	return p
}

// below reports whether a site falls short of what is usual in every signal in which anything is.
func (p parts) below(usual *parts) bool {
	for g := range signals {
		if usual[g] >= telling && p[g] >= guestShare*usual[g] {
			return false
		}
	}
	return true
}

// mean is the mean similarity of a site to others, signal by signal.
func mean(at *probe, others []int) (p parts) {
	n := 0.0
	for _, j := range others {
		if j == at.site {
			continue
		}
		for g, v := range at.compare(j) {
			p[g] += v
		}
		n++
	}
	for g := range signals {
		p[g] /= max(1, n)
	}
	return p
}

// copies takes a kit's copies out of a family of mostly clean sites: they have something in common beside the design of all.
func (s *stock) copies(clean, others []int) [][]int {
	own := s.without(clean, others)
	index := make([]int, len(others))
	for n := range index {
		index[n] = n
	}
	stay := slices.Clone(clean)
	var out [][]int
	for _, g := range s.link(newProbe(own), index) {
		for n, at := range g {
			g[n] = others[at]
		}
		if len(g) < minCopies {
			stay = append(stay, g...)
			continue
		}
		slices.Sort(g)
		out = append(out, g)
	}
	slices.Sort(stay)
	if len(out) > 0 { // the design is public: its honest users have nothing else in common
		return append(out, alone(stay)...)
	}
	return append(out, stay)
}

// without gives the others, in their order, without the tokens that some of the clean sites hold: these are the public design's.
func (s *stock) without(clean, others []int) *kits {
	k := s.kits
	own := &kits{sites: make([]site, len(others)), words: k.words, rare: k.rare, icons: k.icons, servers: k.servers, sets: make([][signals]weighed, len(others)), limit: k.limit}
	for _, v := range k.words {
		if v.end != nil {
			own.words = sketchless(own.words)
			break
		}
	}
	var public [signals]map[uint32]int
	for g := range signals {
		public[g] = map[uint32]int{}
		for _, i := range clean[:min(len(clean), maxLinked)] {
			for _, id := range k.sites[i].set(int(g)) {
				public[g][id]++
			}
		}
	}
	least := max(2, min(len(clean), maxLinked)/publicShare)
	for n, i := range others {
		o := &own.sites[n]
		*o = k.sites[i]
		o.tokens = nil
		for g := range signals {
			kept := 0
			for _, id := range k.sites[i].set(int(g)) {
				if public[g][id] < least {
					o.tokens = append(o.tokens, id)
					kept++
				}
			}
			o.n[g] = uint16(kept)
			o.total[g], o.limit[g] = uint32(kept)+uint32(o.lone[g]), ^uint32(0)
			own.sets[n][g] = own.rare[g].weigh(o, g)
		}
		o.n[bands] = 0
	}
	return own
}

// sketchless is words for sets that are taken as they are.
func sketchless(words [kinds]*vocabulary) (out [kinds]*vocabulary) {
	for k, v := range words {
		out[k] = &vocabulary{size: v.size}
	}
	return out
}

// link groups few sites by average linkage; the later ones of many go with the first they are like.
func (s *stock) link(p *probe, sites []int) [][]int {
	heads := sites[:min(len(sites), maxCopiesLinked)]
	n := len(heads)
	if n == 0 {
		return nil
	}
	sim := make([]float32, n*n)
	for a := range n {
		p.at(heads[a])
		for b := range a {
			v := float32(p.similarity(heads[b]))
			sim[a*n+b], sim[b*n+a] = v, v
		}
	}
	at := map[int]int{}
	var out [][]int
	put := func(head, i int) {
		if _, ok := at[head]; !ok {
			at[head] = len(out)
			out = append(out, nil)
		}
		out[at[head]] = append(out[at[head]], i)
	}
	into := linkage(n, sim, nil, s.cut)
	for a, r := range into {
		put(r, heads[a])
	}
	for _, i := range sites[n:] {
		if h, near := p.at(i).nearest(heads[:min(n, headsTried)]); near >= s.cut {
			put(into[h], i)
		} else {
			put(n+i, i)
		}
	}
	return out
}

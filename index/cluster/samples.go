package cluster

import "slices"

// bands are looked up like one more set of tokens.
const (
	bands = int(signals)
	kinds = bands + 1
)

// samples holds, for each site, the tokens of one kind by which it is looked up. The sample of a set is its smallest numbers among the
// tokens that are neither lone nor common, so similar sets have similar samples. What only one site has in its sample leads nowhere and
// is left out; the others are numbered anew, as slots.
type samples struct {
	slots []uint32 // site by site
	ends  []uint32 // by site
}

// of gives the slots of a site.
func (l *samples) of(i int) []uint32 {
	from := uint32(0)
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.slots[from:l.ends[i]]
}

// sample takes the samples of the given sites, and of those known to be honest, and makes room for the lists.
func (f *finder) sample(order []int) {
	f.sketch = make([]sketch, len(f.kits.sites))
	wanted := make([]bool, len(f.kits.sites))
	for _, i := range order {
		wanted[i] = true
	}
	for i := range f.kits.honest {
		wanted[i] = wanted[i] || f.kits.honest[i]
	}
	for i := range f.sketch {
		f.sketch[i].site, f.sketch[i].frame = int32(i), f.kits.sites[i].isFrame()
	}
	parallel(kinds, func(_, s int) {
		f.samples[s], f.lists[s] = f.sampleKind(s, wanted)
	})
}

func (f *finder) sampleKind(s int, wanted []bool) (samples, postings) {
	steps := f.stepsOf(s)
	l := samples{ends: make([]uint32, len(wanted))}
	held := make([]uint8, f.kits.words[s].size) // by how many samples, as far as lists reach
	for i := range wanted {
		if wanted[i] {
			from := len(l.slots)
			l.slots = f.appendSample(l.slots, s, i, steps)
			for _, id := range l.slots[from:] {
				held[id] += 1 - held[id]/maxPostings
			}
		}
		l.ends[i] = uint32(len(l.slots))
	}
	lists, slot := newPostings(held, steps)
	kept, from := uint32(0), uint32(0)
	for i, end := range l.ends {
		for _, id := range l.slots[from:end] {
			if slot[id] > 0 {
				l.slots[kept] = slot[id] - 1
				kept++
			}
		}
		l.ends[i], from = kept, end
	}
	l.slots = slices.Clone(l.slots[:kept]) // there are many more than that
	return l, lists
}

// newPostings makes room for as many sites as have each token in their sample, and gives the slot of each token plus one, 0 for none.
func newPostings(held, steps []uint8) (l postings, slot []uint32) {
	several := 0
	for _, n := range held {
		if n > 1 {
			several++
		}
	}
	l.lists, slot = make([]postingList, 0, several), make([]uint32, len(held))
	room := uint32(1) // see elsewhere
	for id, n := range held {
		if n > 1 {
			l.lists = append(l.lists, postingList{from: room, room: n, steps: steps[id]})
			slot[id] = uint32(len(l.lists))
			room += uint32(max(n, listedHere)) - listedHere
		}
	}
	l.sites = make([]int32, room)
	return l, slot
}

// appendSample gives the smallest numbers of i's tokens that more than one but not too many hold, and notes what they weigh. Bands are
// all sampled.
func (f *finder) appendSample(out []uint32, s, i int, steps []uint8) []uint32 {
	all := f.kits.sites[i].set(s)
	if s == bands {
		all = all[:min(len(all), sampleTokens)]
		f.sketch[i].sampled[bands] = uint8(len(all) * weightSteps)
		return append(out, all...)
	}
	left, sampled, common := sampleTokens, 0, 0
	for _, id := range all {
		switch n := steps[id]; {
		case n > tooCommon:
			common += int(n - tooCommon)
		case n > 0:
			out = append(out, id)
			sampled += int(n)
			left--
		}
		if left == 0 {
			break
		}
	}
	f.sketch[i].sampledAs(signal(s), sampled, common, &f.kits.sets[i][s])
	return out
}

// stepsOf gives the weight of each token of a kind as a small number: 0 for one that nobody else holds, tooCommon more for one that too
// many hold. A byte for each token stays in the cache, where all that is known of it would not.
func (f *finder) stepsOf(s int) []uint8 {
	steps := make([]uint8, f.kits.words[s].size)
	if s == bands {
		for id := range steps {
			steps[id] = weightSteps
		}
		return steps
	}
	r := f.kits.rare[s]
	share := sampledShare
	if signal(s) == assets {
		share = filesShare
	}
	most := int32(max(alwaysSampled, r.units*share))
	for id, n := range r.holders {
		if n > 1 {
			steps[id] = uint8(max(1, weightSteps*r.weight[id]/r.most))
		}
		if n > most {
			steps[id] += tooCommon
		}
	}
	return steps
}

const tooCommon = 1 << 7 // see stepsOf

// postings lists, slot by slot, the numbers of the first listed sites that have it in their sample.
type postings struct {
	lists []postingList
	sites []int32
}

// postingList is what there is to know of a slot in one place: most searches have to wait for it. Most lists are short.
type postingList struct {
	first [listedHere]int32
	from  uint32 // where the others are in postings.sites
	room  uint8
	fill  uint8 // how much of it is taken
	steps uint8 // weight of the slot's token
}

const listedHere = 2

// of gives the sites of a list in two parts.
func (l *postings) of(p *postingList) (first, others []int32) {
	n := min(p.fill, listedHere)
	return p.first[:n], l.sites[p.from:][:p.fill-n]
}

// elsewhere reads from memory what of would give second, so that many lists can be waited for at the same time.
func (l *postings) elsewhere(p *postingList) int32 {
	at := p.from
	if p.fill <= listedHere {
		at = 0 // which is near
	}
	return l.sites[at]
}

// add puts a site into the lists of its sample that are not full.
func (l *postings) add(slots []uint32, number int32) {
	for _, slot := range slots {
		p := &l.lists[slot]
		switch {
		case p.fill == p.room:
			continue
		case p.fill < listedHere:
			p.first[p.fill] = number
		default:
			l.sites[p.from+uint32(p.fill)-listedHere] = number
		}
		p.fill++
	}
}

// recent lists the sites of one block, until they are in the postings: a table that fits into the cache.
type recent struct {
	heads   []int32 // by hash: latest entry plus one
	entries []recentEntry
}

type recentEntry struct {
	key    uint64 // kind and slot
	number int32
	next   int32
}

func newRecent(sites int) recent {
	n := 1
	for n < sites*recentRoom {
		n *= 2
	}
	return recent{heads: make([]int32, n)}
}

func (r *recent) head(key uint64) *int32 {
	return &r.heads[key*0x9e3779b97f4a7c15>>32&uint64(len(r.heads)-1)]
}

func recentKey(s int, slot uint32) uint64 { return uint64(s)<<32 | uint64(slot) }

func (r *recent) add(s int, slot uint32, number int32) {
	key := recentKey(s, slot)
	head := r.head(key)
	r.entries = append(r.entries, recentEntry{key, number, *head})
	*head = int32(len(r.entries))
}

// of appends the numbers of the sites with a slot, the latest first.
func (r *recent) of(s int, slot uint32, out []int32) []int32 {
	key := recentKey(s, slot)
	for at := *r.head(key); at > 0; {
		e := &r.entries[at-1]
		if e.key == key {
			out = append(out, e.number)
		}
		at = e.next
	}
	return out
}

func (r *recent) forget() {
	clear(r.heads)
	r.entries = r.entries[:0]
}

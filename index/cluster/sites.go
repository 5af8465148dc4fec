package cluster

import (
	"cmp"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"scamatlas/index"
)

// site is what a build keeps of a member: a million of them have to lie side by side. Its evidence lies in the ledger.
type site struct {
	host     string
	sequence int64
	first    int64 // milliseconds since 1970 it was first seen
	version  int   // of the fingerprint
	pays     bool  // it shows a wallet
	tokens   []uint32
	at       int             // of the tokens in the arena
	n        [kinds]uint16   // tokens of each set, which follow each other
	lone     [signals]uint16 // tokens of each set that nobody else holds, known once the others are numbered
	total    [signals]uint32 // size of the whole set
	limit    [signals]uint32 // up to this hash every token of the whole set is kept
	trimmings
}

// newSite keeps the smallest hashes of each set: equal tokens of two sites are kept or left out in both, so similarities can be
// estimated from what both know in full (bottom-k sketch).
func newSite(m *index.Member, a *arena) site {
	s := site{host: m.Host, sequence: m.Sequence, first: m.FirstSeen.UnixMilli(), version: m.Fingerprint.Version, trimmings: trimmingsOf(m)}
	banded := bandTokens(m)
	sets, n := [kinds][]uint32{bands: banded[:min(len(banded), maxKept)]}, len(banded)
	for k := range signals {
		t := k.of(&m.Fingerprint)
		sets[k] = t.Hashes[:min(len(t.Hashes), maxKept)]
		s.total[k], s.limit[k] = uint32(max(t.Total, len(t.Hashes))), math.MaxUint32
		if h := sets[k]; len(h) > 0 && int(s.total[k]) > len(h) {
			s.limit[k] = h[len(h)-1]
		}
		n += len(sets[k])
	}
	s.tokens, s.at = a.room(n)
	for k := range kinds {
		s.n[k] = uint16(len(sets[k]))
		s.tokens = append(s.tokens, sets[k]...)
	}
	return s
}

// set gives the tokens of one kind, ascending: their hashes, and once they are numbered the numbers of those that others hold too.
func (s *site) set(kind int) []uint32 {
	at := 0
	for k := range kind {
		at += int(s.n[k])
	}
	return s.tokens[at : at+int(s.n[kind]) : at+int(s.n[kind])]
}

// substantial leaves out pages with nothing to them, such as a server's welcome page: they are equal without being a kit.
func (s *site) substantial() bool {
	return s.total[tags] >= minTags || s.total[assets] >= minAssets || s.total[script] >= minScript
}

// bandTokens gives a site's LSH bands as a set of hashes. Two bands that fall together only make a candidate more.
func bandTokens(m *index.Member) []uint32 {
	out := make([]uint32, len(m.Fingerprint.Bands))
	for n, b := range m.Fingerprint.Bands {
		out[n] = uint32(xxh3.HashString(b))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// settle orders the sites added so far by host, drops all but the latest state of each host, and gives the ledger the new numbers.
func (b *Builder) settle() {
	if b.settled == len(b.sites) {
		return
	}
	if slices.IsSortedFunc(b.sites, func(x, y site) int { // equal hosts count as out of order
		return cmp.Or(cmp.Compare(x.host, y.host), -1)
	}) {
		b.settled = len(b.sites)
		return
	}
	order := make([]int32, len(b.sites))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		p, q := &b.sites[x], &b.sites[y]
		return cmp.Or(cmp.Compare(p.host, q.host), cmp.Compare(q.sequence, p.sequence), cmp.Compare(y, x))
	})
	place := make([]int32, len(b.sites))
	sites := make([]site, 0, len(b.sites))
	for _, i := range order {
		if n := len(sites); n > 0 && sites[n-1].host == b.sites[i].host {
			place[i] = -1
			continue
		}
		place[i] = int32(len(sites))
		sites = append(sites, b.sites[i])
	}
	b.sites, b.settled = sites, len(sites)
	b.ledger.renumber(place)
}

// arena is where tokens lie: pieces large enough for many sites, so that the collector has little to look at.
type arena struct {
	chunks [][]uint32
	used   int // of the last chunk
}

const arenaChunk = 1 << 20 // tokens; more than any site has

// room gives space for n tokens, empty, and says where it is.
func (a *arena) room(n int) (tokens []uint32, at int) {
	if len(a.chunks) == 0 || a.used+n > arenaChunk {
		a.chunks, a.used = append(a.chunks, make([]uint32, arenaChunk)), 0
	}
	last := len(a.chunks) - 1
	tokens, at = a.chunks[last][a.used:a.used:a.used+n], last*arenaChunk+a.used
	a.used += n
	return tokens, at
}

// asStored gives the sites in the order in which their tokens lie.
func asStored(sites []site) []int32 {
	order := make([]int32, len(sites))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int { return cmp.Compare(sites[x].at, sites[y].at) })
	return order
}

// pack moves the sites' tokens together after some were dropped and gives up what is left over.
func (a *arena) pack(sites []site) {
	to := 0
	for _, i := range asStored(sites) {
		s := &sites[i]
		n := len(s.tokens)
		if n == 0 {
			continue // several of them may lie at one place
		}
		if to%arenaChunk+n > arenaChunk {
			to += arenaChunk - to%arenaChunk
		}
		to = min(to, s.at) // never ahead of what is still to be moved
		space := a.chunks[to/arenaChunk][to%arenaChunk:][:n:n]
		copy(space, s.tokens)
		s.tokens, s.at = space, to
		to += n
	}
	chunks := (to + arenaChunk - 1) / arenaChunk
	clear(a.chunks[chunks:])
	a.chunks, a.used = a.chunks[:chunks], arenaChunk
}

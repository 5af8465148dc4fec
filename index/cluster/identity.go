package cluster

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/index"
)

// What an index.Event says happened.
const (
	minted = "minted"
	merged = "merged"
	split  = "split"
)

// name gives the clusters their ids. A cluster's id goes where most of its sites went; where several meet, the oldest stays (of
// one age, as all of a first build are, the largest) and the others are noted as merged into it. Parts that leave get an id of their
// own and a note where they come from.
func name(fresh []found, previous []index.Cluster, now time.Time) []index.Cluster {
	n := namer{fresh: fresh, taken: map[string]bool{}, at: map[string]places{}, claims: make([][]*index.Cluster, len(fresh)),
		from: make([]map[string]int, len(fresh)), now: now}
	if len(previous) > 0 {
		n.locate()
	}
	for i := range previous {
		n.taken[previous[i].ID] = true
		for _, id := range previous[i].Aliases {
			n.taken[id] = true
		}
		n.place(&previous[i])
	}
	for _, i := range n.order() {
		n.give(i)
	}
	out := make([]index.Cluster, len(fresh))
	for i := range fresh {
		out[i] = fresh[i].Cluster
	}
	slices.SortFunc(out, func(a, b index.Cluster) int {
		return cmp.Or(strings.Compare(string(a.Layer), string(b.Layer)), cmp.Compare(b.Size, a.Size), strings.Compare(a.ID, b.ID))
	})
	return out
}

type namer struct {
	fresh  []found
	taken  map[string]bool
	at     map[string]places  // by host
	claims [][]*index.Cluster // for each cluster, those whose largest part it is
	from   []map[string]int   // for each cluster, sites by the id they had
	now    time.Time
}

// places says in which fresh clusters a host is, plus one each, 0 = none.
type places struct{ kit, operator int32 }

func (p places) in(layer index.Layer) int {
	if layer == index.Kit {
		return int(p.kit) - 1
	}
	return int(p.operator) - 1
}

func (n *namer) locate() {
	for i := range n.fresh {
		c := &n.fresh[i]
		n.from[i] = map[string]int{}
		for _, h := range c.Hosts {
			p := n.at[h]
			if c.Layer == index.Kit {
				p.kit = int32(i) + 1
			} else {
				p.operator = int32(i) + 1
			}
			n.at[h] = p
		}
	}
}

// place finds where most of an earlier cluster's sites are now.
func (n *namer) place(old *index.Cluster) {
	parts := map[int]int{}
	for _, h := range old.Hosts {
		if i := n.at[h].in(old.Layer); i >= 0 {
			parts[i]++
			n.from[i][old.ID]++
		}
	}
	best := -1
	for i, count := range parts {
		if best < 0 || count > parts[best] || count == parts[best] && n.fresh[i].Hosts[0] < n.fresh[best].Hosts[0] {
			best = i
		}
	}
	if best >= 0 {
		n.claims[best] = append(n.claims[best], old)
	}
}

// order is that of the founding hosts, so that ids do not depend on how clusters were found.
func (n *namer) order() []int {
	out := make([]int, len(n.fresh))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int {
		x, y := &n.fresh[a], &n.fresh[b]
		return cmp.Or(strings.Compare(string(x.Layer), string(y.Layer)), strings.Compare(x.founder.host, y.founder.host))
	})
	return out
}

func (n *namer) give(i int) {
	c, claims := &n.fresh[i], n.claims[i]
	slices.SortFunc(claims, func(a, b *index.Cluster) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(len(b.Hosts), len(a.Hosts)), strings.Compare(a.ID, b.ID))
	})
	if len(claims) == 0 {
		c.ID, c.Since = n.mint(i), n.now
		e := index.Event{At: n.now, What: minted}
		if origin := n.origin(i); origin != "" {
			e = index.Event{At: n.now, What: split, Of: []string{origin}}
		}
		c.Lineage = []index.Event{e}
		return
	}
	c.ID, c.Since, c.Lineage, c.Aliases = claims[0].ID, claims[0].Since, slices.Clone(claims[0].Lineage), slices.Clone(claims[0].Aliases)
	if len(claims) > 1 {
		e := index.Event{At: n.now, What: merged}
		for _, o := range claims[1:] {
			e.Of = append(e.Of, o.ID)
			c.Aliases = append(append(c.Aliases, o.ID), o.Aliases...)
		}
		c.Aliases = c.Aliases[max(0, len(c.Aliases)-index.MaxAliases):]
		c.Lineage = append(c.Lineage, e)
	}
	c.Lineage = c.Lineage[max(0, len(c.Lineage)-maxLineage):]
}

// origin is the id that two or more of the sites had before, the most common one.
func (n *namer) origin(i int) string {
	best := ""
	for id, count := range n.from[i] {
		if count > 1 && (best == "" || count > n.from[i][best] || count == n.from[i][best] && id < best) {
			best = id
		}
	}
	return best
}

// mint makes an id from the layer and the founding host: "k-" or "o-" and ten characters. Where that id is in use, a count is added
// before hashing.
func (n *namer) mint(i int) string {
	c := &n.fresh[i]
	seed := string(c.Layer) + " " + c.founder.host
	for try := 1; ; try++ {
		text := seed
		if try > 1 {
			text += " " + strconv.Itoa(try)
		}
		sum := sha256.Sum256([]byte(text))
		id := string(c.Layer[:1]) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:10])
		if !n.taken[id] {
			n.taken[id] = true
			return id
		}
	}
}

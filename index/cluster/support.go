package cluster

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/zeebo/xxh3"

	"scamatlas/index"
)

// trimmings are what a site has beside its tokens that a copy mostly has too, and many strangers as well: they may tip a pair that is
// nearly alike, and never make one.
type trimmings struct {
	screenP, screenD uint64 // hashes of the entry page's picture; 0 = none
	icon             uint32 // hash of the favicon's hash; 0 = none, or nobody else's
	server           uint32 // of the order of header names, likewise; 0 behind a CDN, which orders them its own way
}

func trimmingsOf(m *index.Member) trimmings {
	t := trimmings{screenP: parseHex64(m.Fingerprint.ScreenP), screenD: parseHex64(m.Fingerprint.ScreenD)}
	if m.Fingerprint.FaviconSHA256 != "" {
		t.icon = uint32(xxh3.HashString(m.Fingerprint.FaviconSHA256))
	}
	if m.Hosting.HeaderOrder != "" && m.Hosting.CDN == "" {
		t.server = uint32(xxh3.HashString(m.Hosting.HeaderOrder))
	}
	return t
}

// parseHex64 gives 0 for what is no hash, and for a picture that shows nothing.
func parseHex64(s string) uint64 {
	v, err := strconv.ParseUint(s, 16, 64)
	if err != nil || v == math.MaxUint64 {
		return 0
	}
	return v
}

// commons says how telling an icon or an order of headers is: the logarithm of one over its share of the sites, 1 for one of a kind.
type commons map[uint32]float32

// newCommons counts holders and takes away what only one site has.
func newCommons(sites []site, beside int, of func(*trimmings) *uint32) commons {
	n := map[uint32]int{}
	for i := range sites {
		if v := *of(&sites[i].trimmings); v != 0 {
			n[v]++
		}
	}
	c := commons{}
	all := float64(len(sites) + beside)
	for v, holders := range n {
		if holders > 1 {
			c[v] = float32(math.Log(all/float64(holders)) / math.Log(all))
		}
	}
	for i := range sites {
		if v := of(&sites[i].trimmings); n[*v] < 2 {
			*v = 0
		}
	}
	return c
}

// trimming is one agreement of two sites' trimmings.
type trimming struct {
	name   string
	weight float64
}

const (
	screenWeight = 0.25
	iconWeight   = 0.25
	serverWeight = 0.10
	scriptWeight = 0.30
	sameScreen   = 10 // bits of 64 that two pictures of one page differ in at most
)

// trimmed gives what two sites' trimmings have in common, each 0 where they differ.
func (k *kits) trimmed(i, j int) [3]trimming {
	a, b := &k.sites[i].trimmings, &k.sites[j].trimmings
	out := [3]trimming{{name: "screen"}, {name: "icon"}, {name: "headers"}}
	if a.screenP != 0 && b.screenP != 0 && bits.OnesCount64(a.screenP^b.screenP) <= sameScreen && bits.OnesCount64(a.screenD^b.screenD) <= sameScreen {
		out[0].weight = screenWeight
	}
	if a.icon != 0 && a.icon == b.icon {
		out[1].weight = iconWeight * float64(k.icons[a.icon])
	}
	if a.server != 0 && a.server == b.server {
		out[2].weight = serverWeight * float64(k.servers[a.server])
	}
	return out
}

// also names the trimmings that two sites have in common: "same icon".
func (k *kits) also(i, j int) (out []string) {
	for _, t := range k.trimmed(i, j) {
		if t.weight > 0 {
			out = append(out, "same "+t.name)
		}
	}
	return out
}

// support is how far two sites' trimmings, and what their scripts have in common, speak for one kit, 0..1.
func (k *kits) support(i, j int, scripts float64) float64 {
	doubt := 1 - scriptWeight*scripts
	for _, t := range k.trimmed(i, j) {
		doubt *= 1 - t.weight
	}
	return 1 - doubt
}

// lifted raises a score by what supports it: a half most, nothing and certainty not at all.
func lifted(score, support float64) float64 {
	if score <= related {
		return score
	}
	return score + support*score*(1-score)
}

// Package wallet turns Documents into wallet Indicators: addresses of crypto chains, each with its checksum proved where the
// chain has one, in one canonical spelling, with the part it plays on the page.
//
// It does not know other sites, balances, or who holds a key. It reads tokens, not patterns: a body is cut into runs of letters and
// digits, a run's first byte and length choose what it may be, and the checksum decides. Work is linear in the input.
package wallet

import (
	"strings"

	"scamatlas/extractors"
)

// Extractor finds wallets in every document of a capture.
type Extractor struct{}

var _ extractors.Extractor = (*Extractor)(nil)

// New makes the extractor. It has no state.
func New() *Extractor { return &Extractor{} }

// Name is "wallet".
func (*Extractor) Name() string { return "wallet" }

// Extract reads all documents. An address that several documents name gets the narrowest chain label any of them proves, and
// the role the strongest of them gives.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	at := map[string]int{}
	var all []extractors.Indicator
	for _, d := range in.Docs {
		for _, i := range ReadDocument(d) {
			k := family(i.Chain) + ":" + i.Value
			first, ok := at[k]
			if !ok {
				at[k] = len(all)
			} else {
				agree(&all[first], &i)
			}
			all = append(all, i)
		}
	}
	for n := range all {
		if first := at[family(all[n].Chain)+":"+all[n].Value]; first != n {
			all[n].Chain, all[n].Role = all[first].Chain, all[first].Role
		}
		f.Add(all[n])
	}
}

// agree lets a take the better chain label and role of two sightings of one address.
func agree(a, b *extractors.Indicator) {
	a.Chain = narrower(a.Chain, b.Chain)
	if roleRank(b.Role) > roleRank(a.Role) {
		a.Role = b.Role
	}
}

// narrower gives the label with fewer chains in it.
func narrower(a, b string) string {
	if strings.Count(b, "|") < strings.Count(a, "|") {
		return b
	}
	return a
}

// family is the first chain of a label: the one part of it that the address alone decides.
func family(chain string) string {
	first, _, _ := strings.Cut(chain, "|")
	return first
}

// ReadDocument gives the wallets of one document in the order they stand in it, one Indicator for each address and tag.
// It is what Extract calls for each document.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	r := reader{doc: d, library: ofLibrary(d), at: map[string]int{}, sightings: map[string]int{}}
	for i := range d.Pieces {
		r.piece(i)
	}
	r.markLists()
	return r.out
}

package cluster

import (
	"fmt"
	"testing"
)

// TestRowsAreWhatPairsAre compares sites row by row and pair by pair: copies and strangers, full sets and sketches, frames and pages.
func TestRowsAreWhatPairsAre(t *testing.T) {
	var b Builder
	for i := range 60 {
		m := front(alive(host("site", i)), fmt.Sprint("kit", i%4), .5+.1*float64(i%5))
		if i%7 == 0 {
			m.Fingerprint.Shell, m.Fingerprint.Tags = true, set()
		}
		if i%3 == 0 {
			m.Fingerprint.Script = set(tokens(fmt.Sprint("script", i%2), 40), tokens(m.Host, 9))
		}
		if i%11 == 0 {
			m.Fingerprint.Version = 2
		}
		b.Add(m)
	}
	b.settle()
	k := newKits(b.sites, background, &b.arena)
	k.group(DefaultKitCut)
	sites := make([]int, 0, 50)
	for i := range 50 {
		sites = append(sites, i*7%60)
	}
	r, scratch, sketches := newRows(k, sites), rowScratch{}, 0
	for n, i := range sites {
		got := make([]float32, n)
		r.row(n, got, &scratch)
		for m, j := range sites[:n] {
			if want := float32(k.similarity(i, j)); got[m] != want {
				t.Fatalf("%d and %d: %v in the row, %v as a pair", i, j, got[m], want)
			}
			if got[m] > 0 && k.set(i, text).end != k.set(j, text).end {
				sketches++
			}
		}
	}
	if sketches == 0 {
		t.Error("no two sketches with different ends were compared")
	}
}

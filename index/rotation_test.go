package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// seen makes records, newest first, each of which saw the given addresses on one page.
func seen(looks ...[]string) []CaptureRecord {
	var out []CaptureRecord
	for i, l := range looks {
		d := Deposit{Page: "https://a.example/deposit"}
		for _, v := range l {
			d.Wallets = append(d.Wallets, "wallet:trx:"+v)
		}
		r := CaptureRecord{Sequence: int64(i + 1), Started: time.Unix(int64(1000*i), 0).UTC()}
		if len(l) > 0 {
			r.Deposits = []Deposit{d}
		}
		out = append(out, r)
	}
	slices.Reverse(out)
	return out
}

func TestRotations(t *testing.T) {
	for name, tc := range map[string]struct {
		looks     [][]string
		kind      string
		addresses []string
		visits    int
	}{
		"one all along":            {[][]string{{"A"}, {"A"}, {}, {"A"}}, RotationOne, []string{"A"}, 3},
		"two on one page":          {[][]string{{"A", "B"}, {"A", "B"}}, RotationSet, []string{"A", "B"}, 2},
		"one look":                 {[][]string{{"A"}}, RotationOne, []string{"A"}, 1},
		"changed once":             {[][]string{{"A"}, {"B"}}, RotationUnclear, []string{"A", "B"}, 2},
		"new each time":            {[][]string{{"A"}, {"B"}, {"C"}}, RotationPerVisit, []string{"A", "B", "C"}, 3},
		"from a pool":              {[][]string{{"A"}, {"B"}, {"A"}, {"C"}, {"B"}}, RotationPool, []string{"A", "B", "C"}, 5},
		"the second look saw less": {[][]string{{"A", "B"}, {"A"}, {"A", "B"}}, RotationUnclear, []string{"A", "B"}, 3},
	} {
		got := Rotations(seen(tc.looks...))
		if len(got) != 1 || got[0].Kind != tc.kind || !slices.Equal(got[0].Addresses, tc.addresses) || got[0].Visits != tc.visits || got[0].Chain != "trx" {
			t.Errorf("%s: %+v, want %s of %v", name, got, tc.kind, tc.addresses)
		}
	}
	if got := Rotations(seen(nil, nil)); len(got) != 0 {
		t.Errorf("no wallets: %+v", got)
	}
}

// Chao's estimate is a lower bound that comes near with looks.
func TestPoolSize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, size := range []int{5, 20, 50} {
		var looks [][]string
		for range 3 * size {
			looks = append(looks, []string{fmt.Sprint("T", r.IntN(size))})
		}
		got := Rotations(seen(looks...))[0]
		if got.Kind != RotationPool || got.Pool < size*8/10 || got.Pool > size*13/10 {
			t.Errorf("pool of %d: %s, estimated %d from %d seen", size, got.Kind, got.Pool, len(got.Addresses))
		}
	}
}

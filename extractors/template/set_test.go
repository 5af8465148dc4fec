package template

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"scamatlas/extractors"
)

func TestSortHashes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, fewHashes - 1, fewHashes, 5000} {
		got := make([]uint32, n)
		for i := range got {
			got[i] = r.Uint32() >> (r.Uint32() % 32)
		}
		want := slices.Sorted(slices.Values(got))
		if sortHashes(got); !slices.Equal(got, want) {
			t.Errorf("%d hashes are not sorted", n)
		}
	}
}

// A page may say one thing a million times: the set stays as large as what it holds.
func TestSetForgetsRepeats(t *testing.T) {
	s := newSet()
	for i := range 40 * firstFull {
		s.put(uint64(i % 1000 * 77))
	}
	if len(s.hashes) > 2*firstFull {
		t.Errorf("%d hashes kept of 1000", len(s.hashes))
	}
	if got := s.sketch(10); got.Total != 1000 || !slices.Equal(got.Hashes, []uint32{0, 77, 154, 231, 308, 385, 462, 539, 616, 693}) {
		t.Errorf("sketch %+v", got)
	}
}

// plainClean is what clean promises, rune by rune.
func plainClean(s string, limit int) string {
	out, space := "", false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) && out != "":
			space = out != ""
			continue
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			continue
		}
		add := string(r)
		if space {
			add = " " + add
		}
		if len(out)+len(add) > limit {
			break
		}
		out, space = out+add, false
	}
	return out
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", " a  b\tc\x00d ", "é\u202eabc\u200b \u00a0x", "\xff\xfea", strings.Repeat("word ", 30)} {
		for _, limit := range []int{0, 1, 5, 6, 1000} {
			f.Add(s, limit)
		}
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 0 || limit > 1<<20 || len(s) > 1<<12 {
			return
		}
		if got, want := clean(s, limit), plainClean(s, limit); got != want {
			t.Errorf("clean(%q, %d) = %q, want %q", s, limit, got, want)
		}
	})
}

func TestBandsLeadFromAnEmptyFrameToItsLike(t *testing.T) {
	script := func(own int) extractors.TokenSet {
		s := newSet()
		for i := range 100 {
			if i < own {
				s.add(fmt.Sprintf("%d of %d", i, own))
			} else {
				s.add(fmt.Sprint(i))
			}
		}
		return s.sketch(MaxScriptTokens)
	}
	in := map[string]bool{}
	for _, b := range bands(&extractors.Fingerprint{Script: script(0)}) {
		in[b] = true
	}
	shared := func(own int) (n int) {
		for _, b := range bands(&extractors.Fingerprint{Script: script(own)}) {
			if in[b] {
				n++
			}
		}
		return n
	}
	if len(in) != scriptBands || shared(10) == 0 || shared(100) != 0 {
		t.Errorf("%d bands; %d shared by a copy, %d by a stranger", len(in), shared(10), shared(100))
	}
	if b := bands(&extractors.Fingerprint{Script: extractors.TokenSet{Hashes: []uint32{1, 2, 3}, Total: 3}}); len(b) != 0 {
		t.Errorf("three strings make bands %v", b)
	}
}

package template

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
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

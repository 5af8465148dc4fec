package local

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

// realVisit is of the size of a real site: 6 KB of text, 20 indicators, token sets of 2,000 hashes in all.
func realVisit(r *rand.Rand, i int) index.Visit {
	v := visit(fmt.Sprintf("site%d.example", i), 1)
	f := &v.Findings
	var text strings.Builder
	for text.Len() < 6000 {
		fmt.Fprintf(&text, "word%d ", int(r.ExpFloat64()*400))
	}
	f.Title, f.Text = "Nova Trade "+fmt.Sprint(i), text.String()
	for n := range 20 {
		f.Indicators = append(f.Indicators, extractors.Indicator{Kind: extractors.KindWallet, Chain: "evm", Value: fmt.Sprintf("0x%032x%08x", i/7, n), Role: extractors.Payee,
			Confidence: extractors.High, Where: extractors.InText, Page: "https://site.example/deposit"})
	}
	for _, t := range sets(&f.Fingerprint) {
		for range 400 {
			t.Hashes = append(t.Hashes, r.Uint32())
		}
		slices.Sort(t.Hashes)
		t.Total = 400
	}
	return v
}

func BenchmarkSaveVisit(b *testing.B) {
	for _, workers := range []int{1, 16} {
		b.Run(fmt.Sprint(workers, "workers"), func(b *testing.B) {
			s, err := Open(b.Context(), b.TempDir(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			var n atomic.Int64
			b.SetParallelism(max(1, workers/2))
			if workers == 1 {
				for b.Loop() {
					i := int(n.Add(1))
					if err := s.SaveVisit(b.Context(), realVisit(rand.New(rand.NewPCG(uint64(i), 1)), i)); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := int(n.Add(1))
					if err := s.SaveVisit(b.Context(), realVisit(rand.New(rand.NewPCG(uint64(i), 1)), i)); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func BenchmarkRead(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const sites = 3000
	r := rand.New(rand.NewPCG(1, 1))
	for i := range sites {
		if err := s.SaveVisit(b.Context(), realVisit(r, i)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("each member", func(b *testing.B) {
		for b.Loop() {
			n := 0
			if err := s.EachMember(b.Context(), func(*index.Member) error { n++; return nil }); err != nil || n != sites {
				b.Fatal(n, err)
			}
		}
		b.ReportMetric(float64(sites)*float64(b.N)/b.Elapsed().Seconds(), "sites/s")
	})
	for _, q := range []string{"wallet:0x0000000000000000000000000000001100000003", "word7", `"word1 word2"`, "host:site12*", "title:nova -word3 wallets:>2"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Search(b.Context(), index.SearchRequest{Query: parse(b, q), Limit: 20}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func parse(b *testing.B, text string) query.Expr {
	b.Helper()
	e, err := query.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

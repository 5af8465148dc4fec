package indextest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	grouping "scamatlas/index/cluster"
)

const (
	kitsMade    = 8
	copiesMade  = 9  // of each kit
	bandsOfKit  = 24 // of which a copy keeps some
	lateOnes    = 24
	sitesOfHand = 6 // one operator's, on two kits
)

// copies makes sites of few kits and operators, the same at every call: loosely edited copies with bands in common, wallets and widgets
// that an operator's sites share, and honest sites with neither.
func copies() []index.Visit {
	r := rand.New(rand.NewPCG(5, 8))
	tokens := func(seed uint64, n int) []uint32 {
		s, out := rand.New(rand.NewPCG(seed, 1)), make([]uint32, n)
		for i := range out {
			out[i] = s.Uint32()
		}
		return out
	}
	var out []index.Visit
	for n := range kitsMade * copiesMade {
		kit, hand := uint64(n%kitsMade), n/sitesOfHand
		v := visit(fmt.Sprintf("%08x.example", r.Uint32()), 1, crawler.OK, hour(n))
		f := &v.Findings.Fingerprint
		*f = extractors.Fingerprint{Version: 1}
		for set, t := range []*extractors.TokenSet{&f.Tags, &f.Classes, &f.Names, &f.Text} {
			for _, h := range tokens(kit<<8+uint64(set), []int{200, 120, 24, 220}[set]) {
				if r.Float64() > .7 {
					h = r.Uint32()
				}
				t.Hashes = append(t.Hashes, h)
			}
			slices.Sort(t.Hashes)
			t.Hashes = slices.Compact(t.Hashes)
			t.Total = len(t.Hashes)
		}
		for b := range bandsOfKit {
			band := fmt.Sprintf("t%c:%08x", 'a'+b, kit)
			if r.Float64() > .3 {
				band = fmt.Sprintf("t%c:%08x", 'a'+b, r.Uint32())
			}
			f.Bands = append(f.Bands, band)
		}
		v.Findings.Hosting = extractors.Hosting{}
		v.Findings.Indicators = []extractors.Indicator{{Kind: extractors.KindTracker, Type: "tawk", Value: fmt.Sprintf("%024x", hand), Confidence: extractors.High}}
		if n%3 > 0 {
			v.Findings.Indicators = append(v.Findings.Indicators, extractors.Indicator{Kind: extractors.KindWallet, Chain: "evm", Value: fmt.Sprintf("0x%040x", hand),
				Role: extractors.Payee, Confidence: extractors.High})
		}
		out = append(out, v)
	}
	return out
}

// group groups all sites of the store.
func (s *suite) group(previous []index.Cluster) []index.Cluster {
	s.Helper()
	var b grouping.Builder
	s.ok(s.EachMember(ctx, func(m *index.Member) error { b.Add(m); return nil }))
	return b.Build(previous, grouping.Options{Now: t0}).Clusters
}

var joiningTests = []test{
	{"sites that join one by one, in any order, are where a build puts them", func(s *suite) {
		all := copies()
		r := rand.New(rand.NewPCG(3, 3))
		r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		s.save(all[lateOnes:]...)
		first := s.group(nil)
		s.clusters(first...)
		var j grouping.Joiner
		for _, v := range all[:lateOnes] {
			s.save(v)
			m := index.MemberOf(s.site(v.Record.Host))
			near, err := s.Near(ctx, &m, grouping.MaxJoined)
			s.ok(err)
			in := j.Join(&m, near)
			s.ok(s.Join(ctx, m.Host, in.Kit, in.Operator))
		}
		s.ok(s.Flush(ctx))
		built := s.group(first)
		want := index.Memberships(built)
		for _, v := range all[:lateOnes] {
			w := want[v.Record.Host]
			if w.Kit == "" || w.Operator == "" {
				s.Errorf("a build puts %s in %+v: it proves little", v.Record.Host, w)
			}
			s.membership(v.Record.Host, w.Kit, w.Operator)
		}
		s.clusters(built...)
		for _, c := range first {
			if _, err := s.Cluster(ctx, c.ID); err != nil {
				s.Errorf("%s is gone after the late sites: %v", c.ID, err)
			}
		}
	}},
}

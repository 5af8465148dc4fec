package cluster

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// alive is a member that was seen, with nothing on it.
func alive(host string) *index.Member {
	return &index.Member{Host: host, Sequence: 1, Outcome: crawler.OK, FirstSeen: day, LastLive: day}
}

// tokens gives n numbers of their own to every name.
func tokens(name string, n int) []uint32 {
	var seed [32]byte
	copy(seed[:], name)
	r := rand.New(rand.NewChaCha8(seed))
	out := make([]uint32, n)
	for i := range out {
		out[i] = r.Uint32()
	}
	return out
}

func set(parts ...[]uint32) extractors.TokenSet {
	all := slices.Concat(parts...)
	slices.Sort(all)
	all = slices.Compact(all)
	return extractors.TokenSet{Hashes: all, Total: len(all)}
}

// front gives a member the front end of a kit: share of each signal is the kit's, a little is common to all sites, the rest is its own.
func front(m *index.Member, kit string, share float64) *index.Member {
	for s := range signals {
		size := [...]int{200, 120, 20, 25, 250, 0, 0}[s]
		own := tokens(m.Host+s.String(), size-int(float64(size)*share))
		kits := tokens(kit+s.String(), size)[:int(float64(size)*share)]
		*s.of(&m.Fingerprint) = set(own, kits, tokens("web"+s.String(), size/10))
	}
	m.Fingerprint.Version = 1
	return m
}

func wallet(value string) extractors.Indicator {
	return extractors.Indicator{Kind: extractors.KindWallet, Chain: "btc", Value: value, Role: extractors.Payee, Confidence: extractors.High}
}

func build(previous []index.Cluster, members ...*index.Member) []index.Cluster {
	var b Builder
	for _, m := range members {
		b.Add(m)
	}
	return b.Build(previous, Options{Now: day}).Clusters
}

// layout writes the groups of one layer as "a b|c d": hosts by name, groups by first host.
func layout(all []index.Cluster, layer index.Layer) string {
	var out []string
	for _, c := range all {
		if c.Layer == layer {
			out = append(out, strings.Join(c.Hosts, " "))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "|")
}

// checkTies fails unless the ties of every cluster connect all its members and none but them.
func checkTies(t *testing.T, all []index.Cluster) {
	t.Helper()
	for _, c := range all {
		if c.Size != len(c.Hosts) || c.Size < 2 || !slices.IsSorted(c.Hosts) || c.ID == "" || len(c.Ties) > index.MaxTies {
			t.Errorf("cluster %+v is not in order", c)
		}
		f := newForest(len(c.Hosts))
		for _, tie := range c.Ties {
			a, okA := slices.BinarySearch(c.Hosts, tie.A)
			b, okB := slices.BinarySearch(c.Hosts, tie.B)
			if !okA || !okB || tie.A >= tie.B || tie.Value == "" || tie.Weight <= 0 {
				t.Errorf("%s: tie %+v", c.ID, tie)
				continue
			}
			f.join(a, b)
		}
		if n := len(f.groups()); n != 1 {
			t.Errorf("%s: ties leave %d parts of %v", c.ID, n, c.Hosts)
		}
		if !slices.IsSortedFunc(c.Ties, func(x, y index.Tie) int { return cmp.Compare(y.Weight, x.Weight) }) {
			t.Errorf("%s: ties not strongest first", c.ID)
		}
	}
}

func host(kit string, i int) string { return fmt.Sprintf("%s%04d.example", kit, i) }

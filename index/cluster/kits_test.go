package cluster

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
)

// town is three kits of several sites, some edited heavily, and sites of nobody's design.
func town() []*index.Member {
	var all []*index.Member
	for k, kit := range []string{"apex", "nova", "zen"} {
		for i := range 4 + 2*k {
			all = append(all, front(alive(host(kit, i)), kit, []float64{.95, .8, .65}[i%3]))
		}
	}
	for i := range 12 {
		all = append(all, front(alive(host("shop", i)), "", 0))
	}
	return all
}

const townKits = "apex0000.example apex0001.example apex0002.example apex0003.example|" +
	"nova0000.example nova0001.example nova0002.example nova0003.example nova0004.example nova0005.example|" +
	"zen0000.example zen0001.example zen0002.example zen0003.example zen0004.example zen0005.example zen0006.example zen0007.example"

func TestKitsAreFound(t *testing.T) {
	all := build(nil, town()...)
	if got := layout(all, index.Kit); got != townKits {
		t.Errorf("kits: %s", got)
	}
	if got := layout(all, index.Operator); got != "" {
		t.Errorf("a kit is not an operator, yet: %s", got)
	}
	checkTies(t, all)
}

func TestKitsInSmallStores(t *testing.T) {
	// A store may hold nothing but copies of one kit: then nothing is rare in it.
	one := []*index.Member{front(alive("a.example"), "apex", .8), front(alive("b.example"), "apex", .8), front(alive("c.example"), "apex", .8)}
	if got := layout(build(nil, one...), index.Kit); got != "a.example b.example c.example" {
		t.Errorf("three copies and nothing else: %q", got)
	}
	two := []*index.Member{front(alive("a.example"), "", 0), front(alive("b.example"), "", 0)}
	if got := layout(build(nil, two...), index.Kit); got != "" {
		t.Errorf("two strangers and nothing else: %q", got)
	}
}

func TestWhatIsNoKit(t *testing.T) {
	gone := front(alive("gone.example"), "apex", 1)
	gone.LastLive = time.Time{}
	welcome := func(h string) *index.Member {
		m := alive(h)
		m.Fingerprint.Tags, m.Fingerprint.Text = set(tokens("welcome to the server", 9)), set(tokens("welcome", 40))
		return m
	}
	shell := func(h string) *index.Member {
		m := alive(h)
		m.Fingerprint.Shell = true
		m.Fingerprint.Names = set(tokens("runtime main vendor", 3))
		return m
	}
	all := build(nil, append(town(), gone, welcome("w1.example"), welcome("w2.example"), shell("s1.example"), shell("s2.example"))...)
	if got := layout(all, index.Kit); got != townKits {
		t.Errorf("never alive, a server's welcome page, or an empty frame was grouped: %s", got)
	}
}

func TestEmptyFrameIsKnownByItsFiles(t *testing.T) {
	frame := func(h, kit string) *index.Member { // loads a fifth of the kit's files, and a program of its own
		m := alive(h)
		m.Fingerprint.Version, m.Fingerprint.Shell = 1, true
		m.Fingerprint.Assets = set(tokens(kit+"assets", 20)[:5], tokens(h, 1))
		m.Fingerprint.Names = set(tokens(kit+"names", 25)[:5], tokens("main.js", 1))
		return m
	}
	all := build(nil, append(town(), frame("frame.example", "apex"), frame("other.example", "nobody's"))...)
	if c := only(t, all, "frame.example"); c.Layer != index.Kit || c.Hosts[0] != "apex0000.example" || c.Size != 5 {
		t.Errorf("in %v", c.Hosts)
	}
	if got := layout(all, index.Kit); strings.Contains(got, "other.example") {
		t.Errorf("a frame with strange files was grouped: %s", got)
	}
}

func TestVersionsOfFingerprintsDoNotMix(t *testing.T) {
	old := front(alive("old.example"), "apex", .95)
	old.Fingerprint.Version = 2
	if got := layout(build(nil, append(town(), old)...), index.Kit); got != townKits {
		t.Errorf("another version was compared: %s", got)
	}
}

func TestHugeFamiliesAreCondensed(t *testing.T) {
	const many = maxTreed + 40
	var sites []*index.Member
	for i := range many {
		sites = append(sites, front(alive(host("apex", i)), "apex", .9))
	}
	for i := range 60 {
		sites = append(sites, front(alive(host("nova", i)), "nova", .9))
	}
	for _, limit := range []int{20, 100} { // fewer than are listed, and more
		var b Builder
		for _, m := range sites {
			b.Add(m)
		}
		b.settle()
		k := newKits(b.sites, background, &b.arena)
		k.limit = limit
		f := k.group(DefaultKitCut)
		if len(f) != 2 || len(f[0]) != many || len(f[1]) != 60 {
			t.Fatalf("limit %d: %d families: %v", limit, len(f), f)
		}
		c := k.clusters(f)
		c[0].ID, c[1].ID = "k-x", "k-y"
		checkTies(t, []index.Cluster{c[0].Cluster, c[1].Cluster})
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	all := append(town(), street()...)
	want := build(nil, all...)
	if len(want) < 5 {
		t.Fatalf("only %d clusters", len(want))
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		if got := build(nil, all...); !reflect.DeepEqual(got, want) {
			t.Fatalf("another order gave\n%+v\nnot\n%+v", got, want)
		}
	}
}

func TestProcessorsDoNotMatter(t *testing.T) {
	all := city(2500) // more than are searched for at the same time
	group := func(processors int) Grouping {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		var b Builder
		for _, m := range all {
			b.Add(m)
		}
		return b.Build(nil, Options{Now: day})
	}
	one := group(1)
	if len(one.Clusters) < 50 {
		t.Fatalf("only %d clusters", len(one.Clusters))
	}
	rand.New(rand.NewPCG(5, 6)).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	if four := group(4); !reflect.DeepEqual(one, four) {
		t.Errorf("four processors and another order gave other clusters: %d instead of %d", len(four.Clusters), len(one.Clusters))
	}
}

func TestLaterVisitCounts(t *testing.T) {
	a, b := alive("a.example"), alive("b.example")
	a.Indicators, b.Indicators = []extractors.Indicator{wallet("W1")}, []extractors.Indicator{wallet("W1")}
	newer := alive("a.example")
	newer.Sequence = 2
	for name, order := range map[string][]*index.Member{"newer last": {a, b, newer}, "newer first": {newer, b, a}} {
		if got := layout(build(nil, order...), index.Operator); got != "" {
			t.Errorf("%s: the wallet of an earlier visit joined %s", name, got)
		}
	}
}

func TestOneKitMayFillTheStore(t *testing.T) {
	var sites []*index.Member
	for i := range 2100 {
		m := front(alive(host("apex", i)), "apex", .9)
		for b := range 4 { // as near copies have
			m.Fingerprint.Bands = append(m.Fingerprint.Bands, strings.Repeat("b", 1+(i+b)%5))
		}
		sites = append(sites, m)
	}
	for i := range 20 {
		sites = append(sites, front(alive(host("shop", i)), "", 0))
	}
	all := build(nil, sites...)
	if len(all) != 1 || all[0].Size != 2100 {
		t.Fatalf("%d clusters", len(all))
	}
	if n := len(all[0].Ties); n != index.MaxTies {
		t.Errorf("%d ties", n)
	}
}

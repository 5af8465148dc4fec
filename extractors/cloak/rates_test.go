package cloak_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/cloak"
)

// gates are the rules by which made-up sites choose whom to show themselves to.
var gates = []struct {
	verdict string
	lets    func(*crawler.Profile) bool
}{
	{extractors.CloakMobile, func(p *crawler.Profile) bool { return p.Mobile }},
	{extractors.CloakDesktop, func(p *crawler.Profile) bool { return !p.Mobile }},
	{extractors.CloakReferrer, func(p *crawler.Profile) bool { return p.Referrer != "" }},
	{extractors.CloakWallet, func(p *crawler.Profile) bool { return p.Wallet }},
}

func size(n int) int {
	if s := os.Getenv("CLOAK_RATES"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	return n
}

// seed shifts all made-up sites: other seeds are other sites.
func seed() uint64 {
	n, _ := strconv.ParseUint(os.Getenv("CLOAK_SEED"), 10, 32)
	return n
}

func TestOrdinarySitesAreTheSame(t *testing.T) {
	n, bad, soft := size(260), map[string]int{}, map[string]int{}
	false_, unclear := 0, 0
	for i := range n {
		kind := dynamic[i%len(dynamic)]
		p := newParts(seed()+uint64(1000+i), kind.topic)
		r := rand.New(rand.NewPCG(seed()+uint64(i), 8))
		how := manner(i / len(dynamic) % 2)
		views := visit(how, "", visitors(), func(v *crawler.Profile) page {
			sub := map[string]string{"/a": kind.html(newParts(seed()+uint64(1000+i), kind.topic), v, r), "/b": p.html(p.blocks[:3])}
			return page{html: kind.html(p, v, r), paths: sub}
		})
		got := cloak.Compare(views)
		switch got.Verdict {
		case extractors.CloakSame:
		case extractors.CloakUnclear:
			unclear++
			soft[kind.name+[]string{" plain", " browsed"}[how]]++
		default:
			false_++
			bad[kind.name+[]string{" plain", " browsed"}[how]+" "+got.Verdict]++
		}
	}
	t.Logf("%d ordinary sites: %d false verdicts, %d unclear\n%v\n%v", n, false_, unclear, bad, soft)
	if false_ > 0 {
		t.Errorf("%d of %d ordinary sites are said to cloak", false_, n)
	}
}

func TestCloakedSitesAreFound(t *testing.T) {
	n, found, named := size(288), 0, 0
	shown := 0
	missed, wrong, wrongShown := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range n {
		gate, decoy := gates[i%len(gates)], decoys[i/len(gates)%len(decoys)]
		how := manner(i / len(gates) / len(decoys) % 2)
		p, entry, deposit := scam(seed() + uint64(5000+i))
		real := page{html: entry, paths: map[string]string{"/deposit": deposit}}
		views := visit(how, "", visitors(), func(v *crawler.Profile) page {
			if gate.lets(v) {
				return real
			}
			return decoy.page(seed()+uint64(i), p)
		})
		got := cloak.Compare(views)
		want := gate.verdict
		if want == extractors.CloakMobile && (decoy.name == "a famous site" || decoy.name == "another site") {
			want = extractors.CloakRedirected
		}
		key := gate.verdict + " " + decoy.name + []string{" plain", " browsed"}[how]
		if got.Verdict == extractors.CloakSame || got.Verdict == extractors.CloakUnclear {
			missed[key]++
			continue
		}
		found++
		if got.Verdict == want {
			named++
		} else {
			wrong[key+" "+got.Verdict]++
		}
		ok := false
		for _, v := range visitors() {
			ok = ok || v.Name == got.Shown && gate.lets(v)
		}
		if ok {
			shown++
		} else {
			wrongShown[key]++
		}
	}
	t.Logf("%d cloaked sites: %d found, %d with the right name, %d with the right visitor\nmissed %v\nwrong %v\nshown %v", n, found, named, shown, missed, wrong, wrongShown)
	if most := n - n/100; found < most || named < most || shown < most {
		t.Errorf("%d missed, %d under another name, %d with a card for the decoy", n-found, n-named, n-shown)
	}
}

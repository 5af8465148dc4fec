package lookalike

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"scamatlas/configs"
	"scamatlas/crawler/testbed/needtest"
)

func rules(t testing.TB) *Rules {
	t.Helper()
	r, err := Load(configs.Rules(), "names.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// builtin makes a scorer of the built-in rules, once for all tests.
var builtin = sync.OnceValues(func() (*Scorer, error) {
	r, err := Load(configs.Rules(), "names.yaml")
	if err != nil {
		return nil, err
	}
	return NewScorer(r)
})

func scorer(t testing.TB) *Scorer {
	t.Helper()
	s, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestScore: what fires, on a small set of rules of its own.
func TestScore(t *testing.T) {
	s, err := NewScorer(&Rules{
		Weights: Weights{BrandDomain: 0.9, Brand: 0.7, BrandCommon: 0.25, LooksLike: 0.8, Typo: 0.6, TypoShort: 0.4, TypoWord: 0.3, TypoTwo: 0.3, Typed: 0.35,
			Words: 0.6, Covered: 0.1, MixedScripts: 0.5, Disguised: 0.35, International: 0.05, Undecodable: 0.2, Digits: 0.1, Hyphens: 0.1, Depth: 0.1,
			Long: 0.05, SharedSuffix: 0.1, InSubdomain: 0.5, YoungDays: 30, Young: 0.2},
		Brands: []Brand{
			{Name: "Coinbase", Own: []string{"coinbase.com"}, Words: []string{"coinbase"}},
			{Name: "OKX", Own: []string{"okx.com"}, Words: []string{"okx"}},
			{Name: "Kraken", Own: []string{"kraken.com"}, Common: []string{"kraken"}},
		},
		Honest:   []string{"bitcoin.org"},
		Words:    []WordList{{Language: "en", Weight: 0.3, Words: []string{"invest", "profit", "coin", "exchange"}}, {Language: "zh", Weight: 0.4, Words: []string{"投资"}}},
		Ordinary: []string{"investigation"},
		Suffixes: []WeightedNames{{0.2, []string{"top"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host  string
		score float64
		why   string // parts of the reasons, in order, divided by |
	}{
		{"coinbase.com", 0, ""},
		{"www.pro.coinbase.com", 0, ""},
		{"*.coinbase.com.", 0, ""},
		{"wiki.bitcoin.org", 0, ""},
		{"example.com", 0, ""},
		{"investigation.com", 0, ""},
		{"coincidence.com", 0, ""},
		{"bookx.com", 0, ""},
		{"COINBASE.example", 0.7, `holds "coinbase" but is not of Coinbase`},
		{"mycoinbasehelp.com", 0.7, `holds "coinbase"`},
		{"coinbase.top", 0.76, `holds "coinbase"|ends in .top`},
		{"coinbase.com.login.example", 0.97, `coinbase.com of Coinbase stands in front|holds "coinbase"`},
		{"coinbase.evil.example", 0.7, `holds "coinbase"`},
		{"c0inbase.com", 0.8, `"c0inbase" looks like "coinbase" (Coinbase)`},
		{"coin-base.com", 0.86, `"coinbase" is "coinbase" (Coinbase) with hyphens|speaks of "coin"`},
		{"coin.base.com", 0.83, `spells "coinbase" (Coinbase) across its dots|speaks of "coin"`},
		{"coinbasse-help.com", 0.6, `"coinbasse" is one letter from "coinbase"`},
		{"helpcoinbsae.com", 0.6, `"coinbsae" is one letter from "coinbase"`},
		{"cionabse.com", 0.3, `"cionabse" is two letters from "coinbase"`},
		{"okx-help.com", 0.7, `holds "okx"`},
		{"okz.com", 0.35, "may be typed for okx.com"},
		{"okz.org", 0, ""},
		{"krakem.com", 0.35, "may be typed for kraken.com"},
		{"kraken-help.com", 0.25, `"kraken", also a name of Kraken`},
		{"invest-profit.com", 0.559, `speaks of "invest" (en)|speaks of "profit"|made of such words`},
		{"invest.example.com", 0.15, `speaks of "invest"`},
		{"exchagne-24.com", 0.3, `"exchagne" is one letter from "exchange" (en)`},
		{"exchanges.com", 0.3, `speaks of "exchange"`},
		{"xn--oinbase-xjg.com", 0.9, `looks like "coinbase" (Coinbase), which is not written that way|letters of Cyrillic and Latin in one label: сoinbase`},
		{"сoinbase.com", 0.9, `looks like "coinbase"|letters of Cyrillic and Latin`},
		{"xn--oru136g.com", 0.43, `speaks of "投资" (zh)|an international name`},
		{"xn--99zzz99-.com", 0.2, "no valid international label"},
		{"a1234.com", 0.1, "4 digits in a row"},
		{"a-b-c-d.com", 0.1, "3 hyphens"},
		{"a.b.c.d.com", 0.1, "3 labels in front"},
		{"abcdefghijklmnopqrstuvwxyz.com", 0.05, "a label of 26 characters"},
		{"something.github.io", 0.1, "stands on github.io"},
	} {
		score, reasons := s.Score(c.host)
		if math.Abs(score-c.score) > 1e-9 {
			t.Errorf("%s: %.3f, want %.3f: %q", c.host, score, c.score, reasons)
		}
		for i, want := range strings.Split(c.why, "|") {
			if c.why != "" && (i >= len(reasons) || !strings.Contains(reasons[i], want)) {
				t.Errorf("%s: reasons %q, want %q in place %d", c.host, reasons, want, i)
			}
		}
		if (score == 0) != (len(reasons) == 0) {
			t.Errorf("%s: %.2f with reasons %q", c.host, score, reasons)
		}
	}
	for host, want := range map[string]string{"www.coinbase.com": "Coinbase true", "*.OKX.com.": "OKX true", "wiki.bitcoin.org": " true", "notcoinbase.com": " false", "": " false"} {
		if brand, ok := s.Own(host); fmt.Sprint(brand, " ", ok) != want {
			t.Errorf("Own(%q) = %q, %v", host, brand, ok)
		}
	}
	if score, why := s.ScoreAged("kraken-help.com", 5*24*time.Hour); math.Abs(score-0.4) > 1e-9 || why[1] != "registered in the last 5 days" {
		t.Errorf("young: %v %q", score, why)
	}
	if score, _ := s.ScoreAged("kraken-help.com", 40*24*time.Hour); score != 0.25 {
		t.Errorf("old: %v", score)
	}
}

// TestFindsLookalikes: of what Permutations makes of each brand's own domains, all but very few names are found, and no own domain is.
func TestFindsLookalikes(t *testing.T) {
	most := map[string]float64{"plural": 0.06, "subdomain": 0.03, "various": 0.03} // short words with two letters put in; dots that make a public suffix
	r, s := rules(t), scorer(t)
	made, missed := map[string]int{}, map[string]int{}
	for i, b := range r.Brands {
		for _, own := range b.Own {
			for _, h := range []string{own, "www." + own, "*.a.b." + own} {
				if score, why := s.Score(h); score != 0 {
					t.Errorf("%s: %.2f %q", h, score, why)
				}
			}
		}
		own := b.Own[0]
		d, ok := split(own)
		if i%4 != 0 || !ok || !strings.Contains(" "+strings.Join(b.Words, " ")+" ", " "+d.name+" ") {
			continue // every fourth, for the test's time; and not a domain without the brand's word
		}
		for class, names := range Permutations(own) {
			for i, n := range names {
				if s.isOwn(n) || class == "homoglyph" && i%10 != 0 { // there are half a million of them
					continue
				}
				made[class]++
				if score, _ := s.Score(n); score < 0.3 {
					missed[class]++
				}
			}
		}
	}
	for class, n := range made {
		share := float64(missed[class]) / float64(n)
		t.Logf("%s: %d of %d missed, %.2f %%", class, missed[class], n, 100*share)
		if share > max(most[class], 0.01) {
			t.Errorf("%s: %d of %d names missed", class, missed[class], n)
		}
	}
	if len(made) < 12 {
		t.Errorf("only %d classes", len(made))
	}
}

// TestHonestNames: names of programs and projects, none of which is about investing, stay below what makes a candidate.
func TestHonestNames(t *testing.T) {
	s := scorer(t)
	for _, host := range lines(t, "honest.txt") {
		if score, why := s.Score(host); score >= 0.5 {
			t.Errorf("%s: %.2f %q", host, score, why)
		}
	}
}

// TestAgainstPhishingList measures on the npm package eth-phishing-detect 1.2.0, when SCAMATLAS_TEST_ETHPHISHING names its config.json.
func TestAgainstPhishingList(t *testing.T) {
	b, err := os.ReadFile(needtest.Env(t, "SCAMATLAS_TEST_ETHPHISHING", "needs src/config.json of npm's eth-phishing-detect 1.2.0: run .ci/with-lists go test"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Blacklist, Whitelist []string }
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	s := scorer(t)
	share := func(hosts []string, least float64) float64 {
		n := 0
		for _, h := range hosts {
			if score, _ := s.Score(h); score >= least {
				n++
			}
		}
		return 100 * float64(n) / float64(len(hosts))
	}
	honest := lines(t, "honest.txt")
	for _, least := range []float64{0.3, 0.4, 0.5, 0.6, 0.7} {
		t.Logf("score ≥ %.1f: %.1f %% of %d bad names, %.1f %% of %d honest ones that look alike, %.2f %% of %d honest ones", least, share(list.Blacklist, least),
			len(list.Blacklist), share(list.Whitelist, least), len(list.Whitelist), share(honest, least), len(honest))
	}
	if got := share(list.Blacklist, 0.5); got < 45 {
		t.Errorf("only %.1f %% of the bad names reach 0.5", got)
	}
}

func TestLoadFaults(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"unknown key":   {"wieghts: {}", "wieghts"},
		"weight":        {"weights: {brand: 1.5}", "not from 0 to 1"},
		"no words":      {"brands: [{name: X, own: [x.com]}]", "has no words"},
		"twice":         {"brands: [{name: X, words: [xxx]}, {name: X, words: [yyy]}]", "twice"},
		"capital":       {"brands: [{name: X, words: [Xxx]}]", "small letters"},
		"own":           {"brands: [{name: X, words: [xxx], own: ['https://x.com']}]", "not a host name"},
		"suffix weight": {"suffixes: [{weight: -1, names: [top]}]", "not from 0 to 1"},
		"word":          {"words: [{language: en, weight: 0.1, words: ['two words']}]", "small letters"},
		"no yaml":       {"\t:", "read name rules"},
	} {
		_, err := Load(fstest.MapFS{"n.yaml": {Data: []byte(c.yaml)}}, "n.yaml")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := Load(fstest.MapFS{}, "n.yaml"); err == nil {
		t.Error("a missing file was taken")
	}
}

// FuzzScore: no name breaks the scorer, a score is a share, and reasons can be stored and shown.
func FuzzScore(f *testing.F) {
	for _, h := range []string{"coinbase.com", "xn--oinbase-xjg.top", "\x00.com", strings.Repeat("a.", 300) + "com", strings.Repeat("a", 300) + ".com", "xn--\xff.com",
		"xn--99999999999.com", "*.*.com", "..", ".", "", "a..b", "сoinbase.com", "\u202ecoinbase.com", "xn--" + strings.Repeat("a", 59) + ".com", "æ.æææææææææææææææææææææææææææææææ.com", "coinbase.com.\xc3\x28.com"} {
		f.Add(h)
	}
	s := scorer(f)
	f.Fuzz(func(t *testing.T, host string) {
		score, reasons := s.Score(host)
		if score < 0 || score > 1 || math.IsNaN(score) || (score == 0) != (len(reasons) == 0) || len(reasons) > maxReasons {
			t.Fatalf("%q: %v %q", host, score, reasons)
		}
		for _, r := range reasons {
			if !utf8.ValidString(r) || strings.ContainsFunc(r, func(c rune) bool { return c < ' ' || c == 0x7f || ignorable(c) }) {
				t.Fatalf("%q: reason %q", host, r)
			}
		}
		if len(host) > 16 { // their number grows with the square of the length
			return
		}
		for class, names := range Permutations(host) {
			for _, n := range names {
				if again, ok := hostOf(n); !ok || again != n {
					t.Fatalf("%q %s: %q", host, class, n)
				}
			}
		}
	})
}

// BenchmarkScore is a core's speed on a mix of names as certificates hold them.
func BenchmarkScore(b *testing.B) {
	s := scorer(b)
	hosts := append(lines(b, "honest.txt"), "coinbase-login.top", "rnetamask.io", "binannce.support", "secure-wallet-connect.xyz", "xn--oinbase-xjg.com", "invest.crypto-profit24.live")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s.Score(hosts[n%len(hosts)])
		n++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "names/s")
}

package main

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/crawler/testbed"
	"scamatlas/extractors"
	"scamatlas/extractors/extracttest"
	"scamatlas/extractors/rule"
	"scamatlas/extractors/verdict/corpus"
	"scamatlas/schedules/jobs"
)

// scriptedKits says what the scripted made-up sites are made from; those left out are designs of their own, honest ones among them. The
// sites of the first set say it in their truth.
var scriptedKits = map[string]string{
	"aldena-mining.example": "gate", "bravix-mining.example": "gate", "corvane-pool.example": "gate", "dresden-yield.example": "gate",
	"evanor-club.example": "gate", "garnet-liquidity.example": "gate", "pinecrest-earn.example": "gate", "quillon-earn.example": "gate",
	"rosemont-earn.example": "gate", "thornbury-pay.example": "gate",
	"halcyon-pay.example": "spa", "lumora-exchange.example": "spa", "mirabel-trade.example": "spa", "norvik-capital.example": "spa",
	"opaline-ex.example": "spa", "orvane-markets.example": "spa", "pendra-x.example": "spa", "quorra-fx.example": "spa",
	"rivendale-fund.example": "spa", "silvane-global.example": "spa", "tavara-crypto.example": "spa", "ulmira-pool.example": "spa",
	"vexa-coin.example": "spa", "wexford-digital.example": "spa", "zentor-assets.example": "spa",
	"ironbark-pool.example": "decoy", "jasper-yield.example": "decoy", "kelmore-defi.example": "decoy", "larkspur-tron.example": "decoy",
	"maplewood-node.example": "decoy", "nettle-invest.example": "decoy", "oakridge-stake.example": "decoy",
}

func builtInRules(t *testing.T) []*rule.Rule {
	t.Helper()
	rules, faults, err := loadRules(&configs.Settings{})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, rule.Errors(faults))
	}
	return rules
}

// TestBuiltInRulesSayWhatTheyAre: an analyst can see what each is for, and each is tested.
func TestBuiltInRulesSayWhatTheyAre(t *testing.T) {
	rules := builtInRules(t)
	if len(rules) < 20 {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		if r.Description == "" || len(r.References) == 0 || len(r.Tags) == 0 {
			t.Errorf("%s lacks a description, a reference or tags", r.File)
		}
		if tested := testRule(r); len(tested.Failed) > 0 || tested.Fires == 0 || tested.Quiet == 0 {
			t.Errorf("%s: %v", r.ID, tested)
		}
	}
}

// madeFrom gives the kit of every made-up site; "" for those that are alone.
func madeFrom(t *testing.T) (sites []testbed.Site, kits map[string]string) {
	t.Helper()
	kits = map[string]string{}
	for _, read := range []func() ([]testbed.Site, error){testbed.Sites, testbed.ScriptedSites} {
		some, err := read()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range some {
			sites, kits[s.Host] = append(sites, s), s.Kit
			if kit := scriptedKits[s.Host]; kit != "" {
				kits[s.Host] = kit
			}
		}
	}
	return sites, kits
}

// whole is a capture of all that a site has, as a visitor who is shown everything would bring it.
func whole(s testbed.Site) *crawler.Capture {
	c := &crawler.Capture{Host: s.Host, FinalURL: s.EntryURL()}
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		at := "https://" + s.Host + "/" + name
		r := crawler.Response{URL: at, FinalURL: at, Status: 200, Body: s.Files[name]}
		switch path.Ext(name) {
		case ".html", ".php":
			r.ContentType = "text/html; charset=utf-8"
			c.Pages = append(c.Pages, crawler.Page{Response: r})
		case ".js":
			c.Assets = append(c.Assets, crawler.Asset{Response: r, Kind: crawler.Script})
		case ".css":
			c.Assets = append(c.Assets, crawler.Asset{Response: r, Kind: crawler.Style})
		}
	}
	return c
}

// TestRulesFireOnTheirKitOnly: each rule for a made-up kit fires on all sites of that kit and on no other; rules for real kits fire on none.
func TestRulesFireOnTheirKitOnly(t *testing.T) {
	rules := builtInRules(t)
	sites, kits := madeFrom(t)
	fired := map[string]int{}
	for _, s := range sites {
		var want []string
		if kit := kits[s.Host]; kit != "" && s.Outcomes[0] == crawler.OK {
			want = []string{"testbed-" + kit}
		}
		var got []string
		for _, h := range rule.MatchAll(rules, rule.NewFields(extractors.NewInput(whole(s)))) {
			got = append(got, h.Rule)
			fired[h.Rule]++
			if len(h.Evidence) == 0 || h.Evidence[0].Seen == "" || h.Evidence[0].URL == "" {
				t.Errorf("%s: %s has no evidence: %+v", s.Host, h.Rule, h.Evidence)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", s.Host, got, want)
		}
	}
	if len(fired) != 7 {
		t.Errorf("rules fired: %v, want those of 7 kits", fired)
	}
}

// TestRulesAreQuietOnHonestSites: banks, brokers, exchanges, shops, news of scams in many languages, none of which any rule may name.
func TestRulesAreQuietOnHonestSites(t *testing.T) {
	set := rule.NewSet(builtInRules(t))
	families, err := corpus.Families()
	if err != nil {
		t.Fatal(err)
	}
	honest := 0
	for _, f := range families {
		if f.Fake {
			continue
		}
		honest++
		for _, h := range set.Match(rule.NewFields(extractors.NewInput(f.Sample(0).Capture))) {
			t.Errorf("%s: %s: %s", f.Name, h.Rule, h.Why())
		}
	}
	if honest < 40 {
		t.Errorf("only %d families of honest sites", honest)
	}
}

// TestHunt hunts in the evidence of all made-up sites, one of them visited twice; testdata/script/rules.txtar does so after a crawl.
func TestHunt(t *testing.T) {
	dir := t.TempDir()
	settings := filepath.Join(dir, "settings.yaml")
	write(t, settings, "store: "+filepath.Join(dir, "store")+"\n")
	sites, kits := madeFrom(t)
	kept, err := archive.Open(filepath.Join(dir, "store", "evidence"), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	want := map[string]int{}
	for i, s := range append(sites, sites[1]) {
		c := whole(s)
		c.Profile, c.Started = "desktop", time.Date(2026, 5, 1, 12, i, 0, 0, time.UTC)
		if _, err := kept.Put(t.Context(), archive.Visit{Host: s.Host, Sequence: int64(i + 1), Captures: []*crawler.Capture{c}}); err != nil {
			t.Fatal(err)
		}
		if kits[s.Host] != "" && s.Outcomes[0] == crawler.OK {
			want[s.Host+" testbed-"+kits[s.Host]]++
		}
	}
	hunt := func(args ...string) map[string]int {
		got := map[string]int{}
		last := int64(0)
		for _, f := range lines[jobs.Find](t, cli(t, exitDone, append([]string{"rules", "hunt", "--json", "--config", settings}, args...)...)) {
			got[f.Host+" "+f.Rule]++
			if f.Visited.Year() != 2026 || f.Entry < last || len(f.Evidence) == 0 || !slices.Contains(f.Profiles, "desktop") || f.Level == "" {
				t.Errorf("find %+v after entry %d", f, last)
			}
			last = f.Entry
		}
		return got
	}
	if twice := want["aurora-vault.example testbed-vault"]; twice != 2 {
		t.Fatalf("aurora-vault.example was put %d times", twice)
	}
	if got := hunt(); !maps.Equal(got, want) {
		t.Errorf("found %v\nwant %v", got, want)
	}
	want["aurora-vault.example testbed-vault"]--
	if got := hunt("--last"); !maps.Equal(got, want) {
		t.Errorf("--last found %v\nwant %v", got, want)
	}
	own := filepath.Join(dir, "own.yaml")
	write(t, own, "title: A new rule\ndetection:\n  s:\n    hostname|startswith: aurora\n  condition: s\n")
	if got := hunt(own); !maps.Equal(got, map[string]int{"aurora-vault.example own": 2}) {
		t.Errorf("a new rule found %v", got)
	}
	if got := hunt("testbed-forge"); len(got) == 0 || strings.Contains(strings.Join(slices.Collect(maps.Keys(got)), " "), "vault") {
		t.Errorf("one rule found %v", got)
	}
}

// BenchmarkHunt says what hunting costs by parts: evidence read and unpacked, pages cut into pieces, rules tried. One operation is one
// capture; the sites are the made-up ones, each as one visit of one visitor, and a fat one with 1 MB of script.
func BenchmarkHunt(b *testing.B) {
	kept, err := archive.Open(b.TempDir(), archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer kept.Close()
	rules, _, err := loadRules(&configs.Settings{})
	if err != nil {
		b.Fatal(err)
	}
	sites, err := testbed.Sites()
	if err != nil {
		b.Fatal(err)
	}
	captures := []*crawler.Capture{fat()}
	for _, s := range sites {
		captures = append(captures, whole(s))
	}
	var entries []*archive.Entry
	var inputs []*extractors.Input
	size := 0
	for i, c := range captures {
		e, err := kept.Put(b.Context(), archive.Visit{Host: c.Host, Sequence: int64(i + 1), Captures: []*crawler.Capture{c}})
		if err != nil {
			b.Fatal(err)
		}
		entries, inputs = append(entries, e), append(inputs, extractors.NewInput(c))
		for _, d := range inputs[i].Docs {
			size += len(d.Body)
		}
	}
	part := func(name string, do func(i int)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size / len(captures)))
			for i := 0; b.Loop(); i = (i + 1) % len(captures) {
				do(i)
			}
			cpu := extracttest.CPU(func() {
				for i := range captures {
					do(i)
				}
			})
			b.ReportMetric(cpu.Seconds()/float64(len(captures))*1000, "cpu-s/1000-captures")
		})
	}
	part("read", func(i int) {
		if _, err := kept.Captures(b.Context(), entries[i]); err != nil {
			b.Fatal(err)
		}
	})
	part("parse", func(i int) { extractors.NewInput(captures[i]) })
	set := rule.NewSet(rules)
	part("match-one-by-one", func(i int) { rule.MatchAll(rules, rule.NewFields(inputs[i])) })
	part("match", func(i int) { set.Match(rule.NewFields(inputs[i])) })
	part("judge", func(i int) { set.Match(rule.NewFields(extractors.NewInput(captures[i]))) })
}

// fat is an exchange's front as real ones are: a small page, 1 MB of bundle, 300 kB of what a browser drew.
func fat() *crawler.Capture {
	const at = "https://fat.example/"
	bundle := strings.Repeat("var a=function(e,t){return e&&t?e.default:t},n=r(4512);n.push({path:\"/market/detail\",name:\"marketDetail\"});\n", 10_000)
	dom := "<html lang=en><body>" + strings.Repeat("<div class=\"row item\"><span>BTC/USDT</span><b>64,120.5</b></div>\n", 5_000) + "</body></html>"
	return &crawler.Capture{Host: "fat.example", FinalURL: at,
		Pages:    []crawler.Page{{Response: crawler.Response{URL: at, FinalURL: at, Status: 200, ContentType: "text/html", Body: []byte("<html><div id=app></div></html>")}}},
		Assets:   []crawler.Asset{{Kind: crawler.Script, Response: crawler.Response{URL: at + "app.js", FinalURL: at + "app.js", Status: 200, ContentType: "text/javascript", Body: []byte(bundle)}}},
		Rendered: &crawler.Rendered{Views: []crawler.View{{URL: at, FinalURL: at, DOM: []byte(dom), SHA256: "00"}}},
	}
}

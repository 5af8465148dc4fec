package testbed

import (
	"bytes"
	"encoding/json"
	"image/png"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"scamatlas/crawler"
)

func mustSites(t *testing.T) []Site {
	t.Helper()
	all, err := Sites()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSetHoldsWhatItIsFor: enough of every kind of site that a crawl and a grouping must tell apart.
func TestSetHoldsWhatItIsFor(t *testing.T) {
	kits, operators, across, outcomes := map[string]int{}, map[string]int{}, map[string]map[string]bool{}, map[crawler.Outcome]int{}
	shells, benign, hiding, atCDN := 0, 0, 0, map[string]bool{}
	for _, s := range mustSites(t) {
		outcomes[s.Outcomes[0]]++
		if s.Outcomes[0] != crawler.OK {
			continue
		}
		if s.Address == "cdn-edge-7" {
			atCDN[s.Operator] = true
		}
		if s.Kit == "" {
			benign++
			continue
		}
		kits[s.Kit]++
		operators[s.Operator]++
		if across[s.Operator] == nil {
			across[s.Operator] = map[string]bool{}
		}
		across[s.Operator][s.Kit] = true
		if s.Shell {
			shells++
		}
		if len(s.Wallets) == 0 {
			hiding++
		}
	}
	if len(kits) < 4 || slices.Min(slices.Collect(maps.Values(kits))) < 4 {
		t.Errorf("kits %v: want 4 with 4 sites each", kits)
	}
	wide := 0
	for _, k := range across {
		if len(k) >= 3 {
			wide++
		}
	}
	if wide < 3 {
		t.Errorf("%d operators use 3 kits or more, want 3: %v", wide, across)
	}
	if shells < 2 || benign < 4 || hiding < 3 {
		t.Errorf("%d shells, %d benign, %d that hide their wallets; want 2, 4, 3", shells, benign, hiding)
	}
	if outcomes[crawler.Parked] < 2 || outcomes[crawler.Dead] < 1 || outcomes[crawler.Suspended] < 1 {
		t.Errorf("outcomes %v: want 2 parked, 1 dead, 1 suspended", outcomes)
	}
	if len(atCDN) < 3 || !atCDN[""] {
		t.Errorf("behind the shared CDN address are %v: want two operators and honest sites", atCDN)
	}
}

// TestTruthStandsInTheFiles: what the truth names is there, where it says so.
func TestTruthStandsInTheFiles(t *testing.T) {
	for _, s := range mustSites(t) {
		for _, w := range s.Wallets {
			in := filesWith(&s, w.Spelling())
			switch {
			case w.QR != "":
				if len(in) > 0 {
					t.Errorf("%s: wallet %s stands in %v, the truth says only in the code %s", s.Host, w.Spelling(), in, w.QR)
				}
				if text := w.URI + ":" + w.Spelling(); !isCode(t, s.Files[w.QR], text) {
					t.Errorf("%s: %s is not the code of %s", s.Host, w.QR, text)
				}
			case len(in) == 0:
				t.Errorf("%s: wallet %s stands in no file", s.Host, w.Spelling())
			case w.In != "" && !slices.Equal(in, []string{w.In}):
				t.Errorf("%s: wallet %s stands in %v, the truth says only in %s", s.Host, w.Spelling(), in, w.In)
			}
			for _, name := range in {
				if s.Shell && strings.HasSuffix(name, ".html") {
					t.Errorf("%s is a shell, but its %s shows wallet %s", s.Host, name, w.Spelling())
				}
			}
		}
		for _, i := range slices.Concat(s.Contacts, s.Trackers) {
			if len(filesWith(&s, i.Spelling())) == 0 {
				t.Errorf("%s: %s %s stands in no file", s.Host, i.Type, i.Spelling())
			}
		}
	}
}

// TestFilesHoldNoOtherWallets: a wallet of wallets.tsv that stands in a file is in the site's truth.
func TestFilesHoldNoOtherWallets(t *testing.T) {
	raw, err := os.ReadFile(walletFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(raw)) {
		if f := strings.Split(line, "\t"); len(f) == 4 {
			all = append(all, f[2])
		}
	}
	if len(all) == 0 {
		t.Fatal("no wallets read")
	}
	for _, s := range mustSites(t) {
		for _, spelling := range all {
			known := slices.ContainsFunc(s.Wallets, func(w Wallet) bool { return w.Spelling() == spelling })
			if in := filesWith(&s, spelling); len(in) > 0 && !known {
				t.Errorf("%s: %s stands in %v, but not in the truth", s.Host, spelling, in)
			}
		}
	}
}

// TestSharedValuesNameOneOperator: wallets and trackers tie sites of one operator only, unless the truth calls them left-overs.
func TestSharedValuesNameOneOperator(t *testing.T) {
	holders, leftover := map[string]map[string]bool{}, map[string]bool{}
	note := func(key, operator string) {
		if holders[key] == nil {
			holders[key] = map[string]bool{}
		}
		holders[key][operator] = true
	}
	for _, s := range mustSites(t) {
		who := s.Operator
		if who == "" {
			who = s.Host
		}
		for _, w := range s.Wallets {
			note(w.Chain+":"+w.Value, who)
		}
		for _, i := range s.Trackers {
			note(i.Type+":"+i.Value, who)
			leftover[i.Type+":"+i.Value] = i.Leftover
		}
	}
	traps := 0
	for key, who := range holders {
		if leftover[key] {
			traps++
			if len(who) < 3 {
				t.Errorf("%s is a left-over held by %v: want three operators", key, who)
			}
		} else if len(who) > 1 {
			t.Errorf("%s is held by %v", key, who)
		}
	}
	if traps == 0 {
		t.Error("no left-over id among the sites")
	}
}

// TestFilesAreWhole: nothing of the building is left in what is served, JSON parses, sizes are as real pages have them.
func TestFilesAreWhole(t *testing.T) {
	for _, s := range mustSites(t) {
		total := 0
		for name, body := range s.Files {
			total += len(body)
			if !isText(name) {
				continue
			}
			for _, mark := range []string{"@@", "<!--[", "parts/"} {
				if bytes.Contains(body, []byte(mark)) {
					t.Errorf("%s: %s still holds %q", s.Host, name, mark)
				}
			}
			if strings.HasSuffix(name, ".json") && !json.Valid(body) {
				t.Errorf("%s: %s is not JSON", s.Host, name)
			}
			checkJSONBlocks(t, s.Host+" "+name, string(body))
			if len(body) > 30_000 {
				t.Errorf("%s: %s has %d bytes", s.Host, name, len(body))
			}
		}
		if _, ok := s.Files["index.html"]; s.Outcomes[0] == crawler.OK && (!ok || total < 2000) {
			t.Errorf("%s: index.html %v, %d bytes in all", s.Host, ok, total)
		}
	}
}

func checkJSONBlocks(t *testing.T, where, text string) {
	for _, block := range strings.Split(text, `type="application/json"`)[1:] {
		_, block, _ = strings.Cut(block, ">")
		block, _, _ = strings.Cut(block, "</script>")
		if !json.Valid([]byte(block)) {
			t.Errorf("%s: JSON block does not parse: %.80s", where, block)
		}
	}
}

// TestCopiesDiffer: no two sites of a kit serve the same page, and no style sheet is the same in all of them.
func TestCopiesDiffer(t *testing.T) {
	first, sheets, copies := map[string]string{}, map[string]map[string]bool{}, map[string]int{}
	for _, s := range mustSites(t) {
		if s.Kit == "" {
			continue
		}
		copies[s.Kit]++
		body := string(s.Files["index.html"])
		if other, ok := first[body]; ok {
			t.Errorf("%s and %s have the same index page", s.Host, other)
		}
		first[body] = s.Host
		for name, b := range s.Files {
			if strings.HasSuffix(name, ".css") && !strings.HasSuffix(name, "grid.css") && !strings.HasSuffix(name, "/a.css") {
				if sheets[s.Kit] == nil {
					sheets[s.Kit] = map[string]bool{}
				}
				sheets[s.Kit][string(b)] = true
			}
		}
	}
	for kit, n := range copies {
		if len(sheets[kit]) != n {
			t.Errorf("kit %s: %d style sheets in %d copies", kit, len(sheets[kit]), n)
		}
	}
}

func TestReadingTwiceIsTheSame(t *testing.T) {
	if a, b := mustSites(t), mustSites(t); !reflect.DeepEqual(a, b) {
		t.Error("two readings differ")
	}
}

func TestSyntheticPagesHaveTheirShape(t *testing.T) {
	words := synthVocabulary()
	total, packed, n := 0, 0, 0
	for variant := 0; variant < synthVariants; variant += 9 { // smallest, greatest, and six between
		p := newSynthPage(variant, words)
		size := len(p.plain)
		total, packed, n = total+size, packed+len(p.packed), n+1
		if size < synthMin-2000 || size > synthMax+2000 {
			t.Errorf("variant %d has %d bytes", variant, size)
		}
		if links := strings.Count(string(p.plain), `href="/p/`); links != synthLinks {
			t.Errorf("variant %d has %d links", variant, links)
		}
	}
	if mean := total / n; mean < 53_000 || mean > 57_000 {
		t.Errorf("mean page has %d bytes", mean)
	}
	if ratio := float64(total) / float64(packed); ratio < 3.5 || ratio > 6 {
		t.Errorf("pages pack %.1f to 1; real ones about 4.8", ratio)
	}
	if a, b := synthDocument(5, words), synthDocument(5, synthVocabulary()); a != b {
		t.Error("a variant differs from run to run")
	}
}

func filesWith(s *Site, text string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		if strings.Contains(string(s.Files[name]), text) {
			names = append(names, name)
		}
	}
	return names
}

// isCode reports whether file is the picture that a code with text makes.
func isCode(t *testing.T, file []byte, text string) bool {
	t.Helper()
	made, err := qrcode.Encode(text, qrcode.Medium, -4)
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return false
	}
	want, err := png.Decode(bytes.NewReader(made))
	return err == nil && reflect.DeepEqual(got, want)
}

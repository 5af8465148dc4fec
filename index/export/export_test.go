package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"scamatlas/crawler"
	"scamatlas/crawler/discover/feed"
	"scamatlas/extractors"
	"scamatlas/index"
)

var day = time.Date(2026, 11, 25, 10, 0, 0, 0, time.FixedZone("x", 7200))

func site(host, title string) *index.Site {
	return &index.Site{Host: host, RegDomain: crawler.RegistrableDomain(host), Outcome: crawler.OK, FirstSeen: day.AddDate(0, 0, -3), LastLive: day,
		Kit: "k-1", Operator: "o-2", Verdict: extractors.Verdict{Label: "unclear"},
		Findings: extractors.Findings{Title: title, Hosting: extractors.Hosting{Addresses: []string{"203.0.113.7", "2001:db8::7"}},
			Indicators: []extractors.Indicator{
				{Kind: extractors.KindWallet, Chain: "trx", Value: "TNovaWallet", Role: extractors.Payee, Confidence: extractors.High},
				{Kind: extractors.KindWallet, Chain: "eth", Value: "0xburn", Role: extractors.Burn, Confidence: extractors.High},
				{Kind: extractors.KindContact, Type: "telegram", Value: "nova_desk", Confidence: extractors.High},
				{Kind: extractors.KindContact, Type: "email", Value: "author@library.org", Confidence: extractors.Low},
			}}}
}

func each(sites ...*index.Site) iter.Seq2[*index.Site, error] {
	return func(yield func(*index.Site, error) bool) {
		for _, s := range sites {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func write(t testing.TB, format string, sites ...*index.Site) (string, Stats) {
	t.Helper()
	var b bytes.Buffer
	st, err := Write(&b, format, each(sites...), Options{Date: day, Source: "scamatlas, query\noutcome:ok", Count: int64(len(sites))})
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), st
}

const listHead = "# source: scamatlas, query outcome:ok\n# date: 2026-11-25T08:00:00Z\n# sites: 9\n# tlp: green\n"

func TestLists(t *testing.T) {
	label := strings.Repeat("a", 63)
	sites := []*index.Site{site("nova.example", "x"), site("nova.example", "x"), site("xn--bcher-kva.example", "x"), site("under_score.example", "x"),
		site("UPPER.example", "x"), site("github.io", "x"), site("203.0.113.7", "x"), site(label+"a.example", "x"), site("bad\nexample.com", "x")}
	wantStats := Stats{Written: 2, Skipped: 7, Reasons: map[string]int{"listed already": 1, "underscore in host name": 1, "not in normal form": 1,
		"a public suffix, not a site": 1, "an IP address, not a host name": 1, "label longer than 63 bytes": 1, "a character that no host name may hold": 1}}
	for format, want := range map[string]string{
		"plain": listHead + "nova.example\nxn--bcher-kva.example\n# end: 2 hosts\n",
		"hosts": listHead + "0.0.0.0 nova.example\n0.0.0.0 xn--bcher-kva.example\n# end: 2 hosts\n",
	} {
		got, st := write(t, format, sites...)
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", format, got, want)
		}
		if !reflect.DeepEqual(st, wantStats) {
			t.Errorf("%s: %+v, want %+v", format, st, wantStats)
		}
		res, err := feed.ReadLines(strings.NewReader(got), "x", "")
		if err != nil || res.Bad != 0 || len(res.Targets) != 2 {
			t.Errorf("%s: reading it back: %+v, %v", format, res, err)
		}
	}
}

func TestCSV(t *testing.T) {
	sites := []*index.Site{site("nova.example", "Nova, \"Trade\"\r\nnow"), site("two.example", "=HYPERLINK(\"http://x\")"), site("three.example", "\u202e\t＝1+1"), {Host: "new.example"}}
	sites[1].Kit, sites[1].Operator = "-1", "@x"
	sites[0].Sources = []index.SourceRef{{Source: "feed:a", TLP: crawler.TLPGreen, Licence: "=cmd"}, {Source: "feed:b", TLP: crawler.TLPRed, Licence: "between us"},
		{Source: "feed:c", TLP: crawler.TLPGreen, Licence: "CC0-1.0"}, {Source: "feed:d", TLP: crawler.TLPAmber, Licence: "CC0-1.0"}}
	v, h := &sites[0].Verdict, &sites[0].Findings.Hosting
	v.Label, v.Score, v.Confirmed = extractors.LabelFake, 0.987, true
	v.Reasons = []extractors.Reason{{Code: "promised_return", Weight: 2, Evidence: "3% daily", Says: "promises 3 % a day"}, {Code: "old_domain", Weight: -1, Says: "nine years old"},
		{Code: "rule:nova", Weight: 1}, {Code: "x", Weight: 1, Says: "=cmd", Evidence: "a\nb"}}
	h.Registrar, h.Registered, h.Abuse = "=Names", day, []string{"registrar abuse@names.example", "hoster abuse@host.example"}
	got, st := write(t, "csv", sites...)
	if st.Written != 4 || st.Skipped != 0 || strings.Count(got, "\r\n") != 5 || strings.Count(got, "\n") != 5 {
		t.Errorf("%+v\n%q", st, got)
	}
	rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"host", "host_defanged", "outcome", "verdict", "kit", "operator", "wallets", "contacts", "title", "first_seen", "last_live", "ip",
			"score", "confirmed", "reasons", "registrar", "abuse", "registered", "tlp", "licences"},
		{"nova.example", "nova[.]example", "ok", "fake_investment", "k-1", "o-2", "trx:TNovaWallet", "telegram:nova_desk", "Nova, \"Trade\" now", "2026-11-22T08:00:00Z", "2026-11-25T08:00:00Z", "203.0.113.7 2001:db8::7",
			"0.99", "true", "promises 3 % a day (3% daily); rule:nova; =cmd (a b)", "'=Names", "registrar abuse@names.example; hoster abuse@host.example", "2026-11-25T08:00:00Z", "green", "'=cmd; CC0-1.0"},
		{"two.example", "two[.]example", "ok", "unclear", "'-1", "'@x", "trx:TNovaWallet", "telegram:nova_desk", "'=HYPERLINK(\"http://x\")", "2026-11-22T08:00:00Z", "2026-11-25T08:00:00Z", "203.0.113.7 2001:db8::7", "0.00", "false", "", "", "", "", "", ""},
		{"three.example", "three[.]example", "ok", "unclear", "k-1", "o-2", "trx:TNovaWallet", "telegram:nova_desk", "'＝1+1", "2026-11-22T08:00:00Z", "2026-11-25T08:00:00Z", "203.0.113.7 2001:db8::7", "0.00", "false", "", "", "", "", "", ""},
		{"new.example", "new[.]example", "", "", "", "", "", "", "", "", "", "", "", "false", "", "", "", "", "", ""},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got  %q\nwant %q", rows, want)
	}
}

func TestJSONL(t *testing.T) {
	a, b := site("nova.example", "Nova\u2028\n\"x\""), site("two.example", "</script>")
	got, st := write(t, "jsonl", a, b)
	lines := strings.SplitAfter(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != 2 || st.Written != 2 {
		t.Fatalf("%d lines, %+v", len(lines), st)
	}
	for n, want := range []*index.Site{a, b} {
		var back struct {
			Schema int `json:"schema"`
			index.Site
		}
		if err := json.Unmarshal([]byte(lines[n]), &back); err != nil {
			t.Fatal(err)
		}
		if back.Schema != Schema || back.Host != want.Host || back.Findings.Title != want.Findings.Title || !back.LastLive.Equal(want.LastLive) ||
			!reflect.DeepEqual(back.Findings.Indicators, want.Findings.Indicators) {
			t.Errorf("line %d: %+v", n, back)
		}
	}
}

func TestNoSites(t *testing.T) {
	for _, f := range Formats() {
		got, st := write(t, f.Name)
		if st.Written+st.Skipped != 0 || f.Doc == "" {
			t.Errorf("%s: %+v %q", f.Name, st, got)
		}
	}
	var b bytes.Buffer
	if _, err := Write(&b, "plain", each(site("nova.example", "")), Options{}); err != nil || b.String() != "# tlp: green\nnova.example\n# end: 1 hosts\n" {
		t.Errorf("without options: %q, %v", b.String(), err)
	}
}

func TestListedIsBounded(t *testing.T) {
	s := site("nova.example", strings.Repeat("é", MaxCell))
	s.Findings.Hosting.Addresses = make([]string, MaxListed+2)
	for n := range s.Findings.Hosting.Addresses {
		s.Findings.Hosting.Addresses[n] = "203.0.113.7"
	}
	got, _ := write(t, "csv", s)
	rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if ip, title := rows[1][11], rows[1][8]; !strings.HasSuffix(ip, "203.0.113.7 and 2 more") || len(title) != MaxCell {
		t.Errorf("ip %q, title of %d bytes", ip, len(title))
	}
}

type failing struct{ after int }

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestErrors(t *testing.T) {
	var b bytes.Buffer
	if _, err := Write(&b, "xml", each(), Options{}); !errors.Is(err, ErrFormat) || b.Len() != 0 || !strings.Contains(err.Error(), "plain, hosts, csv, jsonl") {
		t.Errorf("unknown format: %v", err)
	}
	gone := errors.New("store gone")
	broken := func(yield func(*index.Site, error) bool) {
		_ = yield(site("nova.example", ""), nil) && yield(nil, gone)
	}
	for _, f := range Formats() {
		b.Reset()
		st, err := Write(&b, f.Name, broken, Options{})
		if !errors.Is(err, gone) || st.Written != 1 || strings.Contains(b.String(), "# end") {
			t.Errorf("%s: %+v, %v, %q", f.Name, st, err, b.String())
		}
		if _, err := Write(&failing{2}, f.Name, each(site("nova.example", "")), Options{}); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s on a full disk: %v", f.Name, err)
		}
	}
}

// FuzzWrite: no host, title or value makes a line that a reader of the format could take for something else.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"nova.example", "bad\n0.0.0.0 bank.example", "=cmd|' /C calc'!A0", "\t@x", "a\u202eb", "co.uk", "x_y.example", "\xff\xfe", "a\r\nb,\"c\"", strings.Repeat("a", 300) + ".example"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, host, title, value string) {
		s := site(host, title)
		s.Kit = value
		s.Findings.Indicators[2].Value = value
		s.Verdict.Reasons = []extractors.Reason{{Code: value, Weight: 1, Says: title, Evidence: value}}
		s.Findings.Hosting.Registrar, s.Findings.Hosting.Abuse = title, []string{value}
		for _, format := range []string{"plain", "hosts"} {
			got, st := write(t, format, s)
			res, err := feed.ReadLines(strings.NewReader(got), "x", "")
			if err != nil || res.Bad != 0 || res.Lines != st.Written {
				t.Fatalf("%s of %q: %+v, %v", format, host, res, err)
			}
			for _, target := range res.Targets {
				if target.Host != host || target.URL != "" {
					t.Fatalf("%s lists %q for %q", format, target.Host, host)
				}
			}
		}
		got, _ := write(t, "csv", s)
		rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("csv: %d rows, %v", len(rows), err)
		}
		for _, c := range rows[1] {
			if c != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(c)[0]) || strings.ContainsFunc(c, unicode.IsControl) {
				t.Fatalf("csv cell %q", c)
			}
		}
		got, _ = write(t, "jsonl", s)
		if !json.Valid([]byte(got)) || strings.Count(got, "\n") != 1 {
			t.Fatalf("jsonl %q", got)
		}
	})
}

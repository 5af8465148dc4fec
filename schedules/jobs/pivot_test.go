package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// found saves a visit that found f on a host.
func found(t *testing.T, st index.Visits, host string, seq int64, at time.Time, v extractors.Verdict, f extractors.Findings, hops ...crawler.Hop) {
	t.Helper()
	r := index.CaptureRecord{ID: index.CaptureID(host, seq, "desktop"), Host: host, Sequence: seq, Profile: "desktop", Started: at, Ended: at, Outcome: crawler.OK, FinalURL: "https://www." + host + "/"}
	if err := st.SaveVisit(t.Context(), index.Visit{Record: r, Verdict: v, Findings: f, Hops: hops, Target: crawler.Target{Host: host, Source: "test"}, Next: at}); err != nil {
		t.Fatal(err)
	}
}

func TestPivot(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	sure := extractors.Verdict{Label: extractors.LabelFake, Confirmed: true, Score: .99}
	san := func(names ...string) extractors.Findings {
		return extractors.Findings{Hosting: extractors.Hosting{CertSANs: names}}
	}
	many := make([]string, ownCertificate+1)
	for i := range many {
		many[i] = strings.Repeat("x", i+1) + ".customer.example"
	}
	f := san("nova1.example", "*.sister.example", "www.nova1.example", "not a host", "cdn.platform.example")
	f.Indicators = []extractors.Indicator{{Kind: extractors.KindBackend, Type: "api", Value: "api.core.example:8443", Confidence: extractors.High}, {Kind: extractors.KindBackend, Type: "api", Value: "maybe.example", Confidence: extractors.Low}}
	found(t, st, "nova1.example", 1, at, sure, f, crawler.Hop{URL: "http://nova1.example/", Status: 301, To: "https://entry.example/x"})
	found(t, st, "nova2.example", 1, at, sure, san(many...))
	found(t, st, "nova3.example", 1, at, extractors.Verdict{Label: extractors.LabelSuspicious}, san("unsure.example"))
	if err := st.SaveClusters(t.Context(), []index.Cluster{{ID: "o-1", Layer: index.Operator, Size: 3, Hosts: []string{"nova1.example", "nova2.example", "nova3.example"}, Since: at}}); err != nil {
		t.Fatal(err)
	}
	now := at.AddDate(0, 0, 1)
	p := &Pivot{Store: st, Now: func() time.Time { return now }, Skip: func(h string) bool { return h == "cdn.platform.example" }}
	var cursor []byte
	read := func() map[string]string {
		got := map[string]string{}
		if err := p.Read(t.Context(), cursor, func(b crawler.Batch) error {
			cursor = b.Cursor
			for _, target := range b.Targets {
				got[target.Host] = strings.Join(target.Reasons, "; ")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := map[string]string{
		"sister.example":   "named in the certificate of nova1.example",
		"entry.example":    "redirected to by nova1.example",
		"api.core.example": "talked to by the front end of nova1.example",
		"nova3.example":    "follows nova2.example in the names of operator o-1",
		"nova4.example":    "follows nova2.example in the names of operator o-1",
	}
	got := read()
	for h, why := range want {
		if got[h] != why {
			t.Errorf("%s: %q, want %q", h, got[h], why)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	now = now.AddDate(0, 0, 1)
	for h := range read() {
		if !strings.HasPrefix(h, "nova") { // names are asked for again: their operator may have grown
			t.Errorf("%s is named again though its site was not visited again", h)
		}
	}
	found(t, st, "nova2.example", 2, now, sure, san("late.example"))
	if got := read(); got["late.example"] == "" || got["sister.example"] != "" {
		t.Errorf("after another visit: %v", got)
	}
}

func TestNumber(t *testing.T) {
	for host, want := range map[string]string{
		"nova12.example": "nova|12|.example", "trade007pro.example": "trade|7|pro.example", "2nova.example": "|2|nova.example", "a1b2.example": "a1b|2|.example",
		"nova.example": "", "123.example": "", "nova20261125.example": "", "xn--80a1a.example": "",
	} {
		n, ok := number(host)
		got := ""
		if ok {
			got = strings.Join([]string{n.before, strings.TrimLeft(string(rune('0'+n.n/10))+string(rune('0'+n.n%10)), "0"), n.after}, "|")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	c := &index.Cluster{ID: "o-1", Hosts: []string{"trade008.example", "trade009.example", "trade1.example", "trade.example"}}
	all := map[string]crawler.TLP{"trade008.example": "", "trade009.example": crawler.TLPAmber, "trade1.example": ""}
	var got []string
	for _, x := range nextNames(c, all) {
		if x.TLP != crawler.TLPAmber {
			t.Errorf("%s follows a name that came as amber: %q", x.Host, x.TLP)
		}
		got = append(got, x.Host)
	}
	if want := []string{"trade010.example", "trade011.example"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

package index

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func TestMoment(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 6, 1, 0, 0, 0, 0, time.UTC) }
	for in, want := range map[time.Time]time.Time{
		{}: {}, year(1): year(1), year(9999): year(9999), year(10_000): {}, year(0): {}, year(-44): {},
		time.Date(2026, 1, 1, 1, 0, 0, 1_999_999, time.FixedZone("", 3600)): time.Date(2026, 1, 1, 0, 0, 0, 1_000_000, time.UTC),
	} {
		got := Moment(in)
		if got != want {
			t.Errorf("%v became %v, want %v", in, got, want)
		}
		if b, err := json.Marshal(got); err != nil {
			t.Errorf("%v cannot be written: %s %v", got, b, err)
		}
	}
}

// What registries say may not keep a visit from being stored, and what the caller holds stays as it is.
func TestStoredVisit(t *testing.T) {
	never := time.Date(22_222, 1, 1, 0, 0, 0, 0, time.UTC)
	v := *visit(1, crawler.OK, "x")
	v.Record.ID = ""
	v.Findings.Hosting = extractors.Hosting{Registered: never, Expires: never, CertFrom: t0.Add(time.Nanosecond), CertUntil: never}
	v.Record.Network = crawler.Network{TLS: &crawler.TLS{NotAfter: never}, Registration: &crawler.Registration{Created: never, Updated: t0.Add(time.Microsecond), Expires: never, Asked: t0}}
	v.Further = []CaptureRecord{{Host: "a.example", Sequence: 1, Profile: "mobile", Network: v.Record.Network}}
	got := v.Stored()
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
	n := got.Further[0].Network
	if h := got.Findings.Hosting; !h.Registered.IsZero() || !h.Expires.IsZero() || !h.CertUntil.IsZero() || h.CertFrom != t0 || !n.TLS.NotAfter.IsZero() ||
		!n.Registration.Created.IsZero() || n.Registration.Updated != t0 || n.Registration.Asked != t0 {
		t.Errorf("%+v %+v %+v", h, n.TLS, n.Registration)
	}
	if got.Record.ID != "a.example@1@" || got.Further[0].ID != "a.example@1@mobile" {
		t.Errorf("ids %q %q", got.Record.ID, got.Further[0].ID)
	}
	if v.Record.Network.TLS.NotAfter != never || v.Record.Network.Registration.Created != never || v.Further[0].ID != "" {
		t.Error("what the caller holds was changed")
	}
	if again := got.Stored(); !reflect.DeepEqual(again, got) {
		t.Errorf("stored again it is %+v, was %+v", again, got)
	}
}

func TestPoints(t *testing.T) {
	for score, want := range map[float64]int64{0: 0, 0.004: 0, 0.005: 1, 0.745: 75, 0.994: 99, 0.996: 100, 1: 100, 7: 100, -1: 0, math.Inf(1): 100, math.Inf(-1): 0, math.NaN(): 0} {
		if got := Points(&Site{Verdict: extractors.Verdict{Score: score}}); got != want {
			t.Errorf("%v is %d, want %d", score, got, want)
		}
	}
}

func TestRejudge(t *testing.T) {
	first, _ := Apply(nil, visit(1, crawler.OK, "one"))
	got, ok := Rejudge(first, 1, extractors.Verdict{Label: extractors.LabelBenign})
	want := *first
	want.Verdict.Label = extractors.LabelBenign
	if !ok || !reflect.DeepEqual(*got, want) || first.Verdict.Label == extractors.LabelBenign {
		t.Errorf("%v %+v", ok, got)
	}
	for name, tc := range map[string]struct {
		site     *Site
		sequence int64
	}{"another visit": {first, 2}, "no visit": {&Site{Host: "a.example"}, 0}} {
		if got, ok := Rejudge(tc.site, tc.sequence, want.Verdict); ok || got != tc.site {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestUpgrade(t *testing.T) {
	s := &Site{LastLive: t0, Findings: extractors.Findings{Hosting: extractors.Hosting{Addresses: []string{"203.0.113.7"}, CDN: "x"}}}
	Upgrade(s)
	want := []Past{{Kind: "address", Value: "203.0.113.7", First: t0, Last: t0}}
	if !reflect.DeepEqual(s.Past, want) {
		t.Errorf("%+v", s.Past)
	}
	s.LastLive = t0.Add(time.Hour)
	Upgrade(s)
	if !reflect.DeepEqual(s.Past, want) {
		t.Errorf("upgraded twice: %+v", s.Past)
	}
	queued := &Site{Host: "a.example"}
	if Upgrade(queued); queued.Past != nil {
		t.Errorf("a queued host has a past: %+v", queued.Past)
	}
}

func TestStoredSource(t *testing.T) {
	long := SourceState{Source: "a", Err: strings.Repeat("長", MaxRunNote), Cursor: make([]byte, crawler.MaxCursor)}
	if got, err := long.Stored(); err != nil || len(got.Err) > MaxRunNote || strings.ContainsRune(got.Err, '\uFFFD') || len(got.Cursor) != crawler.MaxCursor {
		t.Errorf("%d bytes of error, %v", len(got.Err), err)
	}
	for name, s := range map[string]SourceState{"no name": {}, "a long name": {Source: strings.Repeat("x", MaxKey+1)}, "a long cursor": {Source: "a", Cursor: make([]byte, crawler.MaxCursor+1)}} {
		if _, err := s.Stored(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

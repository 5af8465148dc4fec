package index

import (
	"fmt"
	"testing"

	"scamatlas/crawler"
)

func ref(source string, light crawler.TLP) SourceRef { return SourceRef{Source: source, TLP: light} }

// TestLight: the most open source counts; typing a known host in again does not open it.
func TestLight(t *testing.T) {
	const clear, green, amber, strict, red = crawler.TLPClear, crawler.TLPGreen, crawler.TLPAmber, crawler.TLPAmberStrict, crawler.TLPRed
	for name, tc := range map[string]struct {
		sources []SourceRef
		want    crawler.TLP
	}{
		"nobody":                            {nil, ""},
		"a log without terms":               {[]SourceRef{ref("ct:x", "")}, ""},
		"one list":                          {[]SourceRef{ref("feed:a", red)}, red},
		"the most open of several":          {[]SourceRef{ref("feed:a", red), ref("feed:b", amber), ref("feed:c", strict)}, amber},
		"clear beats green":                 {[]SourceRef{ref("feed:a", green), ref("feed:b", clear)}, clear},
		"found on our own too":              {[]SourceRef{ref("feed:a", red), ref("ct:x", "")}, ""},
		"typed in first":                    {[]SourceRef{ref("cli", ""), ref("feed:a", red)}, ""},
		"typed in when it was known":        {[]SourceRef{ref("feed:a", red), ref("cli", "")}, red},
		"released by hand":                  {[]SourceRef{ref("feed:a", red), ref("cli", clear)}, clear},
		"typed in with a light of its own":  {[]SourceRef{ref("cli", red)}, red},
		"a light that no version knows":     {[]SourceRef{ref("feed:a", "pink")}, red},
		"a pivot from a site of that light": {[]SourceRef{ref("pivot", amber)}, amber},
	} {
		s := Site{Sources: tc.sources}
		if got := s.Light(); !got.Covers(tc.want) || !tc.want.Covers(got) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestTermsAreKept: a source may change its terms, and of too many sources the most open one is not the one that is left out.
func TestTermsAreKept(t *testing.T) {
	var s Site
	on := func(source string, light crawler.TLP, licence string) crawler.Target {
		return crawler.Target{Source: source, TLP: light, Licence: licence}
	}
	for n, tc := range []struct {
		target crawler.Target
		want   bool
	}{
		{on("", crawler.TLPClear, ""), false}, {on("feed:a", crawler.TLPRed, ""), true}, {on("feed:a", crawler.TLPRed, ""), false},
		{on("feed:a", "", ""), false}, {on("feed:a", crawler.TLPAmber, "CC0"), true},
	} {
		if got := s.AddSource(tc.target, t0); got != tc.want {
			t.Errorf("%d: changed %v", n, got)
		}
	}
	if len(s.Sources) != 1 || s.Sources[0].TLP != crawler.TLPAmber || s.Sources[0].Licence != "CC0" {
		t.Errorf("%+v", s.Sources)
	}
	for n := range MaxSources {
		s.AddSource(on(fmt.Sprint("feed:", n), crawler.TLPRed, ""), t0)
	}
	for _, step := range []struct {
		target crawler.Target
		want   crawler.TLP
	}{{on("feed:x", crawler.TLPAmber, ""), crawler.TLPAmber}, {on("cli", "", ""), crawler.TLPAmber}, {on("feed:y", crawler.TLPGreen, ""), crawler.TLPGreen}, {on("ct:x", "", ""), ""}} {
		s.AddSource(step.target, t0)
		if s.Light() != step.want || len(s.Sources) != MaxSources {
			t.Errorf("after %+v: %q of %d sources", step.target, s.Light(), len(s.Sources))
		}
	}
}

// TestUnder: what is shown of a site under a light names no stricter source, and the site itself stays as it is.
func TestUnder(t *testing.T) {
	s := &Site{Host: "a.example", Sources: []SourceRef{ref("feed:a", crawler.TLPRed), ref("feed:b", crawler.TLPGreen), ref("ct:x", "")}}
	if got := s.Under(crawler.TLPGreen); got.Host != s.Host || fmt.Sprint(got.Sources) != fmt.Sprint(s.Sources[1:]) || len(s.Sources) != 3 {
		t.Errorf("%+v", got.Sources)
	}
	if got := s.Under(""); len(got.Sources) != 1 {
		t.Errorf("%+v", got.Sources)
	}
}

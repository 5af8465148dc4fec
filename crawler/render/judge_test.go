package render

import (
	"testing"

	"scamatlas/crawler"
)

// TestWhatWasNeverReadIsNotJudged: a page that stopped answering before it was read says nothing about the site; what plain HTTP said stays.
// An error status, and a page that was read and is empty, say something.
func TestWhatWasNeverReadIsNotJudged(t *testing.T) {
	for name, tc := range map[string]struct {
		view crawler.View
		want crawler.Outcome
	}{
		"never read":     {crawler.View{URL: "https://a.example/", Status: 200}, crawler.OK},
		"an error":       {crawler.View{URL: "https://a.example/", Status: 503}, crawler.Blank},
		"read and empty": {crawler.View{URL: "https://a.example/", Status: 200, DOM: []byte("<html></html>")}, crawler.Blank},
	} {
		c := &crawler.Capture{Outcome: crawler.OK}
		v := &visit{o: &Options{Judge: func(*crawler.Response) (crawler.Outcome, string) { return crawler.Blank, "" }}, c: c, out: &crawler.Rendered{Views: []crawler.View{tc.view}}}
		v.rec = newRecorder(v)
		if v.judge(); c.Outcome != tc.want {
			t.Errorf("%s: %q, want %q", name, c.Outcome, tc.want)
		}
	}
}

package judge

import (
	"strings"
	"testing"

	"scamatlas/crawler"
)

// TestSignsTable: every line of the table can be met, and says something.
func TestSignsTable(t *testing.T) {
	outcomes := map[crawler.Outcome]bool{crawler.Challenge: true, crawler.Suspended: true, crawler.Parked: true, crawler.Blank: true, elsewhere: true}
	places := map[string]bool{"header": true, "host": true, "path": true, "title": true, "text": true, "body": true}
	list := newSigns()
	if len(list) < 50 {
		t.Errorf("%d lines", len(list))
	}
	for _, s := range list {
		if !outcomes[s.outcome] || !places[s.where] || s.what == "" || s.reason == "" || s.what != strings.ToLower(s.what) || (s.where == "header") != (s.header != "") {
			t.Errorf("line %+v", s)
		}
	}
}

package export

import (
	"bufio"
	"encoding/json"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// Schema is the version of the JSON Lines objects. It changes only when a field changes its meaning; fields may be added.
const Schema = 1

// lines writes {"schema":1, what the site is held to be and why, …all fields of index.Site…}. Of a review it gives what was decided and when:
// who did, and what was noted, is not for others; nor are those who named the site under a light stricter than the list's.
type lines struct {
	enc   *json.Encoder
	now   time.Time
	light crawler.TLP
}

func newLines(w *bufio.Writer) *lines { return &lines{enc: json.NewEncoder(w)} }

func (l *lines) begin(o Options) error {
	l.now, l.light = o.now(), o.light()
	return nil
}

func (l *lines) site(s *index.Site) (string, error) {
	shown := s.Under(l.light)
	if r := s.Review; r != nil {
		shown.Review = &index.Review{Label: r.Label, At: r.At, Until: r.Until}
	}
	return "", l.enc.Encode(struct {
		Schema    int      `json:"schema"`
		Label     string   `json:"label,omitempty"` // an analyst's word, else the verdict's
		Confirmed bool     `json:"confirmed"`
		Grounds   []string `json:"grounds,omitempty"` // strongest reasons in plain words
		*index.Site
	}{Schema, label(s, l.now), s.Confirmed(l.now), grounds(s, l.now), shown})
}

func (*lines) end(Stats) error { return nil }

package export

import (
	"bufio"
	"encoding/json"

	"scamatlas/index"
)

// Schema is the version of the JSON Lines objects. It changes only when a field changes its meaning; fields may be added.
const Schema = 1

// lines writes {"schema":1, …all fields of index.Site…}.
type lines struct{ enc *json.Encoder }

func newLines(w *bufio.Writer) *lines { return &lines{json.NewEncoder(w)} }

func (*lines) begin(Options) error { return nil }

func (l *lines) site(s *index.Site) (string, error) {
	return "", l.enc.Encode(struct {
		Schema int `json:"schema"`
		*index.Site
	}{Schema, s})
}

func (*lines) end(Stats) error { return nil }

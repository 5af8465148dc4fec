package local

import (
	"errors"
	"testing"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/query"
)

// TestGroup writes several things in one transaction: what fails leaves nothing behind, not even words under the number that the next site gets,
// and of two visits to one site the later one is found.
func TestGroup(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	tx, err := s.begin() // the writer has nothing to do: the connection is ours
	if err != nil {
		t.Fatal(err)
	}
	add := func(host string, err error) func(*txn) error {
		return func(tx *txn) error {
			_, e := s.addTarget(tx, crawler.Target{Host: host}, s.now())
			return errors.Join(e, err)
		}
	}
	see := func(host, text string, sequence int64) func(*txn) error {
		v := visit(host, sequence)
		v.Findings.Text = text
		return func(tx *txn) error { return s.applyVisit(tx, &v) }
	}
	refused := errors.New("refused")
	for i, w := range []struct {
		do   func(*txn) error
		want error
	}{{add("ghost.example", refused), refused}, {add("real.example", nil), nil}, {see("real.example", "first words", 1), nil}, {see("real.example", "later words", 2), nil},
		{see("new.example", "fresh words", 1), nil}} {
		if err := guarded(tx, &op{ctx: t.Context(), do: w.do}); !errors.Is(err, w.want) {
			t.Fatalf("write %d: %v", i, err)
		}
	}
	if err := errors.Join(tx.writeWords(), tx.Commit()); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]int{"ghost": 0, "real": 1, "first": 0, "later": 1, "fresh": 1, "words": 2} {
		r, err := s.Search(t.Context(), index.SearchRequest{Query: query.Word{Value: q}})
		if err != nil || int(r.Total) != want {
			t.Errorf("%s: %d sites, error %v; want %d", q, r.Total, err, want)
		}
	}
}

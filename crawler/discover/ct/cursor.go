package ct

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// position is where reading goes on, and what is known of the log until there.
type position struct {
	began int64 // entries before this one were skipped
	edge  edge  // of all entries before the next one, skipped ones too
	head  Head  // newest one seen
}

// cursor is how a position is kept.
type cursor struct {
	Log   string      `json:"log"` // hex of the log's id: names and addresses change
	Began int64       `json:"began"`
	Next  int64       `json:"next"`
	Edge  []tlog.Hash `json:"edge,omitempty"`
	Head  Head        `json:"head"`
}

func (s *Source) cursor(p position) ([]byte, error) {
	id := s.o.Log.ID()
	return json.Marshal(cursor{Log: hex.EncodeToString(id[:]), Began: p.began, Next: p.edge.n, Edge: p.edge.hashes, Head: p.head})
}

// position reads a cursor; fresh says that there is none.
func (s *Source) position(raw []byte) (p position, fresh bool, err error) {
	if len(raw) == 0 {
		return position{}, true, nil
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil {
		return position{}, false, fmt.Errorf("%w: %v", ErrCursor, err)
	}
	id := s.o.Log.ID()
	if c.Log != hex.EncodeToString(id[:]) {
		return position{}, false, fmt.Errorf("%w: it is of %.64q", ErrCursor, c.Log)
	}
	p = position{began: c.Began, edge: edge{n: c.Next, hashes: c.Edge}, head: c.Head}
	if !p.edge.whole() || p.began < 0 || p.began > c.Next || c.Next > c.Head.Size || c.Head.Size > MaxTree {
		return position{}, false, fmt.Errorf("%w: next %d with %d hashes, began %d, size %d", ErrCursor, c.Next, len(c.Edge), c.Began, c.Head.Size)
	}
	return p, false, nil
}

package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"scamatlas/crawler"
)

// cursor is where a feed was.
type cursor struct {
	version
	Read    time.Time `json:"read,omitzero"`     // when
	Targets int       `json:"targets,omitempty"` // hosts that it named
}

// Expect is how long the feed may give nothing before somebody should look why; 0 = for ever.
func (s *Source) Expect() time.Duration { return s.c.Expect }

// Read reads the feed when it is not the version that the cursor (nil: none) tells of and Config.Interval has passed, and emits it as one
// batch. Unchanged or too early: no batch and no error. ErrDrift comes without a batch as well: the cursor stays, and so the next reading
// tries again. A cursor that is none of this source's is taken as none.
func (s *Source) Read(ctx context.Context, from []byte, emit func(crawler.Batch) error) error {
	var at cursor
	if len(from) > 0 && json.Unmarshal(from, &at) != nil {
		at = cursor{}
	}
	now := time.Now().UTC()
	if !s.due(at.Read, now) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, ReadTimeout)
	defer cancel()
	res, is, err := s.read(ctx, at.version)
	switch {
	case errors.Is(err, errUnchanged):
		return nil
	case err != nil:
		return fmt.Errorf("read feed %s: %w", s.c.Name, err)
	}
	next, err := json.Marshal(cursor{is, now, len(res.Targets) + res.Low})
	if err != nil {
		return fmt.Errorf("read feed %s: %w", s.c.Name, err)
	}
	b := crawler.Batch{Targets: res.Targets, Read: res.Lines, Rejected: res.Bad, Cursor: next, Problems: problems(&res, at.Targets)}
	return emit(b)
}

// due says whether the server may be asked now, and remembers that it was.
func (s *Source) due(read, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := read
	if s.asked.After(last) {
		last = s.asked
	}
	if s.c.Interval > 0 && !last.IsZero() && !last.After(now) && now.Sub(last) < s.c.Interval {
		return false
	}
	s.asked = now
	return true
}

// problems tells of the rejected entries, and of a feed that shrank to less than a tenth of the before hosts it had.
func problems(r *Result, before int) []string {
	var out []string
	if named := len(r.Targets) + r.Low; named*10 < before {
		out = append(out, fmt.Sprintf("%d hosts where there were %d: the feed may have changed its form", named, before))
	}
	for _, x := range r.Rejected[:min(len(r.Rejected), crawler.MaxProblems-len(out))] {
		out = append(out, fmt.Sprintf("entry %d %+q: %s", x.Line, x.Text, x.Why))
	}
	return out
}

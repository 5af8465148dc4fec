package jobs

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/extractors"
	"scamatlas/extractors/rule"
)

// Stored gives back all visits whose evidence is kept, in the order of the chain.
type Stored interface {
	Each(ctx context.Context, do func(*archive.Entry) error) error
	Captures(ctx context.Context, e *archive.Entry) ([]*crawler.Capture, error)
}

// Hunter tries kit rules on stored visits. It visits nothing and changes nothing.
type Hunter struct {
	Archive Stored
	Rules   *rule.Set
	Last    bool // only the last visit of each host
}

// Find is a rule that a stored visit fits.
type Find struct {
	Host     string    `json:"host"`
	Visited  time.Time `json:"visited"`  // when the visit began
	Sequence int64     `json:"sequence"` // of the visit
	Entry    int64     `json:"entry"`    // of the evidence chain
	Profiles []string  `json:"profiles"` // visitors that were shown it
	rule.Hit
}

// Hunted counts visits.
type Hunted struct {
	Visits   int // to be read
	Read     int
	Captures int
	Finds    int
	Hosts    int // with finds
	Gone     int // their objects were removed: retention, or never kept
	Damaged  int
}

// Run tries the rules on the visits, several at once, and reports in the chain's order. found is called once for each find, read after
// each visit with the counts so far and why it could not be read, if so; both from one goroutine at a time.
//
//	Each ─▶ read and match × cores ─▶ in order ─▶ found, read
func (h *Hunter) Run(ctx context.Context, found func(Find), read func(n Hunted, host string, why error)) (Hunted, error) {
	n, last, err := h.count(ctx)
	if err != nil {
		return n, err
	}
	queue := make(chan chan hunted, runtime.GOMAXPROCS(0))
	g, ctx := errgroup.WithContext(ctx)
	var damage error
	g.Go(func() error {
		defer close(queue)
		err := h.feed(ctx, last, queue)
		if errors.Is(err, archive.ErrDamaged) { // of the chain: all entries that can be read came nevertheless
			damage, err = err, nil
		}
		return err
	})
	g.Go(func() error {
		hosts := map[string]bool{}
		for done := range queue {
			v := <-done
			if ctx.Err() != nil {
				return ctx.Err()
			}
			n.add(&v, hosts)
			for _, f := range v.finds {
				found(f)
			}
			read(n, v.host, v.err)
		}
		return nil
	})
	err = g.Wait()
	return n, errors.Join(err, damage)
}

// feed reads visits and hands each on, in the chain's order, before it is done.
func (h *Hunter) feed(ctx context.Context, last map[string]int64, queue chan<- chan hunted) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	err := h.Archive.Each(ctx, func(e *archive.Entry) error {
		if !h.wanted(e, last) {
			return nil
		}
		done := make(chan hunted, 1)
		select {
		case queue <- done:
		case <-ctx.Done():
			return ctx.Err()
		}
		g.Go(func() error {
			done <- h.visit(ctx, e)
			return nil
		})
		return nil
	})
	return errors.Join(g.Wait(), err)
}

// count gives the number of visits, and the last entry of each host when only that is wanted.
func (h *Hunter) count(ctx context.Context) (n Hunted, last map[string]int64, err error) {
	last = map[string]int64{}
	err = h.Archive.Each(ctx, func(e *archive.Entry) error {
		if e.Kind == archive.KindVisit {
			n.Visits++
			if h.Last {
				last[e.Host] = e.Seq
			}
		}
		return nil
	})
	if h.Last {
		n.Visits = len(last)
	}
	if errors.Is(err, archive.ErrDamaged) {
		err = nil // it comes again when all others were tried
	}
	return n, last, err
}

func (h *Hunter) wanted(e *archive.Entry, last map[string]int64) bool {
	return e.Kind == archive.KindVisit && (!h.Last || last[e.Host] == e.Seq)
}

// hunted is what became of one visit.
type hunted struct {
	host     string
	captures int
	finds    []Find
	err      error
}

// visit tries all rules on each capture of a visit; a rule that fits several is one find with the evidence of the first.
func (h *Hunter) visit(ctx context.Context, e *archive.Entry) hunted {
	v := hunted{host: e.Host}
	captures, err := h.Archive.Captures(ctx, e)
	if err != nil {
		v.err = err
		return v
	}
	v.captures = len(captures)
	at := map[string]int{}
	for _, c := range captures {
		for _, hit := range h.Rules.Match(rule.NewFields(extractors.NewInput(c))) {
			i, ok := at[hit.Rule]
			if !ok {
				i = len(v.finds)
				at[hit.Rule] = i
				v.finds = append(v.finds, Find{Host: e.Host, Visited: c.Started, Sequence: e.Sequence, Entry: e.Seq, Hit: hit})
			}
			v.finds[i].Profiles = append(v.finds[i].Profiles, c.Profile)
		}
	}
	return v
}

func (n *Hunted) add(v *hunted, hosts map[string]bool) {
	switch {
	case v.err == nil:
		n.Read++
	case errors.Is(v.err, fs.ErrNotExist):
		n.Gone++
	default:
		n.Damaged++
	}
	n.Captures += v.captures
	n.Finds += len(v.finds)
	if len(v.finds) > 0 {
		hosts[v.host] = true
	}
	n.Hosts = len(hosts)
}

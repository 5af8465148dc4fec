package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/outbox"
)

// batch is some visits on their way from the outbox into the index.
type batch struct {
	s         *Store
	left      []pending
	size      int               // of the next part of left to send; 0 = all
	conflicts int               // rounds in which others were faster
	core      map[string]bool   // hosts whose documents go without what the server objected to
	refused   map[int64]refusal // by place in the outbox
}

type pending struct {
	seq   int64
	visit index.Visit
}

type refusal struct{ host, reason string }

func (s *Store) newBatch(items []outbox.Item) *batch {
	b := &batch{s: s, core: map[string]bool{}, refused: map[int64]refusal{}}
	for _, i := range items {
		p := pending{seq: i.Seq}
		if err := s.pack.unpack(i.Body, &p.visit); err != nil {
			b.refused[i.Seq] = refusal{i.Host, "damaged on disk: " + err.Error()}
			continue
		}
		b.left = append(b.left, p)
	}
	return b
}

// send tries to write what is left. done holds the visits that are in the index now, as far as they belong there. Visits that stay in
// left without an error can be sent again at once: others changed the same documents, or they go in another form or in a smaller
// batch. err says what must pass first.
func (b *batch) send(ctx context.Context) (done []int64, err error) {
	part := b.left
	if b.size > 0 {
		part = part[:min(b.size, len(part))]
	}
	var results []outcome
	plan, err := b.plan(ctx, part)
	if err == nil {
		results, err = b.s.c.bulk(ctx, plan.ops, 1)
	}
	if err != nil {
		return nil, b.narrow(part, err)
	}
	fates := b.judge(plan, results)
	var stay []pending
	conflicts := false
	for _, p := range part {
		switch f := fates[p.seq]; {
		case f.err != nil:
			err = f.err
			stay = append(stay, p)
		case f.refused != "":
			b.refused[p.seq] = refusal{p.visit.Record.Host, f.refused}
		case f.again:
			conflicts = conflicts || f.conflict
			stay = append(stay, p)
		default:
			done = append(done, p.seq)
		}
	}
	if conflicts {
		b.conflicts++
	}
	b.left = append(stay, b.left[len(part):]...)
	return done, err
}

// narrow looks for the one visit on whose account the server refuses a whole request.
func (b *batch) narrow(part []pending, err error) error {
	switch {
	case transient(err):
		return err
	case len(part) > 1:
		b.size = len(part) / 2
	default:
		b.refused[part[0].seq] = refusal{part[0].visit.Record.Host, err.Error()}
		b.left, b.size = b.left[1:], 0
	}
	return nil
}

// transient reports trouble that is not the visit's own.
func transient(err error) bool {
	var e *serverError
	if errors.As(err, &e) {
		return e.outage()
	}
	return errors.Is(err, index.ErrUnavailable) || errors.Is(err, errForeign) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// fate is what the server's answers mean for one visit.
type fate struct {
	err      error
	refused  string
	again    bool
	conflict bool
}

// judge brings the answers to single documents together for the visits behind them.
func (b *batch) judge(p *plan, results []outcome) map[int64]fate {
	all := map[int64]fate{}
	sendCore := map[string]bool{}
	for i, r := range results {
		if r == nil || (conflict(r) && p.ops[i].index == b.s.names.captures) {
			continue // a record that is there already is the same one
		}
		for _, seq := range p.of[i].seqs {
			f, host := all[seq], p.of[i].host
			switch {
			case conflict(r):
				f.again, f.conflict = true, true
			case r.outage():
				f.err = r
			case b.core[host]:
				f.refused = r.Error()
			default:
				f.again = true
				sendCore[host] = true
			}
			all[seq] = f
		}
	}
	for host := range sendCore {
		b.core[host] = true
	}
	return all
}

// plan is what to write, and on whose behalf.
type plan struct {
	ops []op
	of  []origin
}

type origin struct {
	host string
	seqs []int64
}

func (p *plan) add(o op, host string, seqs ...int64) {
	p.ops = append(p.ops, o)
	p.of = append(p.of, origin{host, seqs})
}

// plan reads the current documents and applies the visits to them.
func (b *batch) plan(ctx context.Context, part []pending) (*plan, error) {
	byHost := map[string][]pending{}
	var hosts []string
	for _, p := range part {
		h := p.visit.Record.Host
		if byHost[h] == nil {
			hosts = append(hosts, h)
		}
		byHost[h] = append(byHost[h], p)
	}
	keys := make([]key, 0, 2*len(hosts))
	for _, h := range hosts {
		keys = append(keys, key{b.s.names.sites, h, wholeParts()}, key{b.s.names.frontier, h, nil})
	}
	docs, err := b.s.c.get(ctx, keys, 1)
	if err != nil {
		return nil, err
	}
	p := &plan{}
	for i, h := range hosts {
		if err := b.planHost(p, h, byHost[h], &docs[2*i], &docs[2*i+1]); err != nil {
			return nil, fmt.Errorf("host %s: %w", h, err)
		}
	}
	return p, nil
}

func (b *batch) planHost(p *plan, host string, visits []pending, siteNow, queueNow *found) error {
	slices.SortStableFunc(visits, func(x, y pending) int { return int(x.visit.Record.Sequence - y.visit.Record.Sequence) })
	var site *index.Site
	if siteNow.Found {
		var err error
		if site, err = b.s.siteOf(hit{ID: host, Source: siteNow.Source}); err != nil {
			return err
		}
	}
	var seqs []int64
	changed := false
	for i := range visits {
		v := &visits[i].visit
		seqs = append(seqs, visits[i].seq)
		for _, r := range v.Records() {
			p.add(write(b.s.names.captures, r.ID, nil, captureToDoc(*r, b.core[host])), host, visits[i].seq)
		}
		next, newer := index.Apply(site, v)
		site, changed = next, changed || newer
	}
	if changed {
		doc, err := b.s.pack.siteToDoc(site, b.core[host])
		if err != nil {
			return err
		}
		p.add(write(b.s.names.sites, host, siteNow.at(), doc), host, seqs...)
	}
	var queue *frontierDoc
	if queueNow.Found {
		queue = &frontierDoc{}
		if err := json.Unmarshal(queueNow.Source, queue); err != nil {
			return err
		}
	}
	if next, ok := afterVisit(queue, &visits[len(visits)-1].visit); ok {
		p.add(write(b.s.names.frontier, host, queueNow.at(), next), host, seqs...)
	}
	return nil
}

// afterVisit gives a host's place in the queue after a visit; false: it stays as it is. A lease newer than the visit's stays.
func afterVisit(old *frontierDoc, v *index.Visit) (*frontierDoc, bool) {
	r := &v.Record
	next := frontierDoc{Host: r.Host, Target: crawler.Target{Host: r.Host}}
	if v.Target.Host == r.Host {
		next.Target = v.Target
	}
	if old != nil {
		if old.Sequence > r.Sequence {
			return old, false
		}
		next.Target = old.Target
	}
	next.Due, next.Sequence = stamp(v.Next), r.Sequence
	if old != nil && old.Due == next.Due && old.Sequence == next.Sequence && old.Owner == "" {
		return old, false
	}
	return &next, true
}

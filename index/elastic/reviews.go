package elastic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"scamatlas/extractors"
	"scamatlas/index"
)

// Review writes the site with another review. A visit on its way meets another place in the document's history then, and is applied
// anew to what stands there.
func (s *Store) Review(ctx context.Context, host string, r *index.Review) error {
	if err := s.writable("reviewing a site"); err != nil {
		return err
	}
	r = r.Stored()
	if r != nil {
		if err := r.Check(); err != nil {
			return fmt.Errorf("reviewing %s: %w", host, err)
		}
	}
	return s.changeSite(ctx, "reviewing "+host, host, func(old *index.Site) (*index.Site, error) {
		site := *old
		site.Review = r
		return &site, nil
	})
}

// Rejudge writes the site with another verdict.
func (s *Store) Rejudge(ctx context.Context, host string, sequence int64, v extractors.Verdict) error {
	if err := s.writable("judging a site again"); err != nil {
		return err
	}
	return s.changeSite(ctx, "judging "+host+" again", host, func(old *index.Site) (*index.Site, error) {
		if site, ok := index.Rejudge(old, sequence, v); ok {
			return site, nil
		}
		return nil, index.ErrStale
	})
}

// Happen writes the site with one thing more that happened.
func (s *Store) Happen(ctx context.Context, host string, h index.Happening) error {
	if err := s.writable("noting what happened to a site"); err != nil {
		return err
	}
	return s.changeSite(ctx, "noting what happened to "+host, host, func(old *index.Site) (*index.Site, error) {
		site, _ := index.Happen(old, h)
		return site, nil
	})
}

// changeSite writes one site by compare-and-swap, again where somebody else was faster, and lets searches see it. It goes past the outbox:
// who changes a site that is there waits for the answer.
func (s *Store) changeSite(ctx context.Context, doing, host string, change func(*index.Site) (*index.Site, error)) error {
	if host == "" {
		return fmt.Errorf("%s: a site without a host: %w", doing, index.ErrNotFound)
	}
	for range MaxConflicts {
		docs, err := s.c.get(ctx, []key{{s.names.sites, host, wholeParts()}}, MaxTries)
		if err == nil && !docs[0].Found {
			err = index.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		answer, err := s.swapSite(ctx, host, &docs[0], change)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", doing, err)
		case answer == nil:
			return s.c.refresh(ctx, s.names.sites)
		case !conflict(answer):
			return fmt.Errorf("%s: %w", doing, answer)
		}
	}
	return fmt.Errorf("%s: %w: others change it all the time", doing, index.ErrUnavailable)
}

// swapSite writes what change makes of a document if it still is where it was. One that the server takes only without what it objected to
// goes so.
func (s *Store) swapSite(ctx context.Context, host string, d *found, change func(*index.Site) (*index.Site, error)) (outcome, error) {
	old, err := s.siteOf(hit{ID: host, Source: d.Source})
	if err != nil {
		return nil, err
	}
	site, err := change(old)
	if err != nil {
		return nil, err
	}
	for core := false; ; core = true {
		doc, err := s.pack.siteToDoc(site, core)
		if err != nil {
			return nil, err
		}
		answers, err := s.c.bulk(ctx, []op{write(s.names.sites, host, d.at(), doc)}, MaxTries)
		if err != nil {
			return nil, err
		}
		answer := answers[0]
		if answer == nil || conflict(answer) || answer.outage() || core {
			return answer, nil
		}
	}
}

// SaveSource writes where a source was.
func (s *Store) SaveSource(ctx context.Context, state index.SourceState) error {
	if err := s.writable("saving a source"); err != nil {
		return err
	}
	state, err := state.Stored()
	if err != nil {
		return fmt.Errorf("saving a source: %w", err)
	}
	d := sourceDoc{Source: state.Source}
	if d.State, err = s.pack.pack(&state); err == nil {
		sum := sha256.Sum256([]byte(state.Source)) // a name may be longer than an id
		err = s.writeAll(ctx, []op{{action: "index", index: s.names.runs, id: "source@" + hex.EncodeToString(sum[:]), doc: &d}})
	}
	if err != nil {
		return fmt.Errorf("saving source %s: %w", state.Source, err)
	}
	return nil
}

// SourceStates reads all.
func (s *Store) SourceStates(ctx context.Context) ([]index.SourceState, error) {
	if err := s.c.refresh(ctx, s.names.runs); err != nil && !errors.Is(err, index.ErrReadOnly) {
		return nil, fmt.Errorf("reading sources: %w", err)
	}
	var out []index.SourceState
	sc := scan{index: s.names.runs, by: "source", page: sitePage, parts: []string{"source", "state"}, query: object{"exists": object{"field": "source"}}}
	err := s.c.scan(ctx, sc, func(hits []hit) error {
		for _, h := range hits {
			var d sourceDoc
			var state index.SourceState
			err := json.Unmarshal(h.Source, &d)
			if err == nil {
				err = s.pack.unpack(d.State, &state)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", h.ID, err)
			}
			out = append(out, state)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading sources: %w", err)
	}
	slices.SortFunc(out, func(a, b index.SourceState) int { return strings.Compare(a.Source, b.Source) })
	return out, nil
}

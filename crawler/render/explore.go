package render

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/render/inpage"
)

// explore follows what leads from the page shown to plans, deposits, wallets and contacts: first what the page itself shows on a
// press or a choice, then its links, the most promising first. Nothing is visited, pressed or seen twice.
func (v *visit) explore(ctx context.Context) error {
	m := &explorer{visit: v, went: map[string]bool{}, seen: map[string]bool{}}
	for i := range v.out.Views {
		m.went[bare(v.out.Views[i].URL)], m.went[bare(v.out.Views[i].FinalURL)] = true, true
		m.seen[v.out.Views[i].SHA256] = true
	}
	if err := m.presses(ctx); err != nil {
		return err
	}
	for m.room() && len(m.links) > 0 && ctx.Err() == nil {
		next := m.links[0]
		m.links = m.links[1:]
		view, err := v.show(ctx, next.URL, v.out.Views[0].FinalURL)
		m.add(view)
		if err != nil {
			return err
		}
		if view.Err == "" {
			if err := m.presses(ctx); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// explorer is what one exploration did so far.
type explorer struct {
	*visit
	went  map[string]bool // addresses
	seen  map[string]bool // documents, by hash
	links []inpage.Step   // to be visited, the best first
}

func (m *explorer) room() bool { return len(m.out.Views) < m.views }

// add keeps a view that shows something new.
func (m *explorer) add(view *crawler.View) bool {
	if !m.room() || view.SHA256 != "" && m.seen[view.SHA256] {
		return false
	}
	m.seen[view.SHA256] = true
	m.keep(view)
	return true
}

// steps asks the page what can be done on it; its links are put on the list, the rest is returned.
func (m *explorer) steps(ctx context.Context) ([]inpage.Step, error) {
	raw, err := m.ask(ctx, inpage.FindSteps(maxSteps))
	if err != nil {
		return nil, m.fatal(ctx, err)
	}
	all, err := inpage.ParseSteps(raw)
	if err != nil {
		return nil, nil
	}
	var here []inpage.Step
	for _, s := range all[:min(len(all), maxSteps)] {
		if s.Kind != "visit" {
			here = append(here, s)
			continue
		}
		if to := bare(s.URL); web(s.URL) && !m.went[to] {
			m.went[to] = true
			m.links = append(m.links, s)
		}
	}
	slices.SortStableFunc(m.links, func(a, b inpage.Step) int { return b.Score - a.Score })
	return here, nil
}

// presses takes each step that the page offers, one after the other, and reads the page after each. After a step that leads to
// another document, the page is entered anew for the rest.
func (m *explorer) presses(ctx context.Context) error {
	done := map[string]bool{}
	var path []string
	start := m.out.Views[len(m.out.Views)-1].FinalURL
	todo, err := m.steps(ctx)
	for len(todo) > 0 && err == nil && m.room() && len(done) < maxSteps && ctx.Err() == nil {
		s := todo[0]
		todo = todo[1:]
		name := stepName(s)
		if done[name] {
			continue
		}
		done[name] = true
		loader := m.rec.document()
		var view *crawler.View
		if view, err = m.take(ctx, s, start, path); view == nil {
			continue
		}
		path = append(path, name)
		news := m.add(view)
		if m.rec.document() != loader { // the page is another one now
			path = nil
			todo, err = m.back(ctx, start, view)
			continue
		}
		if news { // what appeared may offer more
			var more []inpage.Step
			if more, err = m.steps(ctx); len(more) > 0 {
				todo = more
			}
		}
	}
	return err
}

// back notes where a step led, and returns to the page it led away from for the steps that are left there.
func (m *explorer) back(ctx context.Context, start string, led *crawler.View) ([]inpage.Step, error) {
	m.went[bare(led.FinalURL)] = true
	if _, err := m.steps(ctx); err != nil || !web(start) {
		return nil, err
	}
	if again, err := m.show(ctx, start, m.out.Views[0].FinalURL); err != nil || again.Err != "" {
		return nil, err
	}
	return m.steps(ctx)
}

// take takes one step and reads the page after it; nil when the step did not come about.
func (m *explorer) take(ctx context.Context, s inpage.Step, start string, path []string) (*crawler.View, error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	began := time.Now()
	m.rec.expect()
	raw, err := m.ask(ctx, inpage.TakeStep(s.ID))
	if err != nil {
		return nil, m.fatal(ctx, err)
	}
	var did struct {
		OK bool `json:"ok"`
	}
	if json.Unmarshal(raw, &did) != nil || !did.OK {
		return nil, nil
	}
	view := &crawler.View{URL: start, FinalURL: start, Steps: append(slices.Clone(path), stepName(s))}
	if err := m.settle(ctx); err != nil {
		return nil, err
	}
	view.Status = m.rec.status()
	err = m.read(ctx, view)
	view.Took = time.Since(began).Milliseconds()
	return view, err
}

// expect marks the beginning of a step: something is expected to happen.
func (r *recorder) expect() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moves, r.samedoc, r.activity = 0, 0, time.Now()
}

func (r *recorder) document() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.loader)
}

// stepName says a step for people.
func stepName(s inpage.Step) string {
	verb := "click"
	if s.Kind == "choose" {
		verb = "choose"
	}
	return fmt.Sprintf("%s %q", verb, clip(s.Label, 80))
}

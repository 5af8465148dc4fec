// Package rule turns kit rules into hits over a capture.
//
// A rule is a YAML file in the Sigma-shaped form in which public collections of phishing-kit rules are written: named selections of
// field conditions, joined by one condition. Analysts drop such files into a folder. The package does not know what a hit is worth:
// the verdict does.
//
// Fields: title, hostname, html, dom, js, css, cookies, headers, requests. Modifiers: contains, startswith, endswith, re, all, cased;
// * and ? are wildcards, \ takes their meaning. Letters match in either case unless cased or re says otherwise (Sigma specification,
// https://sigmahq.io/sigma-specification). A rule's tests lie beside it, in a file that readers of the public form do not look at: see
// ParseCases.
package rule

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rule is one parsed file.
type Rule struct {
	ID          string   `json:"id"` // the file's name without its ending, or the file's own id
	File        string   `json:"file"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Level       string   `json:"level"` // what a hit means: one of Levels
	References  []string `json:"references,omitempty"`
	Tags        []string `json:"tags,omitempty"`

	idLine     int // 0: the file names none
	selections map[string]*selection
	condition  condition
}

// Levels of a rule, as Sigma has them: what a hit says of the site.
const (
	Informational = "informational" // how it is made, or that it hides: no ground against it
	Low           = "low"           // seen on scams, and on honest sites as often
	Medium        = "medium"        // seldom on honest sites; rules that state no level have this one
	High          = "high"          // a kit that is sold or passed on for scams
	Critical      = "critical"      // takes money or approvals while it is looked at
)

// Levels lists the levels, weakest first.
func Levels() []string { return []string{Informational, Low, Medium, High, Critical} }

// Fault is one thing wrong with a rule file. A file with faults gives no rule.
type Fault struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Why  string `json:"why"`
}

func (f Fault) Error() string {
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Why)
	}
	return f.File + ": " + f.Why
}

// Hit is a rule that a capture fits, and what in it fitted.
type Hit struct {
	Rule     string     `json:"rule"`
	Title    string     `json:"title"`
	Level    string     `json:"level"` // of the rule
	Tags     []string   `json:"tags,omitempty"`
	Evidence []Evidence `json:"evidence"` // one for each condition that held, at most maxEvidence
}

// Evidence is one place where a condition of a rule held.
type Evidence struct {
	Field   string `json:"field"`
	Pattern string `json:"pattern"`        // as written in the rule
	Seen    string `json:"seen,omitempty"` // what stands there, with a little around it
	URL     string `json:"url,omitempty"`  // of the document
}

// Match tries a rule on what a capture holds.
func (r *Rule) Match(f *Fields) (Hit, bool) {
	m := &matching{rule: r, fields: f, results: map[string]bool{}}
	if !r.condition.holds(m) {
		return Hit{}, false
	}
	slices.SortStableFunc(m.evidence, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Pattern, b.Pattern))
	})
	return Hit{Rule: r.ID, Title: r.Title, Level: r.Level, Tags: r.Tags, Evidence: m.evidence}, true
}

// Why gives the evidence in one line.
func (h *Hit) Why() string {
	var parts []string
	for _, e := range h.Evidence {
		parts = append(parts, fmt.Sprintf("%s holds %q", e.Field, e.Pattern))
	}
	return strings.Join(parts, ", ")
}

func (r *Rule) names() []string { return slices.Sorted(maps.Keys(r.selections)) }

// MatchAll tries all rules; hits come in the order of the rules. Whoever tries the same rules on many captures makes a Set of them, which
// gives the same hits sooner.
func MatchAll(rules []*Rule, f *Fields) []Hit {
	var hits []Hit
	for _, r := range rules {
		if h, ok := r.Match(f); ok {
			hits = append(hits, h)
		}
	}
	return hits
}

// matching is one rule on its way over one capture; each selection is tried once.
type matching struct {
	rule     *Rule
	fields   *Fields
	results  map[string]bool
	evidence []Evidence
}

func (m *matching) selection(name string) bool {
	if done, ok := m.results[name]; ok {
		return done
	}
	evidence, ok := m.rule.selections[name].match(m.fields)
	m.results[name] = ok
	if ok {
		m.evidence = append(m.evidence, evidence...)
		m.evidence = m.evidence[:min(len(m.evidence), maxEvidence)]
	}
	return ok
}

// Errors joins faults into one error, nil for none.
func Errors(faults []Fault) error {
	var all []error
	for _, f := range faults {
		all = append(all, f)
	}
	return errors.Join(all...)
}

// selection holds alternatives: it matches when all tests of one of them do.
type selection struct{ any [][]test }

func (s *selection) match(f *Fields) ([]Evidence, bool) {
	for _, tests := range s.any {
		var found []Evidence
		held := true
		for i := range tests {
			e, ok := tests[i].match(f)
			if !ok {
				held = false
				break
			}
			found = append(found, e...)
		}
		if held {
			return found, true
		}
	}
	return nil, false
}

// test is one field with its values.
type test struct {
	field    string
	all      bool // every value must match, not one
	patterns []pattern
}

func (t *test) match(f *Fields) ([]Evidence, bool) {
	texts := f.texts(t.field)
	var found []Evidence
	for i := range t.patterns {
		p := &t.patterns[i]
		if !f.maybe(t.field, texts, p) {
			if t.all {
				return nil, false
			}
			continue
		}
		e, ok := p.find(t.field, texts)
		switch {
		case ok && !t.all:
			return []Evidence{e}, true
		case !ok && t.all:
			return nil, false
		case ok:
			found = append(found, e)
		}
	}
	return found, t.all
}

// condition is the tree of a rule's condition line.
type condition interface{ holds(m *matching) bool }

type (
	named string
	both  struct{ a, b condition }
	least struct{ a, b condition } // one of both
	not   struct{ c condition }
	of    struct {
		all   bool
		names []string
	}
)

func (c named) holds(m *matching) bool { return m.selection(string(c)) }
func (c both) holds(m *matching) bool  { return c.a.holds(m) && c.b.holds(m) }
func (c least) holds(m *matching) bool { return c.a.holds(m) || c.b.holds(m) }
func (c of) holds(m *matching) bool {
	for _, n := range c.names {
		if m.selection(n) != c.all {
			return !c.all
		}
	}
	return c.all
}

// holds forgets what the inner conditions found: what must not be there is no evidence.
func (c not) holds(m *matching) bool {
	kept := len(m.evidence)
	held := c.c.holds(m)
	m.evidence = m.evidence[:kept]
	return !held
}

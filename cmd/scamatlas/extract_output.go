package main

import (
	"fmt"
	"slices"
	"strings"

	"scamatlas/extractors"
)

// foundJSON is one line of `extract`.
type foundJSON struct {
	File  string `json:"file"`
	Files int    `json:"files,omitempty"` // with --unique: how many files hold it
	extractors.Indicator
	file int // its number: two files may have one name
}

var foundKinds = []string{extractors.KindWallet, extractors.KindContact, extractors.KindTracker, extractors.KindClaim, extractors.KindBackend}

// foundWriter takes what extract finds, file after file.
type foundWriter interface {
	add(foundJSON) error
	close() error // writes what waits; no more is added
	direct() bool // each line is written when it is found
}

// newFoundWriter puts together what the flags ask for: filter, then --unique, then a table or JSON.
func (a *app) newFoundWriter(o extractOptions) (foundWriter, error) {
	for _, k := range o.kinds {
		if !oneOf(k, foundKinds...) {
			return nil, usagef("--kind %q: there are %s", k, strings.Join(foundKinds, ", "))
		}
	}
	least := slices.Index(confidences, o.minConfidence)
	if least < 0 {
		return nil, usagef("--min-confidence %q: there are high, medium, low", o.minConfidence)
	}
	var w foundWriter = jsonFound{a}
	if isTerminal(a.stdout) && !a.json {
		w = &tableFound{app: a, unique: o.unique}
	}
	if o.unique {
		w = &uniqueFound{to: w, at: map[string]int{}}
	}
	return filterFound{o.kinds, least, w}, nil
}

var confidences = []string{extractors.Low, extractors.Medium, extractors.High}

type filterFound struct {
	kinds []string
	least int
	to    foundWriter
}

func (f filterFound) add(i foundJSON) error {
	if len(f.kinds) > 0 && !slices.Contains(f.kinds, i.Kind) || slices.Index(confidences, i.Confidence) < f.least {
		return nil
	}
	return f.to.add(i)
}

func (f filterFound) close() error { return f.to.close() }
func (f filterFound) direct() bool { return f.to.direct() }

// uniqueFound keeps one of each value, the first place with the surest reading, and counts the files.
type uniqueFound struct {
	to   foundWriter
	at   map[string]int
	all  []foundJSON
	last []int // file in which each of all was last seen; files come one after the other
}

func (u *uniqueFound) add(i foundJSON) error {
	key := i.Key() + "\x00" + i.Tag
	n, known := u.at[key]
	if !known {
		i.Files = 1
		u.at[key] = len(u.all)
		u.all, u.last = append(u.all, i), append(u.last, i.file)
		return nil
	}
	o := &u.all[n]
	if u.last[n] != i.file {
		u.last[n] = i.file
		o.Files++
	}
	united := extractors.Unite([]extractors.Indicator{o.Indicator, i.Indicator})
	o.Indicator = united[0]
	return nil
}

func (u *uniqueFound) direct() bool { return false }

func (u *uniqueFound) close() error {
	slices.SortStableFunc(u.all, func(a, b foundJSON) int {
		return strings.Compare(foundOrder(a), foundOrder(b))
	})
	for _, i := range u.all {
		if err := u.to.add(i); err != nil {
			return err
		}
	}
	return u.to.close()
}

func foundOrder(i foundJSON) string {
	return fmt.Sprintf("%d\x00%s\x00%s", slices.Index(foundKinds, i.Kind), i.Chain+i.Type, i.Value)
}

type jsonFound struct{ *app }

func (j jsonFound) add(i foundJSON) error { return jsonLine(j.stdout, i) }
func (j jsonFound) close() error          { return nil }
func (j jsonFound) direct() bool          { return true }

// tableFound is for people: aligned columns, file after file.
type tableFound struct {
	*app
	unique bool
	t      table
	n      int // rows that wait
	file   int // number of the file of the last row, -1 before the first
}

const (
	maxTableRows = 5000 // rows aligned with each other; then the columns begin anew
	maxFileCell  = 44
	maxValueCell = 120 // the longest addresses in full
	maxWhereCell = 80
)

func (t *tableFound) add(i foundJSON) error {
	if t.n == 0 {
		first := "FILE"
		if t.unique {
			first = "FILES"
		}
		t.t = newTable(t.stdout, first, "KIND", "TYPE", "VALUE", "ROLE", "CONFIDENCE", "WHERE")
		t.file = -1
	}
	value := i.Value
	if i.Tag != "" {
		value += " (tag " + i.Tag + ")"
	}
	where := i.Where
	if i.Page != "" && i.Page != i.File {
		where += " " + i.Page
	}
	t.t.row(t.first(i), i.Kind, orDash(i.Chain+i.Type), line(value, maxValueCell), orDash(i.Role), i.Confidence, line(where, maxWhereCell))
	if t.n++; t.n < maxTableRows {
		return nil
	}
	return t.flush()
}

// first names the file on the first of its rows only.
func (t *tableFound) first(i foundJSON) string {
	if t.unique {
		return fmt.Sprint(i.Files)
	}
	if i.file == t.file {
		return ""
	}
	t.file = i.file
	return line(i.File, maxFileCell)
}

func (t *tableFound) direct() bool { return false }

func (t *tableFound) close() error {
	if t.n == 0 {
		return nil
	}
	return t.flush()
}

func (t *tableFound) flush() error {
	t.n = 0
	return t.t.close()
}

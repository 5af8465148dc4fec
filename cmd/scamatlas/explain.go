package main

import (
	"fmt"
	"slices"
	"strings"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

// printExplanation says in plain words why two sites are together or why not.
func (a *app) printExplanation(e cluster.Explanation) error {
	if a.json {
		return jsonLine(a.stdout, e)
	}
	fmt.Fprintf(a.stdout, "%s and %s\n", e.A, e.B)
	if len(e.Unknown) > 0 {
		fmt.Fprintf(a.stdout, "\n%s never seen alive: there is nothing to compare\n", strings.Join(e.Unknown, " and "))
		return nil
	}
	if e.A == e.B {
		fmt.Fprintln(a.stdout, "\none and the same site")
		return nil
	}
	a.printHands(&e.Operator)
	a.printFrontEnds(&e.Kit)
	if len(e.Ties) == 0 {
		return nil
	}
	fmt.Fprintln(a.stdout, "\nThey share")
	return a.printTies(e.Ties)
}

func (a *app) printTies(ties []index.Tie) error {
	t := newTable(a.stdout)
	for _, tie := range ties {
		t.row("  "+tieKind(tie), fmt.Sprintf("%.2f", tie.Weight), line(tie.Value, 90))
	}
	return t.close()
}

func (a *app) printHands(h *cluster.Hands) {
	answer := "no"
	if h.Same {
		answer = "yes"
	}
	fmt.Fprintf(a.stdout, "\nSame people: %s\n", answer)
	fmt.Fprintf(a.stdout, "  shared evidence weighs %.2f in %s; one value alone must weigh %.2f, two kinds or more together %.2f\n",
		h.Weight, plural(h.Kinds, "kind", "kinds"), h.Alone, h.Bar)
	if !h.Same && h.Missing > 0 {
		fmt.Fprintf(a.stdout, "  missing: %.2f\n", h.Missing)
	}
	if len(h.Path) > 2 {
		path := slices.Clone(h.Path)
		if len(path) > 8 {
			path = slices.Concat(path[:4], []string{"…"}, path[len(path)-3:])
		}
		fmt.Fprintf(a.stdout, "  by way of: %s\n", clean(strings.Join(path, " - ")))
	}
	for _, v := range h.Ignored {
		fmt.Fprintf(a.stdout, "  both hold %s, which counts nothing: too many strangers hold it too, or it came with the kit\n", line(v, 90))
	}
	a.printNote(h.Note)
}

func (a *app) printFrontEnds(k *cluster.FrontEnds) {
	answer := "no"
	if k.Same {
		answer = "yes"
	}
	fmt.Fprintf(a.stdout, "\nSame front end: %s\n  similarity %.2f, a family wants %.2f on average\n", answer, k.Score, k.Bar)
	if !k.Same && k.Missing > 0 {
		fmt.Fprintf(a.stdout, "  missing: %.2f\n", k.Missing)
	}
	var parts []string
	for _, s := range []string{"tags", "classes", "assets", "names", "text"} {
		parts = append(parts, fmt.Sprintf("%s %.2f", s, k.Signals[s]))
	}
	fmt.Fprintf(a.stdout, "  by signal: %s\n", strings.Join(parts, ", "))
	a.printNote(k.Note)
}

func (a *app) printNote(note string) {
	if note != "" {
		fmt.Fprintf(a.stdout, "  %s\n", note)
	}
}

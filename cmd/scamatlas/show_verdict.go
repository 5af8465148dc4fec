package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
)

const (
	reasonsShown   = 12
	reasonsOfALine = 2
	happenedShown  = 15
	pastShown      = 30
)

// heldToBe says in one line what a site is, and who says so: "fake investment, 99 %, confirmed".
func heldToBe(s *index.Site, now time.Time) string {
	text := plainLabel(s.Label(now))
	if r := s.Review; r.Counts(now) {
		text += ", says " + orSomebody(r.Who) + " on " + r.At.UTC().Format(time.DateOnly)
		if !r.Until.IsZero() {
			text += ", until " + r.Until.UTC().Format(time.DateOnly)
		}
		if r.Note != "" {
			text += ": " + line(r.Note, 200)
		}
		if s.Disputed(now) {
			text += " (the machine says " + machineSays(&s.Verdict) + ")"
		}
		return text
	}
	if len(s.Verdict.Reasons) == 0 && s.Verdict.Score == 0 {
		return text
	}
	return machineSays(&s.Verdict)
}

func machineSays(v *extractors.Verdict) string {
	text := plainLabel(v.Label)
	if scored(v) {
		text += fmt.Sprintf(", %s", percent(v.Score))
	}
	if v.Confirmed {
		text += ", confirmed"
	}
	return text
}

// scored reports a verdict whose score says something: one of a page that was seen and judged.
func scored(v *extractors.Verdict) bool {
	return v.Score > 0 && oneOf(v.Label, extractors.LabelFake, extractors.LabelSuspicious, extractors.LabelBenign)
}

// percent never says 0 or 100: nothing here is sure.
func percent(p float64) string {
	switch {
	case p >= .995:
		return "over 99 %"
	case p < .01:
		return "under 1 %"
	}
	return fmt.Sprintf("%.0f %%", p*100)
}

func plainLabel(label string) string {
	if label == "" {
		label = extractors.LabelUnclear
	}
	return strings.ReplaceAll(label, "_", " ")
}

func orSomebody(who string) string {
	if who == "" {
		return "an analyst"
	}
	return line(who, 40)
}

// printVerdict tells the reasons, those for and those against.
func (a *app) printVerdict(v *extractors.Verdict) error {
	if len(v.Reasons) == 0 {
		return nil
	}
	fmt.Fprintf(a.stdout, "\nWhy %s", plainLabel(v.Label))
	if len(v.Groups) > 0 {
		fmt.Fprintf(a.stdout, " (rests on %s)", strings.Join(v.Groups, ", "))
	}
	fmt.Fprintln(a.stdout)
	t := newTable(a.stdout)
	for _, r := range v.Reasons[:min(len(v.Reasons), reasonsShown)] {
		says := r.Says
		if says == "" {
			says = strings.ReplaceAll(r.Code, "_", " ")
		}
		t.row(fmt.Sprintf("  %+.1f", r.Weight), line(says, 110), quoted(line(r.Evidence, 110)), line(r.Where, 70))
	}
	if n := len(v.Reasons) - reasonsShown; n > 0 {
		t.row("", fmt.Sprintf("and %d more: --json has all", n))
	}
	return t.close()
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "“" + s + "”"
}

// topReasons are the strongest reasons for what a site is held to be, in plain words.
func topReasons(v *extractors.Verdict, n int) []string {
	var out []string
	for _, r := range v.Reasons {
		if len(out) < n && r.Weight > 0 {
			says := r.Says
			if says == "" {
				says = strings.ReplaceAll(r.Code, "_", " ")
			}
			out = append(out, says)
		}
	}
	return out
}

// printPast tells where a site was before: what no longer holds, newest first.
func (a *app) printPast(s *index.Site) error {
	var old []index.Past
	for _, p := range s.Past {
		if p.Last.Before(s.LastLive) {
			old = append(old, p)
		}
	}
	if len(old) == 0 {
		return nil
	}
	slices.SortStableFunc(old, func(a, b index.Past) int { return b.Last.Compare(a.Last) })
	fmt.Fprintf(a.stdout, "\nBefore\n")
	t := newTable(a.stdout)
	for _, p := range old[:min(len(old), pastShown)] {
		t.row("  "+p.Kind, line(p.Value, 100), day(p.First)+" to "+day(p.Last))
	}
	return t.close()
}

// printHappened tells a site's life, newest first.
func (a *app) printHappened(s *index.Site) error {
	if len(s.Happened) < 2 {
		return nil
	}
	fmt.Fprintf(a.stdout, "\nWhat happened\n")
	t := newTable(a.stdout)
	all := slices.Clone(s.Happened)
	slices.Reverse(all)
	for _, h := range all[:min(len(all), happenedShown)] {
		t.row("  "+day(h.At), h.What, line(h.Note, 120))
	}
	return t.close()
}

// shortVerdict is for a column: "fake investment 97 % *", the star for confirmed, an "!" where an analyst and the machine disagree.
func shortVerdict(s *index.Site, now time.Time) string {
	text := plainLabel(s.Label(now))
	if !s.Review.Counts(now) && scored(&s.Verdict) {
		text += " " + percent(s.Verdict.Score)
	}
	if s.Confirmed(now) {
		text += " *"
	}
	if s.Disputed(now) {
		text += " !"
	}
	return text
}

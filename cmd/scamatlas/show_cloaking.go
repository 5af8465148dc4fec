package main

import (
	"fmt"
	"strings"

	"scamatlas/extractors"
	"scamatlas/index"
)

// longStep bounds a line of a card: it may hold a whole address.
const longStep = 2500

// showCard prints what a reviewer has to do to see the site, and nothing else: it is made to be pasted into a report.
func (a *app) showCard(s *index.Site) error {
	if len(s.Cloaking.Steps) == 0 {
		return fmt.Errorf("there is no card for %s: it was seen as one visitor only; `scamatlas crawl %s` looks as all profiles of the settings", s.Host, s.Host)
	}
	for i, step := range s.Cloaking.Steps {
		fmt.Fprintf(a.stdout, "%d. %s\n", i+1, line(step, longStep))
	}
	return nil
}

// printCloaking shows the matrix of visitors, and how to see the site where it hides from some.
func (a *app) printCloaking(c *extractors.Cloaking) error {
	if len(c.Cells) == 0 {
		return nil
	}
	fmt.Fprintf(a.stdout, "\nWho sees it: %s%s\n", c.Verdict, reason(c.Why))
	t := newTable(a.stdout, "  PROFILE", "OUTCOME", "STATUS", "BY", "WORDS", "WALLETS", "TEXT", "DOM", "SAME SITE", "ADDRESS")
	for _, x := range c.Cells {
		by, same := "HTTP", "no"
		if x.Rendered {
			by = "browser"
		}
		if x.Same {
			same = "yes"
		}
		t.row("  "+x.Profile, string(x.Outcome), fmt.Sprint(x.Status), by, fmt.Sprint(x.Words), fmt.Sprint(x.Wallets), likeness(x.Text), likeness(x.DOM), same, line(x.FinalURL, 70))
	}
	if err := t.close(); err != nil || c.Verdict == extractors.CloakSame || c.Verdict == extractors.CloakUnclear {
		return err
	}
	fmt.Fprintf(a.stdout, "  To see it:\n")
	for i, step := range c.Steps {
		fmt.Fprintf(a.stdout, "    %d. %s\n", i+1, line(step, longStep))
	}
	return nil
}

func likeness(v float64) string {
	if v < 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", v)
}

// printRotation says of each page with wallets whether it shows the same ones each time.
func (a *app) printRotation(records []index.CaptureRecord) error {
	head := false
	t := newTable(a.stdout)
	for _, r := range index.Rotations(records) {
		if r.Visits < 2 {
			continue
		}
		if !head {
			head = true
			fmt.Fprintf(a.stdout, "\nWallets over visits\n")
		}
		t.row("  "+line(r.Page, 80), r.Chain, r.Kind, fmt.Sprintf("%s in %s", plural(len(r.Addresses), "address", "addresses"), plural(r.Visits, "look", "looks")))
	}
	return t.close()
}

// printKept names what is kept of the visit that the findings are from.
func (a *app) printKept(s *index.Site, records []index.CaptureRecord) error {
	if s.Evidence == nil {
		return nil
	}
	fmt.Fprintf(a.stdout, "\nEvidence: entry %d of chain %s, %s\n", s.Evidence.Seq, s.Evidence.Chain, s.Evidence.Hash)
	t := newTable(a.stdout)
	for _, r := range records {
		if r.Evidence == nil || r.Evidence.Seq != s.Evidence.Seq {
			continue
		}
		for _, o := range r.Evidence.Objects {
			t.row("  "+o.Kind, orDash(o.Profile), fmt.Sprintf("%d bytes", o.Size), o.SHA256, line(o.Of, 70))
		}
	}
	if err := t.close(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "  `scamatlas evidence %s -o %s.wacz` writes a bundle that others can check\n", s.Host, strings.ReplaceAll(s.Host, "/", "_"))
	return nil
}

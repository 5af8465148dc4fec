package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

const (
	shownMembers  = 200 // of a cluster, oldest first
	shownEvidence = 12
	shownTies     = 40
)

// showCluster prints a case file: what it is, since when, how big, what holds it together, who is in it, what changed.
func (a *app) showCluster(ctx context.Context, st index.Reader, c *index.Cluster) error {
	if a.json {
		return jsonLine(a.stdout, c)
	}
	members, err := clusterMembers(ctx, st, c)
	if err != nil {
		return err
	}
	what := "kit: sites with the same front end"
	if c.Layer == index.Operator {
		what = "operator: sites of the same people"
	}
	fmt.Fprintf(a.stdout, "%s  %s\n", c.ID, what)
	t := newTable(a.stdout)
	t.row("  size", plural(c.Size, "site", "sites"))
	t.row("  known since", day(c.Since))
	if len(members) > 0 {
		t.row("  first site", day(members[0].FirstSeen)+"  "+members[0].Host)
	}
	t.row("  alive", fmt.Sprintf("%d at the last visit", count(members, func(m member) bool { return m.alive })))
	t.row("  with wallets", fmt.Sprint(count(members, func(m member) bool { return m.wallets > 0 })))
	t.row("  held to be", heldToBeAll(members))
	t.row("  held together by", heldBy(c.Ties))
	if err := t.close(); err != nil {
		return err
	}
	if err := a.printEvidence(ctx, st, c); err != nil {
		return err
	}
	if err := a.printCrossing(c, members); err != nil {
		return err
	}
	if err := a.printMembers(c, members); err != nil {
		return err
	}
	if err := a.printClusterTies(c); err != nil {
		return err
	}
	a.printLineage(c)
	return nil
}

// member is what a case file says of one site.
type member struct {
	*index.Site
	alive, confirmed bool
	wallets          int
	label            string // what the site is held to be now, in plain words
}

// clusterMembers gives the cluster's sites, those known longest first.
func clusterMembers(ctx context.Context, st index.Reader, c *index.Cluster) (out []member, err error) {
	now := time.Now()
	err = st.EachSite(ctx, query.Term{Field: string(c.Layer), Value: c.ID}, func(s *index.Site) error {
		m := member{Site: &index.Site{Host: s.Host, FirstSeen: s.FirstSeen, Outcome: s.Outcome, Kit: s.Kit, Operator: s.Operator}, alive: s.Outcome.Alive(), wallets: len(s.Wallets()),
			confirmed: s.Confirmed(now), label: plainLabel(s.Label(now))}
		out = append(out, m)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the members of %s: %w", c.ID, err)
	}
	slices.SortFunc(out, func(x, y member) int {
		return cmp.Or(x.FirstSeen.Compare(y.FirstSeen), strings.Compare(x.Host, y.Host))
	})
	return out, nil
}

func count(all []member, is func(member) bool) (n int) {
	for _, m := range all {
		if is(m) {
			n++
		}
	}
	return n
}

// heldToBeAll counts what the members are held to be, most frequent first: "25 fake investment (21 confirmed), 3 unclear".
func heldToBeAll(members []member) string {
	n, sure := map[string]int{}, map[string]int{}
	for _, m := range members {
		n[m.label]++
		if m.confirmed {
			sure[m.label]++
		}
	}
	labels := slices.SortedFunc(maps.Keys(n), func(x, y string) int { return cmp.Or(cmp.Compare(n[y], n[x]), strings.Compare(x, y)) })
	for i, l := range labels {
		labels[i] = fmt.Sprintf("%d %s", n[l], l)
		if sure[l] > 0 {
			labels[i] += fmt.Sprintf(" (%d confirmed)", sure[l])
		}
	}
	return orDash(strings.Join(labels, ", "))
}

// heldBy counts the ties of each kind, most frequent first.
func heldBy(ties []index.Tie) string {
	n := map[string]int{}
	var kinds []string
	for _, t := range ties {
		k := tieKind(t)
		if n[k]++; n[k] == 1 {
			kinds = append(kinds, k)
		}
	}
	slices.SortStableFunc(kinds, func(x, y string) int { return cmp.Compare(n[y], n[x]) })
	var parts []string
	for _, k := range kinds {
		parts = append(parts, fmt.Sprintf("%s (%s)", k, plural(n[k], "tie", "ties")))
	}
	return orDash(strings.Join(parts, ", "))
}

// evidence is one value that several members share.
type evidence struct {
	kind, value string
	weight      float64
	holders     int64 // in the whole store
}

// printEvidence lists the shared values, those that the fewest sites of the store hold first. Kits share no values, only likeness.
func (a *app) printEvidence(ctx context.Context, st index.Reader, c *index.Cluster) error {
	var all []evidence
	seen, here := map[string]bool{}, map[string]map[string]bool{}
	for _, t := range c.Ties { // heaviest first
		k := t.Kind + " " + t.Value
		if here[k] == nil {
			here[k] = map[string]bool{}
		}
		here[k][t.A], here[k][t.B] = true, true
		if c.Layer == index.Operator && !seen[k] && len(all) < shownEvidence {
			seen[k] = true
			all = append(all, evidence{kind: t.Kind, value: t.Value, weight: t.Weight})
		}
	}
	if len(all) == 0 {
		return nil
	}
	for i := range all {
		r, err := st.Search(ctx, index.SearchRequest{Query: holdersOf(all[i]), Limit: 1})
		if err != nil {
			return fmt.Errorf("counting who holds %s: %w", all[i].kind, err)
		}
		all[i].holders = max(r.Total, int64(len(here[all[i].kind+" "+all[i].value]))) // what no field holds, members do
	}
	slices.SortStableFunc(all, func(x, y evidence) int {
		return cmp.Or(cmp.Compare(x.holders, y.holders), cmp.Compare(y.weight, x.weight))
	})
	fmt.Fprintln(a.stdout, "\nShared evidence, rarest first")
	t := newTable(a.stdout)
	for _, e := range all {
		t.row("  "+e.kind, line(e.value, 90), fmt.Sprintf("weight %.2f", e.weight), "held by "+plural(int(e.holders), "site", "sites"))
	}
	return t.close()
}

// holdersOf asks for the sites that hold a value. A tie's kind is the type of a tracker or contact, or the name of its own field.
func holdersOf(e evidence) query.Expr {
	value, _, _ := strings.Cut(e.value, " tag ")
	switch e.kind {
	case extractors.KindWallet:
		return query.Term{Field: "wallet", Value: value}
	case extractors.KindBackend, "cert", "spki":
		return query.Term{Field: e.kind, Value: strings.ToLower(e.value)}
	case "named":
		return query.Or{Of: []query.Expr{query.Term{Field: "san", Value: strings.ToLower(e.value)}, query.Term{Field: "host", Value: strings.ToLower(e.value)}}}
	case "address":
		return query.Term{Field: "ip", Value: e.value}
	}
	return query.Or{Of: []query.Expr{query.Term{Field: "tracker", Value: e.value}, query.Term{Field: "contact", Value: strings.ToLower(e.value)}}}
}

// printCrossing shows the other layer: which kits an operator uses, which operators use a kit.
func (a *app) printCrossing(c *index.Cluster, members []member) error {
	title, of := "Kits they use", func(m member) string { return m.Kit }
	if c.Layer == index.Kit {
		title, of = "Operators who use it", func(m member) string { return m.Operator }
	}
	n := map[string]int{}
	for _, m := range members {
		n[of(m)]++
	}
	if len(members) == n[""] {
		return nil
	}
	var ids []string
	for id := range n {
		if id != "" {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int { return cmp.Or(cmp.Compare(n[y], n[x]), strings.Compare(x, y)) })
	fmt.Fprintf(a.stdout, "\n%s\n", title)
	t := newTable(a.stdout)
	for _, id := range ids {
		t.row("  "+id, plural(n[id], "site", "sites")+" of this cluster")
	}
	if n[""] > 0 {
		t.row("  -", plural(n[""], "site", "sites")+" of this cluster in none")
	}
	return t.close()
}

func (a *app) printMembers(c *index.Cluster, members []member) error {
	fmt.Fprintln(a.stdout, "\nMembers, by the day they were first seen")
	t := newTable(a.stdout)
	for _, m := range members[:min(len(members), shownMembers)] {
		other := m.Kit
		if c.Layer == index.Kit {
			other = m.Operator
		}
		held := m.label
		if m.confirmed {
			held += ", confirmed"
		}
		t.row("  "+day(m.FirstSeen), m.Host, string(m.Outcome), plural(m.wallets, "wallet", "wallets"), orDash(other), held)
	}
	if err := t.close(); err != nil {
		return err
	}
	if more := len(members) - shownMembers; more > 0 {
		fmt.Fprintf(a.stdout, "  and %d more: scamatlas search %s:%s\n", more, c.Layer, c.ID)
	}
	return nil
}

// printClusterTies lists the pairs that hold the cluster together, each with all that joins it: an investigator reads a pair at a time.
func (a *app) printClusterTies(c *index.Cluster) error {
	type pair struct{ a, b string }
	var pairs []pair
	of := map[pair][]index.Tie{}
	for _, tie := range c.Ties { // heaviest first, and so the pairs
		p := pair{tie.A, tie.B}
		if of[p] == nil {
			pairs = append(pairs, p)
		}
		of[p] = append(of[p], tie)
	}
	fmt.Fprintln(a.stdout, "\nTies, strongest first")
	t := newTable(a.stdout)
	for _, p := range pairs[:min(len(pairs), shownTies)] {
		t.row("  "+p.a, p.b, fmt.Sprintf("%.2f", of[p][0].Weight), joins(of[p]))
	}
	if err := t.close(); err != nil {
		return err
	}
	if more := len(pairs) - shownTies; more > 0 {
		fmt.Fprintf(a.stdout, "  and %s more: scamatlas show %s --json\n", plural(more, "pair", "pairs"), c.ID)
	}
	return nil
}

// joins says what joins a pair: one tie with its value, several by kind, strongest first: "3 wallets, cert, tawk".
func joins(ties []index.Tie) string {
	if len(ties) == 1 {
		return tieKind(ties[0]) + "  " + line(ties[0].Value, 90)
	}
	n := map[string]int{}
	var kinds []string
	for _, tie := range ties {
		k := tieKind(tie)
		if n[k]++; n[k] == 1 {
			kinds = append(kinds, k)
		}
	}
	for i, k := range kinds {
		if n[k] > 1 {
			kinds[i] = fmt.Sprintf("%s × %d", k, n[k])
		}
	}
	return strings.Join(kinds, ", ")
}

func (a *app) printLineage(c *index.Cluster) {
	if len(c.Lineage) == 0 {
		return
	}
	says := map[string]string{"minted": "first grouped", "merged": "took in", "split": "split from", "alarm": "ALARM: evidence joins it to, kept apart from"}
	fmt.Fprintln(a.stdout, "\nWhat changed")
	for _, e := range c.Lineage {
		what := says[e.What]
		if what == "" {
			what = e.What
		}
		fmt.Fprintf(a.stdout, "  %s  %s\n", day(e.At), strings.TrimSpace(what+" "+strings.Join(e.Of, " ")))
	}
}

package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/zeebo/xxh3"

	"scamatlas/index"
	"scamatlas/index/cluster"
	"scamatlas/index/local"
)

// heldoutOptions name a labelled set: sites as a store has them, and what they truly are.
type heldoutOptions struct {
	Store   string
	Members string
	Labels  string
	Export  string
	JSON    bool
}

func (o *heldoutOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench heldout", flag.ContinueOnError)
	f.SetOutput(talk)
	f.StringVar(&o.Store, "store", "", "embedded store with the sites: a `folder`")
	f.StringVar(&o.Members, "members", "", "`file` with the sites, a JSON object a line as -export writes them; in place of a store")
	f.StringVar(&o.Labels, "labels", "", "`file` with the truth: CSV whose columns host (or domain), template and operator are read")
	f.StringVar(&o.Export, "export", "", "write the store's sites to this `file` and stop")
	f.BoolVar(&o.JSON, "json", false, "print JSON in place of the table")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || (o.Store == "") == (o.Members == "") || o.Labels == "" && o.Export == "" {
		fmt.Fprintln(talk, "bench heldout: give a store or a file of members, and labels; there are no arguments")
		return flag.ErrHelp
	}
	return nil
}

// label is what one site truly is.
type label struct{ template, operator string }

// heldoutBench fixes the cut on one half of the templates and measures it on the other half, both ways.
func heldoutBench(ctx context.Context, o heldoutOptions, out, talk io.Writer) error {
	members, err := o.read(ctx)
	if err != nil {
		return err
	}
	if o.Export != "" {
		return exportMembers(o.Export, members)
	}
	f, err := os.Open(o.Labels)
	if err != nil {
		return err
	}
	defer f.Close()
	truth, err := readLabels(f)
	if err != nil {
		return fmt.Errorf("reading %s: %w", o.Labels, err)
	}
	r := holdOut(members, truth)
	if len(r.Halves) == 0 {
		return errors.New("none of the sites has a label")
	}
	if o.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.table(out)
}

func (o *heldoutOptions) read(ctx context.Context) (all []*index.Member, err error) {
	if o.Store != "" {
		st, err := local.Open(ctx, o.Store, local.Options{ReadOnly: true, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return nil, fmt.Errorf("opening %s: %w", o.Store, err)
		}
		defer st.Close()
		err = st.EachMember(ctx, func(m *index.Member) error { all = append(all, m); return nil })
		return all, err
	}
	f, err := os.Open(o.Members)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := json.NewDecoder(f)
	for {
		var m index.Member
		switch err := lines.Decode(&m); {
		case err == io.EOF:
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("reading site %d of %s: %w", len(all)+1, o.Members, err)
		}
		all = append(all, &m)
	}
}

func exportMembers(path string, all []*index.Member) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	lines := json.NewEncoder(f)
	for _, m := range all {
		if err := lines.Encode(m); err != nil {
			return err
		}
	}
	return nil
}

// readLabels reads CSV with a line of headings.
func readLabels(r io.Reader) (map[string]label, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, errors.Join(err, errors.New("no lines of CSV"))
	}
	column := func(names ...string) int {
		return slices.IndexFunc(rows[0], func(h string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(h))) })
	}
	host, template, operator := column("host", "domain"), column("template", "kit"), column("operator")
	if host < 0 || template < 0 || operator < 0 {
		return nil, fmt.Errorf("columns host, template and operator are needed, there are %q", rows[0])
	}
	out := map[string]label{}
	for _, row := range rows[1:] {
		out[strings.ToLower(row[host])] = label{row[template], row[operator]}
	}
	return out, nil
}

// heldout is the outcome.
type heldout struct {
	Sites  int    `json:"sites"`
	Halves []half `json:"halves"`
	All    half   `json:"all"` // everything at the default cut
}

// half is what was chosen on one half of the templates and found on the other.
type half struct {
	Templates int     `json:"templates"` // of the half that was measured
	Sites     int     `json:"sites"`
	Chosen    float64 `json:"chosen"` // cut, the middle of those that are best on the other half
	From      float64 `json:"from"`   // those
	To        float64 `json:"to"`
	Kit       score   `json:"kit"`
	KitARI    float64 `json:"kit_ari"`
	Operator  score   `json:"operator"`
	OpARI     float64 `json:"operator_ari"`
}

// cuts are those tried.
func cuts() (all []float64) {
	for c := 10; c <= 80; c += 5 {
		all = append(all, float64(c)/100)
	}
	return all
}

// holdOut splits by the hash of the template, so that the halves do not depend on the order or the other sites.
func holdOut(members []*index.Member, truth map[string]label) heldout {
	var halves [2][]*index.Member
	var all []*index.Member
	templates := [2]map[string]bool{{}, {}}
	for _, m := range members {
		l, ok := truth[m.Host]
		if !ok {
			continue
		}
		side := xxh3.HashString(l.template) & 1
		halves[side], all = append(halves[side], m), append(all, m)
		templates[side][l.template] = true
	}
	r := heldout{Sites: len(all)}
	if len(all) == 0 {
		return r
	}
	for side := range halves {
		from, to := choose(halves[1-side], truth)
		h := half{Templates: len(templates[side]), Sites: len(halves[side]), Chosen: math.Round(50*(from+to)) / 100, From: from, To: to}
		h.measure(halves[side], truth, h.Chosen)
		r.Halves = append(r.Halves, h)
	}
	r.All = half{Templates: len(templates[0]) + len(templates[1]), Sites: len(all), Chosen: cluster.DefaultKitCut, From: cluster.DefaultKitCut, To: cluster.DefaultKitCut}
	r.All.measure(all, truth, cluster.DefaultKitCut)
	return r
}

// choose gives the least and the greatest cut at which kits come out best.
func choose(members []*index.Member, truth map[string]label) (from, to float64) {
	best := -1.0
	for _, c := range cuts() {
		var h half
		h.measure(members, truth, c)
		switch {
		case h.Kit.F > best:
			best, from, to = h.Kit.F, c, c
		case h.Kit.F == best:
			to = c
		}
	}
	return from, to
}

func (h *half) measure(members []*index.Member, truth map[string]label, cut float64) {
	var b cluster.Builder
	for _, m := range members {
		b.Add(m)
	}
	built := b.Build(nil, cluster.Options{KitCut: cut, Now: time.Unix(0, 0)})
	h.Kit, h.KitARI = compare(members, built.Clusters, index.Kit, func(host string) string { return truth[host].template })
	h.Operator, h.OpARI = compare(members, built.Clusters, index.Operator, func(host string) string {
		if o := truth[host].operator; o != "none" {
			return o
		}
		return ""
	})
}

// compare counts pairs, and gives the adjusted Rand index; sites without a truth are each their own.
func compare(members []*index.Member, all []index.Cluster, layer index.Layer, of func(host string) string) (score, float64) {
	in := map[string]string{}
	for i := range all {
		for _, h := range all[i].Hosts {
			if all[i].Layer == layer {
				in[h] = all[i].ID
			}
		}
	}
	groups, truths, both := map[string]int{}, map[string]int{}, map[[2]string]int{}
	for _, m := range members {
		g, t := in[m.Host], of(m.Host)
		if g == "" {
			g = " " + m.Host
		}
		if t == "" {
			t = " " + m.Host
		}
		groups[g]++
		truths[t]++
		both[[2]string{g, t}]++
	}
	together, belong, right := pairsOf(groups), pairsOf(truths), pairsOf(both)
	s := scoreOf(together, belong, right)
	n := float64(len(members))
	chance := together * belong / max(1, n*(n-1)/2)
	if mean := (together + belong) / 2; mean != chance {
		return s, (right - chance) / (mean - chance)
	}
	return s, 1
}

func pairsOf[K comparable](sizes map[K]int) (sum float64) {
	for _, n := range sizes {
		sum += float64(n) * float64(n-1) / 2
	}
	return sum
}

func (r heldout) table(out io.Writer) error {
	fmt.Fprintf(out, "%d labelled sites; the cut chosen on one half of the templates, measured on the other\n\n", r.Sites)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "measured on\tsites\ttemplates\tcut\tbest from\tto\tkit P / R / F\tkit ARI\toperator P / R / F\toperator ARI")
	for i, h := range append(slices.Clone(r.Halves), r.All) {
		name := [...]string{"one half", "the other", "all, default"}[i]
		fmt.Fprintf(w, "%s\t%d\t%d\t%.2f\t%.2f\t%.2f\t%s\t%.3f\t%s\t%.3f\n", name, h.Sites, h.Templates, h.Chosen, h.From, h.To, h.Kit, h.KitARI, h.Operator, h.OpARI)
	}
	return w.Flush()
}

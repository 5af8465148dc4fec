package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/cluster"
	"scamatlas/index/elastic"
	"scamatlas/index/local"
	"scamatlas/schedules/jobs"
)

type storesOptions struct {
	Sites   int
	Seed    uint64
	Elastic string
	JSON    bool
}

const (
	lateComers   = 200 // sites that join one by one after the grouping, about
	savedAtOnce  = 32
	visitsTalked = 20_000
)

func (o *storesOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench stores", flag.ContinueOnError)
	f.SetOutput(talk)
	f.IntVar(&o.Sites, "sites", 100_000, "how many made-up sites")
	f.Uint64Var(&o.Seed, "seed", 1, "equal seeds make equal sites")
	f.StringVar(&o.Elastic, "elastic", os.Getenv("SCAMATLAS_TEST_ES"), "`address` of an Elasticsearch 8 for tests; without one only the embedded store is measured")
	f.BoolVar(&o.JSON, "json", false, "print JSON in place of the table")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.Sites < 1000 || o.Sites > maxCity || f.NArg() > 0 {
		fmt.Fprintf(talk, "bench stores: -sites is a number from 1000 to %d, and there are no arguments\n", maxCity)
		return flag.ErrHelp
	}
	return nil
}

// kept is what one store did.
type kept struct {
	Store    string  `json:"store"`
	Sites    int     `json:"sites"`
	Save     float64 `json:"save_seconds"`  // visits until all can be read
	Group    float64 `json:"group_seconds"` // read, build, write
	Again    float64 `json:"again_seconds"` // the same once more, with clusters to keep
	JoinP50  float64 `json:"join_p50_ms"`   // one site: its neighbours, the decision, written
	JoinP95  float64 `json:"join_p95_ms"`
	Agree    float64 `json:"joined_as_built"` // share of late sites that the next grouping leaves where they joined
	Left     float64 `json:"left_to_build"`   // share of those that are in a group which only the next grouping makes: nobody could join it
	Kept     float64 `json:"ids_kept"`        // share of clusters that have their id after the late sites came
	Kit      score   `json:"kit"`
	Operator score   `json:"operator"`
	sum      string  // of the partition
}

// storesBench takes made-up sites through each store: saved as visits, grouped, joined by late ones, grouped again.
func storesBench(ctx context.Context, o storesOptions, out, talk io.Writer) error {
	dir, err := os.MkdirTemp("", "scamatlas-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	quiet := slog.New(slog.DiscardHandler)
	var all []kept
	run := func(name string, open func() (index.Store, error)) error {
		st, err := open()
		if err != nil {
			return fmt.Errorf("opening %s: %w", name, err)
		}
		k, err := takeThrough(ctx, name, st, o, talk)
		all = append(all, k)
		if cerr := st.Close(); err == nil {
			err = cerr
		}
		return err
	}
	if err := run("embedded", func() (index.Store, error) {
		return local.Open(ctx, filepath.Join(dir, "store"), local.Options{Log: quiet})
	}); err != nil {
		return err
	}
	if o.Elastic != "" {
		prefix := fmt.Sprintf("scamatlas-bench-%d", time.Now().UnixNano())
		err := run("elasticsearch", func() (index.Store, error) {
			return elastic.Open(ctx, o.Elastic, elastic.Options{Prefix: prefix, Outbox: filepath.Join(dir, "outbox"), Dial: (&net.Dialer{}).DialContext, Log: quiet})
		})
		if err != nil {
			return err
		}
	}
	if len(all) == 2 && all[0].sum != all[1].sum {
		return fmt.Errorf("the stores give different groups")
	}
	if o.JSON {
		return json.NewEncoder(out).Encode(all)
	}
	return storesTable(out, all)
}

func storesTable(out io.Writer, all []kept) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "store\tsites\tsave s\tgroup s\tagain s\tjoin p50 / p95 ms\tjoined as built\tleft to build\tids kept\tkit P / R / F\toperator P / R / F")
	for _, k := range all {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f / %.1f\t%.3f\t%.3f\t%.3f\t%s\t%s\n", k.Store, k.Sites, k.Save, k.Group, k.Again, k.JoinP50, k.JoinP95, k.Agree, k.Left, k.Kept, k.Kit, k.Operator)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(all) == 2 {
		fmt.Fprintln(out, "\nboth stores give the same groups")
	}
	return nil
}

func takeThrough(ctx context.Context, name string, st index.Store, o storesOptions, talk io.Writer) (kept, error) {
	k := kept{Store: name, Sites: o.Sites}
	c := newCity(o.Sites, o.Seed)
	late := map[string]bool{}
	var lateOnes []index.Visit
	pick := rand.New(rand.NewPCG(o.Seed, 7))
	began := time.Now()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(savedAtOnce)
	n := 0
	c.eachMember(func(m *index.Member) {
		v := visitOf(m)
		if pick.IntN(o.Sites/lateComers) == 0 {
			late[m.Host] = true
			lateOnes = append(lateOnes, v)
			return
		}
		if n++; n%visitsTalked == 0 {
			fmt.Fprintf(talk, "%s: %d visits saved, %.0f s\n", name, n, time.Since(began).Seconds())
		}
		g.Go(func() error { return st.SaveVisit(gctx, v) })
	})
	if err := g.Wait(); err != nil {
		return k, err
	}
	if err := st.Flush(ctx); err != nil {
		return k, err
	}
	k.Save = time.Since(began).Seconds()
	grouper := &jobs.Clusterer{Store: st, Log: slog.New(slog.DiscardHandler)}
	var err error
	if k.Group, err = timed(func() error { _, err := grouper.Cluster(ctx); return err }); err != nil {
		return k, err
	}
	before, err := st.Clusters(ctx, "")
	if err != nil {
		return k, err
	}
	joined, err := k.join(ctx, st, grouper, lateOnes)
	if err != nil {
		return k, err
	}
	if k.Again, err = timed(func() error { _, err := grouper.Cluster(ctx); return err }); err != nil {
		return k, err
	}
	after, err := st.Clusters(ctx, "")
	if err != nil {
		return k, err
	}
	k.compare(c, before, after, joined)
	return k, nil
}

func timed(do func() error) (float64, error) {
	began := time.Now()
	err := do()
	return time.Since(began).Seconds(), err
}

// join saves late visits one by one and joins each.
func (k *kept) join(ctx context.Context, st index.Store, grouper *jobs.Clusterer, late []index.Visit) (map[string]cluster.Joined, error) {
	joined := map[string]cluster.Joined{}
	var took []float64
	for _, v := range late {
		if err := st.SaveVisit(ctx, v); err != nil {
			return nil, err
		}
		if err := st.Flush(ctx); err != nil {
			return nil, err
		}
		s, err := st.Site(ctx, v.Record.Host)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		in, err := grouper.Join(ctx, s)
		if err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(began).Microseconds())/1000)
		joined[s.Host] = in
	}
	slices.Sort(took)
	if len(took) > 0 {
		k.JoinP50, k.JoinP95 = took[len(took)/2], took[len(took)*95/100]
	}
	return joined, nil
}

func (k *kept) compare(c *city, before, after []index.Cluster, joined map[string]cluster.Joined) {
	ids, home := map[string]string{}, map[string]map[index.Layer]string{} // by id, also one that was merged: the id after; by host
	by := map[index.Layer][][]string{}
	var parts []string
	for _, a := range after {
		ids[a.ID] = a.ID
		for _, merged := range a.Aliases {
			ids[merged] = a.ID
		}
		by[a.Layer] = append(by[a.Layer], a.Hosts)
		parts = append(parts, string(a.Layer)+" "+strings.Join(a.Hosts, " "))
		for _, h := range a.Hosts {
			if _, late := joined[h]; late {
				if home[h] == nil {
					home[h] = map[index.Layer]string{}
				}
				home[h][a.Layer] = a.ID
			}
		}
	}
	slices.Sort(parts)
	k.sum = strings.Join(parts, "\n")
	stay := 0
	for _, b := range before {
		if ids[b.ID] == b.ID {
			stay++
		}
	}
	k.Kept = float64(stay) / float64(max(len(before), 1))
	known := map[string]bool{"": true}
	for _, b := range before {
		known[b.ID] = true
	}
	right, left := 0, 0
	for h, in := range joined {
		kit, operator := home[h][index.Kit], home[h][index.Operator]
		// Nobody could join a group that did not exist.
		if (ids[in.Kit] == kit || !known[kit] && in.Kit == "") && (ids[in.Operator] == operator || !known[operator] && in.Operator == "") {
			right++
			if !known[kit] || !known[operator] {
				left++
			}
		}
	}
	k.Agree, k.Left = float64(right)/float64(max(len(joined), 1)), float64(left)/float64(max(len(joined), 1))
	k.Kit, k.Operator = judge(by[index.Kit], c.kit), judge(by[index.Operator], c.operator)
}

// visitOf is a visit that found what a member holds.
func visitOf(m *index.Member) index.Visit {
	at := m.LastLive
	if at.IsZero() {
		at = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	r := index.CaptureRecord{ID: index.CaptureID(m.Host, 1, "desktop"), Host: m.Host, Sequence: 1, Profile: "desktop", Started: at, Ended: at, Outcome: cmp.Or(m.Outcome, crawler.OK),
		FinalURL: "https://" + m.Host + "/", Status: 200, Pages: 1}
	// The member is used again by who made it.
	f := extractors.Findings{Title: m.Host, Fingerprint: m.Fingerprint, Indicators: slices.Clone(m.Indicators), Hosting: m.Hosting}
	return index.Visit{Record: r, Target: crawler.Target{Host: m.Host, Source: "bench"}, Findings: f, Next: at.AddDate(0, 0, 1)}
}

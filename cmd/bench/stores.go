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
	"syscall"
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
	Join    int
	Elastic string
	JSON    bool
}

const (
	lateShare    = 10 // one in so many sites comes after the grouping
	savedAtOnce  = 32
	visitsTalked = 20_000
)

func (o *storesOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench stores", flag.ContinueOnError)
	f.SetOutput(talk)
	f.IntVar(&o.Sites, "sites", 100_000, "how many made-up sites")
	f.Uint64Var(&o.Seed, "seed", 1, "equal seeds make equal sites")
	f.IntVar(&o.Join, "join", 500, "how many of the late sites, a tenth of all, join one by one")
	f.StringVar(&o.Elastic, "elastic", os.Getenv("SCAMATLAS_TEST_ES"), "`address` of an Elasticsearch 8 for tests; without one only the embedded store is measured")
	f.BoolVar(&o.JSON, "json", false, "print JSON in place of the table")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.Sites < 1000 || o.Sites > maxCity || o.Join < 1 || f.NArg() > 0 {
		fmt.Fprintf(talk, "bench stores: -sites is a number from 1000 to %d, -join one above 0, and there are no arguments\n", maxCity)
		return flag.ErrHelp
	}
	return nil
}

// kept is what one store did.
type kept struct {
	Store    string   `json:"store"`
	Sites    int      `json:"sites"`
	Save     float64  `json:"save_seconds"`  // visits until all can be read
	Group    float64  `json:"group_seconds"` // read, build, write
	Again    float64  `json:"again_seconds"` // the same once more, with clusters to keep
	JoinP50  float64  `json:"join_p50_ms"`   // one site: its neighbours, the decision, written
	JoinP95  float64  `json:"join_p95_ms"`
	Joined   joinings `json:"joined"`
	Changed  float64  `json:"ids_changed"`      // share of clusters that lost their id in the grouping after the joins
	Churn    float64  `json:"ids_changed_late"` // by the time all late sites had come
	Kit      score    `json:"kit"`
	Operator score    `json:"operator"`
	MaxRSS   int64    `json:"max_rss"` // bytes, of this process so far
	Load     string   `json:"load"`    // of the machine at the end
	sum      string   // of the partition
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
	fmt.Fprintln(w, "store\tsites\tsave s\tgroup s\tagain s\tjoin p50 / p95 ms\tids changed: joined / all late\tkit P / R / F\toperator P / R / F\tmax RSS MB\tload")
	for _, k := range all {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f / %.1f\t%.4f / %.4f\t%s\t%s\t%d\t%s\n", k.Store, k.Sites, k.Save, k.Group, k.Again, k.JoinP50, k.JoinP95, k.Changed, k.Churn, k.Kit, k.Operator,
			k.MaxRSS>>20, k.Load)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, k := range all {
		fmt.Fprintf(out, "\n%s: %s\n", k.Store, k.Joined)
	}
	if len(all) == 2 {
		fmt.Fprintln(out, "\nboth stores give the same groups")
	}
	return nil
}

// takeThrough saves nine of ten sites and groups them, joins some of the others one by one, groups again to see whether they stay where
// they joined, and groups once more with all of them.
func takeThrough(ctx context.Context, name string, st index.Store, o storesOptions, talk io.Writer) (kept, error) {
	k := kept{Store: name, Sites: o.Sites}
	c := newCity(o.Sites, o.Seed)
	save := saver{st: st, name: name, talk: talk, began: time.Now()}
	late, err := save.most(ctx, c, o)
	if err != nil {
		return k, err
	}
	k.Save = time.Since(save.began).Seconds()
	grouper := &jobs.Clusterer{Store: st, Log: slog.New(slog.DiscardHandler)}
	group := func(took *float64) (all []index.Cluster, err error) {
		if *took, err = timed(func() error { _, err := grouper.Cluster(ctx); return err }); err != nil {
			return nil, err
		}
		fmt.Fprintf(talk, "%s: grouped in %.0f s\n", name, *took)
		return st.Clusters(ctx, "")
	}
	before, err := group(&k.Group)
	if err != nil {
		return k, err
	}
	first := late[:min(o.Join, len(late))]
	joined, err := k.join(ctx, st, grouper, first)
	if err != nil {
		return k, err
	}
	after, err := group(&k.Again)
	if err != nil {
		return k, err
	}
	check := checker{options: o, st: st, late: late, before: before, after: after, joined: joined}
	if k.Joined, err = check.all(ctx); err != nil {
		return k, err
	}
	k.Changed = changed(before, after)
	if err := save.all(ctx, late[len(first):]); err != nil {
		return k, err
	}
	var last float64
	end, err := group(&last)
	if err != nil {
		return k, err
	}
	k.Churn = changed(before, end)
	k.judge(c, end)
	return k, nil
}

// saver saves visits, some at a time.
type saver struct {
	st    index.Visits
	name  string
	talk  io.Writer
	began time.Time
	n     int
}

// most saves a city but for a tenth of its sites, whose visits it gives in random order.
func (s *saver) most(ctx context.Context, c *city, o storesOptions) (late []index.Visit, err error) {
	pick := rand.New(rand.NewPCG(o.Seed, 7))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(savedAtOnce)
	c.eachMember(func(m *index.Member) {
		v := visitOf(m)
		if pick.IntN(lateShare) == 0 {
			late = append(late, v)
			return
		}
		s.start(gctx, g, v)
	})
	pick.Shuffle(len(late), func(i, k int) { late[i], late[k] = late[k], late[i] })
	return late, s.end(ctx, g)
}

func (s *saver) all(ctx context.Context, visits []index.Visit) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(savedAtOnce)
	for _, v := range visits {
		s.start(gctx, g, v)
	}
	return s.end(ctx, g)
}

func (s *saver) start(ctx context.Context, g *errgroup.Group, v index.Visit) {
	if s.n++; s.n%visitsTalked == 0 {
		fmt.Fprintf(s.talk, "%s: %d visits saved, %.0f s\n", s.name, s.n, time.Since(s.began).Seconds())
	}
	g.Go(func() error { return s.st.SaveVisit(ctx, v) })
}

func (s *saver) end(ctx context.Context, g *errgroup.Group) error {
	if err := g.Wait(); err != nil {
		return err
	}
	return s.st.Flush(ctx)
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
	join, err := grouper.Joining(ctx)
	if err != nil {
		return nil, err
	}
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
		in, err := join(ctx, s)
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

// changed is the share of clusters whose id is gone; that of one merged into another is.
func changed(before, after []index.Cluster) float64 {
	there := map[string]bool{}
	for _, a := range after {
		there[a.ID] = true
	}
	gone := 0
	for _, b := range before {
		if !there[b.ID] {
			gone++
		}
	}
	return float64(gone) / float64(max(len(before), 1))
}

func (k *kept) judge(c *city, all []index.Cluster) {
	by := map[index.Layer][][]string{}
	var parts []string
	for _, a := range all {
		by[a.Layer] = append(by[a.Layer], a.Hosts)
		parts = append(parts, string(a.Layer)+" "+strings.Join(a.Hosts, " "))
	}
	slices.Sort(parts)
	k.sum = strings.Join(parts, "\n")
	k.Kit, k.Operator = judge(by[index.Kit], c.kit), judge(by[index.Operator], c.operator)
	k.Load = load()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err == nil {
		k.MaxRSS = u.Maxrss * 1024
	}
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

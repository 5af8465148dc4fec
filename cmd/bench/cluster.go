package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

const groupCommand = "group" // of ourselves, as a child

type clusterOptions struct {
	Sizes   string `json:"sizes"`
	Seed    uint64 `json:"seed"`
	Profile string `json:"-"` // file for a CPU profile of the largest build
	Peer    int    `json:"peer"`
	NoPeer  bool   `json:"no_peer"`
	Cache   string `json:"-"` // folder for the peer
	JSON    bool   `json:"-"`
	sizes   []int
}

const (
	maxCity     = 2_000_000
	groupMemory = 7 << 29 // bytes from which the collector works harder; not a cap
)

func (o *clusterOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench cluster", flag.ContinueOnError)
	f.SetOutput(talk)
	f.StringVar(&o.Sizes, "sizes", "10000,100000", "how many sites, ascending, separated by commas")
	million := f.Bool("million", false, "1000000 sites as well")
	f.Uint64Var(&o.Seed, "seed", 1, "equal seeds make equal sites")
	f.StringVar(&o.Profile, "cpuprofile", "", "write a CPU profile of the largest build to this `file`")
	f.IntVar(&o.Peer, "peer", 20_000, "how many sites the peer groups too")
	f.BoolVar(&o.NoPeer, "no-peer", false, "leave datasketch out: no Python needed")
	f.StringVar(&o.Cache, "cache", "", "`folder` for the packages of PyPI (default: scamatlas/bench in the user's cache)")
	f.BoolVar(&o.JSON, "json", false, "print one JSON object in place of the table")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *million {
		o.Sizes += ",1000000"
	}
	for _, s := range strings.Split(o.Sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 100 || n > maxCity {
			fmt.Fprintf(talk, "bench cluster: %q is not a number from 100 to %d\n", s, maxCity)
			return flag.ErrHelp
		}
		o.sizes = append(o.sizes, n)
	}
	if f.NArg() > 0 || o.Peer < 100 || o.Peer > maxPeerCity {
		fmt.Fprintf(talk, "bench cluster: takes no arguments, and the peer 100 to %d sites\n", maxPeerCity)
		return flag.ErrHelp
	}
	return nil
}

// clusterReport is what bench cluster prints.
type clusterReport struct {
	Builds []grouped `json:"builds"`
	Peer   *versus   `json:"peer,omitempty"`
}

// grouped is one build.
type grouped struct {
	Sites     int     `json:"sites"`
	Seconds   float64 `json:"seconds"` // of taking in the sites and the build
	CPU       float64 `json:"cpu"`     // user and system seconds of both
	MaxRSS    int64   `json:"max_rss"` // bytes, members included
	Kits      int     `json:"kits"`
	Operators int     `json:"operators"`
	Kit       score   `json:"kit"`
	Operator  score   `json:"operator"`
	Growth    float64 `json:"growth,omitempty"`  // CPU against the size before
	Slower    float64 `json:"slower,omitempty"`  // the same by the clock
	NLogN     float64 `json:"n_log_n,omitempty"` // what n log n would be
	Load      string  `json:"load"`              // of the machine when the build began
}

// score compares pairs of sites with the truth.
type score struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F         float64 `json:"f"`
}

// clusterBench builds each size in a process of its own, so that its memory is its own.
func clusterBench(ctx context.Context, o clusterOptions, out, talk io.Writer) error {
	var r clusterReport
	for i, n := range o.sizes {
		fmt.Fprintf(talk, "%d sites\n", n)
		profile := ""
		if i == len(o.sizes)-1 {
			profile = o.Profile
		}
		g, err := groupChild(ctx, n, o.Seed, profile)
		if err != nil {
			return err
		}
		if i > 0 {
			before := r.Builds[i-1]
			g.Growth, g.Slower = g.CPU/before.CPU, g.Seconds/before.Seconds
			g.NLogN = float64(n) * math.Log(float64(n)) / (float64(before.Sites) * math.Log(float64(before.Sites)))
		}
		r.Builds = append(r.Builds, g)
	}
	if !o.NoPeer {
		var err error
		if r.Peer, err = againstPeer(ctx, o, talk); err != nil {
			return err
		}
	}
	if o.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.table(out)
}

// groupChild measures one build.
func groupChild(ctx context.Context, sites int, seed uint64, profile string) (g grouped, err error) {
	self, err := os.Executable()
	if err != nil {
		return g, err
	}
	args := []string{groupCommand, "-sites", strconv.Itoa(sites), "-seed", strconv.FormatUint(seed, 10)}
	if profile != "" {
		args = append(args, "-cpuprofile", profile)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return g, fmt.Errorf("%d sites: %w", sites, err)
	}
	if err := json.Unmarshal(said, &g); err != nil {
		return g, fmt.Errorf("%d sites: reading the result: %w", sites, err)
	}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		g.MaxRSS = u.Maxrss * 1024
	}
	return g, nil
}

func (r clusterReport) table(out io.Writer) error {
	fmt.Fprintf(out, "one build of made-up sites, %s, %d CPUs shared with whatever else runs\n\n", runtime.Version(), runtime.NumCPU())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "sites\tseconds\tCPU s\tgrowth, CPU / clock\tn log n\tmax RSS MB\tkits\tkit P / R / F\toperators\toperator P / R / F\tload")
	for _, g := range r.Builds {
		growth, bound := "-", "-"
		if g.Growth > 0 {
			growth, bound = fmt.Sprintf("%.1f / %.1f", g.Growth, g.Slower), fmt.Sprintf("%.1f", g.NLogN)
		}
		fmt.Fprintf(w, "%d\t%.2f\t%.2f\t%s\t%s\t%d\t%d\t%s\t%d\t%s\t%s\n", g.Sites, g.Seconds, g.CPU, growth, bound, g.MaxRSS>>20, g.Kits, g.Kit, g.Operators, g.Operator, g.Load)
	}
	if err := w.Flush(); err != nil || r.Peer == nil {
		return err
	}
	return r.Peer.table(out)
}

func (s score) String() string { return fmt.Sprintf("%.3f / %.3f / %.3f", s.Precision, s.Recall, s.F) }

// group is the measured child: one city, one build.
func group(args []string, out io.Writer) error {
	f := flag.NewFlagSet(groupCommand, flag.ContinueOnError)
	n := f.Int("sites", 0, "")
	seed := f.Uint64("seed", 1, "")
	profile := f.String("cpuprofile", "", "")
	if err := f.Parse(args); err != nil {
		return err
	}
	debug.SetMemoryLimit(groupMemory)
	c := newCity(*n, *seed)
	var b cluster.Builder
	g := grouped{Load: load()}
	g.takeIn(c, &b)
	debug.FreeOSMemory()
	if *profile != "" {
		p, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer p.Close()
		if err := pprof.StartCPUProfile(p); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	g.Sites = b.Len()
	before, began := cpuSeconds(), time.Now()
	built := b.Build(nil, cluster.Options{Now: began})
	g.Seconds, g.CPU = g.Seconds+time.Since(began).Seconds(), g.CPU+cpuSeconds()-before
	by := map[index.Layer][][]string{}
	for i := range built.Clusters {
		l := built.Clusters[i].Layer
		by[l] = append(by[l], built.Clusters[i].Hosts)
	}
	g.Kits, g.Operators = len(by[index.Kit]), len(by[index.Operator])
	g.Kit, g.Operator = judge(by[index.Kit], c.kit), judge(by[index.Operator], c.operator)
	return json.NewEncoder(out).Encode(g)
}

// takeIn adds the sites of a city in handfuls, so that what is measured is the adding and not the making.
func (g *grouped) takeIn(c *city, b *cluster.Builder) {
	const handful = 500
	var some []*index.Member
	add := func() {
		before, began := cpuSeconds(), time.Now()
		for _, m := range some {
			b.Add(m)
		}
		g.Seconds, g.CPU = g.Seconds+time.Since(began).Seconds(), g.CPU+cpuSeconds()-before
		some = some[:0]
	}
	c.eachMember(func(m *index.Member) {
		if some = append(some, m); len(some) == handful {
			add()
		}
	})
	add()
}

// judge counts pairs: those together, those that belong together, and those that are both. Hosts without a label belong to nobody.
func judge(groups [][]string, truth labels) score {
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	var together, belong, both float64
	for _, n := range truth.sizes {
		belong += pairs(n)
	}
	for _, g := range groups {
		together += pairs(len(g))
		in := map[int32]int{}
		for _, h := range g {
			if t := truth.of(h); t != 0 {
				in[t]++
			}
		}
		for _, n := range in {
			both += pairs(n)
		}
	}
	return scoreOf(together, belong, both)
}

// scoreOf counts pairs: those together, those that belong together, and those that are both.
func scoreOf(together, belong, both float64) score {
	s := score{Precision: 1, Recall: 1}
	if together > 0 {
		s.Precision = both / together
	}
	if belong > 0 {
		s.Recall = both / belong
	}
	if s.Precision+s.Recall > 0 {
		s.F = 2 * s.Precision * s.Recall / (s.Precision + s.Recall)
	}
	return s
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// load is the machine's load average of the last minute, "-" where it is not known.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "-"
	}
	l, _, _ := strings.Cut(string(b), " ")
	return l
}

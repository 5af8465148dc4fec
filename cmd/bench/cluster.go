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
	if f.NArg() > 0 {
		fmt.Fprintln(talk, "bench cluster: takes no arguments")
		return flag.ErrHelp
	}
	return nil
}

// grouped is one build.
type grouped struct {
	Sites     int     `json:"sites"`
	Seconds   float64 `json:"seconds"` // of the build alone
	CPU       float64 `json:"cpu"`     // user and system seconds of the build alone
	MaxRSS    int64   `json:"max_rss"` // bytes, members included
	Kits      int     `json:"kits"`
	Operators int     `json:"operators"`
	Kit       score   `json:"kit"`
	Operator  score   `json:"operator"`
	Growth    float64 `json:"growth,omitempty"`  // CPU against the size before
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
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var all []grouped
	for i, n := range o.sizes {
		fmt.Fprintf(talk, "%d sites\n", n)
		args := []string{groupCommand, "-sites", strconv.Itoa(n), "-seed", strconv.FormatUint(o.Seed, 10)}
		if o.Profile != "" && i == len(o.sizes)-1 {
			args = append(args, "-cpuprofile", o.Profile)
		}
		cmd := exec.CommandContext(ctx, self, args...)
		cmd.Stderr = os.Stderr
		said, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%d sites: %w", n, err)
		}
		var g grouped
		if err := json.Unmarshal(said, &g); err != nil {
			return fmt.Errorf("%d sites: reading the result: %w", n, err)
		}
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			g.MaxRSS = u.Maxrss * 1024
		}
		if i > 0 {
			before := all[i-1]
			g.Growth = g.CPU / before.CPU
			g.NLogN = float64(n) * math.Log(float64(n)) / (float64(before.Sites) * math.Log(float64(before.Sites)))
		}
		all = append(all, g)
	}
	if o.JSON {
		return json.NewEncoder(out).Encode(all)
	}
	return groupTable(out, all)
}

func groupTable(out io.Writer, all []grouped) error {
	fmt.Fprintf(out, "one build of made-up sites, %s, %d CPUs shared with whatever else runs\n\n", runtime.Version(), runtime.NumCPU())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "sites\tseconds\tCPU s\tgrowth\tn log n\tmax RSS MB\tkits\tkit P / R / F\toperators\toperator P / R / F\tload")
	for _, g := range all {
		growth, bound := "-", "-"
		if g.Growth > 0 {
			growth, bound = fmt.Sprintf("%.1f", g.Growth), fmt.Sprintf("%.1f", g.NLogN)
		}
		fmt.Fprintf(w, "%d\t%.2f\t%.2f\t%s\t%s\t%d\t%d\t%s\t%d\t%s\t%s\n", g.Sites, g.Seconds, g.CPU, growth, bound, g.MaxRSS>>20, g.Kits, g.Kit, g.Operators, g.Operator, g.Load)
	}
	return w.Flush()
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
	c.eachMember(b.Add)
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
	g := grouped{Sites: b.Len(), Load: load()}
	before, began := cpuSeconds(), time.Now()
	built := b.Build(nil, cluster.Options{Now: began})
	g.Seconds, g.CPU = time.Since(began).Seconds(), cpuSeconds()-before
	by := map[index.Layer][][]string{}
	for i := range built.Clusters {
		l := built.Clusters[i].Layer
		by[l] = append(by[l], built.Clusters[i].Hosts)
	}
	g.Kits, g.Operators = len(by[index.Kit]), len(by[index.Operator])
	g.Kit, g.Operator = judge(by[index.Kit], c.kit), judge(by[index.Operator], c.operator)
	return json.NewEncoder(out).Encode(g)
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

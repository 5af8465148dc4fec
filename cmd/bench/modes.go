package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"slices"
	"time"

	"scamatlas/crawler/testbed"
)

const (
	readyLine = "ready\n"
	warmHosts = 64
)

// Names of the modes that others speak of.
const (
	bareMode    = "bare"
	collyMode   = "colly"
	extractMode = "scamatlas-extract"
	productMode = "scamatlas"
)

type mode struct {
	name, does string
	run        func(ctx context.Context, j *job) error
}

// modes run in this order in each round.
var modes = []mode{
	{bareMode, "net/http + gzip + one tokenizer pass for links", bareLoop},
	{collyMode, "colly, one OnHTML for links", collyLoop},
	{"scamatlas-fetch", "DNS, TLS attempt, robots.txt, fetch", fetchOnly},
	{extractMode, "the same + all extractors", fetchAndExtract},
	{productMode, "the same + embedded store: the whole visit", wholeVisit},
}

// targets are what the serving child tells the modes.
type targets struct {
	Settings testbed.Settings `json:"settings"`
	Hosts    []target         `json:"hosts"`
}

type target struct {
	Host string `json:"host"`
	Addr string `json:"addr"` // of its HTTP server, so that the peers need no DNS
}

// serveSites serves synthetic sites until ctx ends. Arguments: how many, file for the targets.
func serveSites(ctx context.Context, args []string, out io.Writer) (err error) {
	var n int
	if len(args) != 2 {
		return fmt.Errorf("serve: want a number and a file")
	}
	if _, err := fmt.Sscan(args[0], &n); err != nil {
		return fmt.Errorf("serve: %q: %w", args[0], err)
	}
	srv, err := testbed.Start(testbed.Options{Sites: testbed.Synthetic(n)})
	if err != nil {
		return err
	}
	defer func() {
		if e := srv.Close(); err == nil {
			err = e
		}
	}()
	t := targets{Settings: srv.Settings()}
	for _, s := range srv.Sites() {
		t.Hosts = append(t.Hosts, target{Host: s.Host, Addr: fmt.Sprintf("%s:%d", testbed.Simulated(s.Address), t.Settings.Ports[80])})
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[1], raw, 0o600); err != nil {
		return err
	}
	if err := warm(ctx, t); err != nil {
		return fmt.Errorf("asking for the first pages: %w", err)
	}
	if _, err := io.WriteString(out, readyLine); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// warm lets the server make its pages before anything is measured: the first hosts have one variant each.
func warm(ctx context.Context, t targets) error {
	t.Hosts = t.Hosts[:min(len(t.Hosts), warmHosts)]
	return bareLoop(ctx, &job{targets: t, pages: 1, parallel: 1})
}

// job is what one mode has to do, and what came of it.
type job struct {
	targets  targets
	pages    int
	parallel int
	folder   string // for the store
	got      measurement
}

// urls gives every page of every host, host after host.
func (j *job) urls() []string {
	var all []string
	for _, t := range j.targets.Hosts {
		all = append(all, "http://"+t.Host+"/")
		for p := range j.pages - 1 {
			all = append(all, fmt.Sprintf("http://%s/p/%d", t.Host, p))
		}
	}
	return all
}

// runMode is the measured child: it does one mode's job and prints the measurement.
func runMode(ctx context.Context, args []string, out io.Writer) error {
	j := job{}
	f := flag.NewFlagSet(modeCommand, flag.ContinueOnError)
	file := f.String("targets", "", "")
	profile := f.String("cpuprofile", "", "")
	f.IntVar(&j.pages, "pages", 1, "")
	f.IntVar(&j.parallel, "parallel", 1, "")
	f.StringVar(&j.folder, "folder", "", "")
	if err := f.Parse(args); err != nil {
		return err
	}
	i := slices.IndexFunc(modes, func(m mode) bool { return m.name == f.Arg(0) })
	if i < 0 {
		return fmt.Errorf("no mode %q", f.Arg(0))
	}
	raw, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &j.targets); err != nil {
		return fmt.Errorf("reading the targets: %w", err)
	}
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
	began := time.Now()
	if err := modes[i].run(ctx, &j); err != nil {
		return err
	}
	j.got.Seconds = time.Since(began).Seconds()
	return json.NewEncoder(out).Encode(j.got)
}

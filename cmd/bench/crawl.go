package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	serveCommand = "serve"
	modeCommand  = "mode"
	stopWithin   = 10 * time.Second // from SIGTERM to the end of the serving child
	maxHosts     = 100_000
)

type crawlOptions struct {
	Hosts      int    `json:"hosts"`
	Pages      int    `json:"pages"`    // of each host
	Parallel   int    `json:"parallel"` // requests, or sites, at a time
	Rounds     int    `json:"rounds"`   // of all modes; the one with the median CPU counts
	Profile    string `json:"-"`        // file for a CPU profile of the product
	JSON       bool   `json:"-"`
	targetFile string
}

func (o *crawlOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench crawl", flag.ContinueOnError)
	f.SetOutput(talk)
	f.IntVar(&o.Hosts, "hosts", 2000, "virtual hosts")
	f.IntVar(&o.Pages, "pages", 1, "pages of each host, at most 20")
	f.IntVar(&o.Parallel, "parallel", 16, "requests (of the peers) and sites (of the product) at a time")
	f.IntVar(&o.Rounds, "rounds", 3, "rounds of all modes; the median of the CPU seconds counts")
	f.StringVar(&o.Profile, "cpuprofile", "", "write a CPU profile of the product's last round to this `file`")
	f.BoolVar(&o.JSON, "json", false, "print one JSON object in place of the table")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || o.Hosts < 1 || o.Hosts > maxHosts || o.Pages < 1 || o.Pages > 20 || o.Parallel < 1 || o.Rounds < 1 {
		fmt.Fprintf(talk, "bench crawl: takes no arguments, 1 to %d hosts, 1 to 20 pages, at least one at a time and one round\n", maxHosts)
		return flag.ErrHelp
	}
	return nil
}

// crawlBench measures every mode in a process of its own, so that CPU and memory are its own; the sites are served by another process.
//
//	bench crawl ─┬─ bench serve          the sites
//	             └─ bench mode NAME      one after the other, rounds times
func crawlBench(ctx context.Context, o crawlOptions, out, talk io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "scamatlas-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o.targetFile = filepath.Join(dir, "targets.json")
	stop, err := startServer(ctx, o)
	if err != nil {
		return fmt.Errorf("serving the sites: %w", err)
	}
	defer func() { err = errors.Join(err, stop()) }()

	all := map[string][]measurement{}
	for round := range o.Rounds {
		for _, m := range modes {
			fmt.Fprintf(talk, "round %d of %d: %s\n", round+1, o.Rounds, m.name)
			got, err := measure(ctx, o, m, filepath.Join(dir, m.name), round == o.Rounds-1)
			if err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			all[m.name] = append(all[m.name], got)
		}
	}
	r := newReport(o, all)
	if o.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.table(out)
}

// startServer starts the serving child and waits until it is ready. stop ends it.
func startServer(ctx context.Context, o crawlOptions) (stop func() error, err error) {
	return startChild(ctx, func(said io.Reader) error {
		line := make([]byte, len(readyLine))
		if _, err := io.ReadFull(said, line); err != nil || string(line) != readyLine {
			return fmt.Errorf("it said %q", line)
		}
		return nil
	}, serveCommand, strconv.Itoa(o.Hosts), o.targetFile)
}

// startChild starts ourselves with args and waits until ready has read what it says when it serves. stop ends it.
func startChild(ctx context.Context, ready func(said io.Reader) error, args ...string) (stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopWithin
	cmd.Stderr = os.Stderr
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := ready(said); err != nil {
		return nil, errors.Join(fmt.Errorf("it did not come up: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	return func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return cmd.Wait()
	}, nil
}

// measurement is one mode's run.
type measurement struct {
	Pages   int     `json:"pages"`
	Links   int     `json:"links"`   // found, where the mode looks for them
	Wallets int     `json:"wallets"` // likewise
	Seconds float64 `json:"seconds"` // from the first request to the last result
	CPU     float64 `json:"cpu"`     // user and system seconds of the process, start included
	MaxRSS  int64   `json:"max_rss"` // bytes
}

// measure runs one mode as a child. The operating system counts its CPU and memory.
func measure(ctx context.Context, o crawlOptions, m mode, folder string, last bool) (got measurement, err error) {
	self, err := os.Executable()
	if err != nil {
		return got, err
	}
	if err := os.RemoveAll(folder); err != nil {
		return got, err
	}
	args := []string{modeCommand, "-targets", o.targetFile, "-pages", strconv.Itoa(o.Pages), "-parallel", strconv.Itoa(o.Parallel), "-folder", folder}
	if last && o.Profile != "" && m.name == productMode {
		args = append(args, "-cpuprofile", o.Profile)
	}
	cmd := exec.CommandContext(ctx, self, append(args, m.name)...)
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return got, err
	}
	if err := json.Unmarshal(said, &got); err != nil {
		return got, fmt.Errorf("reading its result: %w", err)
	}
	if want := o.Hosts * o.Pages; got.Pages != want {
		return got, fmt.Errorf("%d pages read, want %d: the figures would not compare", got.Pages, want)
	}
	got.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		got.MaxRSS = u.Maxrss * 1024 // kilobytes on Linux
	}
	return got, nil
}

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

type extractOptions struct {
	Cache   string `json:"-"`       // folder for the packages
	Megas   int    `json:"mb"`      // of each package's files at most, millions of bytes
	Sample  int    `json:"sample"`  // of files that the peer reads too, millions of bytes
	Rounds  int    `json:"rounds"`  // the fastest counts
	NoPeer  bool   `json:"no_peer"` // leave the peer out
	Profile string `json:"-"`
	JSON    bool   `json:"-"`
}

func (o *extractOptions) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("bench extract", flag.ContinueOnError)
	f.SetOutput(talk)
	f.StringVar(&o.Cache, "cache", "", "`folder` for the packages of npm and PyPI (default: scamatlas/bench in the user's cache)")
	f.IntVar(&o.Megas, "mb", 12, "millions of bytes to read of each package at most")
	f.IntVar(&o.Sample, "sample", 3, "millions of bytes that the peer reads too")
	f.IntVar(&o.Rounds, "rounds", 3, "rounds of each measurement; the fastest counts")
	f.BoolVar(&o.NoPeer, "no-peer", false, "leave iocsearcher out: no Python needed")
	f.StringVar(&o.Profile, "cpuprofile", "", "write a CPU profile of all extractors to this `file`")
	f.BoolVar(&o.JSON, "json", false, "print one JSON object in place of the tables")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || o.Megas < 1 || o.Sample < 1 || o.Rounds < 1 {
		fmt.Fprintln(talk, "bench extract: takes no arguments, and at least one of everything")
		return flag.ErrHelp
	}
	return nil
}

// extractBench installs the packages once, then measures in one run: the scan for wallets against the speed of reading bytes at all, every
// extractor by itself and all together against the peer, texts made to be slow, and what is found where nothing is to be found.
func extractBench(ctx context.Context, o extractOptions, out, talk io.Writer) error {
	if o.Cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding a folder for the packages (give one by -cache): %w", err)
		}
		o.Cache = filepath.Join(base, "scamatlas", "bench")
	}
	ordinary, err := installNPM(ctx, filepath.Join(o.Cache, "npm"), ordinaryPackages, talk)
	if err != nil {
		return err
	}
	libraries, err := installNPM(ctx, filepath.Join(o.Cache, "npm-wallets"), walletPackages, talk)
	if err != nil {
		return err
	}
	python := ""
	if !o.NoPeer {
		if python, err = installPeer(ctx, filepath.Join(o.Cache, "python"), talk); err != nil {
			return err
		}
	}
	files, err := readPackages(ordinary, ordinaryPackages, o.Megas*1e6)
	if err != nil {
		return err
	}
	sample := sampleOf(files, o.Sample*1e6)
	r := extractReport{Options: o, Go: runtime.Version(), CPUs: runtime.NumCPU(), Files: len(files), Bytes: bytesOf(files), SampleFiles: len(sample), SampleBytes: bytesOf(sample)}
	fmt.Fprintln(talk, "scanning")
	r.Scan = measureScan(files, o.Rounds)
	r.Found = findIn(files)
	library, err := readPackages(libraries, walletPackages, 1<<30)
	if err != nil {
		return err
	}
	r.Library = findIn(library)
	fmt.Fprintln(talk, "extracting")
	if r.Set, err = measureSet(sample, o); err != nil {
		return err
	}
	if python != "" {
		fmt.Fprintln(talk, "the peer")
		if r.Peer, err = measurePeer(ctx, python, o.Cache, sample, talk); err != nil {
			return err
		}
	}
	fmt.Fprintln(talk, "hostile texts")
	r.Hostile = measureHostile(o.Rounds)
	r.judge()
	if o.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.table(out)
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"scamatlas/extractors"
)

// extractReport is what bench extract prints. Speeds are millions of bytes a second on one core.
type extractReport struct {
	Options     extractOptions `json:"options"`
	Go          string         `json:"go"`
	CPUs        int            `json:"cpus"`
	Files       int            `json:"files"`
	Bytes       int            `json:"bytes"`
	SampleFiles int            `json:"sample_files"`
	SampleBytes int            `json:"sample_bytes"`
	Scan        scanSpeed      `json:"scan"`
	Set         []speed        `json:"set"`
	Peer        *peerSpeed     `json:"peer,omitempty"`
	Found       found          `json:"found"`   // in ordinary packages, where all is false
	Library     found          `json:"library"` // in wallet libraries
	Hostile     []hostileSpeed `json:"hostile"`
	Goals       []goal         `json:"goals"`
}

type scanSpeed struct {
	Copy   float64 `json:"copy"`  // of the files' bytes from memory to memory
	Bytes  float64 `json:"bytes"` // one table look-up a byte: what a scan that skips nothing can reach
	Raw    float64 `json:"raw"`
	Shapes int     `json:"shapes"` // what the scan hands on, before anything is asked of its surroundings
	sink   int
}

type speed struct {
	Name string  `json:"name"`
	MBs  float64 `json:"mb_s"`
}

const wholeSet = "all, parsing included"

type peerSpeed struct {
	All     float64 `json:"all"` // all its kinds
	Wallets float64 `json:"wallets"`
}

type found struct {
	Bytes  int            `json:"bytes"`
	Unique int            `json:"unique"` // wallets of high or medium confidence
	Low    int            `json:"low"`
	Roles  map[string]int `json:"roles"`
	First  []string       `json:"first_payees,omitempty"`
}

type hostileSpeed struct {
	Name     string  `json:"name"`
	Wallet   float64 `json:"wallet_s"` // seconds for a million bytes
	Wallet10 float64 `json:"wallet_10"`
	All      float64 `json:"all_s"`
	All10    float64 `json:"all_10"`
}

// goal is a figure that the product is held to.
type goal struct {
	Name     string  `json:"name"`
	Measured float64 `json:"measured"`
	Least    float64 `json:"least,omitempty"`
	Most     float64 `json:"most,omitempty"`
}

func (g goal) met() string {
	if g.Measured < g.Least || g.Most > 0 && g.Measured > g.Most {
		return "SHORT"
	}
	return "met"
}

func (r *extractReport) speedOf(name string) float64 {
	for _, s := range r.Set {
		if s.Name == name {
			return s.MBs
		}
	}
	return 0
}

func (r *extractReport) judge() {
	slowest := func(f func(hostileSpeed) float64) float64 {
		return f(slices.MaxFunc(r.Hostile, func(a, b hostileSpeed) int { return cmp.Compare(f(a), f(b)) }))
	}
	r.Goals = []goal{
		{Name: "raw wallet scan, MB/s", Measured: r.Scan.Raw, Least: 200},
		{Name: "unique false wallets in ordinary packages", Measured: float64(r.Found.Unique), Most: 1},
		{Name: "payees in wallet libraries", Measured: float64(r.Library.Roles[extractors.Payee]), Most: 0.5},
		{Name: "hostile texts, wallets: slowest, s/MB", Measured: slowest(func(h hostileSpeed) float64 { return h.Wallet }), Most: 0.1},
		{Name: "hostile texts, wallets: ten times the bytes", Measured: slowest(func(h hostileSpeed) float64 { return h.Wallet10 }), Most: 12},
		{Name: "hostile texts, all extractors: slowest, s/MB", Measured: slowest(func(h hostileSpeed) float64 { return h.All })},
		{Name: "hostile texts, all extractors: ten times the bytes", Measured: slowest(func(h hostileSpeed) float64 { return h.All10 }), Most: 12},
	}
	if r.Peer != nil {
		r.Goals = append(r.Goals, goal{Name: "all extractors / " + peerPackage, Measured: r.speedOf(wholeSet) / r.Peer.All, Least: 10},
			goal{Name: "wallet extractor / its wallets", Measured: r.speedOf("wallet") / r.Peer.Wallets, Least: 10})
	}
}

func (r *extractReport) table(out io.Writer) error {
	fmt.Fprintf(out, "%d files, %.1f MB, of ordinary packages; sample %d files, %.1f MB; fastest of %d rounds; CPU seconds of one core; %s\n\n",
		r.Files, float64(r.Bytes)/1e6, r.SampleFiles, float64(r.SampleBytes)/1e6, r.Options.Rounds, r.Go)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "MB/s\tof copying\tof looking at every byte\t\tdoes")
	for _, s := range []speed{{"copies the bytes", r.Scan.Copy}, {"looks every byte up", r.Scan.Bytes}, {"scans for wallets", r.Scan.Raw}} {
		fmt.Fprintf(w, "%.0f\t%.2f\t%.2f\t\t%s\n", s.MBs, s.MBs/r.Scan.Copy, s.MBs/r.Scan.Bytes, s.Name)
	}
	fmt.Fprintln(w, "\nMB/s\tof the peer, all kinds\tof the peer, wallets\t\ton the sample")
	rows := r.Set
	if r.Peer != nil {
		rows = append(slices.Clone(rows), speed{peerPackage + ", all kinds", r.Peer.All}, speed{peerPackage + ", wallets", r.Peer.Wallets})
	}
	for _, s := range rows {
		if r.Peer == nil {
			fmt.Fprintf(w, "%.2f\t-\t-\t\t%s\n", s.MBs, s.Name)
			continue
		}
		fmt.Fprintf(w, "%.2f\t%.1f\t%.1f\t\t%s\n", s.MBs, s.MBs/r.Peer.All, s.MBs/r.Peer.Wallets, s.Name)
	}
	fmt.Fprintln(w, "\ns, wallets\tten times\ts, all\tten times\t\t1 MB of")
	for _, h := range r.Hostile {
		fmt.Fprintf(w, "%.4f\t%.1f\t%.4f\t%.1f\t\t%s\n", h.Wallet, h.Wallet10, h.All, h.All10, h.Name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nordinary packages, %.1f MB: %d unique wallets of high or medium confidence, %d sightings of low\n", float64(r.Found.Bytes)/1e6, r.Found.Unique, r.Found.Low)
	fmt.Fprintf(out, "wallet libraries, %.1f MB: %d unique", float64(r.Library.Bytes)/1e6, r.Library.Unique)
	for _, role := range slices.Sorted(maps.Keys(r.Library.Roles)) {
		fmt.Fprintf(out, ", %s %d", role, r.Library.Roles[role])
	}
	fmt.Fprintln(out)
	for _, f := range append(r.Found.First, r.Library.First...) {
		fmt.Fprintln(out, "  ", f)
	}
	fmt.Fprintln(out)
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, g := range r.Goals {
		bound := "-"
		if g.Least > 0 {
			bound = fmt.Sprintf(">= %g", g.Least)
		} else if g.Most > 0 {
			bound = fmt.Sprintf("<= %g", g.Most)
		}
		fmt.Fprintf(w, "%s\t%.4g\t%s\t%s\n", g.Name, g.Measured, bound, g.met())
	}
	return w.Flush()
}

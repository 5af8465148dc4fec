package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/miekg/dns"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/probe"
)

const (
	dnsNames   = 20_000 // resolved a round by `bench discover`
	dnsWorkers = 64     // names at a time
	dnsGoal    = 5_000  // names/s
	rawTimeout = 5 * time.Second
	rawSize    = 1232 // bytes of a UDP answer, as the guard asks for

	resolveMode = "resolve"
	probeMode   = "probe"
	rawMode     = "raw"
)

// dnsModes run in this order in each round, each over the same names.
var dnsModes = []struct {
	name, does string
	run        func(b *dnsRun, ctx context.Context) (lost int, err error)
}{
	{resolveMode, "the product: A and AAAA of each name through the guard, aliases followed, answers compared with the zones", (*dnsRun).resolve},
	{probeMode, "the product: all that a visit asks (A, AAAA, MX, TXT, NS, SOA, and those of the domain), compared likewise", (*dnsRun).probe},
	{rawMode, "A and AAAA by the DNS library alone over sockets that stay open, answers thrown away", (*dnsRun).raw},
}

// dnsReport tells how fast names are resolved at a BIND on loopback, which has its part of the same processors.
type dnsReport struct {
	Names   int      `json:"names"`
	Workers int      `json:"workers"`
	Load    string   `json:"load"` // of the machine before the first round
	Modes   []dnsRow `json:"modes"`
	Wall    float64  `json:"wall"` // names/s of the product to those of the raw loop
	CPU     float64  `json:"cpu"`  // seconds likewise
	Goal    float64  `json:"goal"`
}

type dnsRow struct {
	Name   string  `json:"name"`
	Does   string  `json:"does"`
	PerS   float64 `json:"per_s"`  // names a second, median of the rounds
	CPU    float64 `json:"cpu"`    // our seconds for 1,000 names in the same round, those of BIND left out
	Spread float64 `json:"spread"` // (greatest - least) / median of the names a second
	Lost   int     `json:"lost"`   // names of all rounds that were told something else than the zones hold, or nothing
}

type dnsTime struct {
	perS, cpu float64
	lost      int
}

// dnsRun is what the modes work on.
type dnsRun struct {
	hosts  []madeHost
	names  int
	server string
	guard  *egress.Guard
}

// dnsBench resolves made-up names at a BIND of its own. The error is errNoNamed where there is none.
func dnsBench(ctx context.Context, names, rounds int, talk io.Writer) (r *dnsReport, err error) {
	folder, err := os.MkdirTemp("", "scamatlas-named-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b := &dnsRun{hosts: madeHosts(), names: names}
	server, err := startNamed(ctx, folder, (names+zoneHosts-1)/zoneHosts, zoneFile(b.hosts))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	b.server = server.addr
	if b.guard, err = egress.New(egress.Options{Resolver: b.server}); err != nil {
		return nil, err
	}
	r = &dnsReport{Names: names, Workers: dnsWorkers, Load: load(), Goal: dnsGoal}
	all := map[string][]dnsTime{}
	for round := range rounds {
		for _, m := range dnsModes {
			fmt.Fprintf(talk, "names, round %d of %d: %s\n", round+1, rounds, m.name)
			runtime.GC()
			began, cpu := time.Now(), cpuSeconds()
			lost, err := m.run(b, ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			all[m.name] = append(all[m.name], dnsTime{float64(names) / time.Since(began).Seconds(), (cpuSeconds() - cpu) * 1000 / float64(names), lost})
		}
	}
	r.fill(all)
	return r, nil
}

func (r *dnsReport) fill(all map[string][]dnsTime) {
	by := map[string]dnsRow{}
	for _, m := range dnsModes {
		times := slices.SortedFunc(slices.Values(all[m.name]), func(a, b dnsTime) int { return cmp.Compare(a.perS, b.perS) })
		mid := times[len(times)/2]
		row := dnsRow{Name: m.name, Does: m.does, PerS: mid.perS, CPU: mid.cpu, Spread: (times[len(times)-1].perS - times[0].perS) / mid.perS}
		for _, t := range times {
			row.Lost += t.lost
		}
		by[m.name] = row
		r.Modes = append(r.Modes, row)
	}
	r.Wall, r.CPU = by[resolveMode].PerS/by[rawMode].PerS, by[resolveMode].CPU/by[rawMode].CPU
}

func (r *dnsReport) table(out io.Writer) error {
	fmt.Fprintf(out, "%d names at BIND on loopback, %d at a time, %d CPUs shared with it, load %s, median of the rounds\n\n", r.Names, r.Workers, runtime.NumCPU(), r.Load)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "mode\tnames/s\tCPU s / 1000\tspread\tlost\tdoes")
	for _, m := range r.Modes {
		fmt.Fprintf(w, "%s\t%.0f\t%.3f\t%.0f %%\t%d\t%s\n", m.Name, m.PerS, m.CPU, 100*m.Spread, m.Lost, m.Does)
	}
	fmt.Fprintln(w, "\nratio\tmeasured\tgoal\t\t\t")
	fmt.Fprintf(w, "%s, names/s\t%.0f\t≥ %.0f\t\t\t\n", resolveMode, r.Modes[0].PerS, r.Goal)
	fmt.Fprintf(w, "%s, lost\t%d\t0\t\t\t\n", resolveMode, r.Modes[0].Lost)
	fmt.Fprintf(w, "%s / %s, names/s\t%.2f\t-\t\t\t\n", resolveMode, rawMode, r.Wall)
	fmt.Fprintf(w, "%s / %s, CPU\t%.2f\t-\t\t\t\n", resolveMode, rawMode, r.CPU)
	return w.Flush()
}

// each hands every name to one of the workers; do reports whether it was told what the zones hold.
func (b *dnsRun) each(ctx context.Context, do func(worker int, host string, want *madeHost) bool) (lost int, err error) {
	var next, missed atomic.Int64
	var wg sync.WaitGroup
	for worker := range dnsWorkers {
		wg.Go(func() {
			for n := int(next.Add(1)) - 1; n < b.names && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				want := &b.hosts[n%zoneHosts]
				if !do(worker, want.label+"."+zoneName(n/zoneHosts), want) {
					missed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(missed.Load()), ctx.Err()
}

// resolve asks for the addresses of both families at once.
func (b *dnsRun) resolve(ctx context.Context) (int, error) {
	return b.each(ctx, func(_ int, host string, want *madeHost) bool {
		var a, aaaa bool
		var wg sync.WaitGroup
		wg.Go(func() { a = b.told(ctx, host, dns.TypeA, want, want.a) })
		wg.Go(func() { aaaa = b.told(ctx, host, dns.TypeAAAA, want, want.aaaa) })
		wg.Wait()
		return a && aaaa
	})
}

// told asks one question and reports whether the answer is the zone's.
func (b *dnsRun) told(ctx context.Context, host string, qtype uint16, want *madeHost, addresses []netip.Addr) bool {
	ans, err := b.guard.Resolve(ctx, host, qtype)
	if want.missing {
		var gone *net.DNSError
		return errors.As(err, &gone) && gone.IsNotFound
	}
	if err != nil || len(ans.Records) != min(len(addresses), crawler.MaxRecords) || (want.alias != "") != (len(ans.CNAME) == 1) {
		return false
	}
	for _, rr := range ans.Records {
		if a, err := netip.ParseAddr(dns.Field(rr, 1)); err != nil || !slices.Contains(addresses, a) {
			return false
		}
	}
	return true
}

// probe asks all that is asked about the host of a visit; the guard refuses to connect to such addresses.
func (b *dnsRun) probe(ctx context.Context) (int, error) {
	p := probe.New(b.guard, probe.Options{})
	return b.each(ctx, func(_ int, host string, want *madeHost) bool {
		c := crawler.Capture{Host: host}
		p.Probe(egress.OneVisit(ctx), &c)
		return want.known(&c.Network.DNS)
	})
}

// known reports whether d is what the zone holds of the host.
func (h *madeHost) known(d *crawler.DNS) bool {
	count := func(has bool) int { return map[bool]int{true: 1}[has] }
	rcode := dns.RcodeSuccess
	if h.missing {
		rcode = dns.RcodeNameError
	}
	return d.Rcode == dns.RcodeToString[rcode] && len(d.Errs) == 0 && len(d.A) == min(len(h.a), crawler.MaxRecords) && len(d.AAAA) == len(h.aaaa) &&
		len(d.CNAME) == count(h.alias != "") && len(d.MX) == count(h.mail) && len(d.TXT) == count(h.txt) && len(d.NS) == 2 && d.SOA != ""
}

// raw asks the same as resolve, each worker one question after the other over one socket, and looks at nothing but that an answer came.
func (b *dnsRun) raw(ctx context.Context) (int, error) {
	var conns [dnsWorkers]*dns.Conn
	for n := range conns {
		c, err := dns.DialTimeout("udp", b.server, rawTimeout)
		if err != nil {
			return 0, err
		}
		defer c.Close()
		conns[n] = c
	}
	return b.each(ctx, func(worker int, host string, _ *madeHost) bool {
		client := dns.Client{Timeout: rawTimeout}
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
			q := new(dns.Msg).SetQuestion(dns.Fqdn(host), qtype).SetEdns0(rawSize, false)
			if _, _, err := client.ExchangeWithConn(q, conns[worker]); err != nil {
				return false
			}
		}
		return true
	})
}

// Command testbed turns the made-up sites of crawler/testbed into a small Internet on loopback, for the demo, the benchmarks and for
// trying things by hand. It does not know the product.
//
//	testbed -hosts hosts.txt -config scamatlas.yaml &
//	scamatlas crawl -f hosts.txt --config scamatlas.yaml --store data
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"scamatlas/crawler/testbed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// settings are the flags.
type settings struct {
	options       testbed.Options
	synthetic     int
	hosts, config string
	log           string        // address of a certificate log; "" = none
	grow          time.Duration // between two of its certificates; 0 = all are there from the start
	verbose       bool
}

func run(ctx context.Context, args []string, out, talk io.Writer) int {
	var s settings
	if err := s.parse(args, talk); err != nil {
		return 2
	}
	if err := serve(ctx, s, out, talk); err != nil {
		fmt.Fprintln(talk, "testbed:", err)
		return 1
	}
	return 0
}

func (s *settings) parse(args []string, talk io.Writer) error {
	f := flag.NewFlagSet("testbed", flag.ContinueOnError)
	f.SetOutput(talk)
	f.StringVar(&s.options.HTTP, "http", "", "`address` for HTTP; only its port counts (default: a free one)")
	f.StringVar(&s.options.HTTPS, "https", "", "`address` for HTTPS; only its port counts (default: a free one)")
	f.StringVar(&s.options.DNS, "dns", "", "`address` for DNS over UDP and TCP (default: a free port of 127.0.0.1)")
	f.BoolVar(&s.options.Hostile, "hostile", false, "serve the hostile sites too")
	f.BoolVar(&s.options.Scripted, "scripted", false, "serve the sites that only a browser, or only a certain visitor, sees too")
	f.DurationVar(&s.options.Latency, "latency", 0, "wait this long before each answer")
	f.IntVar(&s.synthetic, "sites", 0, "serve this `number` of synthetic sites, for benchmarks, in place of the made-up ones")
	f.StringVar(&s.hosts, "hosts", "", "write the list of hosts to this `file`")
	f.StringVar(&s.config, "config", "", "write the settings with which scamatlas reaches the sites to this `file`")
	f.StringVar(&s.log, "log", "", "serve a certificate log of the sites' certificates at this `address`; -config names it")
	f.DurationVar(&s.grow, "grow", 0, "the log gets a certificate each time this `duration` has passed, and has none at the start")
	f.BoolVar(&s.verbose, "v", false, "log what goes wrong between peers and the server")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		fmt.Fprintf(talk, "testbed: %q: no arguments are taken\n", f.Arg(0))
		return flag.ErrHelp
	case s.grow < 0 || s.grow > 0 && s.log == "":
		fmt.Fprintln(talk, "testbed: -grow takes a duration, and goes with -log")
		return flag.ErrHelp
	case s.synthetic < 0:
		fmt.Fprintln(talk, "testbed: -sites takes a number from 0 on")
		return flag.ErrHelp
	case s.synthetic > 0:
		s.options.Sites = testbed.Synthetic(s.synthetic)
	}
	return nil
}

// serve runs until ctx ends. The line "ready …" says that the files are written and every listener is open.
func serve(ctx context.Context, s settings, out, talk io.Writer) (err error) {
	level := slog.LevelError
	if s.verbose {
		level = slog.LevelDebug
	}
	s.options.Log = slog.New(slog.NewTextHandler(talk, &slog.HandlerOptions{Level: level}))
	srv, err := testbed.Start(s.options)
	if err != nil {
		return err
	}
	defer func() {
		if e := srv.Close(); err == nil {
			err = e
		}
	}()
	list, closeLog, err := serveLog(ctx, s, srv.Certificates())
	if err != nil {
		return fmt.Errorf("opening the certificate log: %w", err)
	}
	defer closeLog()
	if err := writeFile(s.hosts, func(w io.Writer) { writeHosts(w, srv) }); err != nil {
		return fmt.Errorf("writing the host list: %w", err)
	}
	if err := writeFile(s.config, func(w io.Writer) { writeConfig(w, srv.Settings(), list) }); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	n := srv.Settings()
	canary, hits := srv.Canary()
	fmt.Fprintf(out, "ready hosts=%d http=%d https=%d dns=%s canary=%s\n", len(srv.Hosts()), n.Ports[80], n.Ports[443], n.Resolver, canary)
	<-ctx.Done()
	total := int64(0)
	for _, h := range srv.Hosts() {
		total += srv.Requests(h)
	}
	fmt.Fprintf(out, "done requests=%d canary_hits=%d\n", total, hits())
	return nil
}

// writeFile writes a file as a whole; no name, no file.
func writeFile(name string, write func(io.Writer)) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	write(w)
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// writeHosts writes a target a line; what follows the host is for people.
func writeHosts(w io.Writer, srv *testbed.Server) {
	fmt.Fprintln(w, "# target, kit, operator, outcomes")
	for _, s := range srv.Sites() {
		var outcomes []string
		for _, o := range s.Outcomes {
			outcomes = append(outcomes, string(o))
		}
		target := s.Host
		if s.Enter != "" { // an invitation link
			target = s.Enter
		}
		fmt.Fprintf(w, "%s %s %s %s\n", target, dash(s.Kit), dash(s.Operator), strings.Join(outcomes, "|"))
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// politeDelay is short: the sites are our own.
const politeDelay = time.Millisecond

// writeConfig writes settings; list is the address of the certificate log's list, "" where there is none. Names of the made-up sites say less
// than those of the field do, so that the bar for them is lower.
func writeConfig(w io.Writer, n testbed.Settings, list string) {
	fmt.Fprintf(w, "# Leads to the made-up sites while this testbed runs.\nnetwork:\n  resolver: %s\n  allow: [%s]\n  ports: {80: %d, 443: %d}\nhosting: {registration: false, networks: false, cymru: false} # made-up names are registered nowhere\ncrawl:\n  delay: %s\n",
		n.Resolver, strings.Join(n.Allow, ", "), n.Ports[80], n.Ports[443], politeDelay)
	if list != "" {
		fmt.Fprintf(w, "discovery:\n  certificates: {logs: %q}\n  names: {threshold: 0.2, resolve: 0}\n", list)
	}
}

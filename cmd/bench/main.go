// Command bench turns a claim about speed into a table: the product beside its peers and beside the bare loop that nothing can beat, in one
// run on one machine. It may import the peers (colly), which the product may only where the design says so.
//
//	bench crawl            fetch + extract + store against net/http and colly, on synthetic sites on loopback
//	bench cluster          kits and operators among 10,000 to 1,000,000 made-up sites: time, memory, growth, right pairs; datasketch and scipy
//	bench heldout          a labelled set of sites: the cut chosen on one half of the templates, measured on the other
//	bench stores           the same sites through both stores: saved, grouped, joined one by one, grouped again
//	bench extract          extraction against iocsearcher, the speed of memory, and texts made to be slow; on packages of npm, installed once
//	bench discover         a certificate log read with its root checked, host names scored and resolved at BIND
//	bench render           pages a minute against Crawlee and Puppeteer on the same browser; memory over many pages
//
// Trust ratios and CPU seconds; pages a second depend on what else the machine does.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage: bench crawl|cluster|heldout|stores|extract|discover|render [flags]

  crawl     fetch + extract + store against net/http and colly, on synthetic sites on loopback
  cluster   kits and operators among 10,000 to 1,000,000 made-up sites: time, memory, growth, right pairs
  heldout   a labelled set of sites: the cut chosen on one half of the templates, measured on the other
  stores    the same sites through both stores: saved, grouped, joined one by one, grouped again
  extract   extraction against iocsearcher, the speed of memory, and texts made to be slow; on packages of npm, installed once
  discover  a certificate log read with its root checked, host names scored and resolved at BIND
  render    pages a minute in a browser against Crawlee and Puppeteer; memory over many pages

Flags: bench crawl -h, bench cluster -h, bench heldout -h, bench extract -h, bench discover -h, bench render -h
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, out, talk io.Writer) int {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	var err error
	switch command {
	case "crawl":
		var o crawlOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = crawlBench(ctx, o, out, talk)
	case "cluster":
		var o clusterOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = clusterBench(ctx, o, out, talk)
	case "heldout":
		var o heldoutOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = heldoutBench(ctx, o, out, talk)
	case groupCommand: // of ourselves, as a child
		err = group(args[1:], out)
	case "stores":
		var o storesOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = storesBench(ctx, o, out, talk)
	case "extract":
		var o extractOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = extractBench(ctx, o, out, talk)
	case "discover":
		var o discoverOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = discoverBench(ctx, o, out, talk)
	case logCommand: // of ourselves, as a child
		err = serveLog(ctx, args[1:], out)
	case "render":
		var o renderOptions
		if err := o.parse(args[1:], talk); err != nil {
			return 2
		}
		err = renderBench(ctx, o, out, talk)
	case serveCommand: // of ourselves, as a child
		err = serveSites(ctx, args[1:], out)
	case modeCommand: // likewise
		err = runMode(ctx, args[1:], out)
	default:
		fmt.Fprint(talk, usage)
		return 2
	}
	if err != nil {
		fmt.Fprintln(talk, "bench:", err)
		return 1
	}
	return 0
}

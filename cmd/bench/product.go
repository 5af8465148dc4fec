package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/fetch"
	"scamatlas/crawler/probe"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
	"scamatlas/index/local"
	"scamatlas/schedules/jobs"
)

// unlimited stands for politeness that is no bound: every site is our own.
const unlimited = 10_000

// newCrawler builds the product's visit as cmd/scamatlas does, without the politeness.
func (j *job) newCrawler() (*crawler.Crawler, error) {
	o := egress.Options{Resolver: j.targets.Settings.Resolver, Ports: map[uint16]uint16{}}
	for asked, dialled := range j.targets.Settings.Ports {
		o.Ports[uint16(asked)] = uint16(dialled)
	}
	for _, a := range j.targets.Settings.Allow {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return nil, err
		}
		o.Allow = append(o.Allow, p)
	}
	g, err := egress.New(o)
	if err != nil {
		return nil, err
	}
	f := fetch.Options{Guard: g, Pages: j.pages, Delay: -1, PerDomain: unlimited, PerAddress: unlimited}
	if j.pages == 1 {
		f.Depth = -1 // only the entry page
	}
	return &crawler.Crawler{Prober: probe.New(g, probe.Options{}), Fetcher: fetch.New(f), Profile: &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36", Language: "en-US,en;q=0.9"}}, nil
}

func fetchOnly(ctx context.Context, j *job) error {
	return j.eachCapture(ctx, func(*crawler.Capture) {})
}

func fetchAndExtract(ctx context.Context, j *job) error {
	set := all.Set()
	var wallets atomic.Int64
	err := j.eachCapture(ctx, func(c *crawler.Capture) {
		for _, i := range extractors.Extract(c, set).Indicators {
			if i.Kind == extractors.KindWallet {
				wallets.Add(1)
			}
		}
	})
	j.got.Wallets = int(wallets.Load())
	return err
}

// eachCapture visits every host and hands the captures to use, from several goroutines.
func (j *job) eachCapture(ctx context.Context, use func(*crawler.Capture)) error {
	cr, err := j.newCrawler()
	if err != nil {
		return err
	}
	hosts := make(chan string)
	var pages atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, j.parallel)
	for w := range j.parallel {
		wait.Go(func() {
			for host := range hosts {
				c, err := cr.Crawl(egress.OneVisit(ctx), crawler.Target{Host: host})
				if err == nil && c.Outcome != crawler.OK {
					err = fmt.Errorf("%s: outcome %s: %s", host, c.Outcome, c.Reason)
				}
				if err != nil {
					errs[w] = err
					continue
				}
				pages.Add(int64(len(c.Pages)))
				use(c)
			}
		})
	}
	for _, t := range j.targets.Hosts {
		hosts <- t.Host
	}
	close(hosts)
	wait.Wait()
	j.got.Pages = int(pages.Load())
	return errors.Join(errs...)
}

// wholeVisit is the product's own job over its embedded store: lease, crawl, extract, save durably.
func wholeVisit(ctx context.Context, j *job) (err error) {
	cr, err := j.newCrawler()
	if err != nil {
		return err
	}
	store, err := local.Open(ctx, j.folder, local.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	var queue []crawler.Target
	for _, t := range j.targets.Hosts {
		queue = append(queue, crawler.Target{Host: t.Host, Source: "bench"})
	}
	if _, err := store.AddTargets(ctx, queue, time.Now().UTC()); err != nil {
		return err
	}
	visitor := &jobs.Visitor{Store: store, Crawler: cr, Extractors: all.Set(), Owner: "bench", Workers: j.parallel, Log: slog.New(slog.DiscardHandler),
		Revisit: jobs.Revisit{New: 24 * time.Hour, Live: 24 * time.Hour, Changed: 24 * time.Hour, Parked: 24 * time.Hour, Dead: 24 * time.Hour, Failing: 24 * time.Hour, Longest: 24 * time.Hour}}
	var failed error
	_, err = visitor.Due(ctx, func(r jobs.Result) {
		j.got.Pages += len(r.Visit.Pages)
		for _, i := range r.Visit.Findings.Indicators {
			if i.Kind == extractors.KindWallet {
				j.got.Wallets++
			}
		}
		if r.Err != nil {
			failed = fmt.Errorf("%s: %w", r.Host, r.Err)
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	return store.Flush(ctx)
}

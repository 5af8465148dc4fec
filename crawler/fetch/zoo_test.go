package fetch

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/testbed"
)

// TestZoo visits every made-up site, the hostile ones among ordinary ones, at the same time, with shorter limits: each ends
// as its truth says, and nothing reaches the canary.
func TestZoo(t *testing.T) {
	sites, err := testbed.Sites()
	if err != nil {
		t.Fatal(err)
	}
	server, err := testbed.Start(testbed.Options{Sites: sites, Hostile: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	f := zooFetcher(t, server.Settings())

	work := make(chan testbed.Site)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for s := range work {
				checkAgainstTruth(t, f, s)
			}
		})
	}
	for _, s := range server.Sites() {
		if !slices.ContainsFunc(s.Outcomes, func(o crawler.Outcome) bool { return o == crawler.Dead || o == crawler.DNSTimeout }) {
			work <- s // the others have nothing to fetch from: probe's part
		}
	}
	close(work)
	wg.Wait()
	if _, hits := server.Canary(); hits() != 0 {
		t.Errorf("the canary was hit %d times", hits())
	}
}

func zooFetcher(t *testing.T, s testbed.Settings) *Fetcher {
	t.Helper()
	o := egress.Options{Resolver: s.Resolver, Ports: map[uint16]uint16{}}
	for from, to := range s.Ports {
		o.Ports[uint16(from)] = uint16(to)
	}
	for _, text := range s.Allow {
		o.Allow = append(o.Allow, netip.MustParsePrefix(text))
	}
	guard, err := egress.New(o)
	if err != nil {
		t.Fatal(err)
	}
	f := New(Options{Guard: guard, Delay: -1, Wire: true})
	f.limits.header, f.limits.fetch = 3*time.Second, 8*time.Second
	return f
}

func checkAgainstTruth(t *testing.T, f *Fetcher, s testbed.Site) {
	ctx, cancel := context.WithTimeout(t.Context(), crawler.VisitTimeout)
	defer cancel()
	c := &crawler.Capture{Host: s.Host}
	if err := f.Fetch(ctx, c, visitor()); err != nil {
		t.Errorf("%s: %v", s.Host, err)
		return
	}
	if !slices.Contains(s.Outcomes, c.Outcome) || c.Outcome != crawler.OK && c.Reason == "" {
		t.Errorf("%s: outcome %s (%s), want one of %s", s.Host, c.Outcome, c.Reason, s.Outcomes)
	}
	if s.Refused && len(c.Refusals) == 0 {
		t.Errorf("%s: no refusal is noted", s.Host)
	}
	if len(s.Caps) > 0 && !slices.ContainsFunc(c.Caps, func(name string) bool { return slices.Contains(s.Caps, name) }) {
		t.Errorf("%s: caps %q, want one of %q", s.Host, c.Caps, s.Caps)
	}
	if len(s.Truncated) > 0 && (len(c.Pages) == 0 || !slices.Contains(s.Truncated, c.Pages[0].Truncated)) {
		t.Errorf("%s: %d pages, truncated is none of %q", s.Host, len(c.Pages), s.Truncated)
	}
	if len(c.Pages) > f.pages || len(c.Assets) > crawler.MaxAssets {
		t.Errorf("%s: %d pages, %d assets", s.Host, len(c.Pages), len(c.Assets))
	}
	checkWire(t, f, c)
}

// checkWire reads every page again from the bytes that were kept of it.
func checkWire(t *testing.T, f *Fetcher, c *crawler.Capture) {
	for _, p := range c.Pages {
		if p.Status == 0 || p.Truncated != "" || len(p.Body) == 0 {
			continue
		}
		found := slices.ContainsFunc(c.Wire, func(x crawler.Exchange) bool {
			if x.URL != p.FinalURL || x.Status != p.Status || x.Truncated != "" {
				return false
			}
			res, err := http.ReadResponse(bufio.NewReader(&headConn{Conn: &scripted{r: bytes.NewReader(x.Response)}}), nil)
			if err != nil {
				return false
			}
			body, _, _, err := f.bodies.read(res, crawler.MaxBody)
			return err == nil && bytes.Equal(body, p.Body)
		})
		if !found && !slices.Contains(c.Caps, capWire) {
			t.Errorf("%s: of %d exchanges none gives its body of %d bytes", p.FinalURL, len(c.Wire), len(p.Body))
		}
	}
}

package crawler

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// network is a Prober that gives fixed DNS answers, and a Fetcher made of a function.
type network struct {
	dns   DNS
	fetch func(ctx context.Context, c *Capture) error
}

func (n network) Probe(_ context.Context, c *Capture) { c.Network.DNS = n.dns }
func (n network) Fetch(ctx context.Context, c *Capture, _ *Profile) error {
	return n.fetch(ctx, c)
}
func (n network) Enter(ctx context.Context, c *Capture, p *Profile) error { return n.Fetch(ctx, c, p) }

func TestCrawlOutcomes(t *testing.T) {
	here := DNS{A: []string{"203.0.113.7"}, Rcode: "NOERROR"}
	alive := func(_ context.Context, c *Capture) error { c.Outcome = OK; return nil }
	never := func(ctx context.Context, c *Capture) error { <-ctx.Done(); return ctx.Err() }
	for name, tc := range map[string]struct {
		n    network
		want Outcome
	}{
		"address and pages":    {network{here, alive}, OK},
		"no such name":         {network{DNS{Rcode: "NXDOMAIN"}, nil}, Dead},
		"no address":           {network{DNS{Rcode: "NOERROR"}, nil}, Dead},
		"no answer":            {network{DNS{}, nil}, DNSTimeout},
		"the resolver fails":   {network{DNS{Rcode: "SERVFAIL"}, nil}, DNSTimeout},
		"nothing ever answers": {network{here, never}, Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cr := Crawler{Prober: tc.n, Fetcher: tc.n, Profile: &Profile{Name: "desktop"}}
				c, err := cr.Crawl(t.Context(), Target{Host: "a.example"})
				if err != nil || c.Outcome != tc.want || c.Host != "a.example" || c.Profile != "desktop" || c.Ended.Before(c.Started) {
					t.Errorf("%+v %v, want %s", c, err, tc.want)
				}
				if tc.want != OK && c.Reason == "" {
					t.Error("no reason")
				}
			})
		})
	}
}

func TestCrawlStoppedKnowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		n := network{DNS{A: []string{"203.0.113.7"}}, func(ctx context.Context, _ *Capture) error { <-ctx.Done(); return ctx.Err() }}
		cr := Crawler{Prober: n, Fetcher: n, Profile: &Profile{}}
		if c, err := cr.Crawl(ctx, Target{Host: "a.example"}); c != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v %v", c, err)
		}
	})
}

func TestRefusalIsErrRefused(t *testing.T) {
	var err error = &Refusal{Target: "http://127.0.0.1/", Why: "loopback address"}
	if !errors.Is(err, ErrRefused) {
		t.Error("a Refusal does not match ErrRefused")
	}
}

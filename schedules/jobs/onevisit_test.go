package jobs

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/testbed/loopbacktest"
)

// resolving is a scene that asks for the site's addresses whenever it is looked at.
type resolving struct {
	*scene
	guard *egress.Guard
	found []string
}

func (r *resolving) ask(ctx context.Context, host string) {
	addrs, err := r.guard.LookupNetIP(ctx, host)
	r.found = append(r.found, fmt.Sprint(addrs, err))
}

func (r *resolving) Crawl(ctx context.Context, t crawler.Target) (*crawler.Capture, error) {
	r.ask(ctx, t.Host)
	return r.scene.Crawl(ctx, t)
}

func (r *resolving) Enter(ctx context.Context, seen *crawler.Capture, p *crawler.Profile) (*crawler.Capture, error) {
	r.ask(ctx, seen.Host)
	return r.scene.Enter(ctx, seen, p)
}

func (r *resolving) Render(ctx context.Context, c *crawler.Capture, p *crawler.Profile, why string, views int) error {
	r.ask(ctx, c.Host)
	return r.scene.Render(ctx, c, p, why, views)
}

// TestOneVisitOneAnswer: whatever a visit looks with, it looks at the addresses that the site had when it began.
func TestOneVisitOneAnswer(t *testing.T) {
	var turn atomic.Int64
	guard, err := egress.New(egress.Options{Resolver: loopbacktest.DNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		loopbacktest.Zone(t, fmt.Sprintf("nova.example. 0 A 192.0.2.%d", turn.Add(1)))(w, q)
	})})
	if err != nil {
		t.Fatal(err)
	}
	r := &resolving{guard: guard, scene: &scene{sent: everyone(shellPage), shown: func(*crawler.Profile) string { return scam() }}}
	lookAt(t, r.scene, func(v *Visitor) { v.Crawler = r })
	all := len(r.found)
	if looks := slices.Compact(r.found); all < 3 || len(looks) != 1 {
		t.Errorf("%d looks at %q", all, looks)
	}
}

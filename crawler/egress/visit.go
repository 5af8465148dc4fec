package egress

import (
	"context"
	"net/netip"
	"sync"

	"github.com/miekg/dns"
)

// OneVisit gives a context under which a name is resolved once: what the resolver settled first, be it that there is no such name, holds
// for every question and connection made with the context. A site whose answers change while it is looked at (DNS rebinding, a pool
// that turns) is met in one place, the one that its capture tells of. What failed is asked again, time to live does not count, and of more
// than maxTold answers the further ones are not kept.
func OneVisit(ctx context.Context) context.Context {
	return context.WithValue(ctx, visitKey{}, &visit{told: map[question]told{}})
}

type visitKey struct{}

// visit is what one visit was told. A nil visit remembers nothing.
type visit struct {
	mu   sync.Mutex
	told map[question]told
}

// question is one to a set of servers: visitors that look from elsewhere may have others.
type question struct {
	servers, name string
	qtype         uint16 // dns.TypeNone: the addresses of LookupNetIP
}

type told struct {
	answer    *Answer
	err       error
	addresses []netip.Addr
}

// settled reports that asking again would be asking the same.
func (t told) settled() bool {
	return len(t.addresses) > 0 || t.answer != nil && (t.answer.Rcode == dns.RcodeNameError || t.answer.Rcode == dns.RcodeSuccess)
}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// ask gives what the visit was told, else what ask says now. Of two that ask at once both get what came first.
func (v *visit) ask(q question, ask func() told) told {
	if v == nil {
		return ask()
	}
	if known, ok := v.known(q); ok {
		return known
	}
	now := ask()
	if !now.settled() {
		return now
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if first, ok := v.told[q]; ok {
		return first
	}
	if len(v.told) < maxTold {
		v.told[q] = now
	}
	return now
}

func (v *visit) known(q question) (told, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t, ok := v.told[q]
	return t, ok
}

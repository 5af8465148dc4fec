package route

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"scamatlas/crawler"
)

// cymru asks Team Cymru's service that tells origins of addresses (https://www.team-cymru.com/ip-asn-mapping, "DNS").
type cymru struct {
	resolve Resolve
	zone    string
	mu      sync.Mutex
	known   map[string]fact // by name asked for
}

// fact is an answer, kept until then.
type fact struct {
	texts []string
	until time.Time
}

// fill adds what is known of a; without an origin r stays as it is.
func (c *cymru) fill(ctx context.Context, a netip.Addr, r *crawler.Route) {
	var best origin
	for _, text := range c.texts(ctx, c.question(a)) {
		if o, ok := readOrigin(text); ok && o.prefix.Contains(a) && (best.asn == 0 || o.prefix.Bits() > best.prefix.Bits()) {
			best = o
		}
	}
	if best.asn == 0 {
		return
	}
	r.ASN, r.Prefix, r.Via = best.asn, best.prefix.String(), "cymru"
	if r.Country == "" {
		r.Country = best.country
	}
	for _, text := range c.texts(ctx, fmt.Sprintf("AS%d.%s", best.asn, c.zone)) {
		if name := readName(text); name != "" {
			r.Name = name
			break
		}
	}
}

// question is the network's name: of IPv4 its /24, of IPv6 its /48, within which an answer serves all addresses. Announcements of
// more specific networks are hardly ever heard.
func (c *cymru) question(a netip.Addr) string {
	if a.Is4() {
		b := a.As4()
		return fmt.Sprintf("0.%d.%d.%d.origin.%s", b[2], b[1], b[0], c.zone)
	}
	b := a.As16()
	var name strings.Builder
	for i := 5; i >= 0; i-- {
		fmt.Fprintf(&name, "%x.%x.", b[i]&15, b[i]>>4)
	}
	return name.String() + "origin6." + c.zone
}

// texts gives the TXT records of name, from memory or by asking. What could not be asked is not remembered.
func (c *cymru) texts(ctx context.Context, name string) []string {
	now := time.Now()
	c.mu.Lock()
	known, ok := c.known[name]
	c.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.texts
	}
	answer, err := c.resolve(ctx, name, dns.TypeTXT)
	if answer == nil || err != nil && answer.Rcode != dns.RcodeNameError {
		return nil
	}
	known = fact{until: now.Add(keepUnknown)}
	for _, rr := range answer.Records {
		if t, ok := rr.(*dns.TXT); ok {
			known.texts, known.until = append(known.texts, strings.Join(t.Txt, "")), now.Add(keepKnown)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxKnown {
		clear(c.known)
	}
	c.known[name] = known
	return known.texts
}

// origin is who announces a network.
type origin struct {
	asn     uint32
	prefix  netip.Prefix
	country string
}

// readOrigin reads "23028 38035 | 216.90.108.0/24 | US | arin | 1998-09-25"; of several systems the first counts.
func readOrigin(text string) (origin, bool) {
	f := strings.Split(text, "|")
	if len(f) < 3 {
		return origin{}, false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(f[0]), " ")
	prefix, err := netip.ParsePrefix(strings.TrimSpace(f[1]))
	o := origin{asn: number(first), prefix: prefix, country: country(strings.TrimSpace(f[2]))}
	return o, err == nil && o.asn != 0
}

// readName reads "64500 | US | arin | 2000-01-01 | NOVA-AS - Nova Hosting, US".
func readName(text string) string {
	f := strings.SplitN(text, "|", 5)
	if len(f) < 5 {
		return ""
	}
	return clean(f[4])
}

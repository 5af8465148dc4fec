package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"scamatlas/crawler"
)

const (
	typeMX  = dns.TypeMX
	typeTXT = dns.TypeTXT
	typeNS  = dns.TypeNS
	typeSOA = dns.TypeSOA
)

// reply is what came of one question.
type reply struct {
	answered bool
	rcode    int
	chain    []string
	records  []dns.RR
	err      error
}

// settled reports that the resolver gave a definite answer, be it that there is nothing.
func (r reply) settled() bool {
	return r.answered && (r.rcode == dns.RcodeSuccess || r.rcode == dns.RcodeNameError)
}

// findings are the replies of one probe before they are put in order.
type findings struct {
	a, aaaa, mx, txt, ns, soa reply
	tls                       *crawler.TLS
	tlsErr                    error
	registration              *crawler.Registration
	routes                    []crawler.Route
	jarm                      string
}

func (p *Prober) question(ctx context.Context, name string, qtype uint16) reply {
	ans, err := p.g.Resolve(ctx, name, qtype)
	if ans == nil {
		return reply{err: err}
	}
	return reply{answered: true, rcode: ans.Rcode, chain: ans.CNAME, records: ans.Records, err: err}
}

func (p *Prober) addresses(ctx context.Context, host string) (a, aaaa reply) {
	var wg sync.WaitGroup
	wg.Go(func() { a = p.question(ctx, host, dns.TypeA) })
	wg.Go(func() { aaaa = p.question(ctx, host, dns.TypeAAAA) })
	wg.Wait()
	return a, aaaa
}

// own asks for records of the host itself: what stands behind an alias belongs to a provider and all its customers.
func (p *Prober) own(ctx context.Context, host string, qtype uint16) reply {
	r := p.question(ctx, host, qtype)
	if len(r.chain) > 0 {
		r.records = nil
	}
	return r
}

// ownOrDomain asks for the host and, when it has none, for its registrable domain.
func (p *Prober) ownOrDomain(ctx context.Context, host string, qtype uint16) reply {
	r := p.own(ctx, host, qtype)
	domain := crawler.RegistrableDomain(host)
	if len(r.records) > 0 || domain == host || !r.settled() {
		return r
	}
	return p.own(ctx, domain, qtype)
}

// dns puts the replies into the form that is stored.
func (f *findings) dns() crawler.DNS {
	d := f.addresses()
	d.NS = list(f.ns.records, func(rr dns.RR) string { return nameOf(rr.(*dns.NS).Ns) })
	d.MX = exchanges(f.mx.records)
	d.TXT = list(f.txt.records, func(rr dns.RR) string { return clip(strings.Join(rr.(*dns.TXT).Txt, ""), maxTXT) })
	d.Rcode = f.rcode()
	if len(f.soa.records) > 0 {
		soa := f.soa.records[0].(*dns.SOA)
		d.SOA = fmt.Sprintf("%s %s %d", nameOf(soa.Ns), nameOf(soa.Mbox), soa.Serial)
	}
	for name, r := range map[string]reply{"A": f.a, "AAAA": f.aaaa, "MX": f.mx, "TXT": f.txt, "NS": f.ns, "SOA": f.soa} {
		if text := errText(r.err); text != "" {
			if d.Errs == nil {
				d.Errs = map[string]string{}
			}
			d.Errs[name] = text
		}
	}
	return d
}

// addresses is what the address questions told, which is there before the other answers.
func (f *findings) addresses() crawler.DNS {
	d := crawler.DNS{A: list(f.a.records, addressText), AAAA: list(f.aaaa.records, addressText), CNAME: f.a.chain}
	if len(d.CNAME) == 0 {
		d.CNAME = f.aaaa.chain
	}
	return d
}

// rcode is of the address question. Without an address it must not say that the site is gone unless both families do:
// a question without an answer leaves it empty.
func (f *findings) rcode() string {
	var no *crawler.Refusal
	switch {
	case len(f.a.records) > 0:
		return rcodeText(f.a.rcode)
	case len(f.aaaa.records) > 0:
		return rcodeText(f.aaaa.rcode)
	case errors.As(f.a.err, &no): // names such as *.local do not exist in public DNS (RFC 6761, RFC 6762)
		return rcodeText(dns.RcodeNameError)
	}
	for _, r := range []reply{f.a, f.aaaa} {
		if r.answered && r.rcode == dns.RcodeNameError {
			return rcodeText(r.rcode)
		}
	}
	switch {
	case !f.a.answered || !f.aaaa.answered:
		return ""
	case f.a.rcode != dns.RcodeSuccess:
		return rcodeText(f.a.rcode)
	}
	return rcodeText(f.aaaa.rcode)
}

func rcodeText(rcode int) string {
	if s := dns.RcodeToString[rcode]; s != "" {
		return s
	}
	return fmt.Sprintf("RCODE%d", rcode)
}

// errText is what stands in DNS.Errs: nothing when the name merely does not exist, which Rcode says.
func errText(err error) string {
	var d *net.DNSError
	switch {
	case err == nil || errors.As(err, &d) && d.IsNotFound:
		return ""
	case d != nil:
		return d.Err
	}
	return err.Error()
}

// list gives each record's text once, sorted.
func list(records []dns.RR, text func(dns.RR) string) []string {
	var out []string
	for _, rr := range records {
		if s := text(rr); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func addressText(rr dns.RR) string {
	var ip net.IP
	switch rr := rr.(type) {
	case *dns.A:
		ip = rr.A
	case *dns.AAAA:
		ip = rr.AAAA
	}
	if a, ok := netip.AddrFromSlice(ip); ok {
		return a.Unmap().String()
	}
	return ""
}

// exchanges are the mail hosts by preference; a null MX (RFC 7505) names none.
func exchanges(records []dns.RR) []string {
	byPreference := slices.Clone(records)
	slices.SortFunc(byPreference, func(a, b dns.RR) int {
		x, y := a.(*dns.MX), b.(*dns.MX)
		return cmp.Or(cmp.Compare(x.Preference, y.Preference), cmp.Compare(nameOf(x.Mx), nameOf(y.Mx)))
	})
	var out []string
	for _, rr := range byPreference {
		if name := nameOf(rr.(*dns.MX).Mx); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func nameOf(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

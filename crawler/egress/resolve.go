package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"scamatlas/crawler"
)

// Answer is what the resolver said about one name and type.
type Answer struct {
	Rcode   int      // of the last question asked
	CNAME   []string // the chain, in order, names as in crawler.DNS; at most crawler.MaxCNAMEs
	Records []dns.RR // of the type asked for, at the end of the chain; at most crawler.MaxRecords
}

// LookupNetIP gives the addresses of host, IPv4 before IPv6, each once; a literal is its own answer. Once one family has answered
// the other is waited for only shortly. Names of this machine and the local network are a *crawler.Refusal; else the error
// is a *net.DNSError.
func (g *Guard) LookupNetIP(ctx context.Context, host string) ([]netip.Addr, error) {
	name, a, why := readHost(host)
	if why != "" {
		return nil, &crawler.Refusal{Target: clip(host, crawler.MaxURL), Why: why}
	}
	if a.IsValid() {
		return []netip.Addr{a}, nil
	}
	got := visitOf(ctx).ask(question{g.Resolver(), name, dns.TypeNone}, func() told {
		addrs, err := g.lookup(ctx, name)
		return told{addresses: addrs, err: err}
	})
	return slices.Clone(got.addresses), got.err
}

// lookup asks for both families at once:
//
//	ask A ────┐
//	          ├──> answers ──> addresses
//	ask AAAA ─┘
func (g *Guard) lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	type answer struct {
		family int
		addrs  []netip.Addr
		err    error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan answer)
	for family, qtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
		go func() {
			ans, err := g.Resolve(ctx, name, qtype)
			answers <- answer{family, addresses(ans), err}
		}()
	}
	var found [2][]netip.Addr
	var errs [2]error
	patience := time.AfterFunc(crawler.ProbeTimeout, cancel)
	defer patience.Stop()
	for range 2 {
		got := <-answers
		found[got.family], errs[got.family] = got.addrs, got.err
		if len(got.addrs) > 0 {
			patience.Reset(secondWait)
		}
	}
	all := slices.Concat(found[0], found[1])
	if len(all) > 0 {
		return all, nil
	}
	if err := worse(errs[0], errs[1]); err != nil {
		return nil, err
	}
	return nil, &net.DNSError{Err: "no address", Name: name, Server: g.Resolver(), IsNotFound: true}
}

// worse is the more telling of two failures: "not known" must not be read as "does not exist".
func worse(a, b error) error {
	var d *net.DNSError
	if a == nil || errors.As(a, &d) && d.IsNotFound && b != nil {
		return b
	}
	return a
}

func addresses(ans *Answer) []netip.Addr {
	if ans == nil {
		return nil
	}
	var list []netip.Addr
	for _, rr := range ans.Records {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A
		case *dns.AAAA:
			ip = rr.AAAA
		}
		if a, ok := netip.AddrFromSlice(ip); ok && !slices.Contains(list, a.Unmap()) {
			list = append(list, a.Unmap())
		}
	}
	return list
}

// Resolve asks for one type of record and follows aliases, asking again where the resolver left off. NXDOMAIN is a *net.DNSError
// with IsNotFound beside the Answer; a name that exists without such records is an Answer without Records; other response
// codes, a broken chain and no answer are a *net.DNSError; names of this machine and the local network are a *crawler.Refusal. The Answer
// may be others' as well (see OneVisit): it is for reading.
func (g *Guard) Resolve(ctx context.Context, name string, qtype uint16) (*Answer, error) {
	if why := badName(strings.ToLower(strings.TrimSuffix(name, "."))); why != "" {
		return nil, &crawler.Refusal{Target: clip(name, crawler.MaxURL), Why: why}
	}
	got := visitOf(ctx).ask(question{g.Resolver(), dns.CanonicalName(name), qtype}, func() told {
		ans, err := g.resolve(ctx, name, qtype)
		return told{answer: ans, err: err}
	})
	return got.answer, got.err
}

func (g *Guard) resolve(ctx context.Context, name string, qtype uint16) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, crawler.QuestionTimeout)
	defer cancel()
	ans := &Answer{}
	next := dns.CanonicalName(name)
	for range crawler.MaxCNAMEs + 1 {
		q := new(dns.Msg).SetQuestion(next, qtype)
		msg, err := g.Exchange(ctx, q)
		if err != nil {
			return nil, err
		}
		ans.Rcode = msg.Rcode
		chain, records := follow(msg.Answer, next, qtype)
		for _, c := range chain {
			ans.CNAME = append(ans.CNAME, strings.TrimSuffix(c, "."))
		}
		if len(ans.CNAME) > crawler.MaxCNAMEs {
			break
		}
		ans.Records = records
		if msg.Rcode != dns.RcodeSuccess {
			return ans, g.rcodeError(name, msg.Rcode)
		}
		if len(records) > 0 || len(chain) == 0 || endsHere(msg) {
			return ans, nil
		}
		next = chain[len(chain)-1]
	}
	ans.CNAME = ans.CNAME[:min(len(ans.CNAME), crawler.MaxCNAMEs)]
	ans.Records = nil
	return ans, &net.DNSError{Err: fmt.Sprintf("more than %d aliases", crawler.MaxCNAMEs), Name: name, Server: g.Resolver()}
}

// follow walks the aliases from name within one answer; records that belong to no name of the chain are not looked at.
func follow(answer []dns.RR, name string, qtype uint16) (chain []string, records []dns.RR) {
	alias := map[string]string{}
	for _, rr := range answer {
		if c, ok := rr.(*dns.CNAME); ok {
			alias[dns.CanonicalName(c.Hdr.Name)] = dns.CanonicalName(c.Target)
		}
	}
	for len(chain) <= crawler.MaxCNAMEs {
		to, ok := alias[name]
		if !ok {
			break
		}
		chain, name = append(chain, to), to
	}
	for _, rr := range answer {
		h := rr.Header()
		ours := h.Rrtype == qtype && h.Class == dns.ClassINET && h.Rdlength > 0
		if ours && len(records) < crawler.MaxRecords && dns.CanonicalName(h.Name) == name {
			records = append(records, rr)
		}
	}
	return chain, records
}

// endsHere reports whether the resolver followed the chain to a name without records of the type (RFC 2308).
func endsHere(msg *dns.Msg) bool {
	return slices.ContainsFunc(msg.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeSOA })
}

func (g *Guard) rcodeError(name string, rcode int) error {
	text := dns.RcodeToString[rcode]
	if text == "" {
		text = fmt.Sprintf("RCODE%d", rcode)
	}
	return &net.DNSError{Err: text, Name: name, Server: g.Resolver(),
		IsNotFound: rcode == dns.RcodeNameError, IsTemporary: rcode == dns.RcodeServerFailure}
}

// Exchange puts one question to the resolver, again and to the next one when there is no answer or a failure, over TCP when an
// answer was cut, at most maxTries times within crawler.QuestionTimeout. Any answer is returned, whatever its response code; the
// error is a *net.DNSError.
func (g *Guard) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	if q == nil || len(q.Question) != 1 {
		return nil, &net.DNSError{Err: "not one question", Server: g.Resolver()}
	}
	ctx, cancel := context.WithTimeout(ctx, crawler.QuestionTimeout)
	defer cancel()
	q = q.Copy()
	if q.IsEdns0() == nil {
		q.SetEdns0(udpSize, false)
	}
	var last *dns.Msg
	var lastErr error
	for try := 0; try < maxTries && ctx.Err() == nil; try++ {
		msg, err := g.ask(ctx, g.servers[try%len(g.servers)], q)
		if err != nil {
			lastErr = err
			continue
		}
		switch msg.Rcode {
		case dns.RcodeServerFailure, dns.RcodeRefused:
		case dns.RcodeFormatError, dns.RcodeNotImplemented: // a server from before EDNS
			q.Extra = slices.DeleteFunc(q.Extra, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeOPT })
		default:
			return msg, nil
		}
		last = msg
	}
	if last != nil {
		return last, nil
	}
	return nil, g.noAnswer(ctx, q.Question[0].Name, lastErr)
}

func (g *Guard) noAnswer(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	fault := &net.DNSError{UnwrapErr: err, Err: "no answer", Name: strings.TrimSuffix(name, "."), Server: g.Resolver(), IsTemporary: true}
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		fault.Err, fault.IsTemporary = "canceled", false
	case errors.As(err, &timeout) && timeout.Timeout():
		fault.Err, fault.IsTimeout = "no answer in time", true
	case err != nil:
		fault.Err = "no answer: " + err.Error()
	}
	return fault
}

// ask puts the question once over UDP, and over TCP when the answer is cut; the cut answer is better than none.
func (g *Guard) ask(ctx context.Context, server string, q *dns.Msg) (*dns.Msg, error) {
	msg, err := g.askOver(ctx, "udp", server, q)
	if err != nil || !msg.Truncated {
		return msg, err
	}
	if whole, err := g.askOver(ctx, "tcp", server, q); err == nil {
		return whole, nil
	}
	return msg, nil
}

func (g *Guard) askOver(ctx context.Context, network, server string, q *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, g.try)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, server)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })() // the library looks at deadlines, not at cancellation
	q = q.Copy()
	q.Id = dns.Id()
	c := dns.Client{Net: network, Timeout: g.try}
	msg, _, err := c.ExchangeWithConnContext(ctx, q, &dns.Conn{Conn: conn})
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case !msg.Response || len(msg.Question) != 1 || !sameQuestion(msg.Question[0], q.Question[0]):
		return nil, errors.New("an answer to another question")
	}
	return msg, nil
}

func sameQuestion(a, b dns.Question) bool {
	return a.Qtype == b.Qtype && a.Qclass == b.Qclass && strings.EqualFold(a.Name, b.Name)
}

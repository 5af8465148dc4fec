package testbed

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"

	"scamatlas/crawler"

	"github.com/miekg/dns"
)

// zones answers for the sites' names, their name servers and mail hosts. Every other name does not exist.
type zones struct {
	names map[string]*name
	apex  map[string]bool // registrable domains that have a zone
}

// name is what one name has. asked counts address questions.
type name struct {
	a       []netip.Addr
	cname   string
	ns, mx  []string
	txt     []string
	resolve func(n int64) []netip.Addr
	silent  bool
	asked   atomic.Int64
}

const ttl = 300

func newZones(sites []Site) *zones {
	z := &zones{names: map[string]*name{}, apex: map[string]bool{}}
	for i := range sites {
		s := &sites[i]
		if s.Address == "" && s.resolve == nil && !s.silent {
			continue
		}
		addrs := []netip.Addr{}
		if s.Address != "" {
			addrs = append(addrs, Simulated(s.Address))
		}
		for _, n := range s.Names() {
			host := z.at(n)
			host.resolve, host.silent = s.resolve, s.silent
			if s.CNAME != "" && n == s.Host {
				host.cname = s.CNAME
				z.at(s.CNAME).a = addrs
				continue
			}
			host.a = addrs
		}
		top := z.at(crawler.RegistrableDomain(s.Host))
		top.ns, top.mx, top.txt = s.NS, s.MX, s.TXT
		for _, h := range append(append([]string(nil), s.NS...), s.MX...) {
			if server := z.at(h); len(server.a) == 0 {
				server.a = []netip.Addr{Simulated("server " + h)}
			}
		}
	}
	return z
}

func (z *zones) at(host string) *name {
	z.apex[crawler.RegistrableDomain(host)] = true
	if z.names[host] == nil {
		z.names[host] = &name{}
	}
	return z.names[host]
}

// startDNS listens on one port for UDP and TCP.
func (s *Server) startDNS(at string) (string, error) {
	if at == "" {
		at = "127.0.0.1:0"
	}
	udp, tcp, err := listenBoth(at)
	if err != nil {
		return "", err
	}
	for _, srv := range []*dns.Server{{PacketConn: udp, UDPSize: maxDNSPacket}, {Listener: tcp}} {
		srv.Handler = dns.HandlerFunc(s.zones.answer)
		started := make(chan struct{})
		srv.NotifyStartedFunc = func() { close(started) }
		s.wait.Go(func() {
			if err := srv.ActivateAndServe(); err != nil {
				s.log.Error("DNS ended", "err", err)
			}
		})
		<-started
		s.closers = append(s.closers, srv.Shutdown)
	}
	return udp.LocalAddr().String(), nil
}

func listenBoth(at string) (net.PacketConn, net.Listener, error) {
	for try := 0; ; try++ {
		udp, err := net.ListenPacket("udp", at)
		if err != nil {
			return nil, nil, err
		}
		tcp, err := net.Listen("tcp", udp.LocalAddr().String())
		if err == nil {
			return udp, tcp, nil
		}
		err = errors.Join(err, udp.Close())
		if !strings.HasSuffix(at, ":0") || try == bindTries {
			return nil, nil, err
		}
	}
}

func (z *zones) answer(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(q)
	m.Authoritative, m.RecursionAvailable = true, true
	if len(q.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		w.WriteMsg(m)
		return
	}
	host := strings.ToLower(strings.TrimSuffix(q.Question[0].Name, "."))
	n, ok := z.names[host]
	if ok && n.silent {
		return
	}
	if ok {
		m.Answer = z.records(q.Question[0].Name, n, q.Question[0].Qtype)
	}
	if len(m.Answer) == 0 {
		apex := crawler.RegistrableDomain(host)
		if !ok {
			m.Rcode = dns.RcodeNameError
		}
		if z.apex[apex] {
			m.Ns = append(m.Ns, soa(apex))
		}
	}
	if _, udp := w.LocalAddr().(*net.UDPAddr); udp {
		size := dns.MinMsgSize
		if o := q.IsEdns0(); o != nil {
			size = min(int(o.UDPSize()), maxDNSPacket)
		}
		m.Truncate(size)
	}
	w.WriteMsg(m)
}

func (z *zones) records(owner string, n *name, qtype uint16) []dns.RR {
	head := func(t uint16) dns.RR_Header {
		return dns.RR_Header{Name: owner, Rrtype: t, Class: dns.ClassINET, Ttl: ttl}
	}
	if n.cname != "" {
		rrs := []dns.RR{&dns.CNAME{Hdr: head(dns.TypeCNAME), Target: dns.Fqdn(n.cname)}}
		if target := z.names[n.cname]; target != nil && qtype != dns.TypeCNAME {
			rrs = append(rrs, z.records(dns.Fqdn(n.cname), target, qtype)...)
		}
		return rrs
	}
	var rrs []dns.RR
	switch qtype {
	case dns.TypeA, dns.TypeAAAA:
		return n.addresses(head(qtype))
	case dns.TypeNS:
		for _, h := range n.ns {
			rrs = append(rrs, &dns.NS{Hdr: head(qtype), Ns: dns.Fqdn(h)})
		}
	case dns.TypeMX:
		for i, h := range n.mx {
			rrs = append(rrs, &dns.MX{Hdr: head(qtype), Preference: uint16(10 * (i + 1)), Mx: dns.Fqdn(h)})
		}
	case dns.TypeTXT:
		for _, t := range n.txt {
			rrs = append(rrs, &dns.TXT{Hdr: head(qtype), Txt: []string{t}})
		}
	case dns.TypeSOA:
		if host := strings.TrimSuffix(strings.ToLower(owner), "."); z.apex[host] {
			rrs = append(rrs, soa(host))
		}
	}
	return rrs
}

func (n *name) addresses(head dns.RR_Header) (rrs []dns.RR) {
	addrs := n.a
	if n.resolve != nil {
		head.Ttl = 0
		asked := int64(0)
		if head.Rrtype == dns.TypeA {
			asked = n.asked.Add(1) - 1
		}
		addrs = n.resolve(asked)
	}
	for _, a := range addrs {
		switch {
		case a.Is4() && head.Rrtype == dns.TypeA:
			rrs = append(rrs, &dns.A{Hdr: head, A: a.AsSlice()})
		case a.Is6() && head.Rrtype == dns.TypeAAAA:
			rrs = append(rrs, &dns.AAAA{Hdr: head, AAAA: a.AsSlice()})
		}
	}
	return rrs
}

func soa(apex string) *dns.SOA {
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: dns.Fqdn(apex), Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: ttl},
		Ns:  "ns1." + dns.Fqdn(apex), Mbox: fmt.Sprintf("hostmaster.%s", dns.Fqdn(apex)),
		Serial: 2026110100, Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: ttl,
	}
}

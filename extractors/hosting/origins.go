package hosting

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// origins gathers what may be the server behind a CDN: addresses and names that lie outside of it, each with how it showed, the
// surest ways first. They are hints: a mail host may stand elsewhere, a backend may be somebody else's.
func (e *Extractor) origins(in *extractors.Input, indicators []extractors.Indicator, front *provider) []string {
	c := in.Capture
	g := gathered{e: e, host: strings.ToLower(c.Host), domain: crawler.RegistrableDomain(strings.ToLower(c.Host)), seen: map[string]bool{}}
	if len(front.ranges) > 0 && front.complete {
		for _, a := range slices.Concat(c.Network.DNS.A, c.Network.DNS.AAAA) {
			g.address(a, "beside the CDN's addresses")
		}
	}
	if c.Network.TLS != nil {
		g.certificate(c.Network.TLS.SANs)
	}
	for i := range c.Pages[:min(len(c.Pages), maxTechPages)] {
		g.headers(c.Pages[i].Header)
		for _, hop := range c.Pages[i].Hops {
			g.link(hop.URL, "from a redirect")
		}
	}
	for _, i := range indicators {
		if i.Kind == extractors.KindBackend && i.Confidence != extractors.Low && !strings.Contains(i.Value, "/") {
			g.backend(i.Value)
		}
	}
	for _, d := range in.Docs {
		for _, p := range d.Pieces {
			if p.Where == extractors.InAttr && (p.Attr == "href" || p.Attr == "src" || p.Attr == "action") {
				g.link(p.Text, "from its pages")
			}
		}
	}
	for _, text := range c.Network.DNS.TXT {
		g.spf(text)
	}
	for _, mx := range c.Network.DNS.MX {
		g.under(mx, "from its mail host")
	}
	return g.out
}

// gathered is what was found so far.
type gathered struct {
	e      *Extractor
	host   string
	domain string
	seen   map[string]bool
	out    []string
}

func (g *gathered) add(value, how string) {
	if g.seen[value] || len(g.out) >= maxOrigins {
		return
	}
	g.seen[value] = true
	g.out = append(g.out, value+" "+how)
}

// address takes a public address that no provider known serves from.
func (g *gathered) address(text, how string) bool {
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.IsGlobalUnicast() && !a.IsPrivate() && !g.providers(a) {
		g.add(a.String(), how)
	}
	return true
}

func (g *gathered) providers(a netip.Addr) bool {
	return slices.ContainsFunc(g.e.providers, func(p provider) bool { return p.serves([]netip.Addr{a}) })
}

// name takes a host that is neither the site itself nor a provider's.
func (g *gathered) name(host, how string) {
	host = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(host), "."))
	if len(host) > 253 || !strings.Contains(host, ".") || strings.ContainsFunc(host, notName) || strings.TrimPrefix(host, "www.") == strings.TrimPrefix(g.host, "www.") {
		return
	}
	if !slices.ContainsFunc(g.e.providers, func(p provider) bool { return anySuffix([]string{host}, p.cnames) }) {
		g.add(host, how)
	}
}

// under takes a host of the site's own domain; others' mail hosts and certificates' other names lead elsewhere.
func (g *gathered) under(host, how string) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if strings.HasSuffix(host, "."+g.domain) {
		g.name(host, how)
	}
}

// direct are first labels of names that are usually left outside of a CDN.
var direct = []string{"origin", "direct", "cpanel", "webmail", "mail", "ftp", "whm", "webdisk", "server", "host", "vps", "ns1", "smtp", "imap", "pop", "autodiscover", "panel", "cpcontacts", "cpcalendars", "backend", "node"}

func (g *gathered) certificate(names []string) {
	for _, n := range names {
		label, _, _ := strings.Cut(n, ".")
		if !g.address(n, "from its certificate") && slices.Contains(direct, strings.ToLower(label)) {
			g.under(n, "from its certificate")
		}
	}
}

// telling are headers in which servers behind a CDN name themselves.
var telling = []string{"x-backend", "x-backend-server", "x-origin", "x-origin-server", "x-origin-ip", "x-server", "x-server-name", "x-server-ip", "x-real-server", "x-upstream", "x-host", "x-served-from"}

func (g *gathered) headers(header []crawler.HeaderField) {
	for _, h := range header[:min(len(header), maxOrder)] {
		if !slices.Contains(telling, strings.ToLower(h.Name)) || len(h.Value) > maxAddress {
			continue
		}
		value, _, _ := strings.Cut(strings.TrimSpace(h.Value), ":")
		if how := "from its header " + clean(h.Name); !g.address(value, how) {
			g.name(value, how)
		}
	}
}

// link takes addresses whose host is a number.
func (g *gathered) link(address, how string) {
	if !strings.Contains(address, "//") || len(address) > maxAddress {
		return
	}
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil {
		g.address(u.Hostname(), how)
	}
}

// backend takes "host" or "host:port".
func (g *gathered) backend(value string) {
	host, _, _ := strings.Cut(value, ":")
	if a, err := netip.ParseAddr(value); err == nil {
		host = a.String()
	} else if ap, err := netip.ParseAddrPort(value); err == nil {
		host = ap.Addr().String()
	}
	if !g.address(host, "from its scripts") {
		g.name(host, "from its scripts")
	}
}

// spf reads who may send mail for the domain (RFC 7208, 5): addresses, small ranges and hosts of its own.
func (g *gathered) spf(text string) {
	if !strings.HasPrefix(strings.ToLower(text), "v=spf1") {
		return
	}
	terms := strings.Fields(text)
	for _, t := range terms[:min(len(terms), maxSPF)] {
		kind, value, _ := strings.Cut(strings.ToLower(strings.TrimLeft(t, "+?~")), ":")
		switch kind {
		case "ip4", "ip6":
			g.senders(value)
		case "a", "mx":
			value, _, _ = strings.Cut(value, "/")
			g.under(value, "from its SPF record")
		}
	}
}

func (g *gathered) senders(text string) {
	if g.address(text, "from its SPF record") {
		return
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4() && p.Bits() < minOrigin4 || p.Addr().Is6() && p.Bits() < minOrigin6 {
		return
	}
	if p.IsSingleIP() {
		g.address(p.Addr().String(), "from its SPF record")
		return
	}
	if a := p.Addr(); a.IsGlobalUnicast() && !a.IsPrivate() && !g.providers(a) {
		g.add(p.Masked().String(), "from its SPF record")
	}
}

func notName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
}

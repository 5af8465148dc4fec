package hosting

import (
	_ "embed"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

//go:embed providers.tsv
var providersTSV string

// provider is a CDN, reverse proxy or shared platform.
type provider struct {
	name     string
	complete bool // ranges holds all of its addresses
	platform bool // it serves its customers' sites itself
	ranges   []netip.Prefix
	cnames   []string // suffixes
	ns       []string // suffixes
	headers  []string // names, lower case
	servers  []string // prefixes of the Server header, lower case
}

// readProviders reads the table that providers.tsv describes. Lines it cannot use are left out and named in the error.
func readProviders(table string) ([]provider, error) {
	var out []provider
	at := map[string]int{}
	var bad []string
	for n, line := range strings.Split(table, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[0] == "" || f[2] == "" {
			bad = append(bad, fmt.Sprintf("line %d: not three columns", n+1))
			continue
		}
		if _, ok := at[f[0]]; !ok {
			at[f[0]] = len(out)
			out = append(out, provider{name: f[0]})
		}
		if err := out[at[f[0]]].add(f[1], f[2]); err != nil {
			bad = append(bad, fmt.Sprintf("line %d: %v", n+1, err))
		}
	}
	if len(bad) > 0 {
		return out, fmt.Errorf("read providers: %s", strings.Join(bad, "; "))
	}
	return out, nil
}

func (p *provider) add(kind, value string) error {
	switch kind {
	case "range":
		r, err := netip.ParsePrefix(value)
		if err != nil || r != r.Masked() {
			return fmt.Errorf("%q is not an address range", value)
		}
		p.ranges = append(p.ranges, r)
	case "complete":
		p.complete = true
	case "platform":
		p.platform = true
	case "cname":
		p.cnames = append(p.cnames, value)
	case "ns":
		p.ns = append(p.ns, value)
	case "header":
		p.headers = append(p.headers, value)
	case "server":
		p.servers = append(p.servers, value)
	default:
		return fmt.Errorf("unknown kind %q", kind)
	}
	return nil
}

// behind gives the provider in front of the site, nil when none is known. Addresses speak first, then the CNAME chain, then name
// servers, then headers, which a site can forge: they do not count for a provider whose ranges are all known and do not hold
// the site.
func (e *Extractor) behind(host string, h *extractors.Hosting, header []crawler.HeaderField) *provider {
	var addresses []netip.Addr
	for _, a := range h.Addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			addresses = append(addresses, ip.Unmap())
		}
	}
	names := append([]string{host}, h.CNAMEs...) // shop.pages.dev needs no CNAME
	for _, signs := range []func(*provider) bool{
		func(p *provider) bool { return p.serves(addresses) },
		func(p *provider) bool { return anySuffix(names, p.cnames) },
		func(p *provider) bool { return !p.elsewhere(addresses) && anySuffix(h.NS, p.ns) },
		func(p *provider) bool { return !p.elsewhere(addresses) && p.marks(h.Server, header) },
	} {
		for n := range e.providers {
			if signs(&e.providers[n]) {
				return &e.providers[n]
			}
		}
	}
	return nil
}

// Fronted reports that addresses, aliases or name servers name a provider in front of the site: fingerprints of what answers there
// are the provider's.
func (e *Extractor) Fronted(host string, d *crawler.DNS) bool {
	h := &extractors.Hosting{Addresses: slices.Concat(d.A, d.AAAA), CNAMEs: d.CNAME, NS: d.NS}
	return e.behind(host, h, nil) != nil
}

func (p *provider) serves(addresses []netip.Addr) bool {
	for _, a := range addresses {
		for _, r := range p.ranges {
			if r.Contains(a) {
				return true
			}
		}
	}
	return false
}

// elsewhere reports that the site is known not to be served by p. It is asked after serves was false.
func (p *provider) elsewhere(addresses []netip.Addr) bool { return p.complete && len(addresses) > 0 }

func (p *provider) marks(server string, header []crawler.HeaderField) bool {
	low := strings.ToLower(server)
	for _, s := range p.servers {
		if strings.HasPrefix(low, s) {
			return true
		}
	}
	for _, h := range header[:min(len(header), maxOrder)] {
		for _, name := range p.headers {
			if strings.EqualFold(h.Name, name) {
				return true
			}
		}
	}
	return false
}

// anySuffix reports whether one of names is, or ends below, one of suffixes.
func anySuffix(names, suffixes []string) bool {
	for _, n := range names {
		n = strings.ToLower(n)
		for _, s := range suffixes {
			if n == s || strings.HasSuffix(n, "."+s) {
				return true
			}
		}
	}
	return false
}

package egress

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// cloudHostAgent is the address at which Azure machines meet their host; it lies in a public range.
const cloudHostAgent = "168.63.129.16/32"

// denies says why no connection to a may be made; "" = it may.
func (g *Guard) denies(a netip.Addr) string {
	if a.Zone() != "" {
		return "address with a zone " + a.String()
	}
	a = a.Unmap()
	switch {
	case !a.IsValid():
		return "no address"
	case a.IsUnspecified(): // connects to this machine, so no prefix opens it
		return "unspecified address " + a.String()
	case within(g.allow, a):
		return ""
	case g.base.SafeAddr(a) != nil:
		return kind(a) + " address " + a.String()
	case within(g.deny, a):
		return "denied address " + a.String()
	case g.own.has(a):
		return "own address " + a.String()
	}
	return ""
}

func within(ps []netip.Prefix, a netip.Addr) bool {
	for _, p := range ps {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func kind(a netip.Addr) string {
	switch {
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate():
		return "private"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case a.IsMulticast():
		return "multicast"
	}
	return "special-purpose"
}

// readHost splits what stands for a host in an address into a name to look up or a literal address; why is set when it is
// neither or a name that must not be looked up. Literals are read as browsers read them (WHATWG URL, "host parsing"), so that
// 2130706433, 0x7f.1 and full-width digits are what they are.
func readHost(raw string) (name string, a netip.Addr, why string) {
	host := raw
	if strings.IndexFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil || !utf8.ValidString(host) {
			return "", a, "not a host name"
		}
		host = ascii
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "" {
		return "", a, "empty host"
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return "", netip.Addr{}, "address with a zone " + a.String()
		}
		return "", a.Unmap(), ""
	}
	if last := host[strings.LastIndexByte(host, '.')+1:]; numeric(last) {
		if a, ok := legacyIPv4(host); ok {
			return "", a, ""
		}
		return "", a, "not a host name"
	}
	return host, a, badName(host)
}

// badName says why a name is not looked up; "" = it may be.
func badName(host string) string {
	switch {
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		return "loopback name"
	case strings.HasSuffix(host, ".local"):
		return "name of the local network"
	case len(host) > 253:
		return "not a host name"
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.ContainsFunc(l, notHost) {
			return "not a host name"
		}
	}
	if len(labels) < 2 {
		return "name without a dot"
	}
	return ""
}

func notHost(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}

// numeric reports whether a browser takes a host that ends in this label for an IPv4 address.
func numeric(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

// legacyIPv4 reads one to four numbers, each decimal, octal (leading 0) or hexadecimal (0x); the last fills what is left.
func legacyIPv4(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, p := range parts {
		base := 10
		if hex, ok := strings.CutPrefix(p, "0x"); ok {
			p, base = "0"+hex, 16
		} else if len(p) > 1 && p[0] == '0' {
			base = 8
		}
		n, err := strconv.ParseUint(p, base, 64)
		limit := uint64(math.MaxUint8)
		if i == len(parts)-1 {
			limit = 1<<(8*(5-len(parts))) - 1
		}
		if err != nil || n > limit {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			n <<= 8 * (3 - i)
		}
		sum += n
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// ownAddrs holds the addresses of this machine's interfaces and looks again now and then, since they change under a server.
type ownAddrs struct {
	mu   sync.Mutex
	at   time.Time
	seen map[netip.Addr]bool
}

func (o *ownAddrs) has(a netip.Addr) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.at) > ownEvery {
		o.at = time.Now()
		if seen, err := interfaceAddrs(); err == nil { // else the last look still holds
			o.seen = seen
		}
	}
	return o.seen[a]
}

func (o *ownAddrs) read() error {
	seen, err := interfaceAddrs()
	if err != nil {
		return fmt.Errorf("reading the addresses of our own interfaces: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at, o.seen = time.Now(), seen
	return nil
}

func interfaceAddrs() (map[netip.Addr]bool, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	seen := make(map[netip.Addr]bool, len(all))
	for _, n := range all[:min(len(all), maxOwn)] {
		if ip, ok := n.(*net.IPNet); ok {
			if a, ok := netip.AddrFromSlice(ip.IP); ok {
				seen[a.Unmap().WithZone("")] = true
			}
		}
	}
	return seen, nil
}

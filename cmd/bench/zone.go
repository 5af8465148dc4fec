package main

import (
	"fmt"
	"net/netip"
	"strings"
)

const (
	zoneHosts     = 100 // names of each made-up zone; all zones have the same
	manyAddresses = 100 // of one host: an answer too long for UDP
	longText      = 10  // strings of a TXT record: likewise
)

// madeHost is what one label has in every zone.
type madeHost struct {
	label     string
	alias     string // label that it is an alias of
	a, aaaa   []netip.Addr
	mail, txt bool
	missing   bool // there is no such name
}

// madeHosts are names as crawlers meet them: most with addresses of one family or both, aliases, some with mail and no address, some that
// do not exist, and answers that UDP does not carry.
func madeHosts() []madeHost {
	four := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, byte(n)}) } // RFC 5737: nobody connects to it
	hosts := make([]madeHost, zoneHosts)
	for n := range hosts {
		h := madeHost{label: fmt.Sprintf("h%d", n)}
		switch {
		case n == 0:
			for i := range manyAddresses {
				h.a = append(h.a, four(i))
			}
		case n%10 < 4:
			h.a = []netip.Addr{four(n), four(n + zoneHosts)}
		case n%10 < 6:
			h.a, h.aaaa = []netip.Addr{four(n)}, []netip.Addr{netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(n)})} // RFC 3849
			h.mail = true
		case n%10 == 6:
			h.a, h.txt = []netip.Addr{four(n)}, true
		case n%10 == 7:
			h.alias, h.a = hosts[n-6].label, hosts[n-6].a
		case n%10 == 8:
			h.mail = true
		default:
			h.missing = true
		}
		hosts[n] = h
	}
	return hosts
}

// zoneFile gives the zone in master-file form (RFC 1035, 5), without its name: one file serves all zones.
func zoneFile(hosts []madeHost) string {
	var b strings.Builder
	b.WriteString("$TTL 300\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nns1 A 203.0.113.1\nns2 A 203.0.113.2\nmail A 203.0.113.3\n")
	for _, h := range hosts {
		switch {
		case h.missing:
			continue
		case h.alias != "":
			fmt.Fprintf(&b, "%s CNAME %s\n", h.label, h.alias)
			continue
		}
		for _, a := range h.a {
			fmt.Fprintf(&b, "%s A %s\n", h.label, a)
		}
		for _, a := range h.aaaa {
			fmt.Fprintf(&b, "%s AAAA %s\n", h.label, a)
		}
		if h.mail {
			fmt.Fprintf(&b, "%s MX 10 mail\n", h.label)
		}
		if h.txt {
			fmt.Fprintf(&b, "%s TXT%s\n", h.label, strings.Repeat(` "`+strings.Repeat("x", 200)+`"`, longText))
		}
	}
	return b.String()
}

// zoneName is the n-th zone's.
func zoneName(n int) string { return fmt.Sprintf("d%d.example", n) }

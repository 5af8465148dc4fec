package testbed

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"scamatlas/crawler"
)

// egressCases send the visitor into a private network: by redirect, by DNS, by port.
func (st *stage) egressCases() []hostileCase {
	at := func(format string) string { return fmt.Sprintf(format, st.canary) }
	blocked := Truth{Outcomes: ends(crawler.Blocked), Refused: true}
	var cases []hostileCase
	for _, r := range []struct{ name, to string }{
		{"ssrf-loopback", at("http://127.0.0.1:%d/")},
		{"ssrf-loopback-port-80", "http://127.0.0.1/"},
		{"ssrf-loopback-tls", "https://127.0.0.1/"},
		{"ssrf-localhost", "http://localhost/"},
		{"ssrf-metadata", "http://169.254.169.254/latest/meta-data/"},
		{"ssrf-zero", "http://0.0.0.0/"},
		{"ssrf-zero-port", at("http://0.0.0.0:%d/")},
		{"ssrf-decimal", at("http://2130706433:%d/")},
		{"ssrf-decimal-port-80", "http://2130706433/"},
		{"ssrf-hex", at("http://0x7f.1:%d/")},
		{"ssrf-octal", "http://0177.0.0.1/"},
		{"ssrf-mapped", at("http://[::ffff:127.0.0.1]:%d/")},
		{"ssrf-mapped-port-80", "http://[::ffff:7f00:1]/"},
		{"ssrf-v6", at("http://[::1]:%d/")},
		{"ssrf-v6-port-80", "http://[::1]/"},
		{"ssrf-userinfo", "http://zoo.example@127.0.0.1/"},
		{"ssrf-scheme", "file:///etc/passwd"},
		{"ssrf-gopher", at("gopher://127.0.0.1:%d/_INFO")},
		{"ssrf-by-name", "http://hostile-dns-loopback.example/"},
	} {
		cases = append(cases, hostileCase{name: r.name, truth: blocked, serve: redirect(r.to)})
	}
	cases = append(cases, hostileCase{name: "ssrf-backslash", serve: redirect(`http://127.0.0.1\@hostile-control-1.example/`),
		truth: Truth{Outcomes: ends(crawler.Blocked, crawler.HTTPError)}}) // where parsers disagree which part is the host
	loop := netip.MustParseAddr("127.0.0.1")
	fixed := func(a ...string) func(netip.Addr, int64) []netip.Addr {
		return func(netip.Addr, int64) (out []netip.Addr) {
			for _, s := range a {
				out = append(out, netip.MustParseAddr(s))
			}
			return out
		}
	}
	ok := sendHTML(page("Reached", "<p>an ordinary page</p>"))
	either := Truth{Outcomes: ends(crawler.OK, crawler.Blocked)}
	return append(cases,
		hostileCase{name: "dns-loopback", truth: blocked, serve: ok, addrs: fixed("127.0.0.1", "::1")},
		hostileCase{name: "dns-metadata", truth: blocked, serve: ok, addrs: fixed("169.254.169.254")},
		hostileCase{name: "dns-zero", truth: blocked, serve: ok, addrs: fixed("0.0.0.0")},
		hostileCase{name: "dns-rebind", truth: either, serve: ok, addrs: func(own netip.Addr, n int64) []netip.Addr {
			if n%2 == 1 {
				return []netip.Addr{loop}
			}
			return []netip.Addr{own}
		}},
		hostileCase{name: "dns-mixed", truth: either, serve: ok, addrs: func(own netip.Addr, _ int64) []netip.Addr {
			return []netip.Addr{loop, own}
		}},
		hostileCase{name: "dns-silent", truth: Truth{Outcomes: ends(crawler.DNSTimeout)}, serve: ok, silent: true},
		hostileCase{name: "dns-flood", truth: Truth{Outcomes: ends(crawler.Unreachable)}, serve: ok, addrs: closedAddresses},
		hostileCase{name: "port-smuggle", truth: Truth{Outcomes: ends(crawler.OK), Refused: true}, serve: st.smuggle, smuggl: true},
	)
}

func redirect(to string) http.HandlerFunc {
	return onlyRoot(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to) // not http.Redirect: it would tidy the address
		w.WriteHeader(http.StatusFound)
	})
}

// closedAddresses gives many addresses at which nothing listens.
func closedAddresses(netip.Addr, int64) (out []netip.Addr) {
	for i := range maxFloodAnswers {
		out = append(out, Simulated(fmt.Sprintf("closed %d", i)))
	}
	return out
}

// smuggle links and redirects to other services on the site's own host.
func (st *stage) smuggle(w http.ResponseWriter, r *http.Request) {
	host := strings.Split(r.Host, ":")[0]
	if r.URL.Path == "/deposit" {
		w.Header().Set("Location", fmt.Sprintf("http://%s:%d/", host, st.canary))
		w.WriteHeader(http.StatusFound)
		return
	}
	var links strings.Builder
	for _, port := range []int{22, 25, 6379, 9300, st.canary} {
		fmt.Fprintf(&links, "<a href=\"http://%s:%d/plans\">service %d</a>\n", host, port, port)
	}
	onlyRoot(sendHTML(page("Services", links.String()+`<a href="/deposit">deposit</a>`)))(w, r)
}

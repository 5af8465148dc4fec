package testbed

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"

	"scamatlas/crawler"
)

// hostileCase is one way in which a site attacks or wears out its visitor. Every case is the example of a kind.
type hostileCase struct {
	name  string
	truth Truth // what a right visit ends with; names and addresses are filled in
	serve http.HandlerFunc

	addrs  func(own netip.Addr, n int64) []netip.Addr // answers to the nth address question
	silent bool
	smuggl bool
}

// stage is what the hostile handlers work with.
type stage struct {
	canary int             // port
	ctx    context.Context // of the server
}

const (
	controlEvery = 5 // an ordinary site stands before every fifth hostile one
	controlSite  = "sites/aurora-vault.txtar"
)

// hostileSites gives all hostile sites with ordinary ones (hostile-control-N.example) among them. Each has a registrable domain and an
// address of its own: a visitor that is polite to one does not wait for it at the next.
func hostileSites(ctx context.Context, canary int) ([]Site, error) {
	st := &stage{canary: canary, ctx: ctx}
	ordinary, err := readSite(embedded, controlSite)
	if err != nil {
		return nil, fmt.Errorf("the control site: %w", err)
	}
	var sites []Site
	cases := slices.Concat(st.egressCases(), st.bodyCases(), st.protocolCases(), st.trapCases(), st.parseCases(), st.browserCases())
	for i, c := range cases {
		if i%controlEvery == 0 {
			sites = append(sites, control(ordinary, i/controlEvery+1))
		}
		sites = append(sites, c.site())
	}
	return sites, nil
}

func (c *hostileCase) site() Site {
	s := Site{Truth: c.truth, Handler: c.serve, silent: c.silent, smuggles: c.smuggl}
	s.Host = hostileHost(c.name)
	s.Address, s.Cert = s.Host, s.Host
	s.NS = []string{"ns1.zonehost.example", "ns2.zonehost.example"}
	if c.addrs != nil {
		own := Simulated(s.Address)
		s.resolve = func(n int64) []netip.Addr { return c.addrs(own, n) }
	}
	return s
}

func hostileHost(name string) string { return "hostile-" + name + ".example" }

// control gives an ordinary site a host, address and certificate of its own.
func control(s Site, n int) Site {
	s.Host = fmt.Sprintf("hostile-control-%d.example", n)
	s.Address, s.Cert, s.Aliases = s.Host, s.Host, nil
	return s
}

func ends(o ...crawler.Outcome) []crawler.Outcome { return o }

// page is a small honest document.
func page(title, body string) string {
	return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title + "</title></head>\n<body><h1>" + title + "</h1>\n" + body + "\n</body></html>\n"
}

func sendHTML(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	}
}

// onlyRoot serves the root with h; everything else, robots.txt too, is not found.
func onlyRoot(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}
}

// raw answers below HTTP: write gets the connection and the server's context. The connection is closed after it, and when the server
// ends, so that a write to a peer that does not read ends too.
func (st *stage) raw(write func(ctx context.Context, conn net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		hijacker, ok := w.(http.Hijacker)
		if !ok {
			return
		}
		conn, _, err := hijacker.Hijack()
		if err != nil {
			return
		}
		stop := context.AfterFunc(st.ctx, func() { conn.Close() })
		defer stop()
		write(st.ctx, conn)
		conn.Close()
	}
}

// repeat writes chunk until limit bytes are out, the peer leaves, or ctx ends.
func repeat(ctx context.Context, w interface{ Write([]byte) (int, error) }, chunk []byte, limit int) {
	for sent := 0; sent < limit && ctx.Err() == nil; sent += len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

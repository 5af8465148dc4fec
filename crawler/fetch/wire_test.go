package fetch

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"scamatlas/crawler"
)

// site answers several requests over kept connections: plain, chunked, gzipped, redirected, missing.
func wiredSite(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/":
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<html><body><h1>Wired</h1><a href="/deposit">deposit</a><a href="/moved">plans</a><script src="/a.js"></script></body></html>`)
	case "/deposit":
		w.Header().Set("Content-Type", "text/html")
		for range 5 {
			io.WriteString(w, "<p>Deposit here, chunk by chunk.</p>")
			w.(http.Flusher).Flush()
		}
	case "/moved":
		http.Redirect(w, r, "/plans", http.StatusFound)
	case "/plans":
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, strings.Repeat("<p>Plans under gzip</p>", 300))
		z.Close()
	case "/a.js":
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, "var a=1")
	default:
		http.NotFound(w, r)
	}
}

// Every exchange is kept byte by byte: reading the kept bytes as HTTP gives the same status and the same decoded body as the visit.
func TestWireIsWhatWentOverTheConnection(t *testing.T) {
	const host = "wired.test"
	for name, serve := range map[string]func(*testing.T, http.Handler) listeners{"plain": plain, "TLS": secure} {
		f := serve(t, http.HandlerFunc(wiredSite)).fetcher(t, Options{Wire: true})
		c := visitTarget(t, f, crawler.Target{Host: host})
		bodies := map[string][]byte{}
		for i := range c.Pages {
			bodies[c.Pages[i].FinalURL] = c.Pages[i].Body
		}
		for i := range c.Assets {
			bodies[c.Assets[i].FinalURL] = c.Assets[i].Body
		}
		checked := 0
		for _, x := range c.Wire {
			req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(x.Request)))
			if err != nil || req.Host != host || req.Method != x.Method || x.Address == "" || x.At.IsZero() {
				t.Errorf("%s: request %q: %v, address %q", x.URL, x.Request, err, x.Address)
				continue
			}
			res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(x.Response)), req)
			if err != nil || res.StatusCode != x.Status {
				t.Errorf("%s: response %q: %v", x.URL, x.Response, err)
				continue
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Errorf("%s: body: %v", x.URL, err)
			}
			if res.Header.Get("Content-Encoding") == "gzip" {
				z, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(z); err != nil {
					t.Error(err)
				}
			}
			if want, ok := bodies[x.URL]; ok {
				checked++
				if !bytes.Equal(body, want) {
					t.Errorf("%s: %d bytes on the wire, %d in the capture", x.URL, len(body), len(want))
				}
			}
		}
		if checked < 4 || len(c.Wire) < 6 {
			t.Errorf("%s: %d exchanges, %d of them bodies of the capture", name, len(c.Wire), checked)
		}
	}
}

func TestNoWireUnlessAskedFor(t *testing.T) {
	if c := visit(t, plain(t, http.HandlerFunc(wiredSite)).fetcher(t, Options{}), "wired.test"); len(c.Wire) != 0 {
		t.Errorf("%d exchanges", len(c.Wire))
	}
}

// An answer that breaks off is kept as far as it came.
func TestWireOfBrokenAnswers(t *testing.T) {
	l := raw(t, func(_ string, c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n<p>cut")
	})
	c := visit(t, l.fetcher(t, Options{Wire: true}), "cut.test")
	if len(c.Wire) == 0 || !bytes.HasSuffix(c.Wire[0].Response, []byte("<p>cut")) || c.Wire[0].Truncated == "" {
		t.Errorf("%+v", c.Wire)
	}
}

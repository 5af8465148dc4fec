package all_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/fetch"
	"scamatlas/crawler/testbed/loopbacktest"
	"scamatlas/crawler/testbed/needtest"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
)

// published says of each server, asked by its own socket, what the packages that made these hashes known say of it: hhhash of the head of
// its front page as it came, mmh3 of its icon in the form that search engines for hosts use.
const published = `
import base64, json, socket, sys
import hhhash, mmh3

def get(port, path):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: nova.example\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: s.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode("latin-1"), body

for port in map(int, sys.argv[1:]):
    head, _ = get(port, "/")
    _, icon = get(port, "/favicon.ico")
    print(json.dumps({"header_order": hhhash.hash_from_banner(head), "favicon": str(mmh3.hash(base64.encodebytes(icon)))}))
`

type hashes struct {
	HeaderOrder string `json:"header_order"`
	Favicon     string `json:"favicon"`
}

// webServer is one that sends its headers as it likes.
type webServer struct {
	head []string // of the front page
	icon []byte
	port uint16
}

const webServers = 24

// startServers makes servers that differ in which headers they send, how they spell them, which they repeat and in what order, and in
// their icons.
func startServers(t *testing.T) []*webServer {
	t.Helper()
	pool := []string{"Date: Wed, 25 Nov 2026 10:00:00 GMT", "Server: nginx/1.24.0", "x-powered-by: PHP/8.1.2", "Set-Cookie: a=1; path=/", "Set-Cookie: b=2", "CACHE-CONTROL: no-store",
		"Vary: Accept-Encoding", "ETag: \"w:1\"", "X-Frame-Options:DENY", "Strict-Transport-Security:   max-age=1", "content-language: en", "Link: <https://cdn.example/a.css>; rel=preload",
		"Access-Control-Allow-Origin: *", "X_Under_Score: 1", "Via: 1.1 proxy, 1.1 other", "X-Empty:", "Age: 0"}
	rnd := rand.New(rand.NewPCG(6, 2))
	out := make([]*webServer, webServers)
	for n := range out {
		s := &webServer{icon: make([]byte, []int{1, 2, 56, 57, 58, 113, 114, 115, 1000, 4286}[n%10]+n)}
		for i := range s.icon {
			s.icon[i] = byte(rnd.Uint32())
		}
		copy(s.icon, "\x00\x00\x01\x00")
		for _, i := range rnd.Perm(len(pool))[:3+n%10] {
			s.head = append(s.head, pool[i])
		}
		s.head = append(s.head, []string{"Content-Type: text/html; charset=utf-8", "content-type: text/html"}[n%2])
		s.port = loopbacktest.TCP(t, "127.0.0.1", s.serve).Port()
		out[n] = s
	}
	return out
}

func (s *webServer) serve(c net.Conn) {
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	status, head, body := "404 Not Found", []string{"Content-Type: text/plain"}, []byte("none")
	switch req.URL.Path {
	case "/":
		status, head = "200 OK", s.head
		body = []byte(`<html><head><title>Nova</title><link rel="icon" href="/favicon.ico"></head><body><p>` + strings.Repeat("Bread is baked at night. ", 30) + `</p></body></html>`)
	case "/favicon.ico":
		status, head, body = "200 OK", []string{"Content-Type: image/x-icon"}, s.icon
	}
	fmt.Fprintf(c, "HTTP/1.1 %s\r\n%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", status, strings.Join(head, "\r\n"), len(body))
	_, _ = c.Write(body)
}

// TestEqualToPublished: what a visit makes of a server's headers and icon is what hhhash (banner mode) and mmh3 make of them.
func TestEqualToPublished(t *testing.T) {
	python := needtest.Env(t, "SCAMATLAS_TEST_PYTHON", "needs a Python with hhhash and mmh3: .ci/with-pyoracles installs them")
	servers := startServers(t)
	args := []string{"-c", published}
	for _, s := range servers {
		args = append(args, strconv.Itoa(int(s.port)))
	}
	said, err := exec.CommandContext(t.Context(), python, args...).Output()
	if err != nil {
		t.Fatalf("hhhash and mmh3: %v", err)
	}
	want := json.NewDecoder(bytes.NewReader(said))
	orders, icons := map[string]bool{}, map[string]bool{}
	for n, s := range servers {
		var w hashes
		if err := want.Decode(&w); err != nil {
			t.Fatal(err)
		}
		f := visited(t, s.port)
		if got := (hashes{f.Hosting.HeaderOrder, f.Fingerprint.FaviconMMH3}); got != w {
			t.Errorf("server %d, %q, an icon of %d bytes: %+v, published %+v", n, s.head, len(s.icon), got, w)
		}
		orders[w.HeaderOrder], icons[w.Favicon] = true, true
	}
	if want.Decode(&hashes{}) != io.EOF || len(orders) < 20 || len(icons) != webServers {
		t.Errorf("%d header orders and %d icons of %d servers", len(orders), len(icons), webServers)
	}
}

// visited gives the findings of a visit to the server at a port.
func visited(t *testing.T, port uint16) *extractors.Findings {
	t.Helper()
	guard, err := egress.New(egress.Options{
		Resolver: loopbacktest.DNS(t, loopbacktest.Zone(t, "nova.example. 60 A 127.0.0.1")),
		Allow:    []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Ports:    map[uint16]uint16{80: port, 443: port}, // no TLS there
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &crawler.Capture{Target: crawler.Target{Host: "nova.example"}, Host: "nova.example"}
	visitor := &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/146.0.0.0"}
	if err := fetch.New(fetch.Options{Guard: guard, Delay: -1}).Fetch(t.Context(), c, visitor); err != nil || c.Outcome != crawler.OK {
		t.Fatalf("%s: %s, %v", c.Outcome, c.Reason, err)
	}
	_, f := extractors.Read(c, all.Set())
	return f
}

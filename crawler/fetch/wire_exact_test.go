package fetch

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

// scriptedSite answers paths with bytes over kept connections and records what went each way.
type scriptedSite struct {
	answers map[string]string // by path, as sent; "" = the connection is reset
	mu      sync.Mutex
	asked   map[string][]byte // by path
}

// closing answers end with the connection.
const closing = "Connection: close\r\n"

func (s *scriptedSite) serve(t *testing.T, config *tls.Config) listeners {
	t.Helper()
	port := loopbacktest.TCP(t, "127.0.0.1", func(c net.Conn) { s.talk(c, config) }).Port()
	if config != nil {
		return listeners{https: port}
	}
	return listeners{http: port}
}

func (s *scriptedSite) talk(tcp net.Conn, config *tls.Config) {
	c := tcp
	if config != nil {
		c = tls.Server(tcp, config)
	}
	var in []byte
	buf := make([]byte, 4096)
	for {
		end := headEnd(in, 0)
		for ; end < 0; end = headEnd(in, 0) {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			in = append(in, buf[:n]...)
		}
		path := string(bytes.Split(in, []byte(" "))[1])
		s.mu.Lock()
		s.asked[path] = in[:end:end]
		s.mu.Unlock()
		in = in[end:]
		answer, ok := s.answers[path]
		switch {
		case !ok:
			answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"
		case answer == "":
			_ = tcp.(*net.TCPConn).SetLinger(0)
			return
		}
		if _, err := io.WriteString(c, answer); err != nil || strings.Contains(answer, closing) {
			return
		}
	}
}

// read is the request that the server has read for a path.
func (s *scriptedSite) read(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

func chunks(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strconv.FormatInt(int64(len(p)), 16) + ";ext=1\r\n" + p + "\r\n")
	}
	return b.String() + "0\r\nTrailer: yes\r\n\r\n"
}

// TestWireExact: what is kept of each request are the bytes that the server read, of each answer the bytes that it wrote, up to the
// answer's end; interim answers are left out.
func TestWireExact(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nserver: x\r\nContent-Type: text/html\r\n"
	page := "<h1>Vault</h1>" + strings.Repeat("<p>Deposit to the address below.", 300)
	packed := string(gzipped(t, page, 1))
	length := func(s string) string { return "Content-Length: " + strconv.Itoa(len(s)) + "\r\n\r\n" + s }
	var links string
	type kept struct{ sent, response, truncated string }
	want := map[string]kept{
		"/chunked":      {sent: ok + "Transfer-Encoding: chunked\r\n\r\n" + chunks("<p>one", "<p>two", page)},
		"/gzip":         {sent: ok + "Content-Encoding: gzip\r\n" + length(packed)},
		"/gzip-chunked": {sent: ok + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(packed[:20], packed[20:])},
		"/none":         {sent: "HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n"},
		"/moved":        {sent: "HTTP/1.1 302 Found\r\nLocation: /plain\r\nContent-Length: 0\r\n\r\n"},
		"/plain":        {sent: ok + length("<p>plain")},
		"/bare-lf":      {sent: "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 6\n\n<p>bar"},
		"/early-hints":  {sent: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + length("<p>late"), response: ok + length("<p>late")},
		"/until-close":  {sent: ok + closing + "\r\n" + page},
		"/old":          {sent: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + closing + "\r\n<p>not chunked"},
		"/too-little":   {sent: ok + closing + "Content-Length: 900\r\n\r\n<p>cut", truncated: cutEOF},
		"/half-chunk":   {sent: ok + closing + "Transfer-Encoding: chunked\r\n\r\n100\r\n<p>cut", truncated: cutEOF},
		"/too-much":     {sent: ok + length("<p>more") + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", response: ok + length("<p>more")},
		"/lies":         {sent: ok + "Content-Encoding: gzip\r\n" + length("<p>no gzip at all")},
		"/file":         {sent: "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n" + closing + "Content-Length: 500000\r\n\r\n" + strings.Repeat("PK", 250_000), truncated: cutSize},
		"/no-http":      {sent: "SSH-2.0-x\r\n" + closing, truncated: cutEncoding},
		"/no-answer":    {truncated: cutReset},
	}
	site := &scriptedSite{answers: map[string]string{}, asked: map[string][]byte{}}
	for path, k := range want {
		site.answers[path] = k.sent
		links += "<a href=" + path + ">x</a>"
	}
	want["/"] = kept{sent: ok + length(links)}
	want["/robots.txt"] = kept{sent: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}
	want["/favicon.ico"] = kept{sent: "HTTP/1.1 200 OK\r\nContent-Type: image/x-icon\r\nContent-Length: 2\r\n\r\nic"}
	for path, k := range want {
		site.answers[path] = k.sent
	}
	for name, config := range map[string]*tls.Config{"plain": nil, "TLS": {Certificates: []tls.Certificate{expiredCertificate(t)}}} {
		t.Run(name, func(t *testing.T) {
			at := site.serve(t, config)
			c := visit(t, at.fetcher(t, Options{Wire: true, Pages: 30}), "shop.test")
			wantOutcome(t, c, crawler.OK)
			seen := map[string]bool{}
			for _, x := range c.Wire {
				path := pathOf(x.URL)
				if seen[path] {
					t.Errorf("%s is there twice", path)
				}
				seen[path] = true
				if read := site.read(path); !bytes.Equal(x.Request, read) {
					t.Errorf("%s: request %q, the server read %q", path, x.Request, read)
				}
				k := want[path]
				sent := k.response
				if sent == "" {
					sent = k.sent
				}
				whole := string(x.Response) == sent || x.Truncated == cutSize && len(x.Response) > 1000 && strings.HasPrefix(sent, string(x.Response))
				if !whole || x.Truncated != k.truncated {
					t.Errorf("%s, truncated %q, want %q: response of %d bytes, sent %d: %.200q", path, x.Truncated, k.truncated, len(x.Response), len(sent), x.Response)
				}
				if x.Address == "" || x.At.IsZero() || x.Method != "GET" {
					t.Errorf("%s: %+v", path, x)
				}
			}
			for path := range want {
				if !seen[path] {
					t.Errorf("%s is not there", path)
				}
			}
		})
	}
}

// TestWireBounds: an answer without end is kept as far as its body was read, and a visit keeps only so much.
func TestWireBounds(t *testing.T) {
	body := strings.Repeat("<p>It never ends.", 1<<20/16)
	at := raw(t, func(path string, c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: "+path+"\r\n\r\n<a href=/1>1</a><a href=/2>2</a><a href=/3>3</a><a href=/4>4</a><a href=/5>5</a><a href=/6>6</a><a href=/7>7</a>")
		for {
			if _, err := io.WriteString(c, path+body); err != nil {
				return
			}
		}
	})
	c := visit(t, at.fetcher(t, Options{Wire: true}), "shop.test")
	total := 0
	for _, x := range c.Wire {
		total += len(x.Request) + len(x.Response)
		if x.Truncated != cutSize || len(x.Response) > crawler.MaxWire {
			t.Errorf("%s: %d bytes, truncated %q", x.URL, len(x.Response), x.Truncated)
		}
	}
	if total > maxWireBytes+len(c.Wire)*crawler.MaxHeaderBytes || total < maxWireBytes/2 {
		t.Errorf("%d bytes in %d exchanges", total, len(c.Wire))
	}
	if !strings.Contains(strings.Join(c.Caps, " "), capWire) {
		t.Errorf("caps %q after %d bytes", c.Caps, total)
	}
}

// FuzzAnswerEnd: an answer is never longer than what came, and what follows it does not change where it ends.
func FuzzAnswerEnd(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\nrest"))
	f.Add([]byte("HTTP/1.1 200 OK\nContent-Length: 3\n\nabcdef"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		end, whole, open := answerEnd(b)
		if end < 0 || end > len(b) || whole && open {
			t.Fatalf("end %d of %d, whole %v, open %v", end, len(b), whole, open)
		}
		if !whole {
			return
		}
		if again, _, _ := answerEnd(append(b[:end:end], "more\r\n\r\n"...)); again != end {
			t.Fatalf("ends at %d, with more behind it at %d", end, again)
		}
	})
}

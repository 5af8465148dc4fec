package fetch

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"scamatlas/crawler"
)

const scamPage = `<html><head><title>Vault</title></head><body><h1>Double your coins</h1><a href="/deposit">Deposit</a></body></html>`

func gzipped(t *testing.T, text string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range times {
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func brotlied(t *testing.T, text string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := brotli.NewWriterLevel(&b, 5)
	for range times {
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t *testing.T, text string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		if _, err := io.WriteString(z, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// head is an answer's head with these fields; n < 0 leaves the length out.
func head(encoding string, n int) string {
	h := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
	if encoding != "" {
		h += "Content-Encoding: " + encoding + "\r\n"
	}
	if n >= 0 {
		h += fmt.Sprintf("Content-Length: %d\r\n", n)
	}
	return h + "\r\n"
}

func send(encoding string, body []byte) func(net.Conn) {
	return func(c net.Conn) { _, _ = c.Write(append([]byte(head(encoding, len(body))), body...)) }
}

// TestHostileBodies: whatever a body does, the visit ends with what came before and the reason why it is not all.
func TestHostileBodies(t *testing.T) {
	mega := strings.Repeat("0", 1<<20)
	whole := gzipped(t, scamPage+strings.Repeat("<p>and more of it</p>", 2000), 1)
	lie := gzipped(t, scamPage, 1)
	for _, tc := range []struct {
		name    string
		answer  func(net.Conn)
		cut     []string
		outcome crawler.Outcome
		text    string // must be in the body
		atMost  int
	}{
		{"gzip", send("gzip", lie), []string{""}, crawler.OK, "Double your coins", 1 << 10},
		{"brotli", send("br", brotlied(t, scamPage, 1)), []string{""}, crawler.OK, "Double your coins", 1 << 10},
		{"zstd", send("zstd", zstded(t, scamPage, 1)), []string{""}, crawler.OK, "Double your coins", 1 << 10},
		{"gzip under its old name", send("x-gzip", lie), []string{""}, crawler.OK, "Double your coins", 1 << 10},
		{"gzip bomb", send("gzip", gzipped(t, mega, 16)), []string{cutSize, cutRatio}, crawler.TooLarge, "000", crawler.MaxBody},
		{"brotli bomb", send("br", brotlied(t, mega, 16)), []string{cutSize, cutRatio}, crawler.TooLarge, "000", crawler.MaxBody},
		{"zstd bomb", send("zstd", zstded(t, mega, 16)), []string{cutSize, cutRatio}, crawler.TooLarge, "000", crawler.MaxBody},
		{"gzip said, text sent", send("gzip", []byte(scamPage)), []string{cutEncoding}, crawler.OK, "Double your coins", 1 << 10},
		{"brotli said, text sent", send("br", []byte(scamPage)), []string{cutEncoding}, crawler.OK, "Double your coins", 1 << 10},
		{"zstd said, text sent", send("zstd", []byte(scamPage)), []string{cutEncoding}, crawler.OK, "Double your coins", 1 << 10},
		{"an encoding nobody asked for", send("x-nope", []byte(scamPage)), []string{cutEncoding}, crawler.OK, "Double your coins", 1 << 10},
		{"two layers are not undone", send("gzip, gzip", gzipped(t, string(lie), 1)), []string{cutEncoding}, crawler.HTTPError, "\x1f\x8b", 1 << 10},
		{"gzip cut", send("gzip", whole[:len(whole)/2]), []string{cutEOF}, crawler.OK, "Double your coins", 1 << 20},
		{"longer said than sent", func(c net.Conn) {
			_, _ = io.WriteString(c, head("", 100000)+scamPage)
		}, []string{cutEOF}, crawler.OK, "Double your coins", 1 << 10},
		{"broken chunk size", func(c net.Conn) {
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nzzzz\r\n", len(scamPage), scamPage)
		}, []string{cutEncoding}, crawler.OK, "Double your coins", 1 << 10},
		{"reset in the middle", func(c net.Conn) {
			_, _ = io.WriteString(c, head("", 100000)+scamPage)
			_ = c.(*net.TCPConn).SetLinger(0)
		}, []string{cutReset, cutEOF}, crawler.OK, "Double your coins", 1 << 10},
		{"endless at full speed", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for {
				if _, err := fmt.Fprintf(c, "%x\r\n%s\r\n", len(mega), mega); err != nil {
					return
				}
			}
		}, []string{cutSize}, crawler.TooLarge, "000", crawler.MaxBody},
		{"endless but of use", func(c net.Conn) {
			_, _ = io.WriteString(c, head("", -1)+scamPage)
			for {
				if _, err := io.WriteString(c, mega); err != nil {
					return
				}
			}
		}, []string{cutSize}, crawler.OK, "Double your coins", crawler.MaxBody},
		{"nothing", func(c net.Conn) { _, _ = io.WriteString(c, head("", 0)) }, []string{""}, crawler.Blank, "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, rawRoot(t, tc.answer).fetcher(t, Options{Pages: 1}), "shop.test")
			wantOutcome(t, c, tc.outcome)
			p := entryOf(t, c)
			if !contains(tc.cut, p.Truncated) {
				t.Errorf("truncated %q, want one of %q (error %q)", p.Truncated, tc.cut, p.Err)
			}
			if !strings.Contains(string(p.Body), tc.text) {
				t.Errorf("body of %d bytes lacks %q", len(p.Body), tc.text)
			}
			if len(p.Body) > tc.atMost || cap(p.Body) > 2*crawler.MaxBody {
				t.Errorf("body of %d bytes in %d, want at most %d", len(p.Body), cap(p.Body), tc.atMost)
			}
			if len(p.Body) > 0 && len(p.SHA256) != 64 {
				t.Errorf("hash %q", p.SHA256)
			}
		})
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// TestHostileHeads: answers that are none end the request within bounds, and say so.
func TestHostileHeads(t *testing.T) {
	for _, tc := range []struct {
		name    string
		answer  func(net.Conn)
		outcome crawler.Outcome
		reason  string
	}{
		{"not HTTP at all", func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n\x1b]0;owned\a\r\n") }, crawler.HTTPError, "begins with"},
		{"two lengths", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")
		}, crawler.HTTPError, "not HTTP"},
		{"headers without end", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for i := 0; ; i++ {
				if _, err := fmt.Fprintf(c, "X-%d: %s\r\n", i, strings.Repeat("a", 1000)); err != nil {
					return
				}
			}
		}, crawler.HTTPError, "bytes of headers"},
		{"early hints without end", func(c net.Conn) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"); err != nil {
					return
				}
			}
		}, crawler.HTTPError, "interim answers"},
		{"closed at once", func(net.Conn) {}, crawler.Unreachable, "closed without an answer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, raw(t, func(_ string, conn net.Conn) { tc.answer(conn) }).fetcher(t, Options{}), "shop.test")
			wantOutcome(t, c, tc.outcome)
			if !strings.Contains(c.Reason, tc.reason) || strings.ContainsAny(c.Reason, "\x1b\a\n") {
				t.Errorf("reason %q, want %q in it", c.Reason, tc.reason)
			}
		})
	}
}

// TestTarpits runs on made-up time: sites that answer too slowly cost the limits and no more.
func TestTarpits(t *testing.T) {
	const begin = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + scamPage
	drip := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
			for {
				time.Sleep(time.Second)
				if _, err := io.WriteString(c, "x"); err != nil {
					return
				}
			}
		}
	}
	for _, tc := range []struct {
		name    string
		answer  func(net.Conn)
		outcome crawler.Outcome
		cut     string
		within  time.Duration
	}{
		{"body drips", drip(begin), crawler.OK, cutTime, crawler.FetchTimeout + time.Second},
		{"header drips", drip("HTTP/1.1 200 OK\r\nX-A: "), crawler.Unreachable, "", crawler.HeaderTimeout + time.Second},
		{"no answer", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, crawler.Unreachable, "", crawler.HeaderTimeout + time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				guard := &pipeGuard{t: t, serve: func(c net.Conn) {
					if readRequestHead(c) {
						tc.answer(c)
					}
				}}
				f := New(Options{Guard: guard})
				c := &crawler.Capture{Host: "shop.test"}
				start := time.Now()
				if err := f.Fetch(t.Context(), c, visitor()); err != nil {
					t.Fatal(err)
				}
				wantOutcome(t, c, tc.outcome)
				if took := time.Since(start); took > tc.within {
					t.Errorf("took %v, want at most %v", took, tc.within)
				}
				if tc.cut != "" {
					p := entryOf(t, c)
					if p.Truncated != tc.cut || !strings.Contains(string(p.Body), "Double your coins") {
						t.Errorf("truncated %q, body %q", p.Truncated, p.Body)
					}
				}
			})
		})
	}
}

func readRequestHead(c net.Conn) bool {
	var head []byte
	buf := make([]byte, 4096)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		n, err := c.Read(buf)
		if head = append(head, buf[:n]...); err != nil {
			return false
		}
	}
	return true
}

// TestHangingPages: the entry page is quick, all else hangs; the visit ends after a few of them.
func TestHangingPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int32
		guard := &pipeGuard{t: t, serve: func(c net.Conn) {
			for readRequestHead(c) {
				if requests.Add(1) > 1 {
					_, _ = io.Copy(io.Discard, c)
					return
				}
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(scamPage), scamPage)
			}
		}}
		c := &crawler.Capture{Host: "shop.test"}
		start := time.Now()
		if err := New(Options{Guard: guard, PerDomain: 1}).Fetch(t.Context(), c, visitor()); err != nil {
			t.Fatal(err)
		}
		wantOutcome(t, c, crawler.OK)
		if took := time.Since(start); took > (maxFailures+1)*crawler.HeaderTimeout || !contains(c.Caps, capTime) {
			t.Errorf("took %v, caps %q", took, c.Caps)
		}
	})
}

// TestCancelledBeforeAnything: only then Fetch fails.
func TestCancelledBeforeAnything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guard := &pipeGuard{t: t, serve: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }}
		ctx, cancel := contextWithTimeout(t, 3*time.Second)
		defer cancel()
		if err := New(Options{Guard: guard}).Fetch(ctx, &crawler.Capture{Host: "shop.test"}, visitor()); err == nil {
			t.Error("no error from a visit that saw nothing")
		}
	})
}

// TestVisitDeadline: what was seen until then is kept.
func TestVisitDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guard := &pipeGuard{t: t, serve: func(c net.Conn) {
			for readRequestHead(c) {
				time.Sleep(2 * time.Second)
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(scamPage), scamPage)
			}
		}}
		ctx, cancel := contextWithTimeout(t, 5*time.Second)
		defer cancel()
		c := &crawler.Capture{Host: "shop.test"}
		if err := New(Options{Guard: guard}).Fetch(ctx, c, visitor()); err != nil {
			t.Fatal(err)
		}
		wantOutcome(t, c, crawler.OK)
		if !contains(c.Caps, capTime) {
			t.Errorf("caps %q", c.Caps)
		}
	})
}

// TestRateLimited: a site that asks for patience gets no further request.
func TestRateLimited(t *testing.T) {
	asked := make(chan string, 100)
	c := visit(t, plain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		w.Header().Set("Retry-After", "99999999999")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, scamPage)
	})).fetcher(t, Options{}), "shop.test")
	wantOutcome(t, c, crawler.HTTPError)
	if len(asked) != 1 || !contains(c.Caps, capRate) {
		t.Errorf("%d requests, caps %q", len(asked), c.Caps)
	}
}

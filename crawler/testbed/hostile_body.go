package testbed

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"

	"github.com/andybalholm/brotli"
)

// bodyCases answer properly up to the body.
func (st *stage) bodyCases() []hostileCase {
	kept := func(truncated ...string) Truth {
		return Truth{Outcomes: ends(crawler.OK, crawler.TooLarge), Truncated: truncated}
	}
	lorem := page("Half a page", strings.Repeat("<p>words that go on for a while, line by line</p>\n", 200))
	zipped := packGzip([]byte(synthDocument(0, synthVocabulary()))) // its first half unpacks to text
	return []hostileCase{
		{name: "gzip-bomb", truth: kept("size", "ratio"), serve: encoded("gzip", sync.OnceValue(func() []byte { return gzipBomb(maxBomb) }))},
		{name: "br-bomb", truth: kept("size", "ratio", "encoding"), serve: encoded("br", sync.OnceValue(func() []byte { return brotliBomb(maxBomb) }))},
		{name: "gzip-lie", truth: Truth{Outcomes: ends(crawler.OK, crawler.HTTPError), Truncated: []string{"encoding"}},
			serve: encoded("gzip", func() []byte { return []byte(lorem) })},
		{name: "gzip-cut", truth: kept("unexpected_eof"), serve: encoded("gzip", func() []byte { return zipped[:len(zipped)/2] })},
		{name: "encoding-unknown", truth: Truth{Outcomes: ends(crawler.OK, crawler.HTTPError), Truncated: []string{"encoding"}},
			serve: encoded("x-nope", func() []byte { return []byte(lorem) })},
		{name: "endless-body", truth: kept("size"), serve: onlyRoot(st.raw(func(ctx context.Context, c net.Conn) {
			writeHead(c, "X-Body: endless") // no length: it ends with the connection
			io.WriteString(c, lorem)
			repeat(ctx, c, bytes.Repeat([]byte("<p>and on</p>\n"), 4096), maxEndless)
		}))},
		{name: "drip-body", truth: kept("time"), serve: onlyRoot(st.raw(drip))},
		{name: "reset-mid", truth: kept("reset", "unexpected_eof"), serve: onlyRoot(st.raw(func(_ context.Context, c net.Conn) {
			writeHead(c, "Content-Length: 10240")
			io.WriteString(c, lorem[:1024])
			time.Sleep(resetDelay)
			reset(c)
		}))},
		{name: "cl-long", truth: kept("unexpected_eof"), serve: onlyRoot(st.raw(func(_ context.Context, c net.Conn) {
			writeHead(c, "Content-Length: 1000000")
			io.WriteString(c, lorem)
		}))},
		{name: "bad-chunk", truth: Truth{Outcomes: ends(crawler.OK, crawler.HTTPError), Truncated: []string{"encoding", "unexpected_eof", "reset"}},
			serve: onlyRoot(st.raw(func(_ context.Context, c net.Conn) {
				writeHead(c, "Transfer-Encoding: chunked")
				fmt.Fprintf(c, "%x\r\n%s\r\nnot a size\r\n", 2048, lorem[:2048])
			}))},
		{name: "mime-lie", truth: Truth{Outcomes: ends(crawler.OK, crawler.Blank, crawler.HTTPError)}, serve: onlyRoot(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Disposition", `attachment; filename="../../x.html"`)
			w.Write(append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 4096)...))
		})},
	}
}

const resetDelay = 50 * time.Millisecond // lets the first bytes be read before the reset throws away what is under way

// drip sends a byte a second. It never ends its last chunk: whoever leaves has not read a whole answer.
func drip(ctx context.Context, c net.Conn) {
	writeHead(c, "Transfer-Encoding: chunked")
	writeChunk(c, "<!doctype html><title>Slow</title><p>")
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for end := time.After(maxDrip); ; {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-tick.C:
			if writeChunk(c, "a") != nil {
				return
			}
		}
	}
}

func writeChunk(w io.Writer, text string) error {
	_, err := fmt.Fprintf(w, "%x\r\n%s\r\n", len(text), text)
	return err
}

func encoded(encoding string, body func() []byte) http.HandlerFunc {
	return onlyRoot(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", encoding)
		w.Write(body())
	})
}

const (
	bombHead  = "<!doctype html><title>Great returns</title><p>"
	bombChunk = 1 << 20
)

// gzipBomb gives a gzip stream (RFC 1952) that unpacks to bombHead and at least size bytes more.
func gzipBomb(size int) []byte {
	body, sum, n := bomb(size, func(w io.Writer) flusher {
		z, _ := flate.NewWriter(w, flate.BestCompression) // the level is known
		return z
	})
	stream := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, body...)
	stream = binary.LittleEndian.AppendUint32(stream, sum)
	return binary.LittleEndian.AppendUint32(stream, uint32(n))
}

// brotliBomb gives a brotli stream (RFC 7932) that unpacks to the same.
func brotliBomb(size int) []byte {
	body, _, _ := bomb(size, func(w io.Writer) flusher { return brotli.NewWriterLevel(w, bombLevel) })
	return body
}

const bombLevel = 5 // of brotli: from here on a run costs a few bytes

type flusher interface {
	io.WriteCloser
	Flush() error
}

// bomb compresses a few chunks and repeats the last one's bytes: after a flush both formats are at a byte border, and a chunk that
// follows two equal ones refers to nothing else. sum and n are CRC-32 and length of what it unpacks to.
func bomb(size int, pack func(io.Writer) flusher) (stream []byte, sum uint32, n int) {
	var b bytes.Buffer
	z := pack(&b) // writes into memory: cannot fail
	chunk := bytes.Repeat([]byte("a"), bombChunk)
	var at []int
	io.WriteString(z, bombHead)
	for range 3 {
		z.Write(chunk)
		z.Flush()
		at = append(at, b.Len())
	}
	z.Close()
	again := max(0, (size+bombChunk-1)/bombChunk-3)
	stream = append(stream, b.Bytes()[:at[2]]...)
	stream = append(stream, bytes.Repeat(b.Bytes()[at[1]:at[2]], again)...)
	stream = append(stream, b.Bytes()[at[2]:]...)
	sum = crc32.ChecksumIEEE([]byte(bombHead))
	for range again + 3 {
		sum = crc32.Update(sum, crc32.IEEETable, chunk)
	}
	return stream, sum, len(bombHead) + (again+3)*bombChunk
}

// writeHead writes the head of a raw answer that ends with its connection.
func writeHead(w io.Writer, fields ...string) {
	io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"+strings.Join(fields, "\r\n")+"\r\n\r\n")
}

// reset ends a connection with a TCP reset.
func reset(c net.Conn) {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}

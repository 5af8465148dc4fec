package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// scripted is a connection that sends what it was given.
type scripted struct {
	net.Conn
	r io.Reader
}

func (s *scripted) Read(p []byte) (int, error)  { return s.r.Read(p) }
func (s *scripted) Write(p []byte) (int, error) { return len(p), nil }

func TestHeadConn(t *testing.T) {
	const sent = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nb-odd: \x1b[31mred\x00\r\nA: 1\r\nno colon here\r\n: empty\r\nSpaced : x\r\nBad(name): y\r\nContent-Length: 5\r\n\r\nhello"
	const next = "HTTP/1.1 404 Not Found\nsecond: yes\nContent-Length: 0\n\n"
	for name, r := range map[string]io.Reader{
		"an answer in one piece": io.MultiReader(strings.NewReader(sent), strings.NewReader(next)),
		"byte by byte":           iotest.OneByteReader(strings.NewReader(sent + next)),
		"the end with the last":  iotest.DataErrReader(iotest.HalfReader(io.MultiReader(strings.NewReader(sent), strings.NewReader(next)))),
	} {
		t.Run(name, func(t *testing.T) {
			c := &headConn{Conn: &scripted{r: r}}
			buf := bufio.NewReaderSize(c, 64)
			var rec *record
			ask := func() *http.Response {
				t.Helper()
				rec = c.begin()
				_, _ = c.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
				res, err := http.ReadResponse(buf, nil)
				if err != nil {
					t.Fatal(err)
				}
				return res
			}
			res := ask()
			body, err := io.ReadAll(res.Body)
			if err != nil || string(body) != "hello" || res.StatusCode != 200 || res.Header.Get("B-Odd") != "[31mred" || res.Header.Get("Spaced") != "x" {
				t.Errorf("status %d, header %v, body %q, %v", res.StatusCode, res.Header, body, err)
			}
			want := []crawler.HeaderField{{Name: "b-odd", Value: "\x1b[31mred\x00"}, {Name: "A", Value: "1"}, {Name: "Spaced ", Value: "x"}, {Name: "Bad(name)", Value: "y"}, {Name: "Content-Length", Value: "5"}}
			if got := rec.fields(); !slices.Equal(got, want) {
				t.Errorf("fields %q, want %q", got, want)
			}
			if res = ask(); res.StatusCode != 404 || !slices.Contains(rec.fields(), crawler.HeaderField{Name: "second", Value: "yes"}) {
				t.Errorf("status %d, fields %v", res.StatusCode, rec.fields())
			}
		})
	}
}

func TestHeadConnRefuses(t *testing.T) {
	for name, sent := range map[string]string{
		"another protocol": "SSH-2.0-x\r\n",
		"too much":         "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", crawler.MaxHeaderBytes) + "\r\n\r\n",
		"too many hints":   strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", crawler.MaxInterim+1) + "HTTP/1.1 200 OK\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := &headConn{Conn: &scripted{r: iotest.OneByteReader(strings.NewReader(sent))}}
			_, err := io.ReadAll(c)
			var p judge.ProtocolError
			if !errors.As(err, &p) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzHead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n folded\r\nB:2\n\nbody"))
	f.Add([]byte("HTTP/1.1 200\n\x00: \x1b\r\n: x\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 101 Switching\r\n\r\nrest"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		whole := &headConn{Conn: &scripted{r: bytes.NewReader(sent)}}
		pieces := &headConn{Conn: &scripted{r: iotest.OneByteReader(bytes.NewReader(sent))}}
		rec := whole.begin()
		a, errA := io.ReadAll(whole)
		b, errB := io.ReadAll(pieces)
		if !bytes.Equal(a, b) && errA == nil && errB == nil {
			t.Fatalf("in one piece %q, in many %q", a, b)
		}
		if !whole.inBody {
			return
		}
		for _, field := range rec.fields() {
			if strings.ContainsAny(field.Name+field.Value, "\n") {
				t.Fatalf("field %q", field)
			}
		}
		end := headEnd(a, 0)
		if end < 0 {
			t.Fatalf("no end of the tidy head %q", a)
		}
		_, lines, _ := bytes.Cut(a[:end], []byte("\n"))
		if _, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(lines))).ReadMIMEHeader(); err != nil {
			t.Fatalf("net/http refuses %q: %v", lines, err)
		}
	})
}

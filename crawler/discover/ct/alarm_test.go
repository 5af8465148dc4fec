package ct

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scamatlas/crawler/discover/ct/cttest"
)

// TestAlarms: a log that takes back what it signed gives nothing but an alarm with both heads, and the cursor stays good.
func TestAlarms(t *testing.T) {
	key := cttest.Key()
	with := func(entries *cttest.Log) *cttest.Log { // the same entries, signed by the same key
		l := cttest.New(origin, key)
		l.AppendAll(entries)
		return l
	}
	one, two := logOf(600), cttest.New(origin, key)
	two.Append(authority().Entry(time.Now(), "other.example.com"))
	grow(two, 699)
	cases := []struct {
		name string
		then *cttest.Log
		size int64
		want error
	}{
		{"shrunk", with(one), 599, ErrShrunk},
		{"shrunk to nothing", with(one), 0, ErrShrunk},
		{"forked at the same size", with(two), 600, ErrForked},
		{"forked and grown", with(two), 700, ErrForked},
		{"forked and shrunk", with(two), 599, ErrShrunk},
	}
	for _, c := range cases {
		c.then.Publish(c.size, time.Now())
		for kind := range kinds {
			t.Run(c.name+" "+string(kind), func(t *testing.T) {
				t.Parallel() // a smaller tree is asked for again, a second apart
				first := with(one)
				first.Publish(600, time.Now())
				var now atomic.Pointer[http.Handler]
				show := func(l *cttest.Log) { h := kinds[kind](l); now.Store(&h) }
				show(first)
				s := serveHandler(t, kind, first, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*now.Load()).ServeHTTP(w, r) }), nil)
				var g got
				if err := g.readOn(t, s, 2); !errors.Is(err, errStopped) {
					t.Fatal(err)
				}
				cursor := g.cursor
				show(c.then)
				err := g.readOn(t, s, 0)
				var a *Alarm
				if !errors.Is(err, c.want) || !errors.As(err, &a) || a.Old.Size != 600 || a.New.Size != c.size || a.Old.Root == a.New.Root {
					t.Fatalf("%v, alarm %+v", err, a)
				}
				if g.batches != 2 || !bytes.Equal(cursor, g.cursor) {
					t.Error("something was given out all the same")
				}
				show(first)
				if err := g.readOn(t, s, 0); err != nil {
					t.Errorf("after it is good again: %v", err)
				}
				g.has(t, wanted(0, 600), 600)
			})
		}
	}
}

// TestUnproven: entries and hashes other than those of the signed tree are not given out.
func TestUnproven(t *testing.T) {
	l := logOf(1100)
	l.Publish(-1, time.Now())
	swap := func(part string, f func([]byte) []byte) func(http.Handler) http.Handler {
		return func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.Contains(r.URL.String(), part) {
					h.ServeHTTP(w, r)
					return
				}
				rec := &recorder{header: http.Header{}}
				h.ServeHTTP(rec, r)
				w.Write(f(rec.body.Bytes()))
			})
		}
	}
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)*2/3] ^= 1
		return b
	}
	rename := func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("shop-00000300.example.com"), []byte("pay--00000300.example.com"))
	}
	cases := []struct {
		name   string
		kind   Kind
		tamper func(http.Handler) http.Handler
		want   error
		next   int64 // how far it comes; -1 = it begins at entry 700 and comes nowhere
	}{
		{"a name in a full tile", Static, swap("data/001", rename), ErrUnproven, 256},
		{"a name in the last tile", Static, swap("data/004", func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("shop-00001095"), []byte("pay--00001095"))
		}), ErrUnproven, 1024},
		{"a hash tile", Static, swap("tile/1/", flip), ErrUnproven, 0},
		{"a short data tile", Static, swap("data/002", func(b []byte) []byte { return b[:len(b)-10] }), ErrMalformed, 512},
		{"a long data tile", Static, swap("data/002", func(b []byte) []byte { return append(b, 0) }), ErrMalformed, 512},
		{"a tile in the place of another", Static, swap("data/002", func([]byte) []byte { b, _ := l.Tile("tile/data/001"); return b }), ErrMalformed, 512},
		{"a short hash tile", Static, swap("tile/1/", func(b []byte) []byte { return b[:31] }), ErrMalformed, 0},
		{"a size", Static, swap("checkpoint", func(b []byte) []byte { return bytes.Replace(b, []byte("\n1100\n"), []byte("\n1101\n"), 1) }), ErrSignature, 0},
		{"a head", RFC6962, swap("get-sth", func(b []byte) []byte { return bytes.Replace(b, []byte("1100"), []byte("1101"), 1) }), ErrSignature, 0},
		{"an entry", RFC6962, swap("start=512", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"leaf_input":"AAAA`), []byte(`"leaf_input":"AAAB`), 1)
		}), ErrUnproven, 512},
		{"no entries", RFC6962, swap("start=512", func([]byte) []byte { return []byte(`{"entries":[]}`) }), ErrMalformed, 512},
		{"other JSON", RFC6962, swap("start=512", func([]byte) []byte { return []byte(`{"entries":{}}`) }), ErrMalformed, 512},
		{"a proof", RFC6962, swap("consistency", func(b []byte) []byte { return []byte(`{"consistency":[]}`) }), ErrUnproven, 0},
		{"a hash tile at the beginning", Static, swap("tile/1/", flip), ErrUnproven, -1},
		{"a proof at the beginning", RFC6962, swap("consistency", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"consistency":["`), []byte(`"consistency":["AAAA`), 1)[:len(b)+4]
		}), ErrMalformed, -1},
		{"another proof at the beginning", RFC6962, swap("consistency", func(b []byte) []byte {
			return bytes.Replace(b, b[17:21], []byte("AAAA"), 1)
		}), ErrUnproven, -1},
		{"a proof of short hashes", RFC6962, swap("consistency", func(b []byte) []byte { return []byte(`{"consistency":["AAAA"]}`) }), ErrMalformed, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var g got
			s := serveHandler(t, c.kind, l, c.tamper(kinds[c.kind](l)), func(o *Options) {
				if c.next < 0 {
					o.From = 700
				}
			})
			if err := g.readOn(t, s, 0); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
			if g.cursor == nil && c.next <= 0 {
				return
			}
			if g.next(t) != c.next {
				t.Errorf("came to %d, want %d", g.next(t), c.next)
			}
			g.has(t, wanted(0, int(c.next)), int(c.next))
		})
	}
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(int)             {}
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

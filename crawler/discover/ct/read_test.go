package ct

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func eachKind(t *testing.T, f func(t *testing.T, kind Kind)) {
	for kind := range kinds {
		t.Run(string(kind), func(t *testing.T) { f(t, kind) })
	}
}

// TestReadAll reads a whole log of several tiles and a part of one.
func TestReadAll(t *testing.T) {
	l := logOf(700)
	l.Publish(-1, time.Now())
	for _, packed := range []bool{false, true} {
		l.Gzip = packed
		eachKind(t, func(t *testing.T, kind Kind) {
			var g got
			s := serve(t, kind, l, nil)
			if err := g.readOn(t, s, 0); err != nil {
				t.Fatal(err)
			}
			g.has(t, wanted(0, 700), 700)
			if g.batches != 3 || g.rejected != 0 || len(g.problems) != 0 {
				t.Errorf("%d batches, %d rejected, problems %q", g.batches, g.rejected, g.problems)
			}
			one := g.targets["pay-00000013.example.com"]
			if one.Source != "ct:test" || one.Reference != s.o.Log.URL+"#13" || one.Score != 0.9 || one.Reasons[0] != "says pay" ||
				time.Since(one.FirstSeen) < 600*time.Second || time.Since(one.FirstSeen) > time.Hour {
				t.Errorf("target is %+v", one)
			}
			if err := g.readOn(t, s, 0); err != nil || g.batches != 3 {
				t.Errorf("nothing new: %d batches, %v", g.batches-3, err)
			}
		})
	}
}

// TestResume stops after every batch, and lets the log grow between readings, by parts of tiles as well.
func TestResume(t *testing.T) {
	eachKind(t, func(t *testing.T, kind Kind) {
		l := logOf(3)
		s := serve(t, kind, l, nil)
		var g got
		for _, size := range []int{0, 1, 1, 3, 250, 256, 257, 512, 1400, 1401} {
			if n := size - int(l.Size()); n > 0 {
				grow(l, n)
			}
			l.Publish(int64(size), time.Now())
			for {
				err := g.readOn(t, s, 1)
				if err == nil {
					break
				}
				if !errors.Is(err, errStopped) {
					t.Fatalf("at size %d: %v", size, err)
				}
			}
			if size > 0 && g.next(t) != int64(size) {
				t.Fatalf("at size %d next is %d", size, g.next(t))
			}
		}
		if g.read != 1401 || g.doubled != 0 || g.rejected != 0 {
			t.Errorf("%d entries read, %d targets doubled, %d rejected", g.read, g.doubled, g.rejected)
		}
	})
}

// TestStart begins somewhere else than at the first entry: what was skipped is named, and the root is still that of the whole tree.
func TestStart(t *testing.T) {
	l := logOf(3000) // the last entry is a second old, each one before a second older
	cases := []struct {
		name        string
		size        int64
		change      func(*Options)
		least, most int // entries read
	}{
		{"since", 3000, func(o *Options) { o.Since = 10 * time.Minute }, 600, 1500},
		{"since long ago", 3000, func(o *Options) { o.Since = 24 * time.Hour }, 3000, 3000},
		{"since the last entry", 3000, func(o *Options) { o.Since = time.Nanosecond }, 0, 600},
		{"from an index", 3000, func(o *Options) { o.From = 2700 }, 300, 300 + 256},
		{"from a power of two", 3000, func(o *Options) { o.From = 2048 }, 952, 953},
		{"from beyond the end", 3000, func(o *Options) { o.From = 100_000 }, 0, 256},
		{"from the whole of a power of two", 2048, func(o *Options) { o.From = 2048 }, 0, 2},
		{"from one", 3, func(o *Options) { o.From = 1 }, 3, 3},
		{"an empty log", 0, func(o *Options) { o.Since = 0 }, 0, 0},
	}
	eachKind(t, func(t *testing.T, kind Kind) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				l.Publish(c.size, time.Now())
				s := serve(t, kind, l, c.change)
				var g got
				if err := g.readOn(t, s, 0); err != nil {
					t.Fatal(err)
				}
				if g.read < c.least || g.read > c.most {
					t.Errorf("%d entries read, want %d to %d", g.read, c.least, c.most)
				}
				if skipped := int(c.size) - g.read; skipped > 0 && !g.says(fmt.Sprintf("entries 0 to %d skipped", skipped-1)) {
					t.Errorf("%d entries skipped, problems %q", skipped, g.problems)
				} else if skipped == 0 && len(g.problems) > 0 {
					t.Errorf("nothing skipped, problems %q", g.problems)
				}
				g.has(t, wanted(int(c.size)-g.read, int(c.size)), g.read)
				if c.size == 0 || g.next(t) != c.size {
					return
				}
				l.Publish(-1, time.Now()) // and it goes on from there
				before := g.read
				if err := g.readOn(t, s, 0); err != nil || g.read-before != int(3000-c.size) {
					t.Errorf("then %d entries, %v", g.read-before, err)
				}
			})
		}
	})
}

// TestPartialGone: a log may remove a partial tile as soon as there is the full one.
func TestPartialGone(t *testing.T) {
	l := logOf(600)
	l.Publish(400, time.Now())
	old := l.Checkpoint()
	l.Publish(600, time.Now())
	files := l.Static()
	var asked atomic.Int64
	s := serveHandler(t, Static, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/checkpoint":
			w.Write(old)
		case strings.Contains(r.URL.Path, ".p/"):
			asked.Add(1)
			http.NotFound(w, r)
		default:
			files.ServeHTTP(w, r)
		}
	}), func(o *Options) { o.Batch = 1024 })
	var g got
	if err := g.readOn(t, s, 0); err != nil {
		t.Fatal(err)
	}
	g.has(t, wanted(0, 400), 400)
	if asked.Load() == 0 {
		t.Error("no partial tile was asked for")
	}
}

// TestShortRanges: servers cut the ranges of get-entries as they like.
func TestShortRanges(t *testing.T) {
	l := logOf(500)
	l.Publish(-1, time.Now())
	for _, page := range []int{1, 7, 499} {
		l.Page = page
		var g got
		if err := g.readOn(t, serve(t, RFC6962, l, nil), 0); err != nil {
			t.Fatal(err)
		}
		g.has(t, wanted(0, 500), 500)
	}
}

// TestStandsStill: a tree head that is too old is told, though nothing is new.
func TestStandsStill(t *testing.T) {
	l := logOf(20)
	l.Publish(-1, time.Now().Add(-30*time.Hour))
	eachKind(t, func(t *testing.T, kind Kind) {
		var g got
		s := serve(t, kind, l, nil)
		for range 2 {
			g.problems = nil
			if err := g.readOn(t, s, 0); err != nil || !g.says("test stands still") {
				t.Errorf("%v, problems %q", err, g.problems)
			}
		}
	})
}

// TestCursors: a cursor that is none of this log's is refused, whatever it is.
func TestCursors(t *testing.T) {
	l := logOf(300)
	l.Publish(-1, time.Now())
	s := serve(t, Static, l, nil)
	var g got
	if err := g.readOn(t, s, 0); err != nil {
		t.Fatal(err)
	}
	good := string(g.cursor)
	for name, bad := range map[string]string{
		"not JSON":        "x",
		"another log":     strings.Replace(good, `"log":"`, `"log":"00`, 1),
		"too few hashes":  strings.Replace(good, `"next":300`, `"next":299`, 1),
		"beyond its head": strings.Replace(good, `"size":300`, `"size":200`, 1),
		"negative":        strings.Replace(good, `"began":0`, `"began":-1`, 1),
	} {
		if bad == good {
			t.Fatalf("%s: the cursor has another form: %s", name, good)
		}
		g.cursor = []byte(bad)
		if err := g.readOn(t, s, 0); !errors.Is(err, ErrCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSpan: a reading that may take no time still gets on by a batch.
func TestSpan(t *testing.T) {
	l := logOf(600)
	l.Publish(-1, time.Now())
	now := time.Now()
	s := serve(t, Static, l, func(o *Options) {
		o.Span = time.Minute
		o.Now = func() time.Time { now = now.Add(40 * time.Second); return now }
	})
	var g got
	for n := 1; g.read < 600 && n < 10; n++ {
		if err := g.readOn(t, s, 0); err != nil || g.batches > 2*n {
			t.Fatalf("%d batches in %d readings, %v", g.batches, n, err)
		}
	}
	g.has(t, wanted(0, 600), 600)
}

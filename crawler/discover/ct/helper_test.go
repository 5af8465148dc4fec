package ct

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/discover/ct/cttest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// authority issues the certificates of all tests.
var authority = sync.OnceValue(cttest.NewAuthority)

const origin = "log.example/2026h2"

// fake finds names with "pay" in them suspicious.
func fake(name string) (float64, []string) {
	if strings.Contains(name, "pay") {
		return 0.9, []string{"says pay"}
	}
	return 0.1, nil
}

// stencils make the certificates of logOf: for names that fake finds, and for others.
var stencils = sync.OnceValue(func() [2]*cttest.Stencil {
	names := func(name string) *cttest.Stencil { return authority().Stencil(name, "www."+name, "*."+name) }
	return [2]*cttest.Stencil{names("shop-" + cttest.Number + ".example.com"), names("pay-" + cttest.Number + ".example.com")}
})

// logOf holds n certificates, every second one a precertificate, every tenth for a name that fake finds, a second apart and the last
// one a second ago. Nothing is published.
func logOf(n int) *cttest.Log {
	l := cttest.New(origin, cttest.Key())
	grow(l, n)
	return l
}

// grow adds n certificates to a log.
func grow(l *cttest.Log, n int) {
	base, last := int(l.Size()), time.Now().Truncate(time.Second)
	for i := range n {
		stencil := stencils()[0]
		if found(base + i) {
			stencil = stencils()[1]
		}
		l.Append(stencil.Entry(base+i, last.Add(time.Duration(i-n)*time.Second)))
	}
}

// found reports whether fake finds the names of entry i of logOf.
func found(i int) bool { return i%10 == 3 }

// wanted are the hosts that fake finds among the entries from to to of logOf.
func wanted(from, to int) map[string]bool {
	hosts := map[string]bool{}
	for i := from; i < to; i++ {
		if found(i) {
			hosts[fmt.Sprintf("pay-%08d.example.com", i)] = true
		}
	}
	return hosts
}

// kinds are the ways of reading a log, each with what serves it.
var kinds = map[Kind]func(*cttest.Log) http.Handler{
	Static:  (*cttest.Log).Static,
	RFC6962: (*cttest.Log).RFC6962,
}

// serve gives a Source that reads l, change may set its options.
func serve(t testing.TB, kind Kind, l *cttest.Log, change func(*Options)) *Source {
	t.Helper()
	return serveHandler(t, kind, l, kinds[kind](l), change)
}

func serveHandler(t testing.TB, kind Kind, l *cttest.Log, h http.Handler, change func(*Options)) *Source {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client := server.Client()
	t.Cleanup(client.CloseIdleConnections)
	o := Options{
		Log:    Log{Name: "test", Kind: kind, URL: server.URL + "/", Origin: origin, Key: l.PublicKey(), State: "usable"},
		Client: client, Score: fake, Threshold: 0.5, Since: Everything, Batch: 256,
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// got is what a store holds after readings.
type got struct {
	targets  map[string]crawler.Target
	read     int
	rejected int
	batches  int
	doubled  int // targets that were there already
	problems []string
	cursor   []byte
}

// readOn goes on where g is, and stops with an error of emit after batches batches; 0 = reads to the end.
func (g *got) readOn(t testing.TB, s *Source, batches int) error {
	t.Helper()
	if g.targets == nil {
		g.targets = map[string]crawler.Target{}
	}
	n := 0
	return s.Read(t.Context(), g.cursor, func(b crawler.Batch) error {
		if n++; batches > 0 && n > batches {
			return errStopped
		}
		if len(b.Cursor) == 0 || len(b.Cursor) > crawler.MaxCursor || len(b.Problems) > crawler.MaxProblems {
			t.Errorf("batch with a cursor of %d bytes and %d problems", len(b.Cursor), len(b.Problems))
		}
		for _, target := range b.Targets {
			if _, old := g.targets[target.Host]; old {
				g.doubled++
			}
			g.targets[target.Host] = target
		}
		g.read, g.rejected, g.batches, g.cursor = g.read+b.Read, g.rejected+b.Rejected, g.batches+1, b.Cursor
		g.problems = append(g.problems, b.Problems...)
		return nil
	})
}

var errStopped = fmt.Errorf("the store is full")

// has compares the hosts that were found.
func (g *got) has(t testing.TB, want map[string]bool, read int) {
	t.Helper()
	for host := range want {
		if _, ok := g.targets[host]; !ok {
			t.Errorf("%s was not found", host)
		}
	}
	for host := range g.targets {
		if !want[host] {
			t.Errorf("%s was found", host)
		}
	}
	if g.read != read || g.doubled != 0 {
		t.Errorf("%d entries read, want %d; %d targets doubled", g.read, read, g.doubled)
	}
}

func (g *got) next(t testing.TB) int64 {
	t.Helper()
	var c cursor
	if err := json.Unmarshal(g.cursor, &c); err != nil {
		t.Fatal(err)
	}
	return c.Next
}

// says reports whether one of the problems has all parts in it.
func (g *got) says(parts ...string) bool {
	for _, p := range g.problems {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(p, part)
		}
		if all {
			return true
		}
	}
	return false
}

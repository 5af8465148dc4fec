package archive

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/fetch"
	"scamatlas/crawler/testbed"
)

// TestSites keeps real visits to made-up sites, reads them back equal, and has their WARC files checked by others where those are there.
func TestSites(t *testing.T) {
	sites, err := testbed.Sites()
	if err != nil {
		t.Fatal(err)
	}
	server, err := testbed.Start(testbed.Options{Sites: sites})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	f := fetcher(t, server.Settings())
	a := opened(t, t.TempDir())
	warcs, dir := []string{}, t.TempDir()
	exchanges, again := 0, 0
	for _, s := range server.Sites() {
		c := &crawler.Capture{Host: s.Host, Profile: "desktop", Started: day, Ended: day}
		if err := f.Fetch(t.Context(), c, &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0", Language: "en"}); err != nil {
			t.Fatalf("%s: %v", s.Host, err)
		}
		e := put(t, a, Visit{Host: s.Host, Captures: []*crawler.Capture{c}})
		got, err := a.Captures(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, got, []*crawler.Capture{c})
		for _, o := range e.Objects {
			if o.Kind == ObjectWARC {
				b, err := a.readObject(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				again += extra(t, b)
				exchanges += len(c.Wire)
				warcs = append(warcs, filepath.Join(dir, s.Host+".warc.gz"))
				write(t, warcs[len(warcs)-1], b)
			}
		}
	}
	if damage, notes, s := findings(t, a); len(damage)+len(notes) > 0 || s.Visits < 10 {
		t.Errorf("damage %q, notes %q, %+v", damage, notes, s)
	}
	if exchanges < 100 || again*20 > exchanges { // one stored beside its exchange costs space and loses nothing
		t.Errorf("%d exchanges, and %d bodies that they should hold are stored again", exchanges, again)
	}
	t.Run("warcio", func(t *testing.T) {
		if out := runs(t, dir, validators(t), append([]string{"-m", "warcio.cli", "check"}, warcs...)...); out != "" {
			t.Errorf("warcio check: %s", out)
		}
	})
}

// extra counts the contents that no exchange gives.
func extra(t *testing.T, warc []byte) (n int) {
	t.Helper()
	if err := readWARC(warc, func(r *warcRecord) error {
		if strings.HasPrefix(r.head["warc-target-uri"], "urn:sha256:") {
			n++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func fetcher(t *testing.T, s testbed.Settings) *fetch.Fetcher {
	t.Helper()
	o := egress.Options{Resolver: s.Resolver, Ports: map[uint16]uint16{}}
	for from, to := range s.Ports {
		o.Ports[uint16(from)] = uint16(to)
	}
	for _, text := range s.Allow {
		o.Allow = append(o.Allow, netip.MustParsePrefix(text))
	}
	guard, err := egress.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return fetch.New(fetch.Options{Guard: guard, Delay: -1, Wire: true})
}

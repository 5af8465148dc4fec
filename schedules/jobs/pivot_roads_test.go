package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/local"
)

// TestPivotRoads tells by which roads a confirmed site leads to which hosts, and which lead nowhere.
func TestPivotRoads(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	sure, unsure, honest := extractors.Verdict{Label: extractors.LabelFake, Confirmed: true}, extractors.Verdict{Label: extractors.LabelSuspicious}, extractors.Verdict{Label: extractors.LabelBenign}
	with := func(f extractors.Findings, all ...extractors.Indicator) extractors.Findings {
		f.Indicators = all
		return f
	}
	payee := extractors.Indicator{Kind: extractors.KindWallet, Chain: "trx", Value: wallet, Role: extractors.Payee, Confidence: extractors.High}
	tracker := func(v string) extractors.Indicator {
		return extractors.Indicator{Kind: extractors.KindTracker, Type: "tawk", Value: v, Confidence: extractors.High}
	}
	icon := extractors.Fingerprint{Version: 1, FaviconSHA256: "0f1e"}
	here := extractors.Hosting{Addresses: []string{"192.0.2.7"}, NS: []string{"ns2.host.example", "ns1.host.example"}}
	found(t, st, "nova-trade.example", 1, at, sure, with(extractors.Findings{Hosting: here, Fingerprint: icon, Links: []string{"partner.example", "messenger.example", "bank.example"}}, payee, tracker("rare"), tracker("everybody's")))
	found(t, st, "wallet.example", 1, at, unsure, with(extractors.Findings{}, payee))
	found(t, st, "bakery.example", 1, at, honest, with(extractors.Findings{}, payee))
	found(t, st, "tracker.example", 1, at, unsure, with(extractors.Findings{Fingerprint: icon}, tracker("rare")))
	found(t, st, "neighbour.example", 1, at, unsure, extractors.Findings{Hosting: extractors.Hosting{Addresses: []string{"192.0.2.7"}}})
	found(t, st, "doorway.example", 1, at, unsure, extractors.Findings{Links: []string{"nova-trade.example"}})
	for i := range fewHolders {
		found(t, st, fmt.Sprintf("crowd%02d.example", i), 1, at, unsure, with(extractors.Findings{Links: []string{"messenger.example"}}, tracker("everybody's")))
	}
	names(t, st, at, map[string][]string{
		"beside.test": {"address 192.0.2.7"}, "servers.test": {index.PastNS + " ns1.host.example ns2.host.example"}, "one-server.test": {index.PastNS + " ns1.host.example ns9.host.example"},
		"nova-trade.example": {index.PastEntry + " log#7"}, "companion.test": {index.PastEntry + " log#7"}, "novatrade24.test": {}, "www.beside.test": {"address 192.0.2.7"}, "far.test": {"address 192.0.2.8"},
	})
	// Behind a CDN the address is everybody's; what shows the server behind it is not.
	found(t, st, "hidden.example", 1, at, sure, extractors.Findings{Hosting: extractors.Hosting{Addresses: []string{"192.0.2.8"}, CDN: "frontline", Origins: []string{"198.51.100.3 from its mail host", "not an address"}}})
	found(t, st, "origin.example", 1, at, unsure, extractors.Findings{Hosting: extractors.Hosting{Addresses: []string{"198.51.100.3"}}})

	p := &Pivot{Store: st, Now: func() time.Time { return at.AddDate(0, 0, 1) }, Skip: func(h string) bool { return h == "bank.example" }}
	want := map[string]string{
		"partner.example":   "linked to by nova-trade.example",
		"wallet.example":    "pays to the same wallet " + wallet + " as nova-trade.example",
		"tracker.example":   "has the same tawk rare as nova-trade.example; has the same icon as nova-trade.example",
		"neighbour.example": "is or was at the address 192.0.2.7 of nova-trade.example",
		"doorway.example":   "links to nova-trade.example",
		"beside.test":       "at the address 192.0.2.7 of nova-trade.example",
		"servers.test":      "behind the name servers ns1.host.example ns2.host.example of nova-trade.example",
		"companion.test":    "in one certificate (log#7) with nova-trade.example",
		"novatrade24.test":  "named in the manner of nova-trade.example",
		"origin.example":    "is or was at the address 198.51.100.3 of hidden.example",
	}
	got, cursor := readPivot(t, p, nil)
	for _, h := range slices.Sorted(maps.Keys(want)) {
		if got[h] != want[h] {
			t.Errorf("%s: %q, want %q", h, got[h], want[h])
		}
		delete(got, h)
	}
	delete(got, "www.nova-trade.example")
	for h, why := range got {
		if !strings.HasPrefix(why, "redirected to by") {
			t.Errorf("%s: %s", h, why)
		}
	}

	// Confirmed without another visit, by an analyst or by the machine, a site is read, too; others are not read again.
	now := at.AddDate(0, 0, 2)
	p.Now = func() time.Time { return now }
	if err := st.Review(t.Context(), "doorway.example", &index.Review{Label: extractors.LabelFake, At: at}); err != nil {
		t.Fatal(err)
	}
	if err := st.Rejudge(t.Context(), "origin.example", 1, sure); err != nil {
		t.Fatal(err)
	}
	p.Every = 48 * time.Hour
	if got, _ := readPivot(t, p, cursor); len(got) > 0 {
		t.Errorf("read again after a day: %v", got)
	}
	p.Every = time.Hour
	got, _ = readPivot(t, p, cursor)
	for h := range got {
		if h != "www.doorway.example" && h != "www.origin.example" {
			t.Errorf("%s: %s", h, got[h])
		}
	}
}

// readPivot gives what a reading names, each with its reasons, and its cursor.
func readPivot(t *testing.T, p *Pivot, cursor []byte) (map[string]string, []byte) {
	t.Helper()
	got := map[string]string{}
	err := p.Read(t.Context(), cursor, func(b crawler.Batch) error {
		cursor = b.Cursor
		for _, x := range b.Targets {
			got[x.Host] = strings.Join(x.Reasons, "; ")
			if x.Reference != x.Reasons[0] {
				t.Errorf("%s is kept as %q, named because %q", x.Host, x.Reference, x.Reasons)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, cursor
}

// names keeps names with facts, each "kind value".
func names(t *testing.T, st index.Names, at time.Time, all map[string][]string) {
	t.Helper()
	for host, facts := range all {
		n := index.Name{Host: host, Source: "ct:log", First: at, Last: at}
		for _, f := range facts {
			kind, value, _ := strings.Cut(f, " ")
			n.Past = append(n.Past, index.Past{Kind: kind, Value: value, First: at, Last: at})
		}
		if err := st.SaveNames(t.Context(), []index.Name{n}); err != nil {
			t.Fatal(err)
		}
	}
}

// beside is a source of names that are no targets.
type beside []string

func (beside) Name() string          { return "ct:log" }
func (beside) Expect() time.Duration { return 0 }
func (s beside) Read(_ context.Context, _ []byte, emit func(crawler.Batch) error) error {
	b := crawler.Batch{Read: len(s)}
	for i, h := range s {
		b.Names = append(b.Names, crawler.Target{Host: h, Source: "ct:log", Reference: fmt.Sprintf("log#%d", i), Score: .3})
	}
	return emit(b)
}

// TestNamesBesideTargetsAreKept resolves names that are no targets: those that are somewhere are kept with where, none is queued.
func TestNamesBesideTargetsAreKept(t *testing.T) {
	v, st := visitor(t, crawl(page), 1)
	zone := map[string]crawler.DNS{
		"a.example":     {A: []string{"192.0.2.7"}, AAAA: []string{"2001:db8::7"}, NS: []string{"ns2.x.example", "ns1.x.example"}},
		"cdn.example":   {A: []string{"192.0.2.99"}, CNAME: []string{"edge.cdn.test"}},
		"empty.example": {NS: []string{"ns1.x.example"}},
	}
	source := beside{"a.example", "cdn.example", "empty.example", "gone.example"}
	d := Discoverer{Queue: st, States: st, Sources: fixed(source), Log: v.Log, Passive: &Passive{Names: st,
		Where:   func(_ context.Context, host string) crawler.DNS { return zone[host] },
		Fronted: func(_ string, d *crawler.DNS) bool { return len(d.CNAME) > 0 }}}
	discovered, err := d.Discover(t.Context())
	if err != nil || discovered[0].Kept != 2 || discovered[0].New != 0 {
		t.Fatalf("%+v %v", discovered, err)
	}
	for key, want := range map[string]string{
		"host a.example": "a.example", "address 192.0.2.7": "a.example", "address 2001:db8::7": "a.example", index.PastNS + " ns1.x.example ns2.x.example": "a.example",
		index.PastEntry + " log#0": "a.example", "cname edge.cdn.test": "cdn.example", "address 192.0.2.99": "", "host empty.example": "", "host gone.example": "",
	} {
		if got := holders(t, st, key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if due, held, err := st.Due(t.Context(), time.Now().Add(time.Hour)); due+held != 0 || err != nil {
		t.Errorf("%d due, %d held, %v", due, held, err)
	}
	d.Sources, d.Passive.Keep = fixed(), time.Hour
	if _, err := d.Discover(t.Context()); err != nil || holders(t, st, "host a.example") == "" {
		t.Errorf("forgotten too soon: %v", err)
	}
	d.Passive = &Passive{Names: st, Keep: time.Nanosecond}
	if _, err := d.Discover(t.Context()); err != nil || holders(t, st, "host a.example") != "" {
		t.Errorf("not forgotten: %v", err)
	}
}

func holders(t *testing.T, st *local.Store, key string) string {
	t.Helper()
	some, _, err := st.NamesWith(t.Context(), key, 10)
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, n := range some {
		hosts = append(hosts, n.Host)
	}
	return strings.Join(hosts, " ")
}

// TestPivotsThatWait confirms more sites than one reading takes: the others' turn comes with the next.
func TestPivotsThatWait(t *testing.T) {
	_, st := visitor(t, crawl(page), 1)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	const more = 3
	for i := range pivotsAtOnce + more {
		found(t, st, fmt.Sprintf("s%04d.example", i), 1, at, extractors.Verdict{Label: extractors.LabelFake, Confirmed: true}, extractors.Findings{Hosting: extractors.Hosting{CertSANs: []string{fmt.Sprintf("s%04d.test", i)}}})
	}
	var cursor []byte
	for _, want := range []int{pivotsAtOnce, more, 0} {
		var got map[string]string
		got, cursor = readPivot(t, &Pivot{Store: st, Now: func() time.Time { return at.AddDate(0, 0, 1) }}, cursor)
		n := 0
		for _, why := range got {
			if strings.HasPrefix(why, "named in the certificate") {
				n++
			}
		}
		if n != want {
			t.Errorf("%d are named, want %d", n, want)
		}
	}
}

package jobs

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// counting is a source of hosts with numbers: its cursor is the next number. It gives two a batch, up to until, and then fails with err.
type counting struct {
	name  string
	until int
	err   error
	asked *[]string // cursors it was given
}

func (s counting) Name() string          { return s.name }
func (s counting) Expect() time.Duration { return time.Hour }
func (s counting) Read(_ context.Context, cursor []byte, emit func(crawler.Batch) error) error {
	if s.asked != nil {
		*s.asked = append(*s.asked, string(cursor))
	}
	from, _ := strconv.Atoi(string(cursor))
	for ; from < s.until; from += 2 {
		b := crawler.Batch{Read: 3, Rejected: 1, Cursor: []byte(strconv.Itoa(from + 2))}
		for n := from; n < from+2; n++ {
			b.Targets = append(b.Targets, crawler.Target{Host: s.name + strconv.Itoa(n) + ".example", Source: s.name})
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return s.err
}

func fixed(all ...Source) func(context.Context) ([]Source, error) {
	return func(context.Context) ([]Source, error) { return all, nil }
}

func TestOneFailingSourceDoesNotStopTheOthers(t *testing.T) {
	v, _ := visitor(t, crawl(page), 1)
	d := Discoverer{Queue: v.Store, Sources: fixed(counting{name: "a", until: 2}, counting{name: "b", err: errors.New("gone")}, counting{name: "c", until: 4}), Log: v.Log}
	found, err := d.Discover(t.Context())
	if err == nil || !strings.Contains(err.Error(), "source b: gone") || len(found) != 3 || found[0].New != 2 || found[2].New != 4 || found[1].New != 0 || found[2].Rejected != 2 {
		t.Errorf("%+v %v", found, err)
	}
	if note, _ := d.Job(t.Context(), time.Time{}); note != "3 sources, 0 new hosts" {
		t.Errorf("second run: %q", note)
	}
}

// TestSourcesGoOnWhereTheyWere breaks a source off after some batches: what it gave is queued, and the next reading starts behind it.
func TestSourcesGoOnWhereTheyWere(t *testing.T) {
	v, st := visitor(t, crawl(page), 1)
	var asked []string
	read := func(s counting) Found {
		s.asked = &asked
		d := Discoverer{Queue: v.Store, States: st, Sources: fixed(s), Log: v.Log}
		found, _ := d.Discover(t.Context())
		return found[0]
	}
	if f := read(counting{name: "a", until: 4, err: errors.New("cut off")}); f.New != 4 || !strings.Contains(f.Error, "cut off") {
		t.Errorf("first reading: %+v", f)
	}
	if f := read(counting{name: "a", until: 10}); f.New != 6 || f.Error != "" {
		t.Errorf("second reading: %+v", f)
	}
	if f := read(counting{name: "a", until: 10}); f.Read != 0 {
		t.Errorf("third reading: %+v", f)
	}
	if want := []string{"", "4", "10"}; !slices.Equal(asked, want) {
		t.Errorf("cursors %q, want %q", asked, want)
	}
	all, err := st.SourceStates(t.Context())
	if err != nil || len(all) != 1 || all[0].Targets != 10 || all[0].New != 10 || all[0].Err != "" || !bytes.Equal(all[0].Cursor, []byte("10")) {
		t.Errorf("%+v %v", all, err)
	}
}

func TestACursorIsBounded(t *testing.T) {
	v, st := visitor(t, crawl(page), 1)
	d := Discoverer{Queue: v.Store, States: st, Sources: fixed(huge{}), Log: v.Log}
	if _, err := d.Discover(t.Context()); err == nil || !strings.Contains(err.Error(), "65537 bytes") {
		t.Error(err)
	}
}

type huge struct{}

func (huge) Name() string          { return "huge" }
func (huge) Expect() time.Duration { return 0 }
func (huge) Read(_ context.Context, _ []byte, emit func(crawler.Batch) error) error {
	return emit(crawler.Batch{Cursor: make([]byte, crawler.MaxCursor+1)})
}

func TestSilent(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	ago := func(h int) time.Time { return now.Add(time.Duration(-h) * time.Hour) }
	for _, c := range []struct {
		name   string
		state  index.SourceState
		expect time.Duration
		want   string
	}{
		{"gave something in time", index.SourceState{Since: ago(99), Yielded: ago(1)}, 2 * time.Hour, ""},
		{"nothing is expected", index.SourceState{Since: ago(99), Yielded: ago(98)}, 0, ""},
		{"asked for the first time", index.SourceState{Since: now}, time.Hour, ""},
		{"never asked", index.SourceState{}, time.Hour, ""},
		{"silent", index.SourceState{Since: ago(99), Yielded: ago(3)}, 2 * time.Hour, "it last gave something 3h0m0s ago, expected at least every 2h0m0s"},
		{"silent from the start", index.SourceState{Since: ago(3), Err: "gone"}, 2 * time.Hour, "it has given nothing since it was first asked 3h0m0s ago, expected at least every 2h0m0s: gone"},
	} {
		if got := Silent(c.state, c.expect, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

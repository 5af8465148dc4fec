package indextest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

var sourceTests = []test{
	{"sources' states are kept, replaced, listed by name", func(s *suite) {
		s.sources()
		one := index.SourceState{Source: "ct:argon", Cursor: []byte{0, 1, 255}, Read: hour(1), Yielded: t0, Since: hour(-9), Err: "answered 429", Targets: 1 << 40, New: 7}
		two := index.SourceState{Source: "feed:Z"}
		three := index.SourceState{Source: "feed:a", Cursor: []byte(`{"etag":"x"}`)}
		for _, x := range []index.SourceState{three, one, two} {
			s.ok(s.SaveSource(ctx, x))
		}
		s.sources(one, two, three)
		one.Cursor, one.Err, one.Read = []byte("later"), "", hour(2)
		s.ok(s.SaveSource(ctx, one))
		s.sources(one, two, three)
	}},
	{"cursors are kept up to MaxCursor bytes", func(s *suite) {
		full := index.SourceState{Source: "ct:full", Cursor: make([]byte, crawler.MaxCursor)}
		r := rand.New(rand.NewPCG(1, 1))
		for i := range full.Cursor {
			full.Cursor[i] = byte(r.Uint32())
		}
		s.ok(s.SaveSource(ctx, full))
		s.sources(full)
		over := full
		over.Cursor = append(bytes.Clone(full.Cursor), 0)
		for name, x := range map[string]index.SourceState{"a long cursor": over, "no name": {}, "a long name": {Source: strings.Repeat("s", index.MaxKey+1)}} {
			if err := s.SaveSource(ctx, x); err == nil {
				s.Errorf("%s: taken", name)
			}
		}
		s.sources(full)
	}},
	{"names and errors of sources may be anything", func(s *suite) {
		zone := time.FixedZone("", 7200)
		var want []index.SourceState
		for _, name := range []string{"\x00", `"}]}{"index":{}}`, "' OR 1=1 --", strings.Repeat("s", index.MaxKey), "é", "長い \U0010FFFF"} {
			x := index.SourceState{Source: name, Err: name, Read: t0.Add(time.Microsecond).In(zone), Since: time.Date(12_345, 1, 1, 0, 0, 0, 0, time.UTC)}
			s.ok(s.SaveSource(ctx, x))
			x.Read, x.Since = t0, time.Time{}
			want = append(want, x)
		}
		s.sources(want...)
		s.ok(s.SaveSource(ctx, index.SourceState{Source: "\xff\xfe", Err: strings.Repeat("長", index.MaxRunNote)}))
		all, err := s.SourceStates(ctx)
		s.ok(err)
		if len(all) != len(want)+1 || len(all[len(all)-1].Err) > index.MaxRunNote {
			s.Errorf("%d states, the last %.100v", len(all), all[len(all)-1])
		}
	}},
	{"many sources, and runs beside them", func(s *suite) {
		var want []index.SourceState
		for i := range 230 {
			want = append(want, index.SourceState{Source: fmt.Sprintf("feed:%03d", i), Targets: int64(i)})
		}
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := w; i < len(want); i += 8 {
					if err := s.SaveSource(ctx, want[i]); err != nil {
						s.Error(err)
					}
				}
			})
		}
		wg.Wait()
		s.claim(true, run("visit", "m1", t0), t0)
		s.sources(want...)
		if runs, err := s.RecentRuns(ctx, 50); err != nil || len(runs) != 1 {
			s.Errorf("runs %+v, %v", runs, err)
		}
	}},
}

func (s *suite) sources(want ...index.SourceState) {
	s.Helper()
	got, err := s.SourceStates(ctx)
	s.ok(err)
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if len(got) != len(want) {
		s.Fatalf("%d states, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			s.Errorf("state %d: %.80q, %d bytes of cursor, read %s; want %.80q, %d bytes, %s", i, got[i].Source, len(got[i].Cursor), got[i].Read, want[i].Source, len(want[i].Cursor), want[i].Read)
		}
	}
}

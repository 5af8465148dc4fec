package indextest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"scamatlas/index"
)

var nameTests = []test{
	{"names are found by host, stem, and where they were", func(s *suite) {
		s.named(name("nova-trade24.example", 1, "192.0.2.7"), name("novatrade.test", 2, "192.0.2.8"), name("other.example", 3, "192.0.2.7"))
		for key, want := range map[string]string{
			"host other.example": "other.example", "stem novatrade": "novatrade.test nova-trade24.example", "address 192.0.2.7": "other.example nova-trade24.example",
			"address 192.0.2.9": "", "address": "", "": "", "192.0.2.7": "",
		} {
			s.holders(key, want)
		}
		some, all, err := s.NamesWith(ctx, "address 192.0.2.7", 1)
		s.ok(err)
		if len(some) != 1 || all != 2 || !reflect.DeepEqual(some[0], name("other.example", 3, "192.0.2.7")) {
			s.Errorf("%d of %d: %+v", len(some), all, some)
		}
	}},
	{"a name that moves keeps where it was", func(s *suite) {
		s.named(name("a.example", 5, "192.0.2.7"))
		s.named(name("a.example", 9, "192.0.2.8"))
		s.named(name("a.example", 7, "192.0.2.7"), name("a.example", 6, "192.0.2.6"))
		s.holders("address 192.0.2.7", "a.example")
		s.holders("address 192.0.2.8", "a.example")
		some, _, err := s.NamesWith(ctx, "host a.example", 9)
		s.ok(err)
		want := index.Name{Host: "a.example", Source: "ct:log", Score: .9, First: hour(5), Last: hour(9), Past: []index.Past{
			{Kind: "address", Value: "192.0.2.8", First: hour(9), Last: hour(9)}, {Kind: "address", Value: "192.0.2.7", First: hour(5), Last: hour(7)}, {Kind: "address", Value: "192.0.2.6", First: hour(6), Last: hour(6)}}}
		if len(some) != 1 || !reflect.DeepEqual(some[0], want) {
			s.Errorf("%+v\nwant %+v", some, want)
		}
	}},
	{"names are forgotten by when they were last named", func(s *suite) {
		var all []index.Name
		for i := range 200 {
			all = append(all, name(fmt.Sprintf("n%03d.example", i), i, "192.0.2.7"))
		}
		s.named(all...)
		if n, err := s.ForgetNames(ctx, hour(150)); n != 150 || err != nil {
			s.Errorf("%d forgotten, %v", n, err)
		}
		if some, n, err := s.NamesWith(ctx, "address 192.0.2.7", 500); n != 50 || len(some) != 50 || err != nil || some[0].Host != "n199.example" || some[49].Host != "n150.example" {
			s.Errorf("%d of %d left, %v", len(some), n, err)
		}
		s.holders("host n149.example", "")
		if n, err := s.ForgetNames(ctx, hour(150)); n != 0 || err != nil {
			s.Errorf("%d forgotten again, %v", n, err)
		}
	}},
	{"names may hold anything, and are bounded", func(s *suite) {
		odd := name("odd.example", 1, "\x00\"}]}", "é長", strings.Repeat("x", index.MaxKey), "\xff", "")
		for i := range 2 * index.MaxNamePast {
			odd.Past = append(odd.Past, index.Past{Kind: "address", Value: fmt.Sprint(i), First: hour(0), Last: hour(-i)})
		}
		s.named(odd)
		s.holders("address é長", "odd.example")
		s.holders("address \x00\"}]}", "odd.example")
		some, _, err := s.NamesWith(ctx, "host odd.example", 1)
		s.ok(err)
		if len(some) != 1 || len(some[0].Past) != index.MaxNamePast {
			s.Errorf("%+v", some)
		}
		for what, names := range map[string][]index.Name{"no host": {{}}, "a long host": {{Host: strings.Repeat("h", 300)}}, "too many": make([]index.Name, index.MaxTargets+1)} {
			if err := s.SaveNames(ctx, names); err == nil {
				s.Errorf("%s: taken", what)
			}
		}
		s.ok(s.SaveNames(ctx, nil))
	}},
	{"many save the same names at once", func(s *suite) {
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Go(func() {
				if err := s.SaveNames(ctx, []index.Name{name("a.example", w, fmt.Sprintf("192.0.2.%d", w)), name("b.example", w, "192.0.2.99")}); err != nil {
					s.Error(err)
				}
			})
		}
		wg.Wait()
		for w := range 6 {
			s.holders(fmt.Sprintf("address 192.0.2.%d", w), "a.example")
		}
		s.holders("address 192.0.2.99", "b.example")
	}},
}

// name is a name seen at addresses in an hour.
func name(host string, at int, addresses ...string) index.Name {
	n := index.Name{Host: host, Source: "ct:log", Score: float64(at) / 10, First: hour(at), Last: hour(at)}
	for _, a := range addresses {
		n.Past = append(n.Past, index.Past{Kind: "address", Value: a, First: hour(at), Last: hour(at)})
	}
	return n
}

func (s *suite) named(names ...index.Name) {
	s.Helper()
	s.ok(s.SaveNames(ctx, names))
}

// holders wants exactly these hosts, in this order, to have a key.
func (s *suite) holders(key, want string) {
	s.Helper()
	some, all, err := s.NamesWith(ctx, key, 100)
	s.ok(err)
	got := []string{}
	for _, n := range some {
		got = append(got, n.Host)
	}
	if !slices.Equal(got, strings.Fields(want)) || all != int64(len(got)) {
		s.Errorf("key %.60q: %d names %v, want %s", key, all, got, want)
	}
}

package cluster

import (
	"slices"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
)

func TestRelatedNearestFirst(t *testing.T) {
	var b Builder
	for _, m := range town() {
		b.Add(m)
	}
	me := front(alive("me.example"), "apex", .9)
	me.Indicators = []extractors.Indicator{wallet("W1")}
	partner := front(alive("partner.example"), "other", .9)
	partner.Indicators = []extractors.Indicator{wallet("W1")}
	cousin := front(alive("cousin.example"), "apex", .18)
	for _, m := range []*index.Member{me, partner, cousin} {
		b.Add(m)
	}
	r := b.Related("me.example", 10, Options{})
	var hosts []string
	for _, x := range r {
		hosts = append(hosts, x.Host)
		if len(x.Ties) == 0 || x.Score <= 0 || x.Score > 1 {
			t.Errorf("%+v", x)
		}
	}
	want := []string{"partner.example", "apex0000.example", "apex0003.example", "apex0001.example", "apex0002.example", "cousin.example"}
	if !slices.Equal(hosts, want) {
		t.Fatalf("%v", hosts)
	}
	if p := r[0]; !slices.Equal(p.Layers, []index.Layer{index.Operator}) || p.Ties[0].Kind != "wallet" || p.Ties[0].Value != "W1" {
		t.Errorf("partner: %+v", p)
	}
	if k := r[1]; !slices.Equal(k.Layers, []index.Layer{index.Kit}) {
		t.Errorf("of one kit: %+v", k)
	}
	if c := r[5]; len(c.Layers) != 0 {
		t.Errorf("too far to be grouped: %+v", c)
	}
	if got := b.Related("me.example", 2, Options{}); len(got) != 2 {
		t.Errorf("asked for two, got %d", len(got))
	}
	if got := b.Related("unknown.example", 5, Options{}); got != nil {
		t.Errorf("an unknown host has relations: %v", got)
	}
}

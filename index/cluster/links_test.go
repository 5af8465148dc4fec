package cluster

import (
	"slices"
	"strings"
	"testing"

	"scamatlas/index"
)

func TestAnalystsWin(t *testing.T) {
	all := append(town(), members(at{host: "a", wallets: "1"}, at{host: "b", wallets: "1"}, at{host: "c", wallets: "2"}, at{host: "d", wallets: "2"}, at{host: "e"})...)
	link := func(layer index.Layer, apart bool, a, b string) index.Link {
		return index.Link{A: a, B: b, Layer: layer, Apart: apart, Who: "anna", At: day, Note: "own eyes"}
	}
	with := func(links ...index.Link) []index.Cluster {
		got := rebuild(nil, Options{Now: day, Links: links}, all...).Clusters
		checkTies(t, got)
		return got
	}
	joined := with(link(index.Operator, false, "b", "e"), link(index.Operator, false, "a", "c"))
	if got := layout(joined, index.Operator); got != "a b c d e" {
		t.Errorf("together: %s", got)
	}
	c := only(t, joined, "e")
	if !slices.ContainsFunc(c.Ties, func(x index.Tie) bool {
		return x.Kind == analyst && x.Value == "anna, 2026-03-01: own eyes" && x.B == "e"
	}) {
		t.Errorf("no tie says so: %+v", c.Ties)
	}
	if got := layout(with(link(index.Operator, true, "a", "b")), index.Operator); got != "c d" {
		t.Errorf("apart: %s", got)
	}
	kits := with(link(index.Kit, false, "apex0000.example", "shop0001.example"), link(index.Kit, true, "nova0000.example", "nova0003.example"))
	if c := only(t, kits, "shop0001.example"); c.Size != 5 || c.Hosts[0] != "apex0000.example" {
		t.Errorf("one kit: %v", c.Hosts)
	}
	if got := layout(kits, index.Kit); strings.Count(got, "nova") != 6 || slices.ContainsFunc(kits, func(c index.Cluster) bool {
		return slices.Contains(c.Hosts, "nova0000.example") && slices.Contains(c.Hosts, "nova0003.example")
	}) {
		t.Errorf("two kits: %s", got)
	}
	var b Builder
	for _, m := range all {
		b.Add(m)
	}
	if e := b.Explain("a", "b", Options{Now: day, Links: []index.Link{link(index.Operator, true, "a", "b")}}); e.Operator.Same || !strings.Contains(e.Operator.Note, "anna") {
		t.Errorf("explained: %+v", e.Operator)
	}
	if got := layout(with(link(index.Operator, false, "a", "nobody.example")), index.Operator); got != "a b|c d" {
		t.Errorf("a link to a site that is not there: %s", got)
	}
}

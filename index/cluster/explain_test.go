package cluster

import (
	"slices"
	"strings"
	"testing"

	"scamatlas/index"
)

func explain(one, two string, all ...*index.Member) Explanation {
	var b Builder
	for _, m := range all {
		b.Add(m)
	}
	return b.Explain(one, two, Options{Now: day})
}

func TestExplain(t *testing.T) {
	sites := members(
		at{host: "a", wallets: "1"}, at{host: "b", wallets: "12"}, at{host: "c", wallets: "2"}, // a chain
		at{host: "d", contacts: "x"}, at{host: "e", contacts: "x"}, // a near miss
		at{host: "f", wallets: "3", trackers: "l"}, at{host: "g", wallets: "3"}, at{host: "h", wallets: "4", trackers: "l"}, at{host: "i", wallets: "4"}, // a leftover
	)
	sites = append(sites, town()...)
	direct := explain("a", "b", sites...)
	if !direct.Operator.Same || direct.Operator.Missing != 0 || len(direct.Operator.Path) != 2 || direct.Ties[0].Kind != "wallet" || !slices.Equal(direct.Layers, []index.Layer{index.Operator}) {
		t.Errorf("a and b: %+v", direct)
	}
	chain := explain("a", "c", sites...)
	if !chain.Operator.Same || !slices.Equal(chain.Operator.Path, []string{"a", "b", "c"}) || len(chain.Ties) != 0 || chain.Operator.Note == "" {
		t.Errorf("a and c: %+v", chain)
	}
	miss := explain("d", "e", sites...).Operator
	if miss.Same || miss.Weight != .7 || miss.Kinds != 1 || miss.Missing != .1 || len(miss.Path) != 0 {
		t.Errorf("a contact alone: %+v", miss)
	}
	left := explain("f", "h", sites...).Operator
	if left.Same || left.Weight != 0 || left.Missing != .8 || !slices.Equal(left.Ignored, []string{"tawk Tl"}) || !strings.Contains(left.Note, "different wallets") {
		t.Errorf("a leftover: %+v", left)
	}
	kit := explain("apex0000.example", "apex0001.example", sites...).Kit
	if !kit.Same || kit.Score < kit.Bar || kit.Missing != 0 || kit.Signals["tags"] < .3 || len(kit.Signals) != int(signals) {
		t.Errorf("copies of one kit: %+v", kit)
	}
	strange := explain("apex0000.example", "nova0001.example", sites...)
	if strange.Kit.Same || strange.Kit.Missing <= 0 || strange.Operator.Missing != .8 || len(strange.Layers) != 0 {
		t.Errorf("two kits: %+v", strange)
	}
	if u := explain("a", "nobody.example", sites...); !slices.Equal(u.Unknown, []string{"nobody.example"}) {
		t.Errorf("an unknown host: %+v", u)
	}
}

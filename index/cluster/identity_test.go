package cluster

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"scamatlas/index"
)

// pays gives a member for each host, hosts of one word sharing a wallet: "a b", "c d".
func pays(groups ...[]string) []*index.Member {
	var all []*index.Member
	for n, g := range groups {
		for _, h := range g {
			all = append(all, at{host: h, wallets: string(rune('A' + n))}.member())
		}
	}
	return all
}

func only(t *testing.T, all []index.Cluster, host string) index.Cluster {
	t.Helper()
	for _, c := range all {
		if slices.Contains(c.Hosts, host) {
			return c
		}
	}
	t.Fatalf("%s is in no cluster of %+v", host, all)
	return index.Cluster{}
}

func TestIDsLiveOn(t *testing.T) {
	var b Builder
	rebuild := func(previous []index.Cluster, after time.Duration, groups ...[]string) []index.Cluster {
		b = Builder{}
		for _, m := range pays(groups...) {
			b.Add(m)
		}
		return b.Build(previous, Options{Now: day.Add(after)}).Clusters
	}
	first := rebuild(nil, 0, []string{"a", "b", "c", "d", "e"}, []string{"p", "q"})
	abc, pq := only(t, first, "a"), only(t, first, "p")
	if abc.ID[:2] != "o-" || len(abc.ID) != 12 || !abc.Since.Equal(day) || abc.Lineage[0].What != minted {
		t.Errorf("a new cluster: %+v", abc)
	}

	same := rebuild(first, time.Hour, []string{"a", "b", "c", "d", "e"}, []string{"p", "q"})
	if !reflect.DeepEqual(same, first) {
		t.Errorf("nothing happened, yet\n%+v\nbecame\n%+v", first, same)
	}

	grown := rebuild(first, time.Hour, []string{"0new", "a", "b", "c", "d", "e"}, []string{"p", "q"})
	if c := only(t, grown, "0new"); c.ID != abc.ID || !c.Since.Equal(day) || len(c.Lineage) != 1 {
		t.Errorf("a cluster that grew: %+v", c)
	}

	merge := rebuild(first, 2*time.Hour, []string{"a", "b", "c", "d", "e", "p", "q"})
	c := only(t, merge, "a")
	older, newer := abc.ID, pq.ID // of one age: the larger counts as the older
	if last := c.Lineage[len(c.Lineage)-1]; c.ID != older || last.What != merged || !slices.Equal(last.Of, []string{newer}) || !last.At.Equal(day.Add(2*time.Hour)) {
		t.Errorf("merged: %+v", c)
	}

	if !slices.Equal(c.Aliases, []string{newer}) {
		t.Errorf("the id that went is remembered: %v", c.Aliases)
	}
	if c := only(t, rebuild(merge, 3*time.Hour, []string{"a", "b", "c", "d", "e", "p", "q"}), "a"); !slices.Equal(c.Aliases, []string{newer}) {
		t.Errorf("and stays so: %v", c.Aliases)
	}

	parted := rebuild(first, 3*time.Hour, []string{"a", "b"}, []string{"p", "q"}, []string{"c", "d", "e"})
	big, small := only(t, parted, "c"), only(t, parted, "a")
	if big.ID != abc.ID || len(big.Lineage) != 1 {
		t.Errorf("the larger part lost its id: %+v", big)
	}
	if small.ID == abc.ID || small.Lineage[0].What != split || !slices.Equal(small.Lineage[0].Of, []string{abc.ID}) || !small.Since.Equal(day.Add(3*time.Hour)) {
		t.Errorf("the smaller part: %+v", small)
	}

	back := rebuild(parted, 4*time.Hour, []string{"a", "b", "c", "d", "e"}, []string{"p", "q"})
	if c := only(t, back, "a"); c.ID != abc.ID || c.Lineage[len(c.Lineage)-1].What != merged {
		t.Errorf("together again: %+v", c)
	}
}

func TestMergeKeepsTheOlderID(t *testing.T) {
	previous := []index.Cluster{
		{ID: "o-younger", Layer: index.Operator, Hosts: []string{"a", "b", "c"}, Since: day.Add(time.Hour)},
		{ID: "o-older", Layer: index.Operator, Hosts: []string{"d", "e"}, Since: day},
		{ID: "k-other", Layer: index.Kit, Hosts: []string{"a", "b", "c", "d", "e"}, Since: day.Add(-time.Hour)},
	}
	c := only(t, build(previous, pays([]string{"a", "b", "c", "d", "e"})...), "a")
	if c.ID != "o-older" || !slices.Equal(c.Lineage[0].Of, []string{"o-younger"}) {
		t.Errorf("%+v", c)
	}
}

func TestMergeOfOneAgeKeepsTheLargerID(t *testing.T) {
	previous := []index.Cluster{
		{ID: "o-a", Layer: index.Operator, Hosts: []string{"d", "e"}, Since: day},
		{ID: "o-b", Layer: index.Operator, Hosts: []string{"a", "b", "c"}, Since: day},
	}
	c := only(t, build(previous, pays([]string{"a", "b", "c", "d", "e"})...), "a")
	if c.ID != "o-b" || !slices.Equal(c.Aliases, []string{"o-a"}) {
		t.Errorf("%+v", c)
	}
}

func TestFounderNamesTheCluster(t *testing.T) {
	late := pays([]string{"a", "b"})
	late[0].FirstSeen = day.Add(time.Hour)
	byB := build(nil, late...)[0].ID
	if byA := build(nil, pays([]string{"a", "b"})...)[0].ID; byA == byB {
		t.Errorf("founded by a and by b, the id is %s", byA)
	}
	if withC := build(nil, append(late, at{host: "c", wallets: "A"}.member())...)[0].ID; withC != byB {
		t.Errorf("b and c are known equally long and b is first by name, yet the id %s is not b's %s", withC, byB)
	}
}

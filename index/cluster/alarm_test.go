package cluster

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/index"
)

// firm is n sites with one wallet.
func firm(name, wallet string, n int) (all []at) {
	for i := range n {
		all = append(all, at{host: host(name, i), wallets: wallet})
	}
	return all
}

func rebuild(previous []index.Cluster, o Options, all ...*index.Member) Grouping {
	var b Builder
	for _, m := range all {
		b.Add(m)
	}
	return b.Build(previous, o)
}

func TestLargeClustersAreNotJoinedUnasked(t *testing.T) {
	const n = alarmJoin + 1
	sites := members(slices.Concat(firm("apex", "1", n), firm("nova", "2", n))...)
	first := rebuild(nil, Options{Now: day}, sites...)
	if len(first.Clusters) != 2 || len(first.Alarms) != 0 {
		t.Fatalf("%+v", first)
	}
	bridge := at{host: "bridge.example", wallets: "12"}.member()
	all := append(slices.Clone(sites), bridge)
	later := day.Add(time.Hour)
	got := rebuild(first.Clusters, Options{Now: later}, all...)
	checkTies(t, got.Clusters)
	if len(got.Clusters) != 2 || len(got.Alarms) != 1 || len(got.Alarms[0].IDs) != 2 || got.Alarms[0].Sites != 2*n+1 {
		t.Fatalf("%d clusters, alarms %+v", len(got.Clusters), got.Alarms)
	}
	for _, c := range got.Clusters {
		last := c.Lineage[len(c.Lineage)-1]
		if last.What != alarmed || len(last.Of) != 1 || last.Of[0] == c.ID || !last.At.Equal(later) || c.Size < n || !slices.Contains(got.Alarms[0].IDs, c.ID) {
			t.Errorf("%s of %d: %+v", c.ID, c.Size, c.Lineage)
		}
	}
	again := rebuild(got.Clusters, Options{Now: later.Add(time.Hour)}, all...)
	if !reflect.DeepEqual(again.Clusters, got.Clusters) || len(again.Alarms) != 1 {
		t.Errorf("nothing happened, yet %+v became %+v", got.Clusters, again.Clusters)
	}
	if free := rebuild(got.Clusters, Options{Now: later, AllowMerges: true}, all...); len(free.Clusters) != 1 || free.Clusters[0].Size != 2*n+1 || len(free.Alarms) != 0 {
		t.Errorf("allowed to merge: %d clusters", len(free.Clusters))
	}
	if fresh := rebuild(nil, Options{Now: day}, all...); len(fresh.Clusters) != 1 || len(fresh.Alarms) != 0 {
		t.Errorf("a first build has nothing to compare with: %d clusters", len(fresh.Clusters))
	}
	small := rebuild(rebuild(nil, Options{Now: day}, members(slices.Concat(firm("apex", "1", n), firm("nova", "2", 3))...)...).Clusters, Options{Now: later},
		append(members(slices.Concat(firm("apex", "1", n), firm("nova", "2", 3))...), bridge)...)
	if len(small.Clusters) != 1 || len(small.Alarms) != 0 {
		t.Errorf("a small one may join a large one: %d clusters", len(small.Clusters))
	}
}

func TestNoClusterGrowsTenfoldUnasked(t *testing.T) {
	old := firm("apex", "1", 3)
	first := rebuild(nil, Options{Now: day}, members(old...)...)
	all := members(append(old, firm("flood", "1", alarmGrowth*alarmJoin)...)...)
	got := rebuild(first.Clusters, Options{Now: day.Add(time.Hour)}, all...)
	checkTies(t, got.Clusters)
	apex, flood := only(t, got.Clusters, "apex0000.example"), only(t, got.Clusters, "flood0000.example")
	if apex.ID != first.Clusters[0].ID || apex.Size != 3 || flood.Size != alarmGrowth*alarmJoin || len(got.Alarms) != 1 || !strings.Contains(got.Alarms[0].String(), "3 sites would become 203") {
		t.Fatalf("%d and %d sites, %+v", apex.Size, flood.Size, got.Alarms)
	}
	again := rebuild(got.Clusters, Options{Now: day.Add(2 * time.Hour)}, all...)
	if !reflect.DeepEqual(again.Clusters, got.Clusters) {
		t.Error("the alarm was forgotten by the next build")
	}
	grown := rebuild(first.Clusters, Options{Now: day}, members(append(old, firm("new", "1", 30)...)...)...)
	if len(grown.Clusters) != 1 || len(grown.Alarms) != 0 {
		t.Errorf("three sites may become 33: %+v", grown.Alarms)
	}
}

func TestLargeKitsAreNotJoinedUnasked(t *testing.T) {
	var sites []*index.Member
	previous := []index.Cluster{{ID: "k-one", Layer: index.Kit, Since: day}, {ID: "k-two", Layer: index.Kit, Since: day}}
	for i := range 2*alarmJoin + 4 {
		m := front(alive(host("site", i)), "apex", .9)
		sites = append(sites, m)
		if i < 2*alarmJoin+2 {
			previous[i%2].Hosts = append(previous[i%2].Hosts, m.Host)
		}
	}
	got := rebuild(previous, Options{Now: day}, sites...)
	checkTies(t, got.Clusters)
	if len(got.Clusters) != 2 || len(got.Alarms) != 1 || !slices.Equal(got.Alarms[0].IDs, []string{"k-one", "k-two"}) || got.Clusters[0].Size+got.Clusters[1].Size != len(sites) {
		t.Errorf("%d clusters, %+v", len(got.Clusters), got.Alarms)
	}
}

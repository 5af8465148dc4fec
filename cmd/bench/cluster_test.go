package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"scamatlas/index"
)

func TestClusterBenchFindsTheTruth(t *testing.T) {
	var out, talk bytes.Buffer
	if code := run(context.Background(), []string{"cluster", "-sizes", "300,900", "-no-peer", "-json"}, &out, &talk); code != 0 {
		t.Fatalf("exit %d: %s", code, &talk)
	}
	var r clusterReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	all := r.Builds
	if len(all) != 2 || all[1].Sites != 900 || all[1].Growth <= 0 || all[1].NLogN < 3 || all[1].NLogN > 4 {
		t.Fatalf("%+v", all)
	}
	for _, g := range all {
		if g.CPU <= 0 || g.MaxRSS < 1<<20 || g.Kits < 5 || g.Operators < 5 || g.Kit.F < .9 || g.Kit.Precision < .98 || g.Operator.F < .9 || g.Operator.Precision < .98 {
			t.Errorf("%+v", g)
		}
	}
	var table bytes.Buffer
	if err := r.table(&table); err != nil || !strings.Contains(table.String(), "operator P / R / F") {
		t.Errorf("table, error %v:\n%s", err, &table)
	}
}

func TestCitiesAreEqual(t *testing.T) {
	members := func(seed uint64) (all []*index.Member) {
		newCity(200, seed).eachMember(func(m *index.Member) { all = append(all, m) })
		return all
	}
	a, b := members(7), members(7)
	if len(a) != 200 || !reflect.DeepEqual(a, b) {
		t.Error("equal seeds made different cities")
	}
	if reflect.DeepEqual(a, members(8)) {
		t.Error("different seeds made equal cities")
	}
}

func TestJudgeCountsPairs(t *testing.T) {
	truth := newLabels(5)
	var hosts []string
	for n, what := range []int32{0, 0, 0, 1} {
		hosts = append(hosts, hostOf(7, n))
		truth.put(n, what)
	}
	got := judge([][]string{{hosts[0], hosts[1], hosts[3], hostOf(7, 4), "strange"}}, truth) // ten pairs, one of them right; three belong together
	if got.Precision != .1 || math.Abs(got.Recall-1./3) > 1e-9 || math.Abs(got.F-2*.1/3/(.1+1./3)) > 1e-9 {
		t.Errorf("%+v", got)
	}
	if got := judge(nil, truth); got.Precision != 1 || got.Recall != 0 || got.F != 0 {
		t.Errorf("nothing grouped: %+v", got)
	}
}

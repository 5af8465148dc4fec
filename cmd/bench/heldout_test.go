package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scamatlas/index"
)

// labelledCity writes a city as a file of members and one of labels.
func labelledCity(t *testing.T, n int) (members, labels string) {
	t.Helper()
	dir := t.TempDir()
	members, labels = filepath.Join(dir, "members.jsonl"), filepath.Join(dir, "labels.csv")
	var table bytes.Buffer
	w := csv.NewWriter(&table)
	rows := [][]string{{"id", "domain", "template", "operator"}}
	var all []*index.Member
	c := newCity(n, 3)
	c.eachMember(func(m *index.Member) { all = append(all, m) })
	for _, m := range all {
		operator := "none"
		if o := c.operator.of(m.Host); o != 0 {
			operator = fmt.Sprint("op", o)
		}
		rows = append(rows, []string{"x", m.Host, fmt.Sprint("kit", c.kit.of(m.Host)), operator})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(labels, table.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exportMembers(members, all); err != nil {
		t.Fatal(err)
	}
	return members, labels
}

func TestHeldoutChoosesOnOneHalfAndMeasuresTheOther(t *testing.T) {
	members, labels := labelledCity(t, 600)
	var out, talk bytes.Buffer
	if code := run(context.Background(), []string{"heldout", "-members", members, "-labels", labels, "-json"}, &out, &talk); code != 0 {
		t.Fatalf("exit %d: %s", code, &talk)
	}
	var r heldout
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Sites != 600 || len(r.Halves) != 2 || r.Halves[0].Sites+r.Halves[1].Sites != 600 || r.Halves[0].Sites < 50 || r.Halves[1].Sites < 50 {
		t.Fatalf("%+v", r)
	}
	for _, h := range append(r.Halves, r.All) {
		if h.Kit.F < .85 || h.KitARI < .85 || h.Kit.Precision < .98 || h.Operator.Precision < .95 || h.From > h.Chosen || h.To < h.Chosen {
			t.Errorf("%+v", h)
		}
	}
	var table bytes.Buffer
	if err := r.table(&table); err != nil || strings.Count(table.String(), "\n") < 5 {
		t.Errorf("table, error %v:\n%s", err, &table)
	}
}

func TestHeldoutWantsASetAndLabels(t *testing.T) {
	for _, args := range [][]string{{"heldout"}, {"heldout", "-members", "x"}, {"heldout", "-store", "x", "-members", "x", "-labels", "y"}} {
		var out, talk bytes.Buffer
		if code := run(context.Background(), args, &out, &talk); code != 2 || talk.Len() == 0 {
			t.Errorf("%q: exit %d, said %q", args, code, &talk)
		}
	}
	if _, err := readLabels(strings.NewReader("a,b\n1,2\n")); err == nil || !strings.Contains(err.Error(), "template") {
		t.Errorf("labels without the columns: %v", err)
	}
}

func TestAdjustedRandIndex(t *testing.T) {
	var members []*index.Member
	for _, h := range []string{"a", "b", "c", "d", "e", "f"} {
		members = append(members, &index.Member{Host: h})
	}
	of := func(h string) string {
		return map[string]string{"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "y"}[h]
	}
	group := func(all ...string) (cs []index.Cluster) {
		for _, g := range all {
			cs = append(cs, index.Cluster{ID: g, Layer: index.Kit, Hosts: strings.Split(g, "")})
		}
		return cs
	}
	// The second is worked out in Hubert and Arabie's way: pairs together 4, belonging 6, both 2, of 15.
	for want, got := range map[float64][]index.Cluster{1: group("abc", "def"), (2 - 4*6/15.) / (5 - 4*6/15.): group("abd", "ef"), 0: group("abcdef")} {
		if _, ari := compare(members, got, index.Kit, of); math.Abs(ari-want) > 1e-9 {
			t.Errorf("%v: %v, want %v", got, ari, want)
		}
	}
}

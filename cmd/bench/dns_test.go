package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/needtest"
)

// TestDNSBench: every name of every mode is told what the zones hold; speeds are for the benchmark itself.
func TestDNSBench(t *testing.T) {
	names := 5 * zoneHosts
	r, err := dnsBench(t.Context(), names, 1, io.Discard)
	if errors.Is(err, errNoNamed) {
		needtest.Missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.Names != names || len(r.Modes) != len(dnsModes) || r.Wall <= 0 || r.CPU <= 0 {
		t.Errorf("%+v", r)
	}
	for _, m := range r.Modes {
		if m.Lost != 0 || m.PerS <= 0 {
			t.Errorf("%+v", m)
		}
	}
	var table bytes.Buffer
	if err := r.table(&table); err != nil || !strings.Contains(table.String(), "resolve, lost") {
		t.Errorf("%v\n%s", err, &table)
	}
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), `"lost":0`) {
		t.Errorf("%s, %v", b, err)
	}
}

// TestMadeHosts: the zones have names of each kind, and what is lost is told from what is not.
func TestMadeHosts(t *testing.T) {
	kinds := map[string]int{}
	for _, h := range madeHosts() {
		for kind, has := range map[string]bool{"one family": len(h.a) > 0 && len(h.aaaa) == 0, "both families": len(h.aaaa) > 0, "alias": h.alias != "",
			"no address": len(h.a) == 0 && !h.missing, "missing": h.missing, "too long for UDP": len(h.a) > crawler.MaxRecords, "text": h.txt, "mail": h.mail} {
			if has {
				kinds[kind]++
			}
		}
		if h.known(&crawler.DNS{}) {
			t.Errorf("%s: no answer at all is taken for the zone's", h.label)
		}
	}
	if len(kinds) != 8 {
		t.Errorf("%v", kinds)
	}
}

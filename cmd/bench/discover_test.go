package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// TestDiscoverBench: every mode reads the same log, and the table has the goal; speeds are for the benchmark itself.
func TestDiscoverBench(t *testing.T) {
	var out, talk bytes.Buffer
	if code := run(context.Background(), []string{"discover", "-entries", "700", "-names", "1000", "-resolve", "100", "-rounds", "1", "-json"}, &out, &talk); code != 0 {
		t.Fatalf("exit %d: %s", code, &talk)
	}
	var r discoverReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Log.Modes) != len(logModes) || len(r.Log.Ratios) != 3 || r.Log.Entries != 700 || r.Log.Bytes < 700*1000 || r.Names == nil || r.Names.Names < 1000 {
		t.Errorf("%+v", r)
	}
	var table bytes.Buffer
	if err := r.Log.table(&table); err != nil || !strings.Contains(table.String(), "read / (fetch + sha256)") {
		t.Errorf("table, error %v:\n%s", err, &table)
	}
	for _, wrong := range [][]string{{"-entries", "1"}, {"-resolve", "1"}, {"-rounds", "0"}, {"extra"}} {
		if code := run(context.Background(), append([]string{"discover"}, wrong...), &out, &talk); code != 2 {
			t.Errorf("%q: exit %d", wrong, code)
		}
	}
}

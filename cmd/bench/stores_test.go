package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

// TestStores takes a small city through the embedded store: late sites join where the next grouping puts them, and ids stay.
func TestStores(t *testing.T) {
	var out bytes.Buffer
	if err := storesBench(t.Context(), storesOptions{Sites: 1000, Seed: 1, Join: 40, JSON: true}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var all []kept
	if err := json.Unmarshal(out.Bytes(), &all); err != nil || len(all) != 1 {
		t.Fatalf("%v: %s", err, out.Bytes())
	}
	k, looked := all[0], 0
	for _, n := range k.Joined.Kinds {
		looked += n
	}
	if k.Joined.Sites != 40 || looked != 2*40 || k.Joined.Kinds["kit "+stayed] < 30 {
		t.Errorf("%+v", k.Joined)
	}
	if k.Joined.AsBuilt < .95 || k.Churn > .02 || k.Kit.F < .95 || k.MaxRSS == 0 {
		t.Errorf("%+v", k)
	}
}

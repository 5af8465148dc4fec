package main

import (
	"strings"
	"testing"
)

// TestNames: the measurement finds candidates among its names and prints the goal; speeds are for the benchmark itself.
func TestNames(t *testing.T) {
	r, err := measureNames(t.Context(), namesMade/10)
	if err != nil {
		t.Fatal(err)
	}
	if r.Brands != namesBrands || r.Candidates < 0.01 || r.Candidates > 0.1 || r.MemberHits <= 0 || r.Score <= 0 {
		t.Errorf("%+v", r)
	}
	var out strings.Builder
	if err := r.table(&out); err != nil || !strings.Contains(out.String(), "score to member") {
		t.Errorf("%v\n%s", err, out.String())
	}
	t.Log("\n" + out.String())
}

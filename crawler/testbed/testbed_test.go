package testbed

import "testing"

func mustSites(t *testing.T) []Site {
	t.Helper()
	all, err := Sites()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

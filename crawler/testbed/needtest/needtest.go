// Package needtest turns a missing outside program into a test that is skipped and says what to install, or, under CI, into one that fails:
// there the suite must not go missing unseen.
package needtest

import (
	"os"
	"testing"
)

// Env gives the value of an environment variable that names what the test needs. how says how to get it.
func Env(t testing.TB, variable, how string) string {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		Missing(t, how+", or name one with "+variable)
	}
	return value
}

// Missing ends the test: how says what is missing and how to get it.
func Missing(t testing.TB, how string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(how)
	}
	t.Skip(how)
}

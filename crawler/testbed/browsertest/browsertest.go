// Package browsertest turns the variable SCAMATLAS_TEST_BROWSER, or what is installed, into a real Chromium for tests. It does not
// install one: `make test` and .ci/with-browser do.
package browsertest

import (
	"os"
	"os/exec"
	"testing"

	"scamatlas/crawler/testbed/needtest"
)

// Variable names the browser for tests.
const Variable = "SCAMATLAS_TEST_BROWSER"

// Path gives the browser: the one named, else the headless shell, else a full Chromium. Without one the test is skipped; under CI it
// fails, so that the suite cannot go missing there.
func Path(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(Variable); path != "" {
		return path
	}
	for _, name := range []string{"chromium-headless-shell", "headless-shell", "chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	needtest.Missing(t, "needs a browser: run `make test`, or install Debian's chromium-headless-shell, or name one with "+Variable)
	return ""
}

// Package elastictest turns the variable SCAMATLAS_TEST_ES into a real Elasticsearch for tests. It does not start one: `make test` and
// .ci/elasticsearch do.
package elastictest

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler/testbed/needtest"
)

// Variable names the server for tests. Whatever stands under the prefixes given out by Prefix is deleted there.
const Variable = "SCAMATLAS_TEST_ES"

const timeout = 30 * time.Second

// URL gives the address of the server. Without one the test is skipped; under CI it fails, so that the suite cannot go missing there.
func URL(t testing.TB) string {
	t.Helper()
	return strings.TrimRight(needtest.Env(t, Variable, "needs an Elasticsearch 8: run `make test`, or start one with `.ci/elasticsearch start`"), "/")
}

// Prefix gives a prefix for index names that no other test has. Its indices are deleted when the test ends.
func Prefix(t testing.TB) string {
	t.Helper()
	base := URL(t)
	prefix := "scamatlas-test-" + strings.ToLower(rand.Text())
	t.Cleanup(func() {
		if names := indices(t, base, prefix); len(names) > 0 {
			Call(t, http.MethodDelete, base+"/"+strings.Join(names, ","), "")
		}
	})
	return prefix
}

func indices(t testing.TB, base, prefix string) []string {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(Call(t, http.MethodGet, base+"/"+prefix+"-*/_settings?expand_wildcards=all", ""), &all); err != nil {
		t.Errorf("listing indices: %v", err)
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	return names
}

// Call sends a request straight to the server, past all that is under test, and gives the answer's body.
func Call(t testing.TB, method, url, body string) []byte {
	t.Helper()
	client := http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}} // leaves no goroutine behind
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		t.Errorf("%s %s: %v", method, url, err)
		return nil
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Errorf("%s %s: %d %s %v", method, url, res.StatusCode, out, err)
	}
	return out
}

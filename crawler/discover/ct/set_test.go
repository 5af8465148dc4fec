package ct

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestSet: the list is asked for once a day; when it cannot be had the last one counts, after a restart too, and that is told.
func TestSet(t *testing.T) {
	data := logList()
	var asked atomic.Int64
	var down atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1); down.Load() {
			http.NotFound(w, r)
			return
		}
		w.Write(data)
	}))
	defer server.Close()
	defer server.Client().CloseIdleConnections()
	now := listed
	options := SetOptions{
		List: server.URL, Keep: filepath.Join(t.TempDir(), "list.json"), Skip: []string{"alpha-old2026h2"},
		Options: Options{Client: server.Client(), Score: fake, Now: func() time.Time { return now }},
	}
	set, err := NewSet(options)
	if err != nil {
		t.Fatal(err)
	}
	step := func(name string, after time.Duration, wantAsked int64, wantNames []string, told string) {
		t.Helper()
		now = now.Add(after)
		sources, problems, err := set.Sources(t.Context())
		var names []string
		for _, s := range sources {
			names = append(names, s.Name())
		}
		names = slices.DeleteFunc(names, func(n string) bool { return strings.Contains(n, "same-name") })
		if err != nil || !slices.Equal(names, wantNames) || asked.Load() != wantAsked {
			t.Errorf("%s: %q, %v, asked %d times", name, names, err, asked.Load())
		}
		if told == "" && len(problems) > 0 || told != "" && !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, told) }) {
			t.Errorf("%s: problems %q", name, problems)
		}
	}
	all := []string{"ct:alpha-forever", "ct:alpha-tiled2026h2"}
	step("first", 0, 1, all, "id is not that of its key")
	step("the same day", ListEvery-1, 1, all, "")
	down.Store(true)
	step("the next day it is gone", 1, 2, all, "those of the last one")
	step("soon after", ListRetry-1, 2, all, "")
	if set, err = NewSet(options); err != nil {
		t.Fatal(err)
	}
	step("after a restart", 0, 3, all, "those of the last one")
	down.Store(false)
	step("it is back when shards have ended", 31*24*time.Hour, 4, all[:1], "a test log")

	options.Keep = ""
	down.Store(true)
	if set, err = NewSet(options); err != nil {
		t.Fatal(err)
	}
	if sources, _, err := set.Sources(t.Context()); err == nil || len(sources) != 0 {
		t.Errorf("without any list: %d sources, %v", len(sources), err)
	}
}

func TestNewSet(t *testing.T) {
	for name, bad := range map[string]SetOptions{
		"no log list": {Options: Options{Client: http.DefaultClient, Score: fake}},
		"no client":   {List: "list.json", Options: Options{Score: fake}},
		"no scorer":   {List: "list.json", Options: Options{Client: http.DefaultClient}},
	} {
		if _, err := NewSet(bad); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

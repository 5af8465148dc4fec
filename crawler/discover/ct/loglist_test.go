package ct

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler/discover/ct/cttest"
)

var listed = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

// logList is a list in the form that browsers publish, with logs of every state and some that are of no use.
func logList() []byte {
	key := func() string { return base64.StdEncoding.EncodeToString(cttest.New(origin, cttest.Key()).PublicKey()) }
	at := func(days int) string { return listed.AddDate(0, 0, days).Format(time.RFC3339) }
	span := func(from, to int) map[string]string {
		return map[string]string{"start_inclusive": at(from), "end_exclusive": at(to)}
	}
	state := func(name string) map[string]any {
		return map[string]any{name: map[string]string{"timestamp": at(-300)}}
	}
	tiled := func(name, st string, interval map[string]string) map[string]any {
		return map[string]any{"description": name, "key": key(), "mmd": 60, "submission_url": "https://" + slug(name) + ".log.example/",
			"monitoring_url": "https://" + slug(name) + ".mon.example/", "state": state(st), "temporal_interval": interval, "future_field": 1}
	}
	old := func(name, st string, interval map[string]string) map[string]any {
		return map[string]any{"description": name, "key": key(), "url": "https://ct.example/" + slug(name) + "/", "state": state(st), "temporal_interval": interval}
	}
	without := func(m map[string]any, field string) map[string]any { delete(m, field); return m }
	with := func(m map[string]any, field string, v any) map[string]any { m[field] = v; return m }
	data, err := json.Marshal(map[string]any{
		"version": "99.1", "log_list_timestamp": at(0),
		"operators": []any{
			map[string]any{"name": "Alpha", "email": []string{"ct@alpha.example"}, "logs": []any{
				old("Alpha 'Old2026h2' log", "usable", span(-100, 100)),
				old("Alpha 'Old2020' log", "retired", span(-3000, -2000)),
				old("Alpha forever", "readonly", nil),
				old("Alpha same name", "qualified", nil),
				old("Alpha same name", "qualified", nil),
				with(old("Alpha test", "usable", nil), "log_type", "test"),
			}, "tiled_logs": []any{
				tiled("Alpha 'Tiled2026h2'", "usable", span(-100, 30)),
				tiled("Alpha 'Tiled2026h1'", "usable", span(-300, -100)),
				tiled("Alpha 'Tiled2029h1'", "usable", span(900, 1000)),
				tiled("Alpha pending", "pending", span(-100, 100)),
			}},
			map[string]any{"name": "Beta", "tiled_logs": []any{
				with(tiled("Beta wrong key", "usable", nil), "key", "AAAA"),
				with(tiled("Beta wrong id", "usable", nil), "log_id", "AAAA"),
				with(tiled("Beta by gopher", "usable", nil), "monitoring_url", "gopher://x/"),
				without(tiled("Beta without a name", "usable", nil), "submission_url"),
				with(tiled("Beta undecided", "usable", nil), "state", map[string]any{"usable": map[string]any{}, "retired": map[string]any{}, "pending": nil}),
				without(tiled("Beta of no state", "usable", nil), "state"),
			}},
		},
	})
	if err != nil {
		panic(err)
	}
	return data
}

func namesOf(logs []Log) []string {
	var names []string
	for _, l := range logs {
		names = append(names, l.Name)
	}
	return names
}

func TestParseList(t *testing.T) {
	logs, problems, err := ParseList(logList())
	if err != nil || len(logs) != 10 {
		t.Fatalf("%d logs %v, %v", len(logs), namesOf(logs), err)
	}
	for i, told := range []string{"a test log", "http or https", "id is not", "two states", "no submission_url", "key: "} {
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, told) }) || len(problems) != 6 {
			t.Errorf("problem %d: nothing of %q in %q", i, told, problems)
		}
	}
	current := Current(logs, listed)
	names := namesOf(current)
	if len(names) != 5 || names[0] != "alpha-forever" || names[1] != "alpha-old2026h2" || !strings.HasPrefix(names[2], "alpha-same-name-") ||
		!strings.HasPrefix(names[3], "alpha-same-name-") || names[2] == names[3] || names[4] != "alpha-tiled2026h2" {
		t.Errorf("current are %q", names)
	}
	tiled := current[4]
	if tiled.Kind != Static || tiled.Origin != "alpha-tiled2026h2.log.example" || tiled.URL != "https://alpha-tiled2026h2.mon.example/" || tiled.State != "usable" ||
		!tiled.End.Equal(listed.AddDate(0, 0, 30)) {
		t.Errorf("%+v", tiled)
	}
	if old := current[1]; old.Kind != RFC6962 || old.URL != "https://ct.example/alpha-old2026h2/" {
		t.Errorf("%+v", old)
	}
	for _, l := range current {
		if _, err := New(Options{Log: l, Client: http.DefaultClient, Score: fake}); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "[]", "{}", `{"operators":[{"logs":[{}]}]}`, "<html>"} {
		if _, _, err := ParseList([]byte(bad)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTooManyLogs(t *testing.T) {
	many := func(n int) []byte {
		return []byte(`{"operators":[{"logs":[` + strings.Repeat("{},", n-1) + "{}" + `]}]}`)
	}
	if _, _, err := ParseList(many(MaxLogs + 1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one too many: %v", err)
	}
	if _, problems, err := ParseList(many(MaxLogs)); errors.Is(err, ErrTooLarge) || len(problems) != MaxLogs {
		t.Errorf("as many as may be: %d problems, %v", len(problems), err)
	}
}

func TestReadList(t *testing.T) {
	data := logList()
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/list.json" {
			http.NotFound(w, r)
			return
		}
		w.Write(data)
	}))
	defer server.Close()
	defer server.Client().CloseIdleConnections()
	for _, where := range []string{path, server.URL + "/list.json"} {
		if logs, _, err := ReadList(t.Context(), server.Client(), where); err != nil || len(logs) != 10 {
			t.Errorf("%s: %d logs, %v", where, len(logs), err)
		}
	}
	for _, where := range []string{path + ".none", server.URL + "/none"} {
		if _, _, err := ReadList(t.Context(), server.Client(), where); err == nil || !strings.Contains(err.Error(), where) {
			t.Errorf("%s: %v", where, err)
		}
	}
}

func FuzzLogList(f *testing.F) {
	f.Add(logList())
	f.Add([]byte(`{"operators":[{"name":"A","tiled_logs":[{"description":"","key":"","state":{"usable":{}}}]}]}`))
	f.Add([]byte(`{"operators":[null,{"logs":[null]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		logs, problems, err := ParseList(data)
		if err != nil {
			return
		}
		for _, l := range logs {
			if l.Name == "" && l.URL == "" || len(l.Key) == 0 {
				t.Fatalf("a log without a name or key: %+v; %q", l, problems)
			}
		}
	})
}

package feed

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// TestHostileNames: a name with a NUL, one of 300 labels and one too long are told and left out, whatever they come in; their neighbour is
// taken.
func TestHostileNames(t *testing.T) {
	labels := strings.Repeat("a.", 300) + "example"
	names := []string{"nul\x00byte.example", labels, strings.Repeat("b", 64) + ".example", "good.example"}
	quoted := func(s string) string { return strconv.QuoteToASCII(s) }
	each := func(form func(string) string) string {
		var b strings.Builder
		for _, n := range names {
			b.WriteString(form(n))
		}
		return b.String()
	}
	listed, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		conf Config
		data string
	}{
		"lines": {Config{Format: "lines"}, strings.Join(names, "\n")},
		"csv":   {Config{Format: "csv", Column: "url"}, "id,url\n" + each(func(n string) string { return "1,\"" + n + "\"\n" })},
		"json":  {Config{Format: "json", Path: "[]"}, string(listed)},
		"yaml":  {Config{Format: "yaml", Path: "[]"}, each(func(n string) string { return "- " + quoted(n) + "\n" })},
		"html": {Config{Format: "html", Column: "url"}, "<table><tr><th>url</th></tr>" + each(func(n string) string { return "<tr><td>" + strings.ReplaceAll(n, "\x00", "&#1;") + "</td></tr>" }) +
			"</table>"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.conf.Name, tc.conf.File = "n", filepath.Join(t.TempDir(), "feed")
			if err := os.WriteFile(tc.conf.File, []byte(tc.data), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := New(tc.conf, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := read(t, s, nil)
			if err != nil || len(got) != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
			b := got[0]
			if b.Read != len(names) || b.Rejected != len(names)-1 || len(b.Problems) != len(names)-1 || len(b.Targets) != 1 || b.Targets[0].Host != "good.example" {
				t.Errorf("%+v", b)
			}
			for _, p := range b.Problems {
				if strings.ContainsRune(p, 0) || len(p) > 4*MaxText {
					t.Errorf("told as %q", p)
				}
			}
		})
	}
	prose := ExtractHosts(strings.ReplaceAll(strings.Join(names, " and "), ".example", ".com"))
	if i := slices.IndexFunc(prose, func(f Found) bool { return f.Host == "good.com" }); i < 0 || len(prose) > len(names) {
		t.Errorf("prose: %+v", prose)
	}
}

// TestEndlessFeed: a server that never stops sending is left after MaxFeed bytes.
func TestEndlessFeed(t *testing.T) {
	var sent atomic.Int64
	gone := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(gone)
		line := []byte(strings.Repeat("# nothing yet "+strings.Repeat("x", 1000)+"\n", 64))
		for sent.Load() < 4*MaxFeed {
			n, err := w.Write(line)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	s, err := New(Config{Name: "n", URL: srv.URL + "/list.txt"}, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read(t, s, nil); !errors.Is(err, ErrTooLarge) || got != nil {
		t.Errorf("%d batches, %v", len(got), err)
	}
	<-gone
	if n := sent.Load(); n < MaxFeed || n > 2*MaxFeed {
		t.Errorf("%d bytes were taken", n)
	}
}

package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"scamatlas/crawler"
)

func cases(t testing.TB) map[string]string {
	t.Helper()
	a, err := txtar.ParseFile("testdata/feeds.txtar")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range a.Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

// TestFeeds reads every case of testdata/feeds.txtar from a file.
func TestFeeds(t *testing.T) {
	files := cases(t)
	for name, conf := range files {
		name, ok := strings.CutSuffix(name, ".conf")
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			c := Config{Name: name, File: filepath.Join(t.TempDir(), "feed")}
			if err := os.WriteFile(c.File, []byte(files[name+".data"]), 0o600); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(conf) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				if key == "prose" {
					c.Prose = true
					continue
				}
				*map[string]*string{"format": &c.Format, "column": &c.Column, "path": &c.Path}[key] = value
			}
			s, err := New(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, _, err := s.read(t.Context(), version{})
			compare(t, describe(&res), err, files[name+".want"])
			for n, target := range res.Targets {
				if target.Source != "feed:"+name || !strings.HasPrefix(target.Reference, c.File+":") {
					t.Errorf("target %d: source %q reference %q", n, target.Source, target.Reference)
				}
			}
		})
	}
}

func describe(r *Result) string {
	var b strings.Builder
	for _, t := range r.Targets {
		fmt.Fprintln(&b, strings.TrimSpace(t.Host+" "+t.URL))
	}
	for _, bad := range r.Rejected {
		fmt.Fprintf(&b, "! %d %s\n", bad.Line, bad.Why)
	}
	fmt.Fprintf(&b, "lines %d duplicates %d bad %d\n", r.Lines, r.Duplicates, r.Bad)
	return b.String()
}

func compare(t *testing.T, got string, err error, want string) {
	t.Helper()
	want, fault, failing := strings.Cut(want, "error ")
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	fault = strings.TrimSpace(fault)
	if failing != (err != nil) || failing && (!errors.Is(err, ErrDrift) || !strings.Contains(err.Error(), fault)) {
		t.Errorf("error %v, want %q", err, fault)
	}
}

func TestReadLines(t *testing.T) {
	res, err := ReadLines(strings.NewReader("\ufeffone.example\r\n# no\r\nbad\r\n"), "cli", "list.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Targets) != 1 || res.Targets[0].Reference != "list.txt:1" || res.Targets[0].Source != "cli" {
		t.Errorf("targets %+v", res.Targets)
	}
	if len(res.Rejected) != 1 || res.Rejected[0] != (Rejected{3, "bad", "a host name needs a dot"}) {
		t.Errorf("rejected %+v", res.Rejected)
	}
	if res, err := ReadLines(strings.NewReader(""), "cli", ""); err != nil || res.Lines != 0 {
		t.Errorf("empty list: %+v, %v", res, err)
	}
	long := strings.Repeat("x", 3*MaxLine) + "\nafter.example\n" + strings.Repeat("y", 2*MaxLine)
	res, err = ReadLines(strings.NewReader(long), "cli", "")
	if err != nil || len(res.Targets) != 1 || res.Targets[0].Host != "after.example" || res.Targets[0].Reference != "" || res.Bad != 2 {
		t.Errorf("long lines: %+v, %v", res, err)
	}
}

func TestRejectedIsBounded(t *testing.T) {
	res, err := ReadLines(strings.NewReader(strings.Repeat(strings.Repeat("é", MaxText)+"\n", MaxRejected+5)), "cli", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Rejected) != MaxRejected || res.Bad != MaxRejected+5 || len(res.Rejected[0].Text) > MaxText+len("…") {
		t.Errorf("kept %d of %d, text of %d bytes", len(res.Rejected), res.Bad, len(res.Rejected[0].Text))
	}
}

// TestURL reads over real HTTP: gzip by content whatever the name, versions, faults.
func TestURL(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "one.example\n")
	z.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/list.txt", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") == "yesterday" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "yesterday")
		w.Write(zipped.Bytes())
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.Write(zipped.Bytes()[:12]) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	source := func(path string) *Source {
		s, err := New(Config{Name: "n", URL: srv.URL + path}, srv.Client())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}

	list := source("/list.txt")
	got, err := read(t, list, nil)
	if err != nil || len(got) != 1 || len(got[0].Targets) != 1 || got[0].Targets[0].Reference != srv.URL+"/list.txt" {
		t.Fatalf("%+v, %v", got, err)
	}
	if again, err := read(t, list, got[0].Cursor); err != nil || again != nil {
		t.Errorf("second reading: %+v, %v", again, err)
	}
	if _, err := read(t, source("/gone"), nil); err == nil || !strings.Contains(err.Error(), "answered 404") {
		t.Errorf("404: %v", err)
	}
	if got, err := read(t, source("/broken"), nil); err == nil || got != nil {
		t.Errorf("cut gzip: %+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := list.Read(ctx, nil, func(crawler.Batch) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCapped(t *testing.T) {
	data := strings.Repeat("one.example\n", 10)
	for left, want := range map[int64]error{int64(len(data)): nil, int64(len(data)) - 1: ErrTooLarge} {
		if _, err := ReadLines(&capped{r: strings.NewReader(data), left: left}, "cli", ""); !errors.Is(err, want) {
			t.Errorf("%d bytes allowed of %d: %v", left, len(data), err)
		}
	}
}

func TestFileMissing(t *testing.T) {
	s, err := New(Config{Name: "n", File: filepath.Join(t.TempDir(), "none.txt")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, s, nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestNew(t *testing.T) {
	for _, c := range []struct {
		c    Config
		want string // of the error; "" for none
	}{
		{Config{Name: "n", File: "x"}, ""},
		{Config{Name: "n", File: "x.csv.gz"}, "column is missing"},
		{Config{Name: "n", URL: "https://a.example/x.json?y=.csv"}, "needs a path"},
		{Config{File: "x"}, "name is missing"},
		{Config{Name: "n"}, "exactly one of url and file"},
		{Config{Name: "n", File: "x", URL: "https://a.example/"}, "exactly one of url and file"},
		{Config{Name: "n", URL: "file:///etc/passwd"}, "not an http or https address"},
		{Config{Name: "n", File: "x", Format: "xml"}, `format "xml" is not`},
		{Config{Name: "n", File: "x", Format: "json", Path: "a[1]"}, "a step is a key"},
		{Config{Name: "n", File: "x", Format: "json", Path: "a..b"}, "a step is a key"},
		{Config{Name: "n", File: "x", TLP: "pink"}, `tlp "pink"`},
		{Config{Name: "n", URL: "ftp://a.example/", TLP: "pink"}, `tlp "pink"`},
	} {
		s, err := New(c.c, http.DefaultClient)
		if c.want == "" && (err != nil || s.Name() != "n" || s.c.Format != "lines") {
			t.Errorf("%+v: %v", c.c, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: error %v, want %q", c.c, err, c.want)
		}
	}
	if _, err := New(Config{Name: "n", URL: "https://a.example/"}, nil); err == nil {
		t.Error("a URL without a client was taken")
	}
}

// FuzzFeed: any bytes in any format give only valid hosts, each once, and books that balance.
func FuzzFeed(f *testing.F) {
	for name, data := range cases(f) {
		if strings.HasSuffix(name, ".data") {
			for format := range byte(8) {
				f.Add([]byte(data), format)
			}
		}
	}
	f.Add([]byte(strings.Repeat("[", 2*MaxNesting)), byte(2))
	steps, err := parsePath("data[].domain")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, format byte) {
		c := newCollector(t.Context(), "feed:x", "x")
		r := bytes.NewReader(data)
		switch format % 8 {
		case 0:
			err = c.lines(r)
		case 1:
			err = c.csv(r, "url")
		case 2:
			err = c.json(r, steps)
		case 3:
			err = c.yaml(r, steps)
		case 4:
			err = c.html(r, "url")
		case 5:
			c.prose = true
			err = c.rss(r, "")
		case 6:
			c.prose = true
			err = c.html(r, "")
		case 7:
			c.prose = true
			err = c.mail(r)
		}
		if err != nil && !errors.Is(err, ErrDrift) {
			t.Errorf("reading bytes in memory failed: %v", err)
		}
		seen := map[string]bool{}
		for _, target := range c.res.Targets {
			if host, err := crawler.NormalHost(target.Host); err != nil || host != target.Host || seen[host] {
				t.Errorf("target %q: %v", target.Host, err)
			}
			seen[target.Host] = true
		}
		if c.res.Lines != len(c.res.Targets)+c.res.Duplicates+c.res.Bad+c.res.Low || len(c.res.Rejected) != min(c.res.Bad, MaxRejected) {
			t.Errorf("books do not balance: %+v", c.res)
		}
	})
}

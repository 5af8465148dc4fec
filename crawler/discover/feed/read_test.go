package feed

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/crawler/testbed/needtest"
)

// answers is a client without a network: synctest's clock does not wait for sockets.
type answers func(*http.Request) *http.Response

func (f answers) Do(r *http.Request) (*http.Response, error) { return f(r), nil }

func answer(status int, body string, headers ...string) *http.Response {
	rec := httptest.NewRecorder()
	for i := 0; i+1 < len(headers); i += 2 {
		rec.Header().Set(headers[i], headers[i+1])
	}
	rec.WriteHeader(status)
	rec.WriteString(body)
	return rec.Result()
}

// read reads a source from a cursor and gives its batches.
func read(t *testing.T, s *Source, cursor []byte) (all []crawler.Batch, err error) {
	t.Helper()
	err = s.Read(t.Context(), cursor, func(b crawler.Batch) error {
		all = append(all, b)
		return nil
	})
	return all, err
}

// TestRead follows one feed: news once, nothing while it is unchanged or it is too early, the terms on each target.
func TestRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		etag, body, asked := `"1"`, "one.example\nnot a host\nhonest.example\n", 0
		client := answers(func(r *http.Request) *http.Response {
			asked++
			if r.Header.Get("User-Agent") != "desk (mailto:desk@cert.example)" || r.Header.Get("Auth-Key") != "k" {
				t.Errorf("headers %v", r.Header)
			}
			if r.Header.Get("If-None-Match") == etag {
				return answer(http.StatusNotModified, "")
			}
			return answer(http.StatusOK, body, "ETag", etag)
		})
		c := Config{Name: "n", URL: "https://lists.example/l.txt", Interval: time.Hour, Expect: 48 * time.Hour, Licence: "CC0-1.0", TLP: "green",
			UserAgent: "desk (mailto:desk@cert.example)", Headers: map[string]string{"Auth-Key": "k"},
			Skip: func(host string) string {
				if host == "honest.example" {
					return "honest"
				}
				return ""
			}}
		s, err := New(c, client)
		if err != nil || s.Expect() != 48*time.Hour {
			t.Fatal(err)
		}
		first, err := read(t, s, nil)
		if err != nil || len(first) != 1 || first[0].Read != 3 || first[0].Rejected != 2 || len(first[0].Problems) != 2 {
			t.Fatalf("%+v, %v", first, err)
		}
		target := first[0].Targets[0]
		if target.Host != "one.example" || target.Source != "feed:n" || !slices.Equal(target.Reasons, []string{"listed by n (licence CC0-1.0, TLP:GREEN)"}) ||
			target.Licence != "CC0-1.0" || target.TLP != crawler.TLPGreen {
			t.Errorf("target %+v", target)
		}
		cursor := first[0].Cursor
		nothing := func(what string, s *Source, requests int) {
			t.Helper()
			if got, err := read(t, s, cursor); err != nil || got != nil || asked != requests {
				t.Errorf("%s: %+v, %v, %d requests", what, got, err, asked)
			}
		}
		nothing("at once", s, 1)
		again, err := New(c, client) // as after a restart: the cursor alone remembers
		if err != nil {
			t.Fatal(err)
		}
		nothing("restarted", again, 1)
		time.Sleep(time.Hour)
		nothing("unchanged", again, 2)
		time.Sleep(time.Minute)
		nothing("asked a minute ago", again, 2)

		etag, body = `"2"`, "one.example\ntwo.example\n"
		time.Sleep(time.Hour)
		news, err := read(t, again, cursor)
		if err != nil || len(news) != 1 || len(news[0].Targets) != 2 {
			t.Fatalf("%+v, %v", news, err)
		}
		etag, body = `"3"`, "<html>down</html>"
		time.Sleep(time.Hour)
		if got, err := read(t, again, news[0].Cursor); !errors.Is(err, ErrDrift) || got != nil {
			t.Errorf("drift: %+v, %v", got, err)
		}
		time.Sleep(time.Hour)
		if got, err := read(t, again, []byte("no cursor of ours")); !errors.Is(err, ErrDrift) || got != nil {
			t.Errorf("strange cursor: %+v, %v", got, err)
		}
	})
}

// TestReadShrunk: a feed that loses most of its hosts says so.
func TestReadShrunk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "l.txt")
	write := func(hosts int) {
		var b strings.Builder
		for n := range hosts {
			fmt.Fprintf(&b, "h%d.example\n", n)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(Config{Name: "n", File: file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	write(100)
	first, err := read(t, s, nil)
	if err != nil || len(first) != 1 || len(first[0].Problems) != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if same, err := read(t, s, first[0].Cursor); err != nil || same != nil {
		t.Errorf("unchanged file: %+v, %v", same, err)
	}
	write(3)
	next, err := read(t, s, first[0].Cursor)
	if err != nil || len(next) != 1 || len(next[0].Problems) != 1 || !strings.Contains(next[0].Problems[0], "3 hosts where there were 100") {
		t.Errorf("%+v, %v", next, err)
	}
	stop := errors.New("disk full")
	if err := s.Read(t.Context(), nil, func(crawler.Batch) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("emit's error: %v", err)
	}
}

// TestBombs: what unpacks to gigabytes, or grows while it is parsed, ends with an error and not with the machine.
func TestBombs(t *testing.T) {
	zeros := func(head, fill string, size int) []byte {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(z, head)
		chunk := []byte(strings.Repeat(fill, 1<<20/len(fill)))
		for range size >> 20 {
			z.Write(chunk)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var aliases strings.Builder
	aliases.WriteString("a0: &a0 [x.example]\n")
	for n := range 60 {
		fmt.Fprintf(&aliases, "a%d: &a%d [%s]\n", n+1, n+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", n), 10), ","))
	}
	aliases.WriteString("deny: *a60\n")
	const most = 2 << 20 // in place of MaxUnpacked, for the test's time
	for name, c := range map[string]struct {
		conf Config
		data []byte
		want error
	}{
		"lines":        {Config{Format: "lines"}, zeros("", "\n", most+1<<20), ErrTooLarge},
		"one line":     {Config{Format: "lines"}, zeros("", "a", most+1<<20), ErrTooLarge},
		"csv":          {Config{Format: "csv", Column: "url"}, zeros("url\n", "\n", most+1<<20), ErrTooLarge},
		"json":         {Config{Format: "json", Path: "[]"}, zeros("[", " ", most+1<<20), ErrTooLarge},
		"json nested":  {Config{Format: "json", Path: "a"}, []byte(`{"b":` + strings.Repeat("[", 500_000)), ErrDrift},
		"yaml":         {Config{Format: "yaml", Path: "[]"}, zeros("", "- a\n", MaxYAML+1<<20), ErrTooLarge},
		"yaml within":  {Config{Format: "yaml", Path: "[]"}, []byte(strings.Repeat("- [a]\n", 40_000)), ErrDrift},
		"yaml aliases": {Config{Format: "yaml", Path: "deny[]"}, []byte(aliases.String()), ErrDrift},
		"html":         {Config{Format: "html", Column: "url"}, zeros("<p>", "<b>", most+1<<20), ErrTooLarge},
		"html tag":     {Config{Format: "html", Column: "url"}, zeros("<p a=\"", "x", most), ErrDrift},
		"rss":          {Config{Format: "rss"}, zeros("<rss><item><title>", "<b>", most+1<<20), ErrTooLarge},
		"text":         {Config{Format: "text"}, zeros("", "a.", most+1<<20), ErrTooLarge},
		"mail":         {Config{Format: "mail"}, zeros("From x\nSubject: x\n\n", "a\n", most+1<<20), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			c.conf.Name, c.conf.File = "n", filepath.Join(t.TempDir(), "feed")
			if err := os.WriteFile(c.conf.File, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := New(c.conf, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.most = most
			if _, err := read(t, s, nil); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestHostileProse: texts made to be slow.
func TestHostileProse(t *testing.T) {
	for _, unit := range []string{"a.b@", "a.b@a.", "http://",
		"[.]", " [dot] ", "))))", "x.com/))))", ".", "a.", " dot com", "[", "a@b.com ", "\u200b.", "http://a.com/", "中.com", "&#0;<a href="} {
		text := strings.Repeat(unit, MaxProse/8/len(unit))
		if n := len(ExtractHosts(text)); n > MaxFound {
			t.Errorf("%q: %d found", unit, n)
		}
	}
}

// TestPhishingList: of a list in the shape of eth-phishing-detect's, and of that list itself, each entry is accepted or rejected with its
// reason, and a second reading writes nothing.
func TestPhishingList(t *testing.T) {
	t.Run("own", func(t *testing.T) { phishingList(t, "testdata/ethphishing.json", 12) })
	t.Run("whole", func(t *testing.T) {
		phishingList(t, needtest.Env(t, "SCAMATLAS_TEST_ETHPHISHING", "needs src/config.json of npm's eth-phishing-detect 1.2.0: run .ci/with-lists go test"), 13752)
	})
}

func phishingList(t *testing.T, file string, want int) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Blacklist []string }
	if err := json.Unmarshal(b, &list); err != nil || len(list.Blacklist) != want {
		t.Fatalf("%d entries, %v", len(list.Blacklist), err)
	}
	writes := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v"`)
		if r.Header.Get("If-None-Match") == `"v"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(b)
	}))
	defer srv.Close()
	s, err := New(Config{Name: "n", URL: srv.URL, Format: "json", Path: "blacklist[]"}, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	res, _, err := s.read(t.Context(), version{}) // Read's batch names the first rejected entries only
	if err != nil {
		t.Fatal(err)
	}
	var got crawler.Batch
	for range 2 {
		if err := s.Read(t.Context(), got.Cursor, func(b crawler.Batch) error {
			got, writes = b, writes+1
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if writes != 1 {
		t.Errorf("%d batches of two readings", writes)
	}
	if got.Read != want || res.Lines != want || len(got.Targets)+res.Duplicates+got.Rejected != want || got.Rejected != len(res.Rejected) {
		t.Errorf("read %d: %d accepted, %d doubled, %d rejected", got.Read, len(got.Targets), res.Duplicates, got.Rejected)
	}
	for _, r := range res.Rejected {
		t.Logf("rejected %d %q: %s", r.Line, r.Text, r.Why)
		if r.Why == "" {
			t.Errorf("%q rejected without a reason", r.Text)
		}
	}
	t.Logf("%d in: %d accepted, %d doubled, %d rejected", got.Read, len(got.Targets), res.Duplicates, got.Rejected)
}

// TestCatalogue: each ready entry is one that New takes, and none is without its terms or a note that says why.
func TestCatalogue(t *testing.T) {
	entries, err := LoadCatalogue(configs.Rules(), "feeds.yaml")
	if err != nil || len(entries) < 10 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, e := range entries {
		e.Score = func(string, time.Duration) (float64, []string) { return 1, nil }
		if _, err := New(e.Config, http.DefaultClient); err != nil {
			t.Error(err)
		}
		if e.Interval < time.Hour || e.TLP == "" || e.Licence == "" && e.Note == "" {
			t.Errorf("%s: interval %s, licence %q, TLP %q, note %q", e.Name, e.Interval, e.Licence, e.TLP, e.Note)
		}
	}
}

func TestCatalogueFaults(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"feeds: [{nam: x}]":  "nam",
		"feeds: [{name: x}]": "exactly one of url and file",
		"feeds: [{name: x, url: 'https://a.example/', interval: daily}]":                      "daily",
		"feeds: [{name: x, url: 'https://a.example/'}, {name: x, url: 'https://a.example/'}]": "twice",
		"feeds: [{name: x, url: 'https://a.example/', format: yaml}]":                         "needs a path",
	} {
		if err := os.WriteFile(filepath.Join(dir, "f.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadCatalogue(os.DirFS(dir), "f.yaml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := LoadCatalogue(os.DirFS(dir), "none.yaml"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

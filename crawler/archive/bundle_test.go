package archive

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/needtest"
)

// bundled3 is an archive of four visits, of which the bundle holds the first and the third.
func bundled3(t testing.TB) (a *Archive, entries []*Entry) {
	a = opened(t, t.TempDir())
	first := put(t, a, small("plain.example", 1))
	put(t, a, small("other-case.example", 1))
	third := put(t, a, full())
	put(t, a, small("later-case.example", 1))
	return a, []*Entry{third, first, third}
}

func unzipped(t testing.TB, wacz []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(wacz), int64(len(wacz)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".gz") && f.Method != zip.Store {
			t.Errorf("%s: packed twice, replay tools cannot read parts of it", f.Name)
		}
	}
	return out
}

func TestBundle(t *testing.T) {
	a, entries := bundled3(t)
	var wacz, again bytes.Buffer
	for _, w := range []*bytes.Buffer{&wacz, &again} {
		if err := a.Bundle(t.Context(), entries, Method{Purpose: "a test\r\n\x1b[31m", By: "unit 7"}, w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(wacz.Bytes(), again.Bytes()) {
		t.Error("the same entries gave other bytes")
	}
	files := unzipped(t, wacz.Bytes())
	for name, want := range map[string][]string{
		"pages/pages.jsonl":       {`"format": "json-pages-1.0"`, `"url":"https://vault.example/"`, `"url":"https://plain.example/"`},
		"evidence/METHOD.txt":     {"a test", "unit 7", "scamatlas test", "crawl.pages = 20", "No account was created", "sha256sum -c", "assert", "2026-03-04 05:06:07", "browser: Chrome/156"},
		"evidence/chain.jsonl":    {`"seq":1,"kind":"visit"`, `{"seq":2,"digest":"`, `"seq":3,"kind":"visit"`, `{"seq":4,"digest":"`},
		"datapackage.json":        {`"wacz_version": "1.1.1"`, `"profile": "data-package"`},
		"datapackage-digest.json": {hexSum(files["datapackage.json"])},
		"SHA256SUMS":              {hexSum(files["evidence/manifest.json"]) + "  evidence/manifest.json\n"},
	} {
		for _, w := range want {
			if !strings.Contains(string(files[name]), w) {
				t.Errorf("%s: no %q in\n%s", name, w, files[name])
			}
		}
	}
	for name, body := range files {
		if strings.Contains(string(body), "-case.example") {
			t.Errorf("%s names a site of another case", name)
		}
		if bytes.ContainsRune(body, 0x1b) && strings.HasSuffix(name, ".txt") {
			t.Errorf("%s holds a control character", name)
		}
		if strings.HasSuffix(name, ".json") && !json.Valid(body) {
			t.Errorf("%s is no JSON", name)
		}
		if strings.Count(name, "/") > 1 || strings.Contains(name, "..") || name != safeURI(name) {
			t.Errorf("a file is called %q", name)
		}
	}
	checkManifest(t, files)
	checkIndex(t, files)
}

func checkManifest(t *testing.T, files map[string][]byte) {
	t.Helper()
	var m manifest
	if err := json.Unmarshal(files["evidence/manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, f := range m.Files {
		named[f.Path] = true
		if f.SHA256 != hexSum(files[f.Path]) || f.Size != len(files[f.Path]) {
			t.Errorf("the manifest is wrong about %s", f.Path)
		}
	}
	pictures := 0
	for name, body := range files {
		if strings.HasSuffix(name, ".png") && bytes.HasPrefix(body, []byte("\x89PNG")) {
			pictures++
		}
		if dir := strings.HasPrefix(name, "evidence/") || strings.Contains(name, "/"); dir && !named[name] && name != "evidence/manifest.json" {
			t.Errorf("the manifest does not name %s", name)
		}
	}
	if pictures != 3 || len(m.Visits) != 2 || m.Head.Seq != 4 {
		t.Errorf("%d pictures, %d visits, head %d", pictures, len(m.Visits), m.Head.Seq)
	}
}

// checkIndex looks every line up, as a replay tool does.
func checkIndex(t *testing.T, files map[string][]byte) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(files["indexes/index.cdx.gz"]))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	last, kinds := "", map[string]int{}
	for line := range strings.Lines(string(all)) {
		if line < last {
			t.Errorf("not sorted: %s after %s", line, last)
		}
		last = line
		_, object, _ := strings.Cut(line, " {")
		var l struct {
			URL, Filename  string
			Offset, Length int `json:",string"`
		}
		if err := json.Unmarshal([]byte("{"+object), &l); err != nil {
			t.Fatal(err)
		}
		member := files["archive/"+l.Filename][l.Offset:][:l.Length]
		n := 0
		if err := readWARC(member, func(r *warcRecord) error {
			n++
			kinds[r.head["warc-type"]]++
			if r.head["warc-target-uri"] != l.URL {
				t.Errorf("%s is at the place of %s", r.head["warc-target-uri"], l.URL)
			}
			return nil
		}); err != nil || n != 1 {
			t.Errorf("%s: %d records, %v", l.URL, n, err)
		}
	}
	if kinds["response"] < 5 || kinds["revisit"] != 2 || kinds["resource"] < 6 {
		t.Errorf("indexed %v", kinds)
	}
	if !strings.Contains(string(all), "urn:view:https://vault.example/ ") || !strings.Contains(string(all), "urn:fullPage:https://vault.example/ ") {
		t.Error("the pictures are not where replay tools look for them")
	}
}

func TestBundleDir(t *testing.T) {
	a, entries := bundled3(t)
	dir := filepath.Join(t.TempDir(), "bundle")
	if err := a.BundleDir(t.Context(), entries, Method{}, dir); err != nil {
		t.Fatal(err)
	}
	var wacz bytes.Buffer
	if err := a.Bundle(t.Context(), entries, Method{}, &wacz); err != nil {
		t.Fatal(err)
	}
	files := unzipped(t, wacz.Bytes())
	for name, body := range files {
		if !bytes.Equal(read(t, filepath.Join(dir, name)), body) {
			t.Errorf("%s differs", name)
		}
	}
	if n := len(filesOf(t, dir)); n != len(files) {
		t.Errorf("%d files in the folder, %d in the ZIP", n, len(files))
	}
	if err := a.BundleDir(t.Context(), entries, Method{}, dir); err == nil {
		t.Error("wrote into a folder that holds something")
	}
	runs(t, dir, "sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS")
	if python, err := exec.LookPath("python3"); err == nil {
		out := runs(t, dir, python, "evidence/check.py")
		if _, hash := a.Head(); !strings.Contains(out, "4 "+hash) {
			t.Errorf("check.py says %s", out)
		}
		forgeries(t, dir, python)
	}
}

// forgeries must not get past the ten lines of Python.
func forgeries(t *testing.T, dir, python string) {
	t.Helper()
	chain := filepath.Join(dir, "evidence/chain.jsonl")
	whole := read(t, chain)
	for name, forged := range map[string][]byte{
		"content beside a digest": bytes.Replace(whole, []byte(`{"seq":2,"digest"`), []byte(`{"seq":2,"objects":[],"digest"`), 1),
		"content after the hash":  bytes.Replace(whole, []byte("\"}\n"), []byte("\",\"objects\":[]}\n"), 1),
		"another host":            bytes.Replace(whole, []byte("vault.example"), []byte("fault.example"), 1),
		"a line left out":         append(bytes.SplitAfter(whole, []byte("\n"))[0], bytes.Join(bytes.SplitAfter(whole, []byte("\n"))[2:], nil)...),
	} {
		write(t, chain, forged)
		c := exec.Command(python, "evidence/check.py")
		c.Dir = dir
		if out, err := c.CombinedOutput(); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
	write(t, chain, whole)
}

// runs runs a command that must succeed.
func runs(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func TestBundleErrors(t *testing.T) {
	a, entries := bundled3(t)
	if err := a.Bundle(t.Context(), nil, Method{}, io.Discard); err == nil {
		t.Error("a bundle of nothing")
	}
	other := *entries[0]
	other.Hash = strings.Repeat("0", 64)
	if err := a.Bundle(t.Context(), []*Entry{&other}, Method{}, io.Discard); !errors.Is(err, ErrDamaged) {
		t.Errorf("an entry of another chain: %v", err)
	}
	full := errors.New("disk full")
	if err := a.Bundle(t.Context(), entries, Method{}, brokenWriter{full}); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	if _, err := a.Retain(t.Context(), day.AddDate(1, 0, 0), false); err != nil {
		t.Fatal(err)
	}
	if err := a.Bundle(t.Context(), entries, Method{}, io.Discard); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a visit that retention took: %v", err)
	}
	last, err := a.Entry(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Bundle(t.Context(), []*Entry{last}, Method{}, io.Discard); err == nil {
		t.Error("a bundle of a retention entry")
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// validators gives a Python that has warcio and wacz.
func validators(t *testing.T) string {
	t.Helper()
	return needtest.Env(t, "SCAMATLAS_TEST_WARCIO", "needs a Python with warcio and wacz: run `make test`")
}

// TestIndependentReaders gives what we write to the tools of others.
func TestIndependentReaders(t *testing.T) {
	python := validators(t)
	a, entries := bundled3(t)
	put(t, a, hostile())
	last, err := a.Entry(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	entries = append(entries, last)
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "x.wacz"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.Bundle(t.Context(), entries, Method{}, f), f.Close()); err != nil {
		t.Fatal(err)
	}
	files := filepath.Join(dir, "files")
	if err := a.BundleDir(t.Context(), entries, Method{}, files); err != nil {
		t.Fatal(err)
	}
	warcs, _ := filepath.Glob(filepath.Join(files, "archive/*.gz"))
	if len(warcs) != 5 {
		t.Fatalf("%d WARC files", len(warcs))
	}
	for _, w := range warcs {
		if out := runs(t, dir, python, "-m", "warcio.cli", "check", w); out != "" {
			t.Errorf("warcio check: %s", out)
		}
	}
	out := runs(t, dir, python, "-c", "import sys; from wacz.main import main; sys.exit(main(['validate', '-f', 'x.wacz']))")
	if !strings.Contains(out, "the passed WACZ is valid") {
		t.Errorf("wacz validate: %s", out)
	}
	// Their own index of our files has the same keys for pages.
	theirs := runs(t, dir, python, append([]string{"-c", "import sys; from cdxj_indexer.main import main; main(sys.argv[1:])", "--sort"}, warcs...)...)
	for _, key := range []string{"example,vault)/ 20260304050607 ", "example,vault)/a.js 20260304050607 ", "example,plain)/ 20260304050607 "} {
		if !strings.Contains(theirs, key) {
			t.Errorf("no %q in their index:\n%s", key, theirs)
		}
	}
}

// hostile is a visit to a site that wants to break files.
func hostile() Visit {
	long := strings.Repeat("h", 10<<20)
	v := small("evil.example", 1)
	c := v.Captures[0]
	c.Wire = append(c.Wire,
		exchange("https://evil.example/\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: "+long+"\r\n\r\nbody"),
		exchange("https://evil.example/"+strings.Repeat("\xff", 9000), "HTTP/1.1 200 OK\r\n\r\n\x00\xff"),
		exchange("https://evil.example/folded", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\tmore\r\n: none\r\nno colon\r\n\r\nbody"),
		exchange("https://evil.example/odd-blanks", "HTTP/1.1 200 OK\r\nA: b\r\n\x1c\r\nC: d\r\n\r\nbody"),
		exchange("https://evil.example/nbsp", "HTTP/1.1 200 OK\r\nA: b\r\n\xc2\xa0\r\nC: d\r\n\r\nbody"),
		exchange("https://evil.example/blank-first", "\r\nHTTP/1.1 200 OK\r\n\r\nbody"),
		exchange("https://evil.example/cr", "HTTP/1.1 200 OK\rA: b\r\r\n\r\nbody"),
		exchange("https://evil.example/bare", "HTTP/1.1 200\n\nbody"),
		exchange("https://evil.example/no-body", "HTTP/1.1 304 Not Modified\r\n\r\n"),
		exchange("https://evil.example/early", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody"),
		exchange("https://evil.example/lie", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked, gzip\r\n\r\nzz not chunks"),
		exchange("", "HTTP/1.1 200 OK\r\n\r\nno address"),
	)
	c.Rendered = &crawler.Rendered{Browser: "Chrome\r\n", Answers: []crawler.Answer{
		{Response: crawler.Response{URL: "https://evil.example/a", Status: 99999, Body: []byte("x"), Header: []crawler.HeaderField{{Name: "", Value: "v"}, {Name: "X:Y", Value: "v"}, {Name: "Content-Length", Value: "7"}, {Name: "X", Value: long}}}, Method: "GET / HTTP/1.1\r\nX: y"},
	}, Views: []crawler.View{{URL: "https://evil.example/\n\"}", Title: "\x00\xff\u202e", DOM: []byte("\x00\xff"), Pictures: []crawler.Shot{{Kind: "../../x\x00", PNG: picture(9)}}}}}
	c.Profile = "../../etc\x00\n"
	c.Host = "evil.example\nWARC-Type: x"
	v.Host = c.Host
	v.Settings = map[string]string{"k\xff": "\x00"}
	return v
}

func TestHostileVisit(t *testing.T) {
	a := opened(t, t.TempDir())
	v := hostile()
	e := put(t, a, v)
	got, err := a.Captures(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, got, v.Captures)
	if damage, notes, _ := findings(t, a); len(damage)+len(notes) > 0 {
		t.Errorf("damage %q, notes %q", damage, notes)
	}
	var wacz bytes.Buffer
	if err := a.Bundle(t.Context(), []*Entry{e}, Method{}, &wacz); err != nil {
		t.Fatal(err)
	}
	for name, body := range unzipped(t, wacz.Bytes()) {
		if name != safeURI(name) || strings.Contains(name, "..") {
			t.Errorf("a file is called %q", name)
		}
		if (strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".har")) && !json.Valid(body) {
			t.Errorf("%s is no JSON", name)
		}
		if strings.HasSuffix(name, ".warc.gz") {
			if err := readWARC(body, func(r *warcRecord) error {
				for k, v := range r.head {
					if strings.ContainsAny(k+v, "\r\n\x00") || len(v) > maxURI+100 {
						t.Errorf("header %.80q: %.80q", k, v)
					}
				}
				return nil
			}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

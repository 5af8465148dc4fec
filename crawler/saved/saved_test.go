package saved

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/tools/txtar"
)

// listing reads a file and gives a line for each document.
func listing(name string, file []byte) string {
	var b strings.Builder
	for e, err := range Read(name, bytes.NewReader(file)) {
		if err != nil {
			fmt.Fprintf(&b, "error: %v\n", err)
			continue
		}
		fmt.Fprintf(&b, "%s | %s | %s", e.URL, e.ContentType, strings.NewReplacer("\r", "", "\n", `\n`).Replace(string(e.Body)))
		if e.Cut != "" {
			fmt.Fprintf(&b, " | %s", e.Cut)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestRead reads each made-up file as it is, with the line ends of the protocols, and packed.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			in, want := parts(t, f)
			crlf := bytes.ReplaceAll(in, []byte("\n"), []byte("\r\n"))
			for how, b := range map[string][]byte{"as it is": in, "CRLF": crlf, "packed": pack(in), "packed CRLF": pack(crlf)} {
				if got := listing("x", b); got != want {
					t.Errorf("%s:\n%s\nwant:\n%s", how, got, want)
				}
			}
		})
	}
}

func parts(t testing.TB, file string) (in []byte, want string) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range a.Files {
		switch p.Name {
		case "in":
			in = p.Data
		case "want":
			want = string(p.Data)
		}
	}
	return in, want
}

func pack(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// TestReadWARC reads what an independent writer wrote, see testdata/README.md.
func TestReadWARC(t *testing.T) {
	page := func(word, address string) string {
		return "https://vault.example/" + word + " | text/html; charset=utf-8 | <html><title>" + word + "</title><body><p>Send BTC to <b>" + address + "</b></p></body></html>\n"
	}
	want := page("plain", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") + page("gzip", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy") +
		page("br", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq") + page("chunked", "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX") +
		page("deflate", "1HB5XMLmzFVj8ALj6mfBsbifRoD4miY36v") + page("both", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") +
		page("lie", "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX") +
		`https://vault.example/config.json | application/json | {"deposit":{"trc20":"TXCecUMa4uXtFruL55ojpgpLackVXRySKN"}}
https://vault.example/api/pay | text/plain; charset=utf-8 | https://vault.example/api/pay
https://vault.example/api/pay | text/plain; charset=utf-8 | coin: eth\nto: 0x54C7AF7a68978cFac514EED1d7Cf34Cca2EA7816\nmail: boss@vault.example\n
`
	for _, name := range []string{"warcio-1.1.warc.gz", "warcio-1.0.warc"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := listing(name, file); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// warc writes records with the lengths they need; a line that begins with @ is a record's head.
func warc(records ...string) []byte {
	var b bytes.Buffer
	for _, r := range records {
		head, block, _ := strings.Cut(r, "\n\n")
		fmt.Fprintf(&b, "WARC/1.1\r\n%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", strings.ReplaceAll(head, "\n", "\r\n"), len(block), block)
	}
	return b.Bytes()
}

func TestBrokenWARC(t *testing.T) {
	good := warc("WARC-Type: resource\nWARC-Target-URI: <https://a.example/>\nContent-Type: text/plain\n\nhello")
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"address in brackets": {good, "https://a.example/ | text/plain | hello\n"},
		"ends in a block":     {good[:len(good)-7], "https://a.example/ | text/plain | he | unexpected_eof\n"},
		"ends in a head":      {append(good[:len(good):len(good)], "WARC/1.1\r\nWARC-Ty"...), "https://a.example/ | text/plain | hello\nerror: reading WARC: unexpected EOF\n"},
		"no length":           {[]byte("WARC/1.0\r\nWARC-Type: response\r\n\r\n"), "error: reading WARC: a record says it is \"\" bytes long\n"},
		"negative length":     {[]byte("WARC/1.0\r\nContent-Length: -1\r\n\r\n"), "error: reading WARC: a record says it is \"-1\" bytes long\n"},
		"something else":      {append(good[:len(good):len(good)], "<html>\r\n\r\n"...), "https://a.example/ | text/plain | hello\nerror: reading WARC: a record begins with \"<html>\\r\\n\\r\\n\"\n"},
		"not for us": {warc("WARC-Type: response\nWARC-Target-URI: dns:a.example\nContent-Type: text/dns\n\na.example. 1 IN A 127.0.0.1", "WARC-Type: metadata\n\nx",
			"WARC-Type: revisit\nContent-Type: application/http\n\nHTTP/1.1 200 OK\r\n\r\n", "WARC-Type: continuation\n\nx"), ""},
		"packed and cut": {pack(good)[:40], "error: reading WARC: unexpected EOF\n"},
	} {
		if got := listing("x.warc", c.file); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, c.want)
		}
	}
}

func TestOtherFiles(t *testing.T) {
	for name, want := range map[string]string{"page.html": "page.html", "page.html.gz": "page.html"} {
		body := []byte("<p>hello")
		if strings.HasSuffix(name, ".gz") {
			body = pack(body)
		}
		n := 0
		for e, err := range Read(name, bytes.NewReader(body)) {
			if n++; err != nil || e.Name != want || e.URL != "" || string(e.Body) != "<p>hello" {
				t.Errorf("%s: %+v, error %v", name, e, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d documents", name, n)
		}
	}
	if got := listing("empty", nil); got != " |  | \n" {
		t.Errorf("an empty file: %q", got)
	}
}

// TestBounds feeds what is longer than we read and wants to hear of it, and what stands around it.
func TestBounds(t *testing.T) {
	long := strings.Repeat("a", MaxBody+1)
	har := func(texts ...string) []byte {
		for i, s := range texts {
			texts[i] = `{"request":{},"response":{"content":{"mimeType":"text/plain","text":"` + s + `"}}}`
		}
		return []byte(`{"log":{"entries":[` + strings.Join(texts, ",") + `]}}`)
	}
	for name, c := range map[string]struct {
		file []byte
		want []string
	}{
		"file":           {bytes.Repeat([]byte("a"), MaxFile+1), []string{cutSize}},
		"HAR body":       {har(long, "b"), []string{cutSize, ""}},
		"HAR entry":      {har(strings.Repeat("a", maxValue), "b"), []string{"error", ""}},
		"WARC block":     {warc("WARC-Type: resource\n\n"+long, "WARC-Type: resource\n\nb"), []string{cutSize, ""}},
		"long block":     {warc("WARC-Type: resource\n\n"+strings.Repeat("a", maxRaw+1), "WARC-Type: resource\n\nb"), []string{cutSize, ""}},
		"WARC bomb":      {warc("WARC-Type: response\nContent-Type: application/http\n\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + string(pack([]byte(long)))), []string{cutRatio}},
		"WARC head":      {[]byte("WARC/1.0\r\n" + strings.Repeat("a: b\r\n", maxHead)), []string{"error"}},
		"MHTML part":     {[]byte("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n\n" + long + "\n--b\n\nb\n--b--\n"), []string{cutSize, ""}},
		"long part":      {[]byte("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n\n" + strings.Repeat(long, 3) + "\n--b\n\nb\n--b--\n"), []string{cutSize, ""}},
		"gzip of nulls":  {pack(make([]byte, MaxFile)), []string{"", "error"}},
		"nested in text": {[]byte(`{"log":` + strings.Repeat("[", 1<<20)), []string{""}},
	} {
		var got []string
		for e, err := range Read("x", bytes.NewReader(c.file)) {
			if len(e.Body) > MaxFile || len(e.Body) > MaxBody && len(c.want) > 1 && name != "gzip of nulls" {
				t.Errorf("%s: a body of %d bytes", name, len(e.Body))
			}
			if err != nil {
				got = append(got, "error")
				continue
			}
			got = append(got, e.Cut)
		}
		if strings.Join(got, ",") != strings.Join(c.want, ",") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestStopsWhenToldTo(t *testing.T) {
	in, _ := parts(t, "testdata/session.har.txtar")
	n := 0
	for range Read("x", bytes.NewReader(in)) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d documents after the end", n)
	}
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("disk on fire")
	var last error
	for _, err := range Read("x", &failing{[]byte("<p>hello"), broken}) {
		last = err
	}
	if !errors.Is(last, broken) {
		t.Errorf("error %v", last)
	}
}

type failing struct {
	b   []byte
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n := copy(p, f.b)
	f.b = f.b[n:]
	if n == 0 {
		return 0, f.err
	}
	return n, nil
}

// FuzzRead holds any file to the bounds.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		in, _ := parts(f, file)
		f.Add(in)
	}
	for _, name := range []string{"warcio-1.1.warc.gz", "warcio-1.0.warc"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		for e, err := range Read("x", bytes.NewReader(file)) {
			switch {
			case err != nil && len(e.Body) > 0:
				t.Fatal("a document and an error at once")
			case len(e.Body) > MaxFile, len(e.URL) > 2048:
				t.Fatal("over the bounds")
			}
		}
	})
}

// FuzzUncode holds the decoders of one body to its bound, whatever they are given.
func FuzzUncode(f *testing.F) {
	for _, e := range []string{"gzip", "br", "zstd", "deflate", "gzip, br", "base64", "quoted-printable", "chunked"} {
		f.Add(e, []byte("=41=\r\n"))
		f.Add(e, pack([]byte("hello")))
		f.Add(e, []byte("5\r\nhello\r\n0\r\n\r\n"))
	}
	f.Fuzz(func(t *testing.T, encoding string, raw []byte) {
		const limit = 1000
		if body, cut := uncode(encoding, raw, limit); len(body) > limit || len(raw) > limit && len(body) == 0 && cut == "" && encoding == "" {
			t.Fatalf("%d bytes", len(body))
		}
		if body, _ := dechunk(raw, limit); len(body) > max(limit, len(raw)) {
			t.Fatalf("%d bytes without chunks", len(body))
		}
		if body := transferred(encoding, raw); len(body) > len(raw) {
			t.Fatalf("%d bytes of %d", len(body), len(raw))
		}
	})
}

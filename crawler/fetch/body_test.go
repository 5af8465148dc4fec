package fetch

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
	"scamatlas/crawler"
)

// TestDecodersAreReused: one that met a broken stream decodes the next one.
func TestDecodersAreReused(t *testing.T) {
	var b bodies
	for encoding, good := range map[string][]byte{"gzip": gzipped(t, scamPage, 1), "br": brotlied(t, scamPage, 1), "zstd": zstded(t, scamPage, 1)} {
		for range 3 {
			if _, cut := b.decode(encoding, good[:len(good)/2], crawler.MaxBody); cut == "" {
				t.Errorf("%s: half a stream is whole", encoding)
			}
			if body, cut := b.decode(encoding, good, crawler.MaxBody); cut != "" || string(body) != scamPage {
				t.Errorf("%s: %q, cut %q", encoding, body, cut)
			}
		}
	}
}

// TestDecodeExactBound: a body of exactly the limit is whole.
func TestDecodeExactBound(t *testing.T) {
	var b bodies
	for encoding, raw := range map[string][]byte{"gzip": gzipped(t, scamPage, 10), "br": brotlied(t, scamPage, 10), "zstd": zstded(t, scamPage, 10)} {
		n := 10 * len(scamPage)
		if body, cut := b.decode(encoding, raw, n); cut != "" || len(body) != n {
			t.Errorf("%s: %d bytes of %d, cut %q", encoding, len(body), n, cut)
		}
		if body, cut := b.decode(encoding, raw, n-1); cut != cutSize || len(body) != n-1 {
			t.Errorf("%s: %d bytes of %d, cut %q", encoding, len(body), n-1, cut)
		}
	}
	for n, want := range map[int]string{len(scamPage): "", len(scamPage) - 1: cutSize} {
		if raw, cut, err := readRaw(bytes.NewReader([]byte(scamPage)), nil, n); cut != want || len(raw) != n || err != nil {
			t.Errorf("%d bytes of %d, cut %q, %v", len(raw), n, cut, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("gzip", []byte("\x1f\x8b\x08"))
	f.Add("br", []byte("\x0b\x02\x80hello\x03"))
	f.Add("zstd", []byte("\x28\xb5\x2f\xfd\x04\x00"))
	var b bodies
	f.Fuzz(func(t *testing.T, encoding string, raw []byte) {
		const limit = 64 << 10
		body, cut := b.decode(encoding, raw, limit)
		if len(body) > max(limit, len(raw)) {
			t.Fatalf("%d bytes", len(body))
		}
		if cut != "" && cut != cutSize && cut != cutRatio && cut != cutEOF && cut != cutEncoding {
			t.Fatalf("cut %q", cut)
		}
		if len(body) == 0 && len(raw) > 0 && cut != "" {
			t.Fatal("the bytes as sent are lost")
		}
	})
}

// TestDeflate: with the frame that the standard asks for and without, as servers send it.
func TestDeflate(t *testing.T) {
	var framed, bare bytes.Buffer
	z := zlib.NewWriter(&framed)
	d, err := flate.NewWriter(&bare, 6)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{z, d} {
		if _, err := io.WriteString(w, scamPage); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, raw := range map[string][]byte{"framed": framed.Bytes(), "bare": bare.Bytes(), "neither": []byte(scamPage)} {
		want := ""
		if name == "neither" {
			want = cutEncoding
		}
		if body, cut := new(bodies).decode("deflate", raw, crawler.MaxBody); string(body) != scamPage || cut != want {
			t.Errorf("%s: %q, cut %q", name, body, cut)
		}
	}
}

package archive

import (
	"bytes"
	"errors"
	"testing"

	"scamatlas/crawler"
)

// FuzzEntry: a line is an entry as it was written, or an error.
func FuzzEntry(f *testing.F) {
	e := &Entry{Seq: 7, Kind: KindVisit, At: day, Host: "a.example", Objects: []Object{{Kind: ObjectWARC, SHA256: hexSum(nil)}}}
	line, err := e.seal(hexSum(nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add(line[:len(line)-1])
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := parseEntry(b)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if hexSum([]byte(e.Prev+e.Digest)) != e.Hash || e.Digest != hexSum(append(bytes.Clone(b[:len(b)-tailLen]), '}')) {
			t.Fatalf("%q passes", b)
		}
	})
}

func FuzzHead(f *testing.F) {
	f.Add(head{7, hexSum(nil)}.bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := parseHead(b); err == nil && !bytes.Equal(h.bytes(), b) {
			t.Fatalf("%q passes", b)
		}
	})
}

// FuzzWARC: a file gives records within its size, or an error.
func FuzzWARC(f *testing.F) {
	v := full()
	warc, err := visitWARC(&v, "test", day, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(warc)
	f.Add(warc[:len(warc)/2])
	f.Add([]byte(zipped("WARC/1.1\r\nContent-Length: 99999999999\r\n\r\nx")))
	f.Add([]byte(zipped("WARC/1.1\r\nContent-Length: 1\r\n\r\nx\r\n\r\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		end := int64(0)
		err := readWARC(b, func(r *warcRecord) error {
			if r.offset != end || r.length <= 0 {
				t.Fatalf("a record at %d of %d bytes after %d", r.offset, r.length, end)
			}
			end += r.length
			return nil
		})
		if err == nil && end != int64(len(b)) {
			t.Fatalf("%d of %d bytes", end, len(b))
		}
		if _, err := readContents(b, map[string]bool{}); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	})
}

// FuzzCapture: a file gives a capture or an error that says damaged.
func FuzzCapture(f *testing.F) {
	for _, c := range full().Captures {
		b, err := encodeCapture(c, func(string, []byte) {})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := decodeCapture(b, func(string) ([]byte, error) { return []byte("x"), nil }); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	})
}

// FuzzExchange: whatever came over a connection, it is read back byte by byte, from a file that is whole.
func FuzzExchange(f *testing.F) {
	for _, e := range append(hostile().Captures[0].Wire[2:], full().Captures[0].Wire...) {
		f.Add(e.URL, e.Response)
	}
	f.Fuzz(func(t *testing.T, url string, response []byte) {
		if len(response) == 0 {
			return
		}
		e := exchange(url, string(response))
		v := Visit{Host: url, Captures: []*crawler.Capture{{Host: url, Wire: []crawler.Exchange{e, e}}}}
		sum := hexSum(response)
		warc, err := visitWARC(&v, "test", day, map[string][]byte{sum: response})
		if err != nil {
			t.Fatal(err)
		}
		found, err := readContents(warc, map[string]bool{sum: true})
		if err != nil || !bytes.Equal(found[sum], response) {
			t.Fatalf("%q came back as %q, error %v", response, found[sum], err)
		}
		if err := new(index).add("x", warc); err != nil {
			t.Fatal(err)
		}
	})
}

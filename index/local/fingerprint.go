package local

import (
	"encoding/binary"
	"errors"

	"scamatlas/extractors"
)

// fingerprintFormat is the first byte of a stored fingerprint. Then follow: version, elements, shell (0 or 1) as uvarints; seven token
// sets, each its total, its length and its hashes as differences; the bands as a count and strings; DOM hash, two favicon hashes, two
// hashes of the screen. Format 1 had five sets and no hashes of the screen.
// A string is its length and bytes. Every site is read when clusters are made: this is a third of the JSON and ten times as fast.
const fingerprintFormat = 2

var errFingerprint = errors.New("stored fingerprint is damaged or of a newer program")

func encodeFingerprint(f *extractors.Fingerprint) []byte {
	b := []byte{fingerprintFormat}
	shell := uint64(0)
	if f.Shell {
		shell = 1
	}
	for _, n := range []uint64{uint64(f.Version), uint64(f.Elements), shell} {
		b = binary.AppendUvarint(b, n)
	}
	for _, t := range sets(f) {
		b = binary.AppendUvarint(b, uint64(t.Total))
		b = binary.AppendUvarint(b, uint64(len(t.Hashes)))
		last := uint32(0)
		for _, h := range t.Hashes {
			b = binary.AppendUvarint(b, uint64(h-last)) // wraps where the set is not sorted
			last = h
		}
	}
	b = binary.AppendUvarint(b, uint64(len(f.Bands)))
	for _, s := range f.Bands {
		b = appendString(b, s)
	}
	for _, s := range []string{f.DOMHash, f.FaviconMMH3, f.FaviconSHA256, f.ScreenP, f.ScreenD} {
		b = appendString(b, s)
	}
	return b
}

func sets(f *extractors.Fingerprint) []*extractors.TokenSet {
	return []*extractors.TokenSet{&f.Tags, &f.Classes, &f.Assets, &f.Names, &f.Text, &f.Script, &f.Marks}
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func decodeFingerprint(b []byte) (extractors.Fingerprint, error) {
	var f extractors.Fingerprint
	if len(b) == 0 || b[0] < 1 || b[0] > fingerprintFormat {
		return f, errFingerprint
	}
	stored := sets(&f)
	if b[0] == 1 {
		stored = stored[:5]
	}
	d := decoder{b: b[1:]}
	f.Version, f.Elements, f.Shell = int(d.uint()), int(d.uint()), d.uint() == 1
	for _, t := range stored {
		t.Total = int(d.uint())
		if n := d.count(); n > 0 {
			t.Hashes = make([]uint32, n)
		}
		last := uint32(0)
		for i := range t.Hashes {
			last += uint32(d.uint())
			t.Hashes[i] = last
		}
	}
	if n := d.count(); n > 0 {
		f.Bands = make([]string, n)
	}
	for i := range f.Bands {
		f.Bands[i] = d.string()
	}
	f.DOMHash, f.FaviconMMH3, f.FaviconSHA256 = d.string(), d.string(), d.string()
	if b[0] > 1 {
		f.ScreenP, f.ScreenD = d.string(), d.string()
	}
	if d.bad || len(d.b) > 0 {
		return extractors.Fingerprint{}, errFingerprint
	}
	return f, nil
}

// decoder reads on until something does not fit; then all it gives is zero.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b, d.bad = nil, true
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads a number of things of at least one byte each.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.b, d.bad = nil, true
		return 0
	}
	return int(n)
}

func (d *decoder) string() string {
	n := d.count()
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

package local

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"scamatlas/extractors"
)

func TestFingerprintComesBackWhole(t *testing.T) {
	full := realVisit(rand.New(rand.NewPCG(3, 3)), 1).Findings.Fingerprint
	full.Version, full.Elements, full.Shell, full.DOMHash, full.FaviconMMH3, full.FaviconSHA256 = 7, 812, true, "d", "-5", "f"
	full.ScreenP, full.ScreenD = "00ff", "ff00"
	full.Bands = []string{"", "t:00ff", "\x00\xff"}
	for name, f := range map[string]extractors.Fingerprint{
		"empty":      {},
		"full":       full,
		"not sorted": {Tags: extractors.TokenSet{Hashes: []uint32{9, 3, 1<<32 - 1, 0, 0}, Total: 2}},
	} {
		got, err := decodeFingerprint(encodeFingerprint(&f))
		if err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("%s: %+v %v, want %+v", name, got, err, f)
		}
	}
	js, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(encodeFingerprint(&full)); n > len(js)/2 {
		t.Errorf("%d bytes, as JSON %d", n, len(js))
	}
}

func TestFirstFormatIsStillRead(t *testing.T) {
	f := extractors.Fingerprint{Version: 1, Elements: 5, Tags: extractors.TokenSet{Hashes: []uint32{3, 9}, Total: 2}, Bands: []string{"t"}, DOMHash: "d", FaviconMMH3: "-5"}
	b := []byte{1, 1, 5, 0, 2, 2, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 't', 1, 'd', 2, '-', '5', 0}
	if got, err := decodeFingerprint(b); err != nil || !reflect.DeepEqual(got, f) {
		t.Errorf("%+v %v, want %+v", got, err, f)
	}
}

func TestDamagedFingerprintIsAnError(t *testing.T) {
	f := realVisit(rand.New(rand.NewPCG(3, 3)), 1).Findings.Fingerprint
	whole := encodeFingerprint(&f)
	for n := range len(whole) {
		if _, err := decodeFingerprint(whole[:n]); err == nil {
			t.Fatalf("cut after %d of %d bytes: no error", n, len(whole))
		}
	}
	if _, err := decodeFingerprint(append(whole, 0)); err == nil {
		t.Error("a byte too many: no error")
	}
}

func FuzzDecodeFingerprint(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 1, 1, 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f})
	p := extractors.Fingerprint{Tags: extractors.TokenSet{Hashes: []uint32{1, 2}}, Bands: []string{"x"}}
	f.Add(encodeFingerprint(&p))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeFingerprint(b)
		if err != nil {
			return
		}
		if again, err := decodeFingerprint(encodeFingerprint(&got)); err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("%+v reads back as %+v, %v", got, again, err)
		}
	})
}

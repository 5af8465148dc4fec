package ct

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"scamatlas/crawler/discover/ct/cttest"
)

// smallLog holds five entries so small that a fuzzer gets somewhere with them.
func smallLog() *cttest.Log {
	l := cttest.New(origin, cttest.Key())
	at := time.Unix(1700000000, 0)
	for range 2 {
		l.Append(cttest.Entry{Time: at, DER: []byte("der")}, cttest.Entry{Time: at, DER: []byte("tbs"), Pre: []byte("pre")})
	}
	l.Append(cttest.Entry{Time: at})
	l.Publish(-1, at)
	return l
}

// FuzzTile: whatever a tile holds, entries come in order and their hashes are of bytes of the tile.
func FuzzTile(f *testing.F) {
	l := smallLog()
	tile, err := l.Tile("tile/data/000.p/5")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(tile, 5)
	f.Add(tile[:len(tile)-1], 5)
	f.Add(tile, 4)
	f.Add([]byte{}, 0)
	f.Add(bytes.Repeat([]byte{0}, 64), 1)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		width = max(0, min(width, tileWidth))
		var h leafHasher
		next := int64(0)
		err := h.tile(data, 0, 0, width, func(e *entry) error {
			if e.index != next || e.leaf == (tlog.Hash{}) || !bytes.Contains(data, e.der) {
				t.Fatalf("entry %d where %d was to come", e.index, next)
			}
			next++
			return nil
		})
		if err == nil && next != int64(width) {
			t.Fatalf("%d entries of %d without an error", next, width)
		}
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatalf("an error of no kind: %v", err)
		}
	})
}

// FuzzMerkleLeaf: a leaf of RFC 6962 gives its hash whatever it holds, and the same entry as in a tile.
func FuzzMerkleLeaf(f *testing.F) {
	tile, err := smallLog().Tile("tile/data/000.p/1")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append([]byte{0, 0}, tile[:len(tile)-66]...)) // without the chain
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 'x', 0, 0})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 7, 0, 0, 1, 'x', 0, 0})
	f.Add([]byte{1, 0})
	f.Fuzz(func(t *testing.T, input []byte) {
		var h leafHasher
		e := h.merkle(input, 9)
		if e.leaf != tlog.RecordHash(input) || e.index != 9 {
			t.Fatal("another hash")
		}
		if e.err != nil && !errors.Is(e.err, ErrMalformed) {
			t.Fatalf("an error of no kind: %v", e.err)
		}
	})
}

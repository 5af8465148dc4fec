package ct

import (
	"crypto/sha256"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/mod/sumdb/tlog"
)

// entry is one entry of a log. What it holds of a certificate is what the tree head commits to: of a precertificate the
// TBSCertificate that will be signed, not the precertificate that comes beside it in a tile or in extra_data.
type entry struct {
	index   int64
	ms      int64 // time of the log's promise, milliseconds since 1970
	precert bool
	der     []byte // Certificate, or of a precert TBSCertificate; points into what was read
	leaf    tlog.Hash
	err     error // why nothing but the hash is known
}

const (
	x509Entry    = 0
	precertEntry = 1
)

// timestamped reads a TimestampedEntry (RFC 6962, 3.4) from in. ext are its extensions.
func (e *entry) timestamped(in *cryptobyte.String) (ext cryptobyte.String, ok bool) {
	var ms uint64
	var kind uint16
	var der cryptobyte.String
	if !in.ReadUint64(&ms) || ms > 1<<50 || !in.ReadUint16(&kind) {
		return nil, false
	}
	e.ms = int64(ms)
	switch kind {
	case x509Entry:
		e.precert = false
	case precertEntry:
		e.precert = true
		if !in.Skip(sha256.Size) { // hash of the issuer's key
			return nil, false
		}
	default:
		return nil, false
	}
	if !in.ReadUint24LengthPrefixed(&der) || !in.ReadUint16LengthPrefixed(&ext) {
		return nil, false
	}
	e.der = der
	return ext, true
}

// leafHasher makes the hashes of leaves (RFC 6962, 2.1 and 3.4) without allocating.
type leafHasher struct{ buf []byte }

// entry hashes a TimestampedEntry as the leaf it is.
func (h *leafHasher) entry(timestamped []byte) tlog.Hash {
	h.buf = append(h.buf[:0], 0 /* a leaf */, 0 /* version 1 */, 0 /* timestamped_entry */)
	h.buf = append(h.buf, timestamped...)
	return sha256.Sum256(h.buf)
}

// leaf hashes a MerkleTreeLeaf.
func (h *leafHasher) leaf(input []byte) tlog.Hash {
	h.buf = append(append(h.buf[:0], 0), input...)
	return sha256.Sum256(h.buf)
}

// tile reads the entries of a data tile (https://c2sp.org/static-ct-api, TileLeaf): width entries from index first, of which those
// from on are handed to each. A tile in which one entry cannot be read has no further entries: they have no length of their own.
func (h *leafHasher) tile(data []byte, first, from int64, width int, each func(*entry) error) error {
	in := cryptobyte.String(data)
	var e entry
	for n := range int64(width) {
		e = entry{index: first + n}
		start := in
		ext, ok := e.timestamped(&in)
		if !ok {
			return fmt.Errorf("%w: entry %d cannot be read, nor any after it in its tile", ErrMalformed, e.index)
		}
		if e.index >= from {
			e.leaf = h.entry(start[:len(start)-len(in)])
		}
		if !ownIndex(ext, e.index) {
			return fmt.Errorf("%w: entry %d says of itself that it is another", ErrMalformed, e.index)
		}
		var pre, chain cryptobyte.String
		if e.precert && !in.ReadUint24LengthPrefixed(&pre) || !in.ReadUint16LengthPrefixed(&chain) || len(chain)%sha256.Size != 0 {
			return fmt.Errorf("%w: entry %d has no chain", ErrMalformed, e.index)
		}
		if e.index >= from {
			if err := each(&e); err != nil {
				return err
			}
		}
	}
	if len(in) > 0 {
		return fmt.Errorf("%w: %d bytes after the last of %d entries of a tile", ErrMalformed, len(in), width)
	}
	return nil
}

// ownIndex reports whether the extensions of an entry hold its index (leaf_index, 40 bits), as static-ct demands.
func ownIndex(ext cryptobyte.String, index int64) bool {
	found := false
	for !ext.Empty() {
		var kind uint8
		var data cryptobyte.String
		if !ext.ReadUint8(&kind) || !ext.ReadUint16LengthPrefixed(&data) {
			return false
		}
		if kind != 0 {
			continue
		}
		var high uint8
		var low uint32
		if found || !data.ReadUint8(&high) || !data.ReadUint32(&low) || !data.Empty() || int64(high)<<32|int64(low) != index {
			return false
		}
		found = true
	}
	return found
}

// merkle reads a MerkleTreeLeaf (RFC 6962, 3.4) as get-entries gives it. The hash is right whatever the leaf holds.
func (h *leafHasher) merkle(input []byte, index int64) entry {
	e := entry{index: index, leaf: h.leaf(input)}
	in := cryptobyte.String(input)
	var version, kind uint8
	if !in.ReadUint8(&version) || !in.ReadUint8(&kind) || version != 0 || kind != 0 {
		e.err = fmt.Errorf("%w: a leaf of an unknown kind", ErrMalformed)
		return e
	}
	if _, ok := e.timestamped(&in); !ok || len(in) > 0 {
		e.err = fmt.Errorf("%w: not a timestamped entry", ErrMalformed)
	}
	return e
}

// Package cttest turns certificates into certificate transparency logs for tests and benchmarks: as files (static-ct) and over the API
// of RFC 6962, both with real signatures and hashes. It checks nothing of what it is given: a test that asks for what cannot be, such as
// a tree of more entries than there are, is stopped by a panic, as net/http/httptest does it.
package cttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Entry is one certificate for a log.
type Entry struct {
	Time time.Time
	DER  []byte // Certificate; where Pre is set TBSCertificate
	Pre  []byte // precertificate; nil: it is a certificate's entry
}

// Log holds entries. All of its methods may be called while it serves.
type Log struct {
	Origin string // of checkpoints
	Gzip   bool   // tiles are sent packed
	Page   int    // most entries in one answer of get-entries; 0 = 1000

	key     *ecdsa.PrivateKey
	mu      sync.RWMutex
	entries [][]byte // TimestampedEntry
	extra   [][]byte // what follows it in a data tile
	hashes  []tlog.Hash
	head    struct {
		size int64
		ms   uint64
		root tlog.Hash
	}
}

// Key makes a log's key.
func Key() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // fails only with its source, and crypto/rand ends the program itself when the system gives no random bytes
	}
	return key
}

// New gives an empty log that has published its empty tree. origin must be a name that a signed note can bear: no space, no plus.
func New(origin string, key *ecdsa.PrivateKey) *Log {
	l := &Log{Origin: origin, key: key}
	l.Publish(0, time.Unix(0, 0))
	return l
}

// PublicKey is the log's key as logs are known by: DER of a SubjectPublicKeyInfo.
func (l *Log) PublicKey() []byte {
	der, err := x509.MarshalPKIXPublicKey(&l.key.PublicKey)
	if err != nil {
		panic(err) // fails only on kinds of keys and curves that x509 does not know; it knows P-256
	}
	return der
}

// Size is the number of entries, published or not.
func (l *Log) Size() int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return int64(len(l.entries))
}

// Append adds entries; they are not published.
func (l *Log) Append(entries ...Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		var b, more cryptobyte.Builder
		b.AddUint64(uint64(e.Time.UnixMilli()))
		if e.Pre == nil {
			b.AddUint16(0)
		} else {
			b.AddUint16(1)
			b.AddBytes(make([]byte, sha256.Size)) // nobody looks at the hash of the issuer's key
			more.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.Pre) })
		}
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.DER) })
		index := uint64(len(l.entries))
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint8(0) // leaf_index
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				b.AddUint8(uint8(index >> 32))
				b.AddUint32(uint32(index))
			})
		})
		more.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(make([]byte, 2*sha256.Size)) }) // two issuers
		l.append(b.BytesOrPanic(), more.BytesOrPanic())
	}
}

// AppendRaw adds an entry whose TimestampedEntry is data as it stands.
func (l *Log) AppendRaw(data []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.append(data, []byte{0, 0})
}

// AppendAll adds the entries of another log as they stand.
func (l *Log) AppendAll(other *Log) {
	other.mu.RLock()
	defer other.mu.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range other.entries {
		l.append(other.entries[i], other.extra[i])
	}
}

func (l *Log) append(entry, extra []byte) {
	n := int64(len(l.entries))
	l.entries, l.extra = append(l.entries, entry), append(l.extra, extra)
	more, err := tlog.StoredHashes(n, append([]byte{0, 0}, entry...), tlog.HashReaderFunc(l.read))
	if err != nil {
		panic(err) // fails only where read does, and only this function adds entries: the hashes of all before n are in l.hashes
	}
	l.hashes = append(l.hashes, more...)
}

func (l *Log) read(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(l.hashes)) {
			return nil, fmt.Errorf("no hash %d", at)
		}
		out[i] = l.hashes[at]
	}
	return out, nil
}

// Publish signs the tree of the first size entries; -1 = of all. More than there are is a mistake of the test.
func (l *Log) Publish(size int64, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if size < 0 {
		size = int64(len(l.entries))
	}
	root, err := tlog.TreeHash(size, tlog.HashReaderFunc(l.read))
	if err != nil {
		panic(fmt.Sprintf("cttest: publish %d of %d entries: %v", size, len(l.entries), err))
	}
	l.head.size, l.head.ms, l.head.root = size, uint64(at.UnixMilli()), root
}

// Root is that of the published tree.
func (l *Log) Root() tlog.Hash {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.head.root
}

// signature is the DigitallySigned of the published tree head (RFC 6962, 3.5).
func (l *Log) signature() []byte {
	var m cryptobyte.Builder
	m.AddUint8(0)
	m.AddUint8(1)
	m.AddUint64(l.head.ms)
	m.AddUint64(uint64(l.head.size))
	m.AddBytes(l.head.root[:])
	digest := sha256.Sum256(m.BytesOrPanic())
	sig, err := ecdsa.SignASN1(rand.Reader, l.key, digest[:])
	if err != nil {
		panic(err) // fails only with its source, and crypto/rand ends the program itself when the system gives no random bytes
	}
	return append([]byte{4, 3, byte(len(sig) >> 8), byte(len(sig))}, sig...)
}

// Checkpoint is the published tree head as static-ct logs show it.
func (l *Log) Checkpoint() []byte {
	l.mu.RLock()
	defer l.mu.RUnlock()
	text := fmt.Sprintf("%s\n%d\n%s\n", l.Origin, l.head.size, l.head.root)
	msg, err := note.Sign(&note.Note{Text: text}, noteSigner{l})
	if err != nil {
		panic(fmt.Sprintf("cttest: origin %q: %v", l.Origin, err)) // a mistake of the test: see New
	}
	return msg
}

type noteSigner struct{ *Log }

func (s noteSigner) Name() string { return s.Origin }

func (s noteSigner) KeyHash() uint32 {
	id := sha256.Sum256(s.PublicKey())
	sum := sha256.Sum256(append([]byte(s.Origin+"\n\x05"), id[:]...))
	return binary.BigEndian.Uint32(sum[:])
}

func (s noteSigner) Sign([]byte) ([]byte, error) {
	return append(binary.BigEndian.AppendUint64(nil, s.head.ms), s.signature()...), nil
}

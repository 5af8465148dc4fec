package ct

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Head is a tree head that a log signed.
type Head struct {
	Size int64     `json:"size"` // entries
	Root tlog.Hash `json:"root"` // SHA-256 of RFC 6962, 2.1
	Time time.Time `json:"time"` // of signing, by the log's clock
}

func (h Head) String() string {
	return fmt.Sprintf("%d entries with root %v of %s", h.Size, h.Root, h.Time.UTC().Format(time.RFC3339))
}

// ID is the log's id (RFC 6962, 3.2): SHA-256 of its key.
func (l Log) ID() [sha256.Size]byte { return sha256.Sum256(l.Key) }

// parseKey reads the public key of a log: P-256, or RSA of at least 2048 bits (RFC 6962, 2.1.4).
func parseKey(der []byte) (crypto.PublicKey, error) {
	if len(der) == 0 {
		return nil, errors.New("is missing")
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("not a public key: %v", err)
	}
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return k, nil
	case *rsa.PublicKey:
		if k.N.BitLen() < 2048 {
			return nil, fmt.Errorf("RSA of %d bits", k.N.BitLen())
		}
		return k, nil
	}
	return nil, fmt.Errorf("a key of type %T signs no log", key)
}

// headVerifier checks tree heads of one log.
type headVerifier struct {
	origin string
	id     [sha256.Size]byte
	key    crypto.PublicKey
}

const (
	hashSHA256 = 4 // of TLS 1.2 (RFC 5246, 7.4.1.4.1), as RFC 6962 uses them
	sigRSA     = 1
	sigECDSA   = 3

	noteRFC6962 = 5 // signature type of a note: RFC6962NoteSignature
)

// signed checks the DigitallySigned of a TreeHeadSignature (RFC 6962, 3.5); ms is in milliseconds since 1970.
func (v *headVerifier) signed(ms uint64, size int64, root tlog.Hash, signature []byte) error {
	var message cryptobyte.Builder
	message.AddUint8(0) // version 1
	message.AddUint8(1) // tree_hash
	message.AddUint64(ms)
	message.AddUint64(uint64(size))
	message.AddBytes(root[:])
	digest := sha256.Sum256(message.BytesOrPanic()) // cannot panic: nothing in it has a length to overrun

	in := cryptobyte.String(signature)
	var hash, kind uint8
	var raw cryptobyte.String
	if !in.ReadUint8(&hash) || !in.ReadUint8(&kind) || !in.ReadUint16LengthPrefixed(&raw) || !in.Empty() {
		return fmt.Errorf("%w: %w: not a signature", ErrSignature, ErrMalformed)
	}
	good := false
	switch k := v.key.(type) {
	case *ecdsa.PublicKey:
		good = hash == hashSHA256 && kind == sigECDSA && ecdsa.VerifyASN1(k, digest[:], raw)
	case *rsa.PublicKey:
		good = hash == hashSHA256 && kind == sigRSA && rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], raw) == nil
	}
	if !good {
		return ErrSignature
	}
	return nil
}

func newHead(ms uint64, size int64, root tlog.Hash) (Head, error) {
	if size < 0 || size > MaxTree {
		return Head{}, fmt.Errorf("%w: a tree of %d entries", ErrMalformed, size)
	}
	if ms > 1<<50 { // the year 37648
		return Head{}, fmt.Errorf("%w: a tree head of the time %d", ErrMalformed, ms)
	}
	if size == 0 && root != (edge{}).root() {
		return Head{}, fmt.Errorf("%w: an empty tree with the root %v", ErrMalformed, root)
	}
	return Head{Size: size, Root: root, Time: time.UnixMilli(int64(ms)).UTC()}, nil
}

// checkpoint reads a signed note (https://c2sp.org/tlog-checkpoint) that carries an RFC6962NoteSignature of the log.
func (v *headVerifier) checkpoint(msg []byte) (Head, error) {
	signer := &noteVerifier{head: v}
	_, err := note.Open(msg, note.VerifierList(signer))
	var unsigned *note.UnverifiedNoteError
	var wrong *note.InvalidSignatureError
	switch {
	case errors.As(err, &unsigned):
		return Head{}, fmt.Errorf("%w: checkpoint of %.*q carries no signature of %s", ErrSignature, MaxText, firstLine(unsigned.Note.Text), v.origin)
	case errors.As(err, &wrong):
		if signer.err != nil {
			return Head{}, signer.err
		}
		return Head{}, ErrSignature
	case err != nil:
		return Head{}, fmt.Errorf("%w: not a checkpoint (%w): %.*q", ErrMalformed, err, MaxText, msg)
	}
	return signer.found, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// noteVerifier is a note.Verifier for one note: it keeps the head that it found signed.
type noteVerifier struct {
	head  *headVerifier
	found Head
	err   error
}

func (n *noteVerifier) Name() string { return n.head.origin }

func (n *noteVerifier) KeyHash() uint32 {
	h := sha256.New()
	h.Write([]byte(n.head.origin + "\n"))
	h.Write([]byte{noteRFC6962})
	h.Write(n.head.id[:])
	return binary.BigEndian.Uint32(h.Sum(nil))
}

func (n *noteVerifier) Verify(text, sig []byte) bool {
	n.found, n.err = n.verify(text, sig)
	return n.err == nil
}

func (n *noteVerifier) verify(text, sig []byte) (Head, error) {
	size, root, err := parseCheckpoint(text, n.head.origin)
	if err != nil {
		return Head{}, err
	}
	in := cryptobyte.String(sig)
	var ms uint64
	if !in.ReadUint64(&ms) {
		return Head{}, fmt.Errorf("%w: %w: not a signature", ErrSignature, ErrMalformed)
	}
	if err := n.head.signed(ms, size, root, in); err != nil {
		return Head{}, err
	}
	return newHead(ms, size, root)
}

// parseCheckpoint reads the three lines of a log's checkpoint. Further lines are refused: the signature does not cover them.
func parseCheckpoint(text []byte, origin string) (size int64, root tlog.Hash, err error) {
	bad := func(why string) (int64, tlog.Hash, error) {
		return 0, tlog.Hash{}, fmt.Errorf("%w: checkpoint: %s: %.*q", ErrMalformed, why, MaxText, text)
	}
	lines := bytes.Split(text, []byte("\n"))
	if len(lines) != 4 || len(lines[3]) != 0 {
		return bad("not three lines")
	}
	if string(lines[0]) != origin {
		return bad("not of " + origin)
	}
	if size, err = parseSize(lines[1]); err != nil {
		return bad(err.Error())
	}
	if root, err = tlog.ParseHash(string(lines[2])); err != nil {
		return bad("no root")
	}
	return size, root, nil
}

// parseSize reads a number as checkpoints have it: decimal, no sign, no leading zero.
func parseSize(digits []byte) (int64, error) {
	n := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' || n > MaxTree {
			return 0, errors.New("no tree size")
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) == 0 || digits[0] == '0' && len(digits) > 1 || n > MaxTree {
		return 0, errors.New("no tree size")
	}
	return n, nil
}

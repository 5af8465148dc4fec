package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"scamatlas/crawler"
)

// Kinds of Entry.
const (
	KindVisit     = "visit"
	KindRetention = "retention" // objects that were removed because their time was over
	KindBreak     = "break"     // the chain was found broken at its end, and goes on here
)

// Kinds of Object.
const (
	ObjectWARC     = "warc"     // what went over the network and what browsers made of it
	ObjectCapture  = "capture"  // one capture as JSON; its bodies are in the WARC, its pictures are objects
	ObjectHAR      = "har"      // all requests of all profiles, without bodies
	ObjectSettings = "settings" // JSON
	ObjectViewport = crawler.ShotViewport
	ObjectFull     = crawler.ShotFull
	ObjectElement  = crawler.ShotElement
)

// Entry is one line of the chain.
//
// A line ends with `,"prev":"P","hash":"H"}` and a line feed. D is the SHA-256 of the bytes before that with a `}` put behind them; H
// is the SHA-256 of P and D written one after the other; both as 64 lower-case hex digits. P is the H of the line before; of the first
// line, the SHA-256 of the 32 characters of chain/ID. Whoever holds P, D and H of a line can check how it links without its content:
// that is how a bundle proves its place in the chain without naming other sites.
type Entry struct {
	Seq      int64     // from 1, without gaps
	Kind     string    // "visit", "retention", "break"
	At       time.Time // when it was written: UTC, milliseconds
	Host     string    // visits
	Sequence int64     // visits: as the store counts them
	Tool     string    // who wrote it
	Settings string    // visits: SHA-256 of the settings object
	Captures []Seen    // visits
	Objects  []Object  // visits: what was kept; retention: what was removed
	Before   time.Time // retention: visits before it lost what no later one refers to
	Note     string    // break: what was found
	Digest   string    // D
	Prev     string    // P
	Hash     string    // H
}

// Seen says how one capture of a visit went.
type Seen struct {
	Profile string          `json:"profile"`
	Outcome crawler.Outcome `json:"outcome"`
	Started time.Time       `json:"started"`
	Ended   time.Time       `json:"ended"`
}

// Object names one stored content.
type Object struct {
	Kind    string `json:"kind"`
	Profile string `json:"profile,omitempty"`
	SHA256  string `json:"sha256"` // lower-case hex, and its name
	Size    int64  `json:"size"`
	Media   string `json:"media,omitempty"` // MIME type
	Of      string `json:"of,omitempty"`    // pictures: the address shown
}

// line is Entry as written, without prev and hash.
type line struct {
	Seq      int64    `json:"seq"`
	Kind     string   `json:"kind"`
	At       string   `json:"at"`
	Host     string   `json:"host,omitempty"`
	Sequence int64    `json:"sequence,omitempty"`
	Tool     string   `json:"tool,omitempty"`
	Settings string   `json:"settings,omitempty"`
	Captures []Seen   `json:"captures,omitempty"`
	Objects  []Object `json:"objects,omitempty"`
	Before   string   `json:"before,omitempty"`
	Note     string   `json:"note,omitempty"`
}

const (
	stamp    = "2006-01-02T15:04:05.000Z"
	hashLen  = 2 * sha256.Size
	prevMark = `,"prev":"`
	hashMark = `","hash":"`
	lineEnd  = `"}` + "\n"
	tailLen  = len(prevMark) + hashLen + len(hashMark) + hashLen + len(lineEnd)
)

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// seal links e to prev, sets its digest and hash, and gives its line.
func (e *Entry) seal(prev string) ([]byte, error) {
	l := line{Seq: e.Seq, Kind: e.Kind, At: e.At.UTC().Format(stamp), Host: e.Host, Sequence: e.Sequence, Tool: e.Tool, Settings: e.Settings,
		Captures: e.Captures, Objects: e.Objects, Note: e.Note}
	if !e.Before.IsZero() {
		l.Before = e.Before.UTC().Format(stamp)
	}
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("writing entry %d: %w", e.Seq, err)
	}
	e.Digest, e.Prev = hexSum(b), prev
	e.Hash = hexSum([]byte(e.Prev + e.Digest))
	b = append(b[:len(b)-1], prevMark+e.Prev+hashMark+e.Hash+lineEnd...)
	if len(b) > MaxLine {
		return nil, fmt.Errorf("writing entry %d: %d bytes are more than a line holds", e.Seq, len(b))
	}
	return b, nil
}

// parseEntry reads one line with its line feed and checks its hash, not its place. Errors wrap ErrDamaged.
func parseEntry(b []byte) (*Entry, error) {
	e, err := parseLink(b)
	if err != nil {
		return nil, err
	}
	var l line
	d := json.NewDecoder(bytes.NewReader(append(bytes.Clone(b[:len(b)-tailLen]), '}')))
	if err := d.Decode(&l); err != nil {
		return nil, fmt.Errorf("%w: not an entry: %w", ErrDamaged, err)
	}
	e.Seq, e.Kind, e.Host, e.Sequence, e.Tool, e.Settings = l.Seq, l.Kind, l.Host, l.Sequence, l.Tool, l.Settings
	e.Captures, e.Objects, e.Note = l.Captures, l.Objects, l.Note
	if e.At, err = time.Parse(stamp, l.At); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if l.Before != "" {
		if e.Before, err = time.Parse(stamp, l.Before); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	for _, o := range e.Objects {
		if !isSum(o.SHA256) || o.Size < 0 {
			return nil, fmt.Errorf("%w: an object has no name", ErrDamaged)
		}
	}
	return e, nil
}

// parseLink reads what links a line, and checks that its hash is the hash of its content.
func parseLink(b []byte) (*Entry, error) {
	body := len(b) - tailLen
	if body < 1 || body > MaxLine {
		return nil, fmt.Errorf("%w: not an entry: %d bytes", ErrDamaged, len(b))
	}
	tail := string(b[body:])
	e := &Entry{Prev: tail[len(prevMark):][:hashLen], Hash: tail[len(prevMark)+hashLen+len(hashMark):][:hashLen]}
	if tail != prevMark+e.Prev+hashMark+e.Hash+lineEnd || !isSum(e.Prev) {
		return nil, fmt.Errorf("%w: the line does not end as an entry does", ErrDamaged)
	}
	e.Digest = hexSum(append(bytes.Clone(b[:body]), '}'))
	if hexSum([]byte(e.Prev+e.Digest)) != e.Hash {
		return nil, fmt.Errorf("%w: the line's hash is not that of its content", ErrDamaged)
	}
	return e, nil
}

// isSum reports whether s is a SHA-256 as this package writes it.
func isSum(s string) bool {
	if len(s) != hashLen {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// head is the content of chain/head.
type head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

func (h head) bytes() []byte { return fmt.Appendf(nil, "{\"seq\":%d,\"hash\":%q}\n", h.Seq, h.Hash) }

func parseHead(b []byte) (head, error) {
	var h head
	if err := json.Unmarshal(b, &h); err != nil {
		return head{}, fmt.Errorf("%w: chain/head: %w", ErrDamaged, err)
	}
	if !bytes.Equal(h.bytes(), b) || !isSum(h.Hash) || h.Seq < 0 {
		return head{}, fmt.Errorf("%w: chain/head: %w", ErrDamaged, errors.New("not as it was written"))
	}
	return h, nil
}

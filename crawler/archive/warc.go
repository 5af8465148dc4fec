package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/klauspost/compress/gzip"
)

// revisitProfile says that a record leaves out a payload that another one has (ISO 28500, 6.7.2).
const revisitProfile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

// warcWriter writes WARC/1.1, one gzip member a record. Record ids come from what is written, so that the same visit gives the same file.
type warcWriter struct {
	out  bytes.Buffer
	zip  *gzip.Writer
	seed string
	n    int
	size int64  // of all blocks
	info string // id of the warcinfo record
	err  error

	have     map[string]bool   // SHA-256 of what can be read back: blocks, payloads, payloads without their codings
	payloads map[string]origin // by SHA-256: the first record with that payload
}

type origin struct{ id, uri, date string }

func newWARC(seed string) *warcWriter {
	w := &warcWriter{seed: seed, have: map[string]bool{}, payloads: map[string]origin{}}
	w.zip, w.err = gzip.NewWriterLevel(nil, 5)
	return w
}

// recordHead is the header of one record; empty values are left out.
type recordHead struct {
	kind, uri, media string
	date             time.Time
	payload          string // SHA-256; "" = none or not to be given
	ip, truncated    string
	concurrent       string // id
	refers           *origin
	id               string // "" = made from the content
	more             [][2]string
}

// nextID makes the id of the record that is written next.
func (w *warcWriter) nextID(what string) string {
	w.n++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s", w.seed, w.n, what))
	u := sum[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80 // UUID version 8 (RFC 9562, 5.8)
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// record writes one record whose block is the parts one after the other. It gives the SHA-256 of the block.
func (w *warcWriter) record(h recordHead, parts ...[]byte) string {
	sum, size := sha256.New(), 0
	for _, p := range parts {
		sum.Write(p)
		size += len(p)
	}
	w.size += int64(size)
	block := hex.EncodeToString(sum.Sum(nil))
	if h.id == "" {
		h.id = w.nextID(block)
	}
	var b bytes.Buffer
	b.WriteString("WARC/1.1\r\n")
	field := func(name, value string) {
		if value != "" {
			writeField(&b, name, value)
		}
	}
	field("WARC-Type", h.kind)
	field("WARC-Record-ID", h.id)
	field("WARC-Date", h.date.UTC().Format(stamp))
	field("WARC-Target-URI", h.uri)
	field("WARC-IP-Address", h.ip)
	if h.kind == "warcinfo" {
		w.info = h.id
	} else {
		field("WARC-Warcinfo-ID", w.info)
	}
	field("WARC-Concurrent-To", h.concurrent)
	if r := h.refers; r != nil {
		field("WARC-Profile", revisitProfile)
		field("WARC-Refers-To", r.id)
		field("WARC-Refers-To-Target-URI", r.uri)
		field("WARC-Refers-To-Date", r.date)
	}
	field("WARC-Truncated", h.truncated)
	if h.payload != "" {
		field("WARC-Payload-Digest", "sha256:"+h.payload)
	}
	field("WARC-Block-Digest", "sha256:"+block)
	for _, m := range h.more {
		field(m[0], m[1])
	}
	field("Content-Type", h.media)
	field("Content-Length", itoa(size))
	b.WriteString("\r\n")
	w.member(append(append([][]byte{b.Bytes()}, parts...), []byte("\r\n\r\n"))...)
	return block
}

func (w *warcWriter) member(parts ...[]byte) {
	if w.err != nil {
		return
	}
	w.zip.Reset(&w.out)
	for _, p := range parts {
		if _, err := w.zip.Write(p); err != nil {
			w.err = err
			return
		}
	}
	w.err = w.zip.Close()
}

// bytes gives the file.
func (w *warcWriter) bytes() ([]byte, error) {
	if w.err == nil && (w.out.Len() > MaxObject || w.size > maxUnpacked || w.n > maxRecords) {
		w.err = fmt.Errorf("%d records with %d bytes, %d packed, are more than one visit may have", w.n, w.size, w.out.Len())
	}
	if w.err != nil {
		return nil, fmt.Errorf("writing WARC: %w", w.err)
	}
	return w.out.Bytes(), nil
}

// response writes an HTTP answer, or a revisit where its payload is in the file already. It gives the record's id.
func (w *warcWriter) response(h recordHead, block []byte) string {
	m := parseMessage(block)
	h.kind, h.media = "response", "application/http; msgtype=response"
	if m.status == "" { // no HTTP: the bytes that came, as what they are
		h.media = "application/octet-stream"
	}
	h.id = w.nextID(h.uri)
	if m.plain && m.status != "" && m.coding == "" && isWeb(h.uri) {
		// The payload is the body without transfer codings (ISO 28500, 5.9, RFC 9112): with one, the digest of the bytes in the record
		// would be wrong, and that of the payload would be called wrong by checkers that do not undo it. So then there is none.
		h.payload = hexSum(m.body)
		w.have[h.payload] = true
	}
	w.have[hexSum(block)] = true
	if body := m.decoded(); len(body) > 0 {
		w.have[hexSum(body)] = true
	}
	first, again := w.payloads[h.payload]
	if again && h.payload != "" && len(m.body) > 0 {
		h.kind, h.refers = "revisit", &first
		w.record(h, m.head)
		return h.id
	}
	if h.payload != "" {
		w.payloads[h.payload] = origin{h.id, h.uri, h.date.UTC().Format(stamp)}
	}
	w.record(h, block)
	return h.id
}

// resource writes what is no HTTP answer.
func (w *warcWriter) resource(kind, uri, media string, date time.Time, body []byte) {
	sum := w.record(recordHead{kind: kind, uri: uri, media: media, date: date}, body)
	w.have[sum] = true
}

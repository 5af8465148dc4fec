package saved

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
)

const warcMark = "WARC/"

// readWARC reads records one after the other (ISO 28500, WARC 0.17 to 1.1): what came as answer, what was fetched by other means, and what was sent.
func readWARC(in *bufio.Reader, o *output) {
	for {
		r, err := nextRecord(in)
		if err == io.EOF {
			return
		}
		if err != nil {
			o.fail(fmt.Errorf("reading WARC: %w", err))
			return
		}
		if !r.give(o) {
			return
		}
	}
}

// record is one WARC record with the first maxRaw bytes of its block.
type record struct {
	head  head
	block []byte
	cut   string
}

func nextRecord(in *bufio.Reader) (*record, error) {
	if err := skipBlank(in); err != nil {
		return nil, err
	}
	raw, err := rawHead(in)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(raw, []byte(warcMark)) {
		return nil, fmt.Errorf("a record begins with %.40q", raw)
	}
	_, h, _ := answer(raw)
	size, err := strconv.ParseInt(h["content-length"], 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("a record says it is %.40q bytes long", h["content-length"])
	}
	r := &record{head: h}
	var block bytes.Buffer
	_, err = io.CopyN(&block, in, min(size, maxRaw))
	r.block = block.Bytes()
	if err == nil && size > maxRaw {
		r.cut = cutSize
		_, err = io.CopyN(io.Discard, in, size-maxRaw)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r.cut = cutEOF // what there is of the last record is worth reading
		return r, nil
	}
	return r, err
}

// skipBlank moves to the first byte that ends no line.
func skipBlank(in *bufio.Reader) error {
	for {
		c, err := in.ReadByte()
		if err != nil {
			return err
		}
		if c != '\r' && c != '\n' {
			return in.UnreadByte()
		}
	}
}

// rawHead reads up to and with the first empty line, at most maxHead bytes.
func rawHead(in *bufio.Reader) ([]byte, error) {
	var out []byte
	for {
		line, err := in.ReadSlice('\n')
		if len(out)+len(line) > maxHead {
			return nil, fmt.Errorf("%w: the header of a record is longer than %d bytes", ErrBounds, maxHead)
		}
		out = append(out, line...)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return out, noEOF(err)
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return out, nil
		}
	}
}

// noEOF tells an end in the middle from one between records.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// give hands over what the record holds; false means: stop.
func (r *record) give(o *output) bool {
	url := strings.Trim(r.head["warc-target-uri"], "<> ") // WARC 1.0's own example, and wget, write <…>
	if strings.HasPrefix(url, "dns:") {
		return true
	}
	kind, _, _ := mime.ParseMediaType(r.head["content-type"])
	http := kind == "application/http"
	switch r.head["warc-type"] {
	case "response":
		if !http {
			return r.giveBody(o, url)
		}
		_, h, body := answer(r.block)
		body, cut := plainBody(h, body)
		return len(body) == 0 || o.give(Entry{URL: url, ContentType: h["content-type"], Body: body, Cut: orElse(cut, r.cut)})
	case "resource", "conversion":
		return r.giveBody(o, url)
	case "request":
		if !http {
			return true
		}
		_, h, body := answer(r.block)
		body, cut := plainBody(h, body)
		return giveRequest(o, url, h["content-type"], body, orElse(cut, r.cut))
	}
	return true
}

func (r *record) giveBody(o *output, url string) bool {
	body, cut := uncode("", r.block, MaxBody)
	return len(body) == 0 || o.give(Entry{URL: url, ContentType: r.head["content-type"], Body: body, Cut: orElse(cut, r.cut)})
}

// plainBody undoes the transfer and content encodings that the HTTP header h names.
func plainBody(h head, raw []byte) (body []byte, cut string) {
	if strings.Contains(strings.ToLower(h["transfer-encoding"]), "chunked") {
		raw, cut = dechunk(raw, maxRaw)
	}
	body, c := uncode(h["content-encoding"], raw, MaxBody)
	return body, orElse(c, cut)
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Decode undoes the transfer and content codings that an HTTP header names, as far as they can be undone, up to MaxBody bytes.
func Decode(transfer, content string, raw []byte) []byte {
	body, _ := plainBody(head{"transfer-encoding": transfer, "content-encoding": content}, raw)
	return body
}

package saved

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
)

// isMessage reports whether b begins with the header of a MIME message, as MHTML files and saved mails do: header lines only, one of them
// Content-Type, one of those that a program writes before it.
func isMessage(b []byte) bool {
	first, _, ok := bytes.Cut(b[:min(len(b), maxLine)], []byte("\n"))
	if !ok || !isField(first) {
		return false
	}
	h, _ := parseHead(b)
	if kind := h["content-type"]; kind == "" || !strings.Contains(kind, "/") {
		return false
	}
	return slices.ContainsFunc([]string{"mime-version", "from", "snapshot-content-location", "received", "message-id"}, func(name string) bool { return h[name] != "" })
}

func isField(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 || len(name) > 80 {
		return false
	}
	return !slices.ContainsFunc(name, func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '<' || c == '{' || c == '"' })
}

// readMessage reads a message with its parts.
func readMessage(in *bufio.Reader, o *output) {
	raw, err := rawHead(in)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		o.fail(fmt.Errorf("reading the message: %w", err))
		return
	}
	h, _ := parseHead(raw)
	m := message{o: o, base: orElse(h["snapshot-content-location"], h["content-location"])}
	m.part(h, in, 0)
}

type message struct {
	o    *output
	base string // address of the saved page
}

// part reads one part: a document, a multipart, or a message within the message. false means: stop.
func (m *message) part(h head, body io.Reader, depth int) bool {
	kind, params, err := mime.ParseMediaType(h["content-type"])
	if err != nil && kind == "" {
		kind, _, _ = strings.Cut(strings.ToLower(h["content-type"]), ";")
		kind = strings.TrimSpace(kind)
	}
	switch {
	case depth < maxNested && strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		return m.parts(multipart.NewReader(body, params["boundary"]), depth)
	case depth < maxNested && kind == "message/rfc822":
		in := bufio.NewReaderSize(body, maxLine)
		raw, err := rawHead(in)
		if err != nil {
			return m.o.fail(fmt.Errorf("reading a message within the message: %w", err))
		}
		inner, _ := parseHead(raw)
		return m.part(inner, in, depth+1)
	}
	return m.document(h, kind, body)
}

func (m *message) parts(r *multipart.Reader, depth int) bool {
	for n := 0; ; n++ {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) && n > 0 {
			return true
		}
		if err != nil {
			return m.o.fail(fmt.Errorf("reading the parts of the message: %w", err))
		}
		h := head{}
		for name, values := range p.Header {
			h[strings.ToLower(name)] = values[0]
		}
		if !m.part(h, p, depth+1) {
			return false
		}
	}
}

func (m *message) document(h head, kind string, body io.Reader) bool {
	raw, err := io.ReadAll(io.LimitReader(body, maxRaw))
	e := Entry{URL: m.locate(h), ContentType: h["content-type"], Body: transferred(h["content-transfer-encoding"], raw)}
	if kind == "" {
		e.ContentType = ""
	}
	switch {
	case len(e.Body) > MaxBody:
		e.Body, e.Cut = e.Body[:MaxBody], cutSize
	case errors.Is(err, io.ErrUnexpectedEOF): // the file ends before the part does
		e.Cut = cutEOF
	case err != nil:
		return m.o.fail(fmt.Errorf("reading a part: %w", err))
	case len(raw) == maxRaw:
		e.Cut = cutSize
	}
	return len(e.Body) == 0 || m.o.give(e)
}

// locate gives a part's address: Content-Location in full (RFC 2557), else its Content-ID, else that of the page.
func (m *message) locate(h head) string {
	at := strings.Join(strings.Fields(h["content-location"]), "") // long ones are folded
	if at == "" {
		if id := strings.Trim(h["content-id"], "<> "); id != "" {
			return "cid:" + id
		}
		return m.base
	}
	base, err := url.Parse(m.base)
	if err != nil || !base.IsAbs() {
		return at
	}
	if full, err := base.Parse(at); err == nil {
		return full.String()
	}
	return at
}

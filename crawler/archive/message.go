package archive

import (
	"bytes"
	"net/textproto"
	"strings"

	"scamatlas/crawler"
	"scamatlas/crawler/saved"
)

// message is an HTTP message cut into its head, with the empty line, and what follows it as sent.
type message struct {
	head, body []byte
	status     string // three digits; "" = a request or no HTTP
	coding     string // Transfer-Encoding
	encoding   string // Content-Encoding
	media      string // Content-Type without parameters
	location   string
	plain      bool // HTTP whose head every reader cuts at the same byte
}

// parseMessage cuts an HTTP/1 message. What is none comes back with all of it as body, not plain.
func parseMessage(b []byte) message {
	m := message{body: b}
	first := true
	rest := b
	for len(rest) > 0 {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		rest = after
		switch {
		case !ended:
			return message{body: b} // a head without an end
		case len(bytes.TrimSuffix(line, []byte("\r"))) == 0:
			m.head, m.body = b[:len(b)-len(rest)], rest
			m.plain = !first
			return m
		case !graphic(line): // some readers end the head here
			return message{body: b}
		case first:
			if !m.firstLine(line) {
				return message{body: b}
			}
			first = false
		default:
			m.field(line)
		}
	}
	return message{body: b}
}

func (m *message) firstLine(line []byte) bool {
	if bytes.HasPrefix(line, []byte("HTTP/")) {
		_, status, _ := bytes.Cut(line, []byte(" "))
		if len(status) >= 3 && isDigits(string(status[:3])) {
			m.status = string(status[:3])
			return true
		}
		return false
	}
	return bytes.Contains(line, []byte(" HTTP/"))
}

func (m *message) field(line []byte) {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) > 64 {
		return
	}
	v := strings.TrimSpace(string(value[:min(len(value), maxURI)]))
	switch textproto.CanonicalMIMEHeaderKey(string(bytes.TrimSpace(name))) {
	case "Transfer-Encoding":
		m.coding += v + " "
	case "Content-Encoding":
		m.encoding = v
	case "Content-Type":
		m.media = mediaOf(v)
	case "Location":
		m.location = v
	}
}

// decoded undoes the codings of the body; nil when there are none.
func (m *message) decoded() []byte {
	if m.coding == "" && m.encoding == "" {
		return nil
	}
	return saved.Decode(m.coding, m.encoding, m.body)
}

func graphic(line []byte) bool {
	return bytes.ContainsFunc(line, func(r rune) bool { return r > 0x20 && r < 0x7f })
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func mediaOf(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	for _, c := range []byte(kind) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return ""
		}
	}
	return kind[:min(len(kind), 100)]
}

// answerHead writes the head of an answer whose body was handed over decoded: the fields that say how it was coded on the wire get the
// prefix X-Orig-, and its length is that of the body.
func answerHead(r *crawler.Response, protocol string) []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 ")
	b.WriteString(threeDigits(r.Status))
	b.WriteString(" \r\n")
	writeFields(&b, r.Header, func(name string) string {
		switch strings.ToLower(name) {
		case "content-encoding", "transfer-encoding", "content-length":
			return "X-Orig-" + name
		}
		return name
	})
	if protocol != "" {
		writeField(&b, "X-Orig-Protocol", protocol)
	}
	writeField(&b, "Content-Length", itoa(len(r.Body)))
	b.WriteString("\r\n")
	return b.Bytes()
}

// requestHead writes the head of a request as a browser reports it.
func requestHead(a *crawler.Answer, target string) []byte {
	var b bytes.Buffer
	method := a.Method
	if !isToken(method) {
		method = "GET"
	}
	path, host := pathOf(target)
	b.WriteString(method + " " + path + " HTTP/1.1\r\n")
	hosted := false
	writeFields(&b, a.Request, func(name string) string {
		hosted = hosted || strings.EqualFold(name, "host")
		return name
	})
	if !hosted {
		writeField(&b, "Host", host)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// writeFields writes header fields; names that are none and the pseudo fields of HTTP/2 are left out.
func writeFields(b *bytes.Buffer, fields []crawler.HeaderField, rename func(string) string) {
	for _, f := range fields {
		if isToken(f.Name) {
			writeField(b, rename(f.Name), f.Value)
		}
	}
}

// writeField writes one field on one line, whatever the value holds.
func writeField(b *bytes.Buffer, name, value string) {
	b.WriteString(name)
	b.WriteString(": ")
	b.WriteString(oneLine(value))
	b.WriteString("\r\n")
}

// oneLine makes a blank of each control character.
func oneLine(s string) string {
	clean := []byte(s)
	for i, c := range clean {
		if c < 0x20 && c != '\t' || c == 0x7f {
			clean[i] = ' '
		}
	}
	return string(clean)
}

// isToken reports whether s can be a method or the name of a field (RFC 9110, 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return s != "" && len(s) <= maxURI
}

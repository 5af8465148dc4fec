package qr

import (
	"bytes"
	"encoding/base64"
	"html"
	"net/url"
	"strings"

	"scamatlas/extractors"
)

// document reads everything in d that is a code or draws one.
func (r *reader) document(d *extractors.Document) {
	c := &contexts{doc: d}
	r.embedded(d, c)
	r.services(d, c)
	r.drawings(d, c)
	r.grids(d, c)
	r.blocks(d, c)
}

// starts of pictures in base64. The third byte of a JPEG's start and the fourth of a GIF's are fixed, too.
var starts = []string{"iVBORw0KGgo", "/9j/", `\/9j\/`, "R0lGOD", "UklGR", "PHN2Zy", "PD94bWwg"}

// embedded reads pictures inside the document: data: addresses, and strings of base64 that begin as a picture does. It looks at the
// bytes as they stand, wherever that is, so that attributes, styles, scripts and JSON are read alike.
func (r *reader) embedded(d *extractors.Document, c *contexts) {
	b := d.Body
	for _, s := range starts {
		for at := 0; ; {
			n := bytes.Index(b[at:], []byte(s))
			if n < 0 {
				break
			}
			start := at + n
			at = start + len(s)
			if start > 0 && !opensBase64(b[start-1]) {
				continue
			}
			raw, end := base64At(b, start)
			at = max(at, end)
			r.picture(raw, func() place { return c.at(start) })
		}
	}
	r.percentSVG(b, c)
}

// opensBase64 reports whether a base64 text may begin after c: after a comma of a data: address, a quote, or a blank.
func opensBase64(c byte) bool {
	return c == ',' || c == '"' || c == '\'' || c == '`' || c == ' ' || c == '\n' || c == '=' || c == '>' || c == ';' || c == ':'
}

// base64At decodes the base64 text at start, of either alphabet, also as JSON, percent-encoding and line breaks write it; it
// returns where the text ends.
func base64At(b []byte, start int) (raw []byte, end int) {
	text := make([]byte, 0, 4096)
	i := start
	for i < len(b) && len(text) < maxBase64 {
		switch ch := b[i]; {
		case wordByte(ch), ch == '+', ch == '/':
			text = append(text, ch)
		case ch == '-':
			text = append(text, '+')
		case ch == '_':
			text = append(text, '/')
		case ch == '\\' && i+1 < len(b) && b[i+1] == '/':
		case ch == '\\' && i+1 < len(b) && (b[i+1] == 'n' || b[i+1] == 'r'), ch == '\\' && i+1 < len(b) && b[i+1] == '\n':
			i++
		case ch == '%' && i+2 < len(b) && percentBase64(b[i+1], b[i+2]) != 0:
			if p := percentBase64(b[i+1], b[i+2]); p != '=' {
				text = append(text, p)
			}
			i += 2
		case ch == '\n' || ch == '\r' || ch == '\t' || ch == ' ':
		default:
			goto done
		}
		i++
	}
done:
	raw = make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, _ := base64.RawStdEncoding.Decode(raw, text[:len(text)&^3])
	if rest := text[len(text)&^3:]; len(rest) > 1 {
		m, _ := base64.RawStdEncoding.Decode(raw[n:], rest)
		n += m
	}
	return raw[:n], i
}

func percentBase64(a, b byte) byte {
	switch {
	case a == '2' && b|0x20 == 'b':
		return '+'
	case a == '2' && b|0x20 == 'f':
		return '/'
	case a == '3' && b|0x20 == 'd':
		return '='
	}
	return 0
}

// percentSVG reads data:image/svg+xml addresses whose drawing is written as text, percent-encoded or not.
func (r *reader) percentSVG(b []byte, c *contexts) {
	mark := []byte("data:image/svg+xml")
	for at := 0; ; {
		n := bytes.Index(b[at:], mark)
		if n < 0 {
			return
		}
		start := at + n
		at = start + len(mark)
		head := b[at:min(len(b), at+80)]
		comma := bytes.IndexByte(head, ',')
		if comma < 0 || bytes.Contains(head[:comma], []byte("base64")) {
			continue
		}
		body := b[at+comma+1 : min(len(b), at+comma+1+maxSVG)]
		end, _ := drawingEnd(body)
		if end < 0 {
			at += comma + 1 + len(body)
			continue
		}
		at += comma + 1 + end
		text := string(body[:end])
		if p, err := url.PathUnescape(text); err == nil && strings.Contains(text, "%3") {
			text = p
		}
		text = unescapeScript(text)
		if strings.Contains(text, "&lt;") || strings.Contains(text, "&quot;") {
			text = html.UnescapeString(text)
		}
		r.picture([]byte(text+"</svg>"), func() place { return c.at(start) })
	}
}

// endMarks are what may stand before "svg" in an end tag: as it is, or as strings and addresses write it.
var endMarks = []string{"</", `<\/`, `\u003c/`, `\u003c\/`, "&lt;/", "%3c/", "%3c%2f"}

// drawingEnd gives where the first end tag of an svg element begins and ends, -1 when there is none.
func drawingEnd(b []byte) (start, end int) {
	for at := 0; ; {
		n := bytes.Index(b[at:], []byte("svg"))
		if n < 0 {
			return -1, -1
		}
		n += at
		at = n + 3
		for _, m := range endMarks {
			if start := n - len(m); start >= 0 && strings.EqualFold(string(b[start:n]), m) {
				return start, at
			}
		}
	}
}

// unescapeScript undoes what strings of scripts and JSON write with a backslash, as far as markup has it.
func unescapeScript(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return scriptEscapes.Replace(s)
}

var scriptEscapes = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\/`, `/`, `\n`, " ", `\r`, " ", `\t`, " ", `\u003c`, "<", `\u003C`, "<",
	`\u003e`, ">", `\u003E`, ">", `\u0022`, `"`, `\u0027`, "'", `\u002F`, "/", `\u002f`, "/", `\u0026`, "&", `\x3c`, "<", `\x3e`, ">", `\x22`, `"`)

package saved

import (
	"bytes"
	"strings"
)

// head is the header of a record, a message or an answer: names lower case, first value of each, folded lines joined.
type head map[string]string

// parseHead reads header lines until an empty one and gives where the body begins. What is no header line is left out.
func parseHead(b []byte) (h head, body int) {
	h = head{}
	last := ""
	for n := 0; body < len(b) && n < maxFields; n++ {
		line := b[body:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
			body += i + 1
		} else {
			body = len(b)
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return h, body
		}
		line = line[:min(len(line), maxLine)]
		if line[0] == ' ' || line[0] == '\t' {
			if v := h[last]; last != "" && len(v) < maxLine {
				h[last] = v + " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		last = strings.ToLower(string(bytes.TrimSpace(name)))
		if _, known := h[last]; !ok || known {
			last = ""
			continue
		}
		h[last] = string(bytes.TrimSpace(value))
	}
	return h, body
}

// answer cuts an HTTP message into its first line, header and body.
func answer(b []byte) (first string, h head, body []byte) {
	line, rest, _ := bytes.Cut(b, []byte("\n"))
	h, at := parseHead(rest)
	return string(bytes.TrimSpace(line[:min(len(line), maxLine)])), h, rest[at:]
}

package markup

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
)

// refreshTarget reads the content of a <meta http-equiv=refresh>: "3; url=/home".
func refreshTarget(content string) string {
	wait, to, found := strings.Cut(content, ";")
	if !found {
		wait, to, found = strings.Cut(content, ",")
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(wait), 64)
	if !found || err != nil || seconds > maxRefresh {
		return ""
	}
	to = strings.TrimSpace(to)
	if len(to) > 3 && strings.EqualFold(to[:3], "url") {
		if rest := strings.TrimSpace(to[3:]); strings.HasPrefix(rest, "=") {
			to = strings.TrimSpace(rest[1:])
		}
	}
	return strings.Trim(to, `"'`)
}

// scriptText finds the plainest ways in which a script goes to another page: location = "…", location.href = "…",
// location.assign("…"), location.replace("…"). Anything computed is the browser's to find.
func (s *scan) scriptText(code string) {
	const word = "location"
	for {
		i := strings.Index(code, word)
		if i < 0 {
			return
		}
		code = code[i+len(word):]
		if to := assignedLiteral(code); to != "" {
			s.link(to, "")
		}
	}
}

func assignedLiteral(code string) string {
	rest := code
	for _, member := range []string{".href", ".replace", ".assign"} {
		if r, ok := strings.CutPrefix(rest, member); ok {
			rest = r
			break
		}
	}
	rest = strings.TrimLeft(rest[:min(len(rest), 400)], " \t\r\n")
	if rest == "" || rest[0] != '=' && rest[0] != '(' {
		return ""
	}
	rest = strings.TrimLeft(rest[1:], " \t\r\n")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' && rest[0] != '`' {
		return ""
	}
	end := strings.IndexByte(rest[1:], rest[0])
	if end < 0 {
		return ""
	}
	to, after := rest[1:1+end], strings.TrimLeft(rest[2+end:], " \t")
	if strings.ContainsAny(to, "${}<>\\\n") || strings.HasPrefix(after, "+") {
		return ""
	}
	return to
}

// ASCIICompatible turns UTF-16 into UTF-8, told by its mark or by every other byte being zero; other charsets keep tags and
// addresses readable as they are.
func ASCIICompatible(body []byte) []byte {
	order := utf16Order(body)
	if order == nil {
		return body
	}
	units := make([]uint16, 0, len(body)/2)
	for i := 0; i+1 < len(body); i += 2 {
		units = append(units, order.Uint16(body[i:]))
	}
	return bytes.TrimPrefix([]byte(string(utf16.Decode(units))), []byte("\ufeff"))
}

func utf16Order(body []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return binary.LittleEndian
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return binary.BigEndian
	}
	head := body[:min(len(body), 256)]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case half < 8:
		return nil
	case zeros[1] > half*3/4 && zeros[0] < half/8:
		return binary.LittleEndian
	case zeros[0] > half*3/4 && zeros[1] < half/8:
		return binary.BigEndian
	}
	return nil
}

package qr

import (
	"strings"
	"unicode/utf8"

	"scamatlas/extractors"
	"scamatlas/extractors/contact"
	"scamatlas/extractors/wallet"
)

const maxRun = 24 // letters and digits in a row; more are no word but may be an address, which is then not the code's

// payload reads the text of one code.
func (r *reader) payload(text string, at place) {
	text = strings.TrimSpace(text)
	if len(text) == 0 || len(text) > 2*maxPayload || !utf8.ValidString(text) || len(r.out) >= maxFound {
		return
	}
	key := text + "\x00" + at.page + "\x00" + at.context
	if r.done[key] {
		return
	}
	r.done[key] = true
	d := payloadDocument(text, at)
	found := wallet.ReadDocument(d)
	d.Pieces = d.Pieces[len(d.Pieces)-1:]
	found = append(found, contact.ReadDocument(d)...)
	if i, ok := site(text, at); ok && len(found) == 0 {
		found = append(found, i)
	}
	for _, i := range found {
		if !strings.Contains(text, i.Seen[0]) && !strings.Contains(text, i.Value) {
			continue // it stood beside the code
		}
		i.Where, i.Offset, i.Page = extractors.InQR, at.offset, at.page
		r.out = append(r.out, i)
	}
}

// payloadDocument sets the text as the last piece after those that may name its chain: what stands nearest before it, and, too far
// away to be a label but on the same page, the page's text.
func payloadDocument(text string, at place) *extractors.Document {
	gap := strings.Repeat(" ", maxContext) + "."
	pieces := []extractors.Piece{{Where: extractors.InText, Text: at.names}, {Where: extractors.InText, Text: gap}}
	if c := cutRuns(at.context); c != "" {
		pieces = append(pieces, extractors.Piece{Where: extractors.InText, Text: c[max(0, len(c)-maxContext):]})
	}
	pieces = append(pieces, extractors.Piece{Where: extractors.InText, Text: text})
	return &extractors.Document{URL: at.page, Type: extractors.Plain, Body: []byte(text), Pieces: pieces}
}

// cutRuns takes the runs out of s that are too long for words, so that no address beside a code is taken for the code's.
func cutRuns(s string) string {
	var b strings.Builder
	for s != "" {
		n := 0
		for n < len(s) && wordByte(s[n]) {
			n++
		}
		if n <= maxRun {
			b.WriteString(s[:n])
		}
		if n < len(s) {
			c, size := utf8.DecodeRuneInString(s[n:])
			if c == utf8.RuneError {
				c = ' '
			}
			b.WriteRune(c)
			n += size
		}
		s = s[n:]
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

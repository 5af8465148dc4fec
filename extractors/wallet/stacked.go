package wallet

import (
	"strings"

	"scamatlas/extractors"
)

// stacked puts together an address that is broken over two to maxLines lines, each a text piece of its own: by br, div or td. The
// first may stand after a label, the last before other text; nothing but the parts may stand between.
func (r *reader) stacked(v *view) {
	first := strings.TrimRight(v.text, blanks)
	start := len(first)
	for start > 0 && class[first[start-1]]&alnum != 0 {
		start--
	}
	token := first[start:]
	if len(token) < minPart || !strings.ContainsAny(token, "0123456789") || start > 0 && first[start-1] >= 0x80 {
		return
	}
	for i, lines := v.piece+1, 1; i < min(len(r.doc.Pieces), v.piece+contextReach) && lines < maxLines; i++ {
		p := &r.doc.Pieces[i]
		if p.Where == extractors.InAttr {
			continue
		}
		if p.Where != extractors.InText {
			return
		}
		next := strings.TrimLeft(p.Text, blanks)
		end := runEnd(next, 0)
		if end == 0 || len(token)+end > maxToken {
			return
		}
		token += next[:end]
		lines++
		if r.line(v, token, start) || end < len(strings.TrimRight(next, blanks)) {
			return
		}
	}
}

// line takes token when all of it is an address whose checksum fits.
func (r *reader) line(v *view, token string, start int) (taken bool) {
	if len(token) < minJoinLen-1 {
		return false
	}
	scan(token, func(m match) {
		if m.checked && m.start == 0 && m.end == len(token) {
			w := view{text: token, where: extractors.InSplit, piece: v.piece, base: v.base, outer: v, span: [2]int{start, len(v.text)}}
			taken = r.take(&w, m) >= 0
		}
	})
	return taken
}

package claim

import (
	"slices"
	"strings"

	"scamatlas/extractors"
)

// view is text to read. A label and its value often stand in two elements, so all visible text of a page is one view, its pieces
// parted by line breaks.
type view struct {
	text  string
	code  bool // a script or data: only what stands within one literal belongs together
	where string
	marks []mark // where the pieces begin
}

type mark struct{ at, offset int }

// place gives the place of text[at] and its offset in the document; within a piece it is off by the entities before it.
func (v *view) place(at int) (where string, offset int) {
	n, ok := slices.BinarySearchFunc(v.marks, at, func(m mark, at int) int { return m.at - at })
	if !ok {
		n--
	}
	if n < 0 {
		return v.where, 0
	}
	return v.where, v.marks[n].offset + at - v.marks[n].at
}

func viewsOf(d *extractors.Document) []*view {
	visible := &view{where: extractors.InText}
	var b strings.Builder
	out := []*view{visible}
	budget := maxCode
	for n := range d.Pieces {
		p := &d.Pieces[n]
		switch p.Where {
		case extractors.InText:
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			visible.marks = append(visible.marks, mark{b.Len(), p.Offset})
			b.WriteString(p.Text)
		case extractors.InAttr:
			if p.Tag == "meta" && p.Attr == "content" && strings.IndexByte(p.Text, ' ') > 0 {
				out = append(out, &view{text: p.Text, where: p.Where, marks: []mark{{0, p.Offset}}})
			}
		case extractors.InScript, extractors.InJSON:
			if budget -= len(p.Text); budget >= 0 {
				out = append(out, &view{text: p.Text, code: true, where: p.Where, marks: []mark{{0, p.Offset}}})
			}
		}
	}
	visible.text = b.String()
	return out
}

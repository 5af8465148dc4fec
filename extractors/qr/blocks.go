package qr

import (
	"bytes"
	"strings"

	"scamatlas/extractors"
)

// blocks reads codes that are written in block characters, as programs for terminals do: a half block for two modules, one above the
// other, or full blocks and blanks, one or two of them a module.
func (r *reader) blocks(d *extractors.Document, c *contexts) {
	if !bytes.Contains(d.Body, []byte("\xe2\x96")) && !bytes.Contains(d.Body, []byte("&#96")) && !bytes.Contains(d.Body, []byte("&#x25")) {
		return // no block character (U+2580 to U+259F), and none as an entity
	}
	var lines []string
	start := 0
	flush := func() {
		if len(lines) >= minModules/2 {
			r.blockLines(lines, c.at(start))
		}
		lines = nil
	}
	for i := range d.Pieces {
		p := &d.Pieces[i]
		if p.Where == extractors.InAttr {
			continue
		}
		if p.Where != extractors.InText && p.Where != extractors.InComment || !strings.ContainsAny(p.Text, "█▀▄") {
			flush()
			continue
		}
		for _, line := range strings.Split(p.Text, "\n") {
			line = strings.TrimRight(strings.ReplaceAll(line, "\u00a0", " "), "\r")
			if line == "" && len(lines) == 0 {
				continue
			}
			if line != "" && !onlyBlocks(line) {
				flush()
				continue
			}
			if len(lines) == 0 {
				start = p.Offset
			}
			if line != "" && len(lines) <= maxModules+2*maxQuiet {
				lines = append(lines, line)
			}
		}
	}
	flush()
}

func onlyBlocks(s string) bool {
	return len(s) < 4*2*(maxModules+2*maxQuiet) && strings.Trim(s, " █▀▄") == ""
}

func (r *reader) blockLines(lines []string, at place) {
	width, halves := 0, false
	for _, l := range lines {
		width = max(width, len([]rune(l)))
		halves = halves || strings.ContainsAny(l, "▀▄")
	}
	const side = 6
	w, h := side, side // of a character
	switch {
	case halves:
		h = 2 * side
	case width >= 2*len(lines)-len(lines)/4:
		w = side / 2
	}
	g := &gray{w: width * w, h: len(lines) * h}
	g.pix = make([]byte, g.w*g.h)
	for i := range g.pix {
		g.pix[i] = 255
	}
	for y, l := range lines {
		for x, c := range []rune(l) {
			top, bottom := c == '█' || c == '▀', c == '█' || c == '▄'
			for row := range h {
				if row < (h+1)/2 && top || row >= (h+1)/2 && bottom {
					clear(g.pix[(y*h+row)*g.w+x*w:][:w])
				}
			}
		}
	}
	for _, text := range r.codes(g.padded(4*side), (*gray).drawnCodes) {
		r.payload(text, at)
	}
}

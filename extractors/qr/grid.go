package qr

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// pictures paints the grid. Where it is not known which of its looks are dark it gives a second picture, the other way round.
func (g *grid) pictures() []*gray {
	rows, unit := g.rows, g.unit()
	light, guessed := g.lights()
	if light == nil {
		return nil
	}
	const side = 6
	width := 0
	lines := make([][]byte, len(rows))
	for i, row := range rows {
		for _, c := range row {
			n := c.span
			if n == 1 && unit > 0 && c.width > unit {
				n = min(maxModules, int(c.width/unit+0.5))
			}
			for range n {
				if len(lines[i]) < maxModules+2*maxQuiet {
					lines[i] = append(lines[i], light[c.key])
				}
			}
		}
		width = max(width, len(lines[i]))
	}
	if width < minModules || width > 2*len(rows) || len(rows) > 2*width {
		return nil
	}
	p := &gray{w: width, h: len(rows), pix: bytes.Repeat([]byte{255}, width*len(rows))}
	for i, line := range lines {
		copy(p.pix[i*width:], line)
	}
	out := []*gray{p.enlarged(side).padded(4 * side)}
	if guessed {
		out = append(out, p.inverted().enlarged(side).padded(4*side))
	}
	return out
}

// unit gives the smallest width that a cell names, 0 when cells name none or all the same.
func (g *grid) unit() float64 {
	low, high := 0.0, 0.0
	for _, row := range g.rows {
		for _, c := range row {
			if c.width > 0 && (low == 0 || c.width < low) {
				low = c.width
			}
			high = max(high, c.width)
		}
	}
	if high == low {
		return 0
	}
	return low
}

// lights gives the brightness of each look of a cell, nil when there are not at least two; guessed when some of it is not known.
func (g *grid) lights() (light map[string]byte, guessed bool) {
	count := map[string]int{}
	for _, row := range g.rows {
		for _, c := range row {
			if count[c.key]++; len(count) > maxLooks {
				return nil, false
			}
		}
	}
	light = map[string]byte{}
	dark, bright := false, false
	var unknown []string
	for key := range count {
		l, known := g.lightOf(key)
		if !known {
			unknown = append(unknown, key)
			continue
		}
		light[key] = l
		dark, bright = dark || l < 128, bright || l >= 128
	}
	slices.SortFunc(unknown, func(a, b string) int { return cmp.Or(count[a]-count[b], cmp.Compare(a, b)) })
	for i, key := range unknown {
		switch {
		case dark && !bright:
			light[key] = 255
		case bright && !dark:
			light[key] = 0
		case dark || i > 0:
			light[key] = 255
		}
	}
	if len(count) < 2 {
		return nil, false
	}
	return light, len(unknown) > 0
}

// lightOf gives the brightness of a look: a colour, or what the style sheet says of its classes.
func (g *grid) lightOf(key string) (byte, bool) {
	if !strings.HasPrefix(key, ".") {
		return cellLight(key), true
	}
	for _, class := range strings.Fields(key[1:]) {
		if d := g.rules["."+class]; d != nil {
			if c := cmp.Or(d["background-color"], d["background"]); c != "" {
				return cellLight(c), true
			}
		}
	}
	return 0, false
}

func cellLight(colour string) byte {
	first := colour
	if !strings.Contains(colour, "(") {
		first, _, _ = strings.Cut(colour, " ")
	}
	if l, ok := lightOf(first, ""); ok {
		return l
	}
	return 255
}

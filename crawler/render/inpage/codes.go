package inpage

import "fmt"

// Box is a part of a page in CSS pixels from its upper left corner.
type Box struct {
	X  float64 `json:"x"`
	Y  float64 `json:"y"`
	W  float64 `json:"w"`
	H  float64 `json:"h"`
	Of string  `json:"of"` // "canvas", "svg", "img", "table", "grid", "background", "text"
}

// FindCodes is a script that looks for what may be a QR code: drawn, a picture, or put together from elements; the likeliest first, with
// some room around. Pictures that may be looked at and have no two alternating tones are left out.
func FindCodes(max int) string { return reading("codes", max, maxElements, findMS) }

// ParseCodes reads what FindCodes gave; boxes of no size or beyond any page are left out.
func ParseCodes(raw []byte) ([]Box, error) {
	var all []Box
	if err := decode(raw, &all); err != nil {
		return nil, fmt.Errorf("reading boxes: %w", err)
	}
	out := all[:0]
	for _, b := range all[:min(len(all), maxBoxes)] {
		if b.X >= 0 && b.Y >= 0 && b.W >= 1 && b.H >= 1 && b.X+b.W <= maxSide && b.Y+b.H <= maxSide {
			b.Of = shown(b.Of, 20)
			out = append(out, b)
		}
	}
	return out, nil
}

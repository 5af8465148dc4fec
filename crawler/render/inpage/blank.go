package inpage

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// BlankPicture says why a picture of a page shows nothing, "" when it shows something or cannot be read. "one colour": all but a few
// of its pixels look the same.
func BlankPicture(b []byte) string {
	config, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return ""
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	if plainShare(img) >= oneColour {
		return "one colour"
	}
	return ""
}

// plainShare is the share of samples that look like the most frequent colour.
func plainShare(img image.Image) float64 {
	r := img.Bounds()
	nx, ny := min(sampleGrid, r.Dx()), min(sampleGrid, r.Dy())
	samples := make([]color.RGBA, 0, nx*ny)
	counts := map[color.RGBA]int{}
	for j := range ny {
		for i := range nx {
			c := color.RGBAModel.Convert(img.At(r.Min.X+(2*i+1)*r.Dx()/(2*nx), r.Min.Y+(2*j+1)*r.Dy()/(2*ny))).(color.RGBA)
			samples = append(samples, c)
			counts[c]++
		}
	}
	var most color.RGBA
	for c, n := range counts {
		if n > counts[most] {
			most = c
		}
	}
	alike := 0
	for _, c := range samples {
		if differ(c.R, most.R) <= near && differ(c.G, most.G) <= near && differ(c.B, most.B) <= near {
			alike++
		}
	}
	return float64(alike) / float64(len(samples))
}

func differ(a, b uint8) int {
	if a > b {
		return int(a - b)
	}
	return int(b - a)
}

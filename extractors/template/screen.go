package template

import (
	"bytes"
	"image"
	"image/png"
	"strconv"

	"github.com/corona10/goimagehash"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// screen hashes what the entry page looked like: pHash and dHash of the first picture of the screen, 64 bits each in hexadecimal. A
// picture that shows nothing has no hash: all blank pages look alike.
func screen(p *extractors.Fingerprint, c *crawler.Capture) {
	if c.Rendered == nil || len(c.Rendered.Views) == 0 || c.Rendered.Views[0].Blank != "" {
		return
	}
	for _, s := range c.Rendered.Views[0].Pictures {
		if s.Kind != crawler.ShotViewport {
			continue
		}
		if img := decodeScreen(s.PNG); img != nil {
			p.ScreenP, p.ScreenD = screenHashes(img)
		}
		return
	}
}

// decodeScreen reads a picture of our own browser, with care all the same: a stored one may be damaged.
func decodeScreen(b []byte) image.Image {
	config, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || config.Width < minScreen || config.Height < minScreen || config.Width > maxScreenPixels/config.Height {
		return nil
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return img
}

func screenHashes(img image.Image) (perception, difference string) {
	ph, err1 := goimagehash.PerceptionHash(img)
	dh, err2 := goimagehash.DifferenceHash(img)
	if err1 != nil || err2 != nil || plain(dh.GetHash()) {
		return "", ""
	}
	return hex64(ph.GetHash()), hex64(dh.GetHash())
}

// plain reports a picture with next to no differences between neighbours: one colour, or a few lines on it.
func plain(difference uint64) bool {
	n := 0
	for ; difference != 0; difference &= difference - 1 {
		n++
	}
	return n < minScreenBits || n > 64-minScreenBits
}

func hex64(v uint64) string {
	s := strconv.FormatUint(v, 16)
	return "0000000000000000"[:16-len(s)] + s
}

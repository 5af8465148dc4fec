package qr

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

// formatOf tells a picture's format by its first bytes, "" when it is none that is read.
func formatOf(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "png"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "jpeg"
	case bytes.HasPrefix(b, []byte("GIF8")):
		return "gif"
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return "webp"
	}
	return ""
}

// decodeImage gives the brightness of a picture's pixels, nil when it is none, is broken, or is too large. The header is read first:
// a file of some bytes may ask for gigabytes.
func decodeImage(body []byte) (g *gray) {
	defer func() {
		if recover() != nil { // a fault of a decoder is a picture that cannot be read
			g = nil
		}
	}()
	config, decode := configOf(body)
	if decode == nil || config.Width < minSide || config.Height < minSide || config.Width > maxPixels/config.Height {
		return nil
	}
	if config.Width*config.Height > maxPixelBytes/depth(body, config.ColorModel) {
		return nil
	}
	img, err := decode(bytes.NewReader(body))
	if img == nil || err != nil {
		return nil
	}
	if b := img.Bounds(); b.Dx() < minSide || b.Dy() < minSide || b.Dx() > maxPixels/b.Dy() {
		return nil
	}
	return newGray(img)
}

type decodeFunc func(*bytes.Reader) (image.Image, error)

func configOf(body []byte) (image.Config, decodeFunc) {
	var c image.Config
	var err error
	var f decodeFunc
	r := bytes.NewReader(body)
	switch formatOf(body) {
	case "png":
		c, err = png.DecodeConfig(r)
		f = func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }
	case "jpeg":
		c, err = jpeg.DecodeConfig(r)
		f = func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }
	case "gif":
		c, err = gif.DecodeConfig(r)
		f = func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) } // the first frame
	case "webp":
		c, err = webp.DecodeConfig(r)
		f = func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) }
		if w, h, ok := webpFrame(body); err == nil && ok {
			c.Width, c.Height = max(c.Width, w), max(c.Height, h)
		}
	}
	if err != nil {
		return c, nil
	}
	return c, f
}

// depth gives the bytes that a decoder needs for a pixel.
func depth(body []byte, m color.Model) int {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.GrayModel:
		return 1
	case color.YCbCrModel, color.CMYKModel:
		if bytes.Contains(body, []byte{0xff, 0xc2}) { // progressive: all coefficients are kept
			return 16
		}
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// webpFrame reads the size that the frame itself names. A file with an extended header names another one there, and only that one is
// looked at by DecodeConfig (RFC 9649, sections 2.5 to 2.7).
func webpFrame(b []byte) (w, h int, ok bool) {
	for at := 12; at+18 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		data := b[at+8:]
		switch string(b[at : at+4]) {
		case "VP8L":
			bits := binary.LittleEndian.Uint32(data[1:])
			return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1, true
		case "VP8 ":
			return int(binary.LittleEndian.Uint16(data[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(data[8:]) & 0x3fff), true
		}
		if size > len(b) {
			break
		}
		at += 8 + size + size&1
	}
	return 0, 0, false
}

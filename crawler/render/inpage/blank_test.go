package inpage

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// painted is a picture of one colour with a box of another in its middle.
func painted(w, h, box int, back, front color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := back
			if max(x-w/2, w/2-x) < box/2 && max(y-h/2, h/2-y) < box/2 {
				c = front
			}
			img.Set(x, y, c)
		}
	}
	return img
}

// huge is the head of a picture that says it is 100000 by 100000.
func huge(t testing.TB) []byte {
	b := encoded(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(b[16:], 100_000)
	binary.BigEndian.PutUint32(b[20:], 100_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestBlankPicture(t *testing.T) {
	near := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range near.Pix {
		near.Pix[i] = uint8(240 + i%6)
	}
	for name, c := range map[string]struct {
		png  []byte
		want string
	}{
		"white":         {encoded(t, painted(800, 600, 0, color.White, color.White)), "one colour"},
		"nearly white":  {encoded(t, near), "one colour"},
		"a spinner":     {encoded(t, painted(1366, 768, 40, color.White, color.Black)), "one colour"},
		"a picture":     {encoded(t, painted(800, 600, 200, color.White, color.Black)), ""},
		"transparent":   {encoded(t, image.NewNRGBA(image.Rect(0, 0, 50, 50))), "one colour"},
		"one pixel":     {encoded(t, image.NewGray(image.Rect(0, 0, 1, 1))), "one colour"},
		"not a picture": {[]byte("GIF89a"), ""},
		"nothing":       {nil, ""},
		"too large":     {huge(t), ""},
	} {
		if got := BlankPicture(c.png); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzBlankPicture(f *testing.F) {
	f.Add(encoded(f, painted(8, 8, 4, color.White, color.Black)))
	f.Add(huge(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if why := BlankPicture(b); why != "" && why != "one colour" {
			t.Errorf("%q", why)
		}
	})
}

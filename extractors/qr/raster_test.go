package qr

import (
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/skip2/go-qrcode"

	"scamatlas/extractors"
)

func TestReadImage(t *testing.T) {
	bits := modules(t, btc, qrcode.Medium)
	one := code4(t, btc)
	clear := color.NRGBA{}
	for name, body := range map[string][]byte{
		"png":                       asPNG(t, one),
		"gif":                       asGIF(t, one),
		"jpeg":                      asJPEG(t, one, 90),
		"poor jpeg":                 asJPEG(t, one, 15),
		"1 px a module":             asPNG(t, drawn(bits, 1, 4, color.Black, color.White)),
		"2 px a module":             asPNG(t, drawn(bits, 2, 4, color.Black, color.White)),
		"2 px, no quiet zone":       asPNG(t, drawn(bits, 2, 0, color.Black, color.White)),
		"3 px a module":             asPNG(t, drawn(bits, 3, 1, color.Black, color.White)),
		"30 px a module":            asPNG(t, drawn(bits, 30, 4, color.Black, color.White)),
		"no quiet zone":             asPNG(t, drawn(bits, 5, 0, color.Black, color.White)),
		"inverted":                  asPNG(t, drawn(bits, 5, 4, color.White, color.Black)),
		"inverted, no quiet zone":   asPNG(t, drawn(bits, 5, 0, color.White, color.Black)),
		"faint":                     asPNG(t, drawn(bits, 4, 4, color.Gray{200}, color.Gray{225})),
		"faint on dark":             asPNG(t, drawn(bits, 4, 4, color.Gray{30}, color.Gray{60})),
		"coloured":                  asPNG(t, drawn(bits, 4, 4, color.NRGBA{20, 60, 160, 255}, color.NRGBA{255, 230, 150, 255})),
		"16 bits a channel":         asPNG(t, deep(one)),
		"grey":                      asPNG(t, greyOf(one)),
		"paletted":                  asPNG(t, paletted(one)),
		"on nothing":                asPNG(t, drawn(bits, 4, 4, color.Black, clear)),
		"white on nothing":          asPNG(t, drawn(bits, 4, 4, color.White, clear)),
		"nothing on white":          asPNG(t, drawn(bits, 4, 4, clear, color.White)),
		"a quarter turned":          asPNG(t, turned(one)),
		"mirrored":                  asPNG(t, mirrored(one)),
		"with noise":                asPNG(t, noisy(one, 60)),
		"logo in the middle":        asPNG(t, logo(t)),
		"in a banner":               asPNG(t, on(900, 500, color.NRGBA{30, 60, 90, 255}, []image.Point{{640, 150}}, one)),
		"in a banner, no margin":    asPNG(t, on(900, 500, color.NRGBA{200, 220, 90, 255}, []image.Point{{640, 150}}, drawn(bits, 4, 0, color.Black, color.White))),
		"small in a large picture":  asPNG(t, on(2600, 1800, color.NRGBA{250, 250, 250, 255}, []image.Point{{2301, 1533}}, drawn(bits, 3, 4, color.Black, color.White))),
		"large picture, light text": asPNG(t, on(2200, 2200, color.Black, []image.Point{{700, 900}}, drawn(bits, 12, 4, color.Black, color.White))),
		"webp":                      unbase64(t, webpCode),
	} {
		t.Run(name, func(t *testing.T) {
			want := "wallet btc " + btc
			found := ReadImage("deposit.img", body)
			if got := values(found); !slices.Equal(got, []string{want}) {
				t.Fatalf("got %q, want %q", got, want)
			}
			if i := found[0]; i.Where != extractors.InQR || i.Role != extractors.Payee || i.Confidence != extractors.High || i.Page != "deposit.img" {
				t.Errorf("indicator %+v", i)
			}
		})
	}
}

func TestSeveralCodes(t *testing.T) {
	a, b, c := code4(t, btc), code4(t, trx), code4(t, "ethereum:"+evm)
	row := on(700, 260, color.White, []image.Point{{20, 40}, {250, 40}, {480, 40}}, a, b, c)
	want := []string{"wallet btc " + btc, "wallet evm 0x54c7af7a68978cfac514eed1d7cf34cca2ea7816", "wallet trx " + trx}
	if got := values(ReadImage("x.png", asPNG(t, row))); !slices.Equal(got, want) {
		t.Errorf("in a row: %q", got)
	}
	wide := on(3000, 700, color.White, []image.Point{{40, 40}, {1400, 240}, {2700, 140}}, a, b, c)
	if got := values(ReadImage("x.png", asPNG(t, wide))); !slices.Equal(got, want) {
		t.Errorf("far apart: %q", got)
	}
}

func TestPayloads(t *testing.T) {
	for text, want := range map[string][]string{
		"bitcoin:" + btc + "?amount=0.5&label=Plan":          {"wallet btc " + btc},
		"BITCOIN:BC1QR06RD83GQH9CAE5LSKXQE4MTVNA5MY8AJGJ3L3": {"wallet btc " + btc},
		"solana:" + sol + "?amount=1":                        {"wallet sol " + sol},
		"https://wa.me/447700900118?text=hi":                 {"contact whatsapp 447700900118"},
		"https://t.me/aurora_vault_desk":                     {"contact telegram aurora_vault_desk"},
		"mailto:desk@aurora-vault.example":                   {"contact email desk@aurora-vault.example"},
		"https://Members.aurora-vault.example/Join?ref=7":    {"contact site https://members.aurora-vault.example/Join?ref=7"},
		"https://metamask.app.link/send/" + evm:              {"wallet evm 0x54c7af7a68978cfac514eed1d7cf34cca2ea7816"},
		"Scan to win a prize":                                nil,
		"ethereum:0xdAC17F958D2ee523a2206206994597C13D831ec7/transfer?address=" + evm + "&uint256=1": {"wallet evm 0x54c7af7a68978cfac514eed1d7cf34cca2ea7816", "wallet evm 0xdac17f958d2ee523a2206206994597c13d831ec7"},
	} {
		if got := values(ReadImage("x.png", asPNG(t, code4(t, text)))); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestNames: some addresses do not show their chain; the name of the picture may.
func TestNames(t *testing.T) {
	body := asPNG(t, code4(t, sol))
	for name, want := range map[string]string{"img/sol-qr.png": extractors.Medium, "img/qr.png": extractors.Low} {
		if got := ReadImage(name, body); len(got) != 1 || got[0].Confidence != want {
			t.Errorf("%s: %+v, want confidence %s", name, got, want)
		}
	}
}

func deep(m image.Image) image.Image {
	out := image.NewNRGBA64(m.Bounds())
	draw.Draw(out, out.Bounds(), m, image.Point{}, draw.Src)
	return out
}

func greyOf(m image.Image) *image.Gray {
	out := image.NewGray(m.Bounds())
	draw.Draw(out, out.Bounds(), m, image.Point{}, draw.Src)
	return out
}

func paletted(m image.Image) image.Image {
	out := image.NewPaletted(m.Bounds(), color.Palette{color.White, color.Black})
	draw.Draw(out, out.Bounds(), m, image.Point{}, draw.Src)
	return out
}

func turned(m *image.NRGBA) image.Image {
	out := image.NewNRGBA(m.Bounds())
	side := m.Bounds().Dx()
	for y := range side {
		for x := range side {
			out.Set(side-1-y, x, m.At(x, y))
		}
	}
	return out
}

func mirrored(m *image.NRGBA) image.Image {
	out := image.NewNRGBA(m.Bounds())
	side := m.Bounds().Dx()
	for y := range side {
		for x := range side {
			out.Set(side-1-x, y, m.At(x, y))
		}
	}
	return out
}

func noisy(m image.Image, by int) image.Image {
	out, r := greyOf(m), rand.New(rand.NewPCG(1, 2))
	for i, p := range out.Pix {
		out.Pix[i] = byte(min(255, max(0, int(p)+r.IntN(2*by+1)-by)))
	}
	return out
}

func logo(t testing.TB) image.Image {
	m := drawn(modules(t, btc, qrcode.Highest), 6, 4, color.Black, color.White)
	c := m.Bounds().Dx() / 2
	draw.Draw(m, image.Rect(c-24, c-24, c+24, c+24), image.NewUniform(color.NRGBA{247, 147, 26, 255}), image.Point{}, draw.Src)
	return m
}

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

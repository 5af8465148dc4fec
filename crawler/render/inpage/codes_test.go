package inpage

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"
)

// modules is the code of an address, row by row.
func modules(t testing.TB) [][]bool {
	t.Helper()
	q, err := qrcode.New("ethereum:0x52908400098527886e0f7030069857d2e4169ee7", qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	return q.Bitmap()
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // values of the test
	}
	return string(b)
}

// drawn is a picture as a data URI.
func drawn(t testing.TB, w, h int, at func(x, y int) color.Color) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, at(x, y))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestFindCodes(t *testing.T) {
	m := modules(t)
	n := len(m)
	code := drawn(t, 6*n, 6*n, func(x, y int) color.Color {
		if m[y/6][x/6] {
			return color.RGBA{20, 60, 120, 255}
		}
		return color.White
	})
	photo := drawn(t, 200, 200, func(x, y int) color.Color {
		v := 128 + 90*math.Sin(float64(x)/23)*math.Cos(float64(y)/31) + 20*math.Sin(float64(x*y)/900)
		return color.RGBA{uint8(v), uint8(v * 0.8), uint8(255 - v), 255}
	})
	banner := drawn(t, 600, 120, func(x, y int) color.Color { return color.RGBA{uint8(x / 3), 80, uint8(y), 255} })
	plain := drawn(t, 200, 200, func(int, int) color.Color { return color.White })
	script := "<script>const m = " + asJSON(m) + ", n = m.length, p = 6;</script>"
	const canvas = `<canvas id=c></canvas><script>c.width = c.height = n * p; const g = c.getContext("2d"); g.fillStyle = "#fff"; g.fillRect(0, 0, n * p, n * p); g.fillStyle = "#000"; m.forEach((r, y) => r.forEach((v, x) => v && g.fillRect(x * p, y * p, p, p)))</script>`
	found := map[string]string{
		"canvas":      canvas,
		"svg rects":   `<svg id=s width=200 height=200></svg><script>s.setAttribute("viewBox", "0 0 " + n + " " + n); s.innerHTML = m.map((r, y) => r.map((v, x) => v ? "<rect width=1 height=1 x=" + x + " y=" + y + "></rect>" : "").join("")).join("")</script>`,
		"svg path":    `<svg id=s width=200 height=200><path></path></svg><script>s.setAttribute("viewBox", "0 0 " + n + " " + n); s.firstChild.setAttribute("d", m.map((r, y) => r.map((v, x) => v ? "M" + x + " " + y + "h1v1h-1z" : "").join("")).join(""))</script>`,
		"img":         `<img src="` + code + `">`,
		"img, file":   `<img src="/code.png" width=180 height=180>`,
		"table":       `<table id=s cellspacing=0 cellpadding=0></table><script>s.innerHTML = m.map(r => "<tr>" + r.map(v => "<td style='width:5px;height:5px;padding:0;background:" + (v ? "#000" : "#fff") + "'>").join("")).join("")</script>`,
		"grid, rows":  `<div id=s style="width:fit-content"></div><script>s.innerHTML = m.map(r => "<div style='display:flex'>" + r.map(v => "<i style='width:5px;height:5px;background:" + (v ? "#000" : "#fff") + "'></i>").join("") + "</div>").join("")</script>`,
		"grid, css":   `<div id=s style="display:grid;width:fit-content"></div><script>s.style.gridTemplateColumns = "repeat(" + n + ", 5px)"; s.innerHTML = m.flat().map(v => "<div style='height:5px;background:" + (v ? "#000" : "#fff") + "'></div>").join("")</script>`,
		"grid, dark":  `<div id=s style="position:relative;background:#fff"></div><script>s.style.width = s.style.height = n * 5 + "px"; s.innerHTML = m.map((r, y) => r.map((v, x) => v ? "<b style='position:absolute;background:#000;width:5px;height:5px;left:" + x * 5 + "px;top:" + y * 5 + "px'></b>" : "").join("")).join("")</script>`,
		"background":  `<div class=qr style="width:180px;height:180px;background:url(` + code + `) 0 0 / cover"></div>`,
		"shadow root": `<div id=h></div><script>h.attachShadow({mode: "closed"}).innerHTML = "<img src='` + code + `'>"</script>`,
		"below":       `<div style="height:5000px"></div>` + canvas,
		"frame":       `<iframe style="margin:100px 0 0 50px" width=400 height=400 srcdoc="<img src='` + code + `'>"></iframe>`,
	}
	none := map[string]string{
		"photo": `<img src="` + photo + `">`, "banner": `<img src="` + banner + `">`, "one colour": `<img src="` + plain + `">`,
		"empty canvas": `<canvas width=200 height=200></canvas>`,
		"icon":         `<svg width=100 height=100 viewBox="0 0 24 24"><path d="M12 2l3 7h7l-6 5 2 8-6-4-6 4 2-8-6-5h7z"></path></svg>`,
		"hidden":       `<div style="display:none">` + canvas + `</div>`, "unseen": `<div style="visibility:hidden">` + canvas + `</div>`,
		"small": `<img width=30 height=30 src="` + code + `">`, "far": `<div style="position:absolute;left:-5000px">` + canvas + `</div>`,
		"prices":       `<table width=300>` + strings.Repeat("<tr>"+strings.Repeat("<td>1", 20), 20) + `</table>`,
		"empty layout": `<div style="width:300px;height:300px">` + strings.Repeat("<div></div>", 500) + `</div>`,
		"chart":        `<canvas id=c width=300 height=300></canvas><script>const g = c.getContext("2d"); g.fillStyle = "#fff"; g.fillRect(0, 0, 300, 300); g.beginPath(); for (let x = 0; x < 300; x++) g.lineTo(x, 150 + 80 * Math.sin(x / 20)); g.stroke()</script>`,
	}
	check := func(name, body string, want bool) {
		t.Run(name, func(t *testing.T) {
			h := http.NewServeMux()
			h.Handle("/", document(script+body))
			h.HandleFunc("/code.png", func(w http.ResponseWriter, _ *http.Request) {
				b, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(code, "data:image/png;base64,"))
				_, _ = w.Write(b)
			})
			b := open(t, h, "/", OpenShadows())
			boxes, err := ParseCodes(b.ask(FindCodes(20)))
			if err != nil {
				t.Fatal(err)
			}
			if !want {
				if len(boxes) > 0 {
					t.Errorf("found %+v", boxes)
				}
				return
			}
			if len(boxes) != 1 || boxes[0].W < 100 || boxes[0].W > 330 || math.Abs(boxes[0].W-boxes[0].H) > 12 {
				t.Fatalf("found %+v", boxes)
			}
			if of, _, _ := strings.Cut(name, ","); !strings.HasPrefix(of, boxes[0].Of) && name != "below" && name != "shadow root" && name != "frame" {
				t.Errorf("found a %s", boxes[0].Of)
			}
			if name == "below" && boxes[0].Y < 4900 || name == "frame" && (boxes[0].Y < 90 || boxes[0].X < 40) {
				t.Errorf("it is at %+v", boxes[0])
			}
		})
	}
	for name, body := range found {
		check(name, body, true)
	}
	for name, body := range none {
		check("no "+name, body, false)
	}
}

func TestFindCodesIsBounded(t *testing.T) {
	b := open(t, document(`<script>const m = `+asJSON(modules(t))+`; for (let i = 0; i < 200; i++) { const c = document.createElement("canvas"); c.width = c.height = 120; const g = c.getContext("2d"); g.fillStyle = "#fff"; g.fillRect(0, 0, 120, 120); g.fillStyle = "#000"; m.forEach((r, y) => r.forEach((v, x) => v && g.fillRect(x * 3, y * 3, 3, 3))); document.body.append(c) }</script>`), "/")
	boxes, err := ParseCodes(b.ask(FindCodes(7)))
	if err != nil || len(boxes) != 7 {
		t.Errorf("%d boxes, %v", len(boxes), err)
	}
}

func FuzzParseCodes(f *testing.F) {
	f.Add([]byte(`[{"x":1,"y":1,"w":100,"h":100,"of":"canvas"},{"x":-1,"w":1e308,"h":5}]`))
	f.Add([]byte(fmt.Sprintf(`[%s{}]`, strings.Repeat(`{"x":1,"y":1,"w":9,"h":9},`, 1000))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		boxes, err := ParseCodes(raw)
		if err != nil && boxes != nil || len(boxes) > maxBoxes {
			t.Errorf("%d boxes, %v", len(boxes), err)
		}
		for _, b := range boxes {
			if !(b.X >= 0 && b.Y >= 0 && b.W >= 1 && b.H >= 1 && b.X+b.W <= maxSide && b.Y+b.H <= maxSide) {
				t.Errorf("box %+v", b)
			}
		}
	})
}

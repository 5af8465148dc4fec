package qr

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/color"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"scamatlas/extractors"
)

// each calls f for every dark module.
func each(bits [][]bool, f func(x, y int)) {
	for y, row := range bits {
		for x, on := range row {
			if on {
				f(x, y)
			}
		}
	}
}

// runs calls f for every row's runs of dark modules.
func runs(bits [][]bool, f func(x, y, n int)) {
	for y, row := range bits {
		for x := 0; x < len(row); {
			n := 0
			for x+n < len(row) && row[x+n] {
				n++
			}
			if n > 0 {
				f(x, y, n)
			}
			x += n + 1
		}
	}
}

// drawings gives the ways in which generators write a code as SVG.
func drawings(bits [][]bool) map[string]string {
	side := len(bits)
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">`, side+8, side+8)
	var strokes, rects, path, uses, circles, polygons, rounded, big, lines strings.Builder
	runs(bits, func(x, y, n int) { fmt.Fprintf(&strokes, "M%d %d.5h%d", x+4, y+4, n) })
	runs(bits, func(x, y, n int) {
		fmt.Fprintf(&lines, `<line x1="%d" x2="%d" y1="%d.5" y2="%d.5"/>`, x+4, x+4+n, y+4, y+4)
	})
	each(bits, func(x, y int) {
		fmt.Fprintf(&rects, `<rect x="%d" y="%d" width="1" height="1"/>`, x+4, y+4)
		fmt.Fprintf(&path, "M%d,%dh1v1h-1z", x+4, y+4)
		fmt.Fprintf(&uses, `<use xlink:href="#m" x="%d" y="%d"/>`, x*8, y*8)
		fmt.Fprintf(&circles, `<circle cx="%d.5" cy="%d.5" r=".5"/>`, x+4, y+4)
		fmt.Fprintf(&polygons, `<polygon points="%d,%d %d,%d %d,%d %d,%d"/>`, x+4, y+4, x+5, y+4, x+5, y+5, x+4, y+5)
		fmt.Fprintf(&rounded, "M%d.2 %da.2.2 0 0 0-.2.2v.6a.2.2 0 00.2.2h.6a.2.2 0 0 0 .2-.2v-.6a.2.2 0 0 0-.2-.2z", x+4, y+4)
		fmt.Fprintf(&big, "M %.2f %.2f L %.2f %.2f L %.2f %.2f L %.2f %.2f Z ", float64(x)*7.3, float64(y)*7.3, float64(x+1)*7.3, float64(y)*7.3,
			float64(x+1)*7.3, float64(y+1)*7.3, float64(x)*7.3, float64(y+1)*7.3)
	})
	return map[string]string{
		"strokes":       head + `<path fill="#fff" d="M0 0h99v99H0z"/><path stroke="#000000" d="` + strokes.String() + `"/></svg>`,
		"lines":         head + `<g stroke="black" stroke-width="1">` + lines.String() + `</g></svg>`,
		"rects":         head + `<rect width="100%" height="100%" fill="white"/><g fill="rgb(10,10,40)">` + rects.String() + `</g></svg>`,
		"one path":      head + `<path d="` + path.String() + `"/></svg>`,
		"by id":         fmt.Sprintf(`<svg width="%d" height="%d"><defs><rect id="m" width="8" height="8"/></defs><g transform="translate(32 32)">%s</g></svg>`, side*8+64, side*8+64, uses.String()),
		"clip path":     head + `<defs><clipPath id="c">` + rects.String() + `</clipPath></defs><rect x="0" y="0" width="99" height="99" clip-path="url('#c')" fill="#1a237e"/></svg>`,
		"mask":          head + `<mask id="c"><path fill="#fff" d="` + path.String() + `"/></mask><rect width="99" height="99" mask="url(#c)" fill="#000"/></svg>`,
		"style sheet":   head + `<style>.b{fill:#fff}.d, .e{fill:#222}</style><rect class="b" width="99" height="99"/><g class="d">` + rects.String() + `</g></svg>`,
		"style":         head + `<path style="fill:#fff" d="M0 0h99v99H0z"/><path style="fill: rgba(0, 0, 0, .9); stroke:none" d="` + path.String() + `"/></svg>`,
		"white on dark": head + `<rect width="99" height="99" fill="#111"/><path fill="#fff" d="` + path.String() + `"/></svg>`,
		"only white":    head + `<path fill="white" d="` + path.String() + `"/></svg>`,
		"circles":       head + circles.String() + `</svg>`,
		"polygons":      head + `<g fill-rule="evenodd">` + polygons.String() + `</g></svg>`,
		"round corners": head + `<path d="` + rounded.String() + `"/></svg>`,
		"no size":       `<svg><path fill="currentColor" d="` + big.String() + `"/></svg>`,
		"scaled":        `<svg width="300" height="300"><g transform="scale(6.5) translate(1,1)"><path d="` + path.String() + `"/></g></svg>`,
		"inner":         `<svg width="400" height="500"><rect width="400" height="500" fill="#fafafa"/>` + strings.Replace(head, "<svg", `<svg x="50" y="80" width="300" height="300"`, 1) + `<path d="` + path.String() + `"/></svg></svg>`,
		"turned":        head + `<g transform="rotate(90 ` + fmt.Sprintf("%g %g", float64(side+8)/2, float64(side+8)/2) + `)"><path d="` + path.String() + `"/></g></svg>`,
	}
}

func TestDrawings(t *testing.T) {
	bits := modules(t, trx, qrcode.Medium)
	want := []string{"wallet trx " + trx}
	for name, svg := range drawings(bits) {
		t.Run(name, func(t *testing.T) {
			if got := values(ReadImage("code.svg", []byte(svg))); !slices.Equal(got, want) {
				t.Errorf("as a file: %q", got)
			}
			page := "<html><body><p>Send TRX here</p><div>" + svg + "</div></body></html>"
			if got := values(ReadDocument(extractors.Parse("https://a.example/", "text/html", []byte(page)))); !slices.Equal(got, want) {
				t.Errorf("in a page: %q", got)
			}
		})
	}
}

func TestEmbedded(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString(asPNG(t, code4(t, trx)))
	svg := drawings(modules(t, trx, qrcode.Medium))["strokes"]
	quoted, _ := json.Marshal(map[string]string{"qr": svg})
	slashed := strings.ReplaceAll(`{"coin":"trx","qr":"data:image/png;base64,`+picture+`"}`, "/", `\/`)
	jpeg := base64.StdEncoding.EncodeToString(asJPEG(t, code4(t, trx), 80))
	for name, tc := range map[string]struct{ kind, body string }{
		"attribute":            {"text/html", `<img src="data:image/png;base64,` + picture + `">`},
		"attribute, no quotes": {"text/html", `<img src=data:image/png;base64,` + picture + `>`},
		"attribute, lines":     {"text/html", `<img src="data:image/png;base64,` + wrapped(picture) + `">`},
		"jpeg":                 {"text/html", `<img src="data:image/jpeg;base64,` + jpeg + `">`},
		"gif":                  {"text/html", `<img src="data:image/gif;base64,` + base64.StdEncoding.EncodeToString(asGIF(t, code4(t, trx))) + `">`},
		"webp":                 {"text/html", `<img src="data:image/webp;base64,` + webpCode + `">`},
		"percent signs":        {"text/html", `<img src="data:image/png;base64,` + url.QueryEscape(picture) + `">`},
		"style attribute":      {"text/html", `<div style="background:url(data:image/png;base64,` + picture + `) no-repeat"></div>`},
		"style sheet":          {"text/css", `.qr{background-image:url("data:image/png;base64,` + picture + `")}`},
		"script":               {"text/javascript", `var qr='data:image/png;base64,` + picture + `';`},
		"json":                 {"application/json", slashed},
		"json, bare":           {"application/json", `{"image":"` + picture + `"}`},
		"json in an attribute": {"text/html", `<div wire:snapshot="{&quot;qr&quot;:&quot;data:image\/png;base64,` + strings.ReplaceAll(picture, "/", `\/`) + `&quot;}">`},
		"svg, base64":          {"text/html", `<img src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(svg)) + `">`},
		"svg, percent signs":   {"text/html", `<img src="data:image/svg+xml;charset=utf-8,` + url.PathEscape(svg) + `">`},
		"svg, half encoded":    {"text/css", `.q{background:url("data:image/svg+xml,` + strings.NewReplacer("<", "%3C", ">", "%3E", "#", "%23", `"`, "'").Replace(svg) + `")}`},
		"svg, as it is":        {"text/html", `<img src='data:image/svg+xml;utf8,` + svg + `'>`},
		"svg in a script":      {"text/javascript", `el.innerHTML="` + strings.NewReplacer(`"`, `\"`, "/", `\/`).Replace(svg) + `"`},
		"svg in json":          {"application/json", string(quoted)},
		"svg in srcdoc":        {"text/html", `<iframe srcdoc="` + strings.NewReplacer(`"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(svg) + `"></iframe>`},
	} {
		found := ReadDocument(extractors.Parse("https://a.example/x", tc.kind, []byte(tc.body)))
		want := "wallet trx " + trx
		if name == "webp" {
			want = "wallet btc " + btc
		}
		if got := values(found); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func wrapped(s string) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(s), 76) {
		b.Write(line)
		b.WriteString("\r\n  ")
	}
	return b.String()
}

// tables gives the ways in which pages draw a code of elements.
func tables(bits [][]bool) map[string]string {
	rows := func(dark, light, open, end string) string {
		var b strings.Builder
		for _, row := range bits {
			b.WriteString(open)
			for _, on := range row {
				if on {
					b.WriteString(dark)
				} else {
					b.WriteString(light)
				}
			}
			b.WriteString(end)
		}
		return b.String()
	}
	var spans strings.Builder
	for y := range bits {
		spans.WriteString("<tr>")
		for x := 0; x < len(bits); {
			n := 1
			for x+n < len(bits) && bits[y][x+n] == bits[y][x] {
				n++
			}
			colour := "#ffffff"
			if bits[y][x] {
				colour = "#000000"
			}
			fmt.Fprintf(&spans, `<td colspan="%d" bgcolor="%s"></td>`, n, colour)
			x += n
		}
		spans.WriteString("</tr>")
	}
	return map[string]string{
		"style":              "<table>" + rows(`<td style="width:4px;background:#000"></td>`, `<td style="width:4px;background:#fff"></td>`, "<tr>", "</tr>") + "</table>",
		"background-color":   "<table><tbody>" + rows(`<td style="background-color: rgb(0, 0, 0);"></td>`, `<td style="background-color:white"></td>`, "<tr>", "</tr>") + "</tbody></table>",
		"bgcolor, no ends":   "<TABLE>" + rows(`<TD BGCOLOR=BLACK>`, `<TD BGCOLOR=WHITE>`, "<TR>", "") + "</TABLE>",
		"only dark coloured": "<table>" + rows(`<td bgcolor="#000"></td>`, `<td></td>`, "<tr>", "</tr>") + "</table>",
		"classes, style":     "<style>.on{background:#123}.off{background:#fff}</style><table>" + rows(`<td class="on"></td>`, `<td class="off"></td>`, "<tr>", "</tr>") + "</table>",
		"classes":            "<table>" + rows(`<td class="b"></td>`, `<td class="w"></td>`, "<tr>", "</tr>") + "</table>",
		"one class":          "<table>" + rows(`<td class="b">&nbsp;</td>`, `<td>&nbsp;</td>`, "<tr>", "</tr>") + "</table>",
		"spans":              "<table>" + spans.String() + "</table>",
		"blocks":             "<div class=code>" + rows(`<div class="m" style="background:#000"></div>`, `<div class="m" style="background:#fff"></div>`, "<div class=r>", "</div>") + "</div>",
		"inline blocks":      "<div>" + rows(`<span class="d"></span>`, `<span class="l"></span>`, "<p>", "</p>") + "</div>",
		"flat grid":          `<div style="display:grid">` + rows(`<i style="background:#000"></i>`, `<i></i>`, "", "") + "</div>",
	}
}

func TestTables(t *testing.T) {
	bits := modules(t, trx, qrcode.Medium)
	for name, body := range tables(bits) {
		page := "<!doctype html><html><body><h1>Deposit</h1><div>" + body + "</div><p>after</p></body></html>"
		if got := values(ReadDocument(extractors.Parse("https://a.example/", "text/html", []byte(page)))); !slices.Equal(got, []string{"wallet trx " + trx}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestBlocks(t *testing.T) {
	q, _ := qrcode.New(trx, qrcode.Medium)
	for name, body := range map[string]string{
		"half blocks":      "<pre>" + q.ToSmallString(false) + "</pre>",
		"half, inverted":   "<pre>" + q.ToSmallString(true) + "</pre>",
		"full blocks":      "<pre>\n" + q.ToString(false) + "</pre>",
		"full, inverted":   "<pre>" + q.ToString(true) + "</pre>",
		"lines by br":      "<p>" + strings.ReplaceAll(strings.ReplaceAll(q.ToSmallString(true), " ", "&nbsp;"), "\n", "<br>") + "</p>",
		"in a text":        "Pay here:\n\n" + q.ToSmallString(true) + "\nthank you",
		"html entities":    "<pre>" + strings.ReplaceAll(q.ToString(true), "█", "&#9608;") + "</pre>",
		"inside a comment": "<!--\n" + q.ToSmallString(true) + "-->",
	} {
		kind := "text/html"
		if name == "in a text" {
			kind = "text/plain"
		}
		if got := values(ReadDocument(extractors.Parse("https://a.example/", kind, []byte(body)))); !slices.Equal(got, []string{"wallet trx " + trx}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestServices(t *testing.T) {
	wa := "https%3A%2F%2Fwa.me%2F447700900118"
	for address, want := range map[string]string{
		"https://api.qrserver.com/v1/create-qr-code/?size=200x200&amp;data=bitcoin%3A" + btc + "%3Famount%3D1": "wallet btc " + btc,
		"https://chart.googleapis.com/chart?cht=qr&amp;chs=200x200&amp;chl=" + trx:                             "wallet trx " + trx,
		"https://chart.googleapis.com/chart?chs=200x200&chl=tron%253A" + trx + "&cht=qr":                       "wallet trx " + trx,
		"//quickchart.io/qr?text=" + wa + "&size=200":                                                          "contact whatsapp 447700900118",
		"https://image-charts.com/chart?cht=qr&chl=" + wa:                                                      "contact whatsapp 447700900118",
		"https://qrcode.tec-it.com/API/QRCode?data=mailto%3adesk%40aurora.example":                             "contact email desk@aurora.example",
		"https://qrcode.show/https%3A%2F%2Ft.me%2F%2BAbCdEfGhIjK12345":                                         "contact telegram_invite AbCdEfGhIjK12345",
		"/qr.php?addr=" + trx:                                "wallet trx " + trx,
		"/makecode?content=https%3A%2F%2Ft.me%2Faurora_desk": "contact telegram aurora_desk",
	} {
		for name, page := range map[string]string{
			"picture": `<p>x</p><img alt=code src="` + address + `">`,
			"set":     `<img srcset="` + address + ` 2x">`,
		} {
			if got := values(ReadDocument(extractors.Parse("https://a.example/", "text/html", []byte(page)))); !slices.Equal(got, []string{want}) {
				t.Errorf("%s of %s: got %q", name, address, got)
			}
		}
	}
	script := `img.src="https:\/\/api.qrserver.com\/v1\/create-qr-code\/?data=` + wa + `"`
	if got := values(ReadDocument(extractors.Parse("https://a.example/a.js", "", []byte(script)))); !slices.Equal(got, []string{"contact whatsapp 447700900118"}) {
		t.Errorf("in a script: %q", got)
	}
	for _, page := range []string{
		`<a href="https://t.me/share/url?url=https%3A%2F%2Fwa.me%2F447700900118">share</a>`,
		`<img src="https://pixel.example/t?ev=https%3A%2F%2Fwa.me%2F447700900118">`,
	} {
		if got := ReadDocument(extractors.Parse("https://a.example/", "text/html", []byte(page))); len(got) > 0 {
			t.Errorf("%s: no code, got %q", page, values(got))
		}
	}
}

// TestLabels: what stands nearest to a code names the chain of an address that does not show it.
func TestLabels(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString(asPNG(t, code4(t, sol)))
	for page, want := range map[string]string{
		`<h3>Solana</h3><img src="data:image/png;base64,` + picture + `">`:                                                                        extractors.Medium,
		`<img alt="SOL deposit" src="data:image/png;base64,` + picture + `">`:                                                                     extractors.Medium,
		`<img src="data:image/png;base64,` + picture + `" alt="SOL deposit">`:                                                                     extractors.Medium,
		`<img class="sol-qr" src="data:image/png;base64,` + picture + `">`:                                                                        extractors.Medium,
		`<img src="data:image/png;base64,` + picture + `"><p>Solana network only</p>`:                                                             extractors.Medium,
		`<script>var coins={"SOL":{"qr":"data:image/png;base64,` + picture + `"}}</script>`:                                                       extractors.Medium,
		`<h3>Solana plans</h3>` + strings.Repeat("<p>More about us and our trade.</p>", 40) + `<img src="data:image/png;base64,` + picture + `">`: extractors.Medium,
		`<h3>Scan me</h3><img src="data:image/png;base64,` + picture + `">`:                                                                       extractors.Low,
	} {
		got := ReadDocument(extractors.Parse("https://a.example/", "text/html", []byte(page)))
		if len(got) != 1 || got[0].Confidence != want || got[0].Value != sol {
			t.Errorf("%.60s: %+v, want confidence %s", page, got, want)
		}
	}
	beside := `<p>` + trx + ` or in Solana</p><img src="data:image/png;base64,` + picture + `">`
	if got := values(ReadDocument(extractors.Parse("https://a.example/", "text/html", []byte(beside)))); !slices.Equal(got, []string{"wallet sol " + sol}) {
		t.Errorf("an address beside a code is not the code's: %q", got)
	}
}

func TestOffsets(t *testing.T) {
	body := `<p>Pay</p><img src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(asPNG(t, drawn(modules(t, trx, qrcode.Low), 4, 4, color.Black, color.White))) + `">`
	got := ReadDocument(extractors.Parse("https://a.example/p", "text/html", []byte(body)))
	if len(got) != 1 || !strings.HasPrefix(body[got[0].Offset:], "iVBORw0KGgo") || got[0].Page != "https://a.example/p" {
		t.Errorf("%+v", got)
	}
}

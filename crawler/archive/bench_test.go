package archive

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"scamatlas/crawler"
)

// ordinary is a visit of about 2 MB: three profiles, one of which a browser walked.
func ordinary(n int64) (v Visit, size int64) {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	text := func(size int) []byte {
		b := make([]byte, 0, size+16)
		for len(b) < size {
			b = fmt.Appendf(b, "<div class=c%d>%x</div>", r.IntN(50), r.Uint32())
		}
		return b
	}
	host := fmt.Sprintf("site-%d.example", n)
	v = Visit{Host: host, Sequence: n, Settings: map[string]string{"pages": "20"}}
	for _, profile := range []string{"desktop", "mobile", "wallet"} {
		c := &crawler.Capture{Host: host, Profile: profile, Started: day, Ended: day, Outcome: crawler.OK}
		answers := []crawler.Answer{}
		for i := range map[string]int{"desktop": 12, "mobile": 1, "wallet": 8}[profile] {
			body := text(40 << 10)
			url := fmt.Sprintf("https://%s/%d", host, i)
			res := crawler.Response{URL: url, FinalURL: url, Status: 200, Body: body, SHA256: hexSum(body)}
			if profile == "wallet" {
				answers = append(answers, crawler.Answer{Response: res, Method: "GET"})
				continue
			}
			c.Pages = append(c.Pages, crawler.Page{Response: res})
			c.Wire = append(c.Wire, exchange(url, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"+chunked(zipped(string(body)))))
		}
		for _, p := range c.Pages {
			size += int64(len(p.Body))
		}
		if profile == "wallet" {
			shot := make([]byte, 400<<10)
			for i := range shot {
				shot[i] = byte(r.Uint32())
			}
			dom := text(300 << 10)
			c.Rendered = &crawler.Rendered{Answers: answers, Views: []crawler.View{{URL: "https://" + host, DOM: dom, Pictures: []crawler.Shot{{Kind: "viewport", PNG: shot[:100<<10]}, {Kind: "full", PNG: shot[100<<10:]}}}}}
			size += int64(len(dom) + len(shot) + 8*40<<10)
		}
		v.Captures = append(v.Captures, c)
	}
	return v, size
}

func BenchmarkPut(b *testing.B) {
	a := opened(b, b.TempDir())
	visits := make([]Visit, 16)
	var size int64
	for i := range visits {
		visits[i], size = ordinary(int64(i))
	}
	b.SetBytes(size)
	n := 0
	for b.Loop() {
		v := visits[n%len(visits)]
		n++
		if _, err := a.Put(b.Context(), v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCaptures(b *testing.B) {
	a := opened(b, b.TempDir())
	v, size := ordinary(1)
	e := put(b, a, v)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := a.Captures(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	a := opened(b, b.TempDir())
	for i := range 5 {
		v, _ := ordinary(int64(i))
		put(b, a, v)
	}
	_, _, s := findings(b, a)
	b.SetBytes(s.Bytes)
	for b.Loop() {
		findings(b, a)
	}
}

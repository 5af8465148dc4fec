package testbed

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"scamatlas/crawler"
)

// Shape of the synthetic sites. The benchmarks' figures hold for this shape.
const (
	synthVariants  = 64
	synthMin       = 30_000 // bytes of a page
	synthMax       = 80_000
	synthLinks     = 20 // of a page, all within its site
	synthAddresses = 64 // shared by all sites
	synthWords     = 1500
)

// Synthetic gives n sites for benchmarks, the same in each run: pages of 30 to 80 KB with 20 links each, sent gzipped to who takes it,
// from 64 variants. Each site has its own registrable domain; 64 addresses are shared among all. There are no assets and no robots.txt.
func Synthetic(n int) []Site {
	pages := make([]func() synthPage, synthVariants) // made when first asked for
	words := sync.OnceValue(synthVocabulary)
	for i := range pages {
		pages[i] = sync.OnceValue(func() synthPage { return newSynthPage(i, words()) })
	}
	sites := make([]Site, n)
	for i := range sites {
		host := fmt.Sprintf("synthetic-%05d.example", i)
		sites[i] = Site{
			Truth: Truth{
				Host: host, Address: fmt.Sprintf("synthetic %d", i%synthAddresses),
				NS: []string{"ns1.zonehost.example"}, Outcomes: []crawler.Outcome{crawler.OK},
			},
			Handler: &synthSite{pages: pages, first: i % synthVariants},
		}
	}
	return sites
}

type synthPage struct{ plain, packed []byte }

type synthSite struct {
	pages []func() synthPage
	first int
}

func (s *synthSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := 0
	if r.URL.Path != "/" {
		at, ok := strings.CutPrefix(r.URL.Path, "/p/")
		k, err := strconv.Atoi(at)
		if !ok || err != nil || k < 0 {
			http.NotFound(w, r)
			return
		}
		n = k + 1
	}
	p := s.pages[(s.first+n)%synthVariants]()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Server", "nginx")
	body := p.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = p.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

func newSynthPage(variant int, words []string) synthPage {
	plain := []byte(synthDocument(variant, words))
	return synthPage{plain: plain, packed: packGzip(plain)}
}

func synthVocabulary() []string {
	r := rand.New(rand.NewPCG(1, 0))
	words := make([]string, synthWords)
	for i := range words {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteByte("bcdfghklmnprstvw"[r.IntN(16)])
			b.WriteByte("aeiou"[r.IntN(5)])
		}
		if r.IntN(2) == 0 {
			b.WriteByte("nrstl"[r.IntN(5)])
		}
		words[i] = b.String()
	}
	return words
}

// synthDocument writes blocks as shop and investment pages have them until the variant's size is reached.
func synthDocument(variant int, words []string) string {
	r := rand.New(rand.NewPCG(2, uint64(variant)))
	size := synthMin + (synthMax-synthMin)*variant/(synthVariants-1)
	text := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			f := r.Float64()
			b.WriteString(words[int(f*f*f*f*f*synthWords)]) // few words often, many seldom
		}
		return b.String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>\n<style>%s</style>\n", text(5), strings.Repeat(".card{margin:0 auto;padding:12px 18px;color:#223}\n", 12))
	fmt.Fprintf(&b, "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('config','G-%s');</script></head>\n<body class=\"home page-%d\">\n<nav class=\"nav\"><ul>\n", synthID(variant, 10), variant)
	for i := range synthLinks {
		fmt.Fprintf(&b, "<li class=\"nav__item\"><a class=\"nav__link\" href=\"/p/%d\">%s</a></li>\n", i, text(2))
	}
	b.WriteString("</ul></nav>\n<main>\n")
	for n := 0; b.Len() < size-1500; n++ {
		fmt.Fprintf(&b, "<section class=\"block block--%d\" id=\"s%d\"><h2 class=\"block__title\">%s</h2><p class=\"lead\">%s</p>\n<div class=\"row\"><div class=\"col card\" data-id=\"%s\"><p>%s</p><span class=\"price\">$%d.%02d</span></div><div class=\"col card\"><p>%s</p><button type=\"button\" class=\"btn btn--line\">%s</button></div></div></section>\n",
			n%6, n, text(4), text(28), synthID(variant*1000+n, 16), text(18), r.IntN(9000), r.IntN(100), text(18), text(2))
	}
	fmt.Fprintf(&b, "</main>\n<footer class=\"foot\"><p>%s <a href=\"mailto:desk%d@synthetic.example\">desk%d@synthetic.example</a></p><code class=\"addr\">bc1qpp79dlkt545rgfk5mvna9vpe7whhf3n8ma6p7y</code></footer>\n<script>var state={\"id\":\"%s\",\"views\":%d,\"pay\":\"TXdpQKRU63qVXiere9wUA7wHvkGqyf8zDh\"};</script>\n</body></html>\n",
		text(30), variant, variant, synthID(variant, 32), r.IntN(100_000))
	return b.String()
}

// synthID gives letters and digits like the ones in real pages' attributes.
func synthID(seed, n int) string {
	h := fnv.New64a()
	fmt.Fprint(h, seed)
	r := rand.New(rand.NewPCG(3, h.Sum64()))
	b := make([]byte, n)
	for i := range b {
		b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[r.IntN(36)]
	}
	return string(b)
}

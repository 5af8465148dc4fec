package cloak_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"scamatlas/crawler"
)

// dynamic are ordinary kinds of site: each answers every request anew. r is the chance of one request.
var dynamic = []struct {
	name  string
	topic string
	html  func(p *parts, v *crawler.Profile, r *rand.Rand) string
}{
	{"rotating banners", "news", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		ad := newMaker(r.Uint64(), "shop")
		return p.html(slices.Concat([]string{"<div class=ad>" + ad.words(12) + "</div>"}, p.blocks, []string{"<div class=ad>" + ad.words(20) + "</div>"}))
	}},
	{"timestamps, counters, tokens", "forum", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		stamp := fmt.Sprintf("<p>%d visitors, rendered at 2026-03-%02d %02d:%02d</p><form action=/s><input type=hidden name=csrf value=%x><input name=q></form>", r.IntN(90000), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.Uint64())
		return p.html(append(slices.Clone(p.blocks), stamp))
	}},
	{"random ids and class names", "shop", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		fresh := fmt.Sprintf("x%x", r.Uint32())
		return strings.ReplaceAll(p.html(p.blocks), p.style+"-", fresh+"-")
	}},
	{"A/B test", "shop", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		other := &maker{rand.New(rand.NewPCG(uint64(r.IntN(2)), 3)), p.topic, p.style, p.shapes}
		return p.html(slices.Concat([]string{other.block(0), other.block(1)}, p.blocks[2:]))
	}},
	{"personal greeting and consent", "news", func(p *parts, v *crawler.Profile, r *rand.Rand) string {
		extra := "<div class=hello>Good morning, visitor from " + v.Timezone + "</div>"
		if r.IntN(2) == 0 {
			extra += "<div class=consent><h2>We value your privacy</h2><p>" + newMaker(9, "news").words(90) + "</p><button>Accept all</button><button>Reject</button></div>"
		}
		return p.html(append([]string{extra}, p.blocks...))
	}},
	{"in the visitor's language", "shop", func(p *parts, v *crawler.Profile, r *rand.Rand) string {
		text := p.html(p.blocks)
		if v.Name == "reader" || r.IntN(3) == 0 {
			text = translated(text)
		}
		return text
	}},
	{"another menu for phones", "news", func(p *parts, v *crawler.Profile, _ *rand.Rand) string {
		if !v.Mobile {
			return p.html(p.blocks)
		}
		q := *p
		q.nav = fmt.Sprintf("<button class=%s-burger>Menu</button><div class=%s-drawer>%s<a href=/app>Get our app</a></div>", p.style, p.style, strings.ReplaceAll(p.nav, "<a ", "<a role=menuitem "))
		return q.html(p.blocks[:1+len(p.blocks)*3/4])
	}},
	{"a template of its own for phones", "forum", func(p *parts, v *crawler.Profile, _ *rand.Rand) string {
		if !v.Mobile {
			return p.html(p.blocks)
		}
		text := p.html(p.blocks[:1+len(p.blocks)*3/4])
		return strings.NewReplacer(p.style+"-", "m-", "<section", "<div", "</section", "</div", "<article", "<li", "</article", "</li", "<h2", "<b", "</h2", "</b", "<h3", "<b", "</h3", "</b", "<p>", "<div><span>", "</p>", "</span></div>").Replace(text)
	}},
	{"shuffled lists", "shop", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		blocks := slices.Clone(p.blocks)
		r.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		return p.html(blocks[:len(blocks)*2/3+1])
	}},
	{"new articles all the time", "news", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		fresh := &maker{rand.New(rand.NewPCG(r.Uint64(), 1)), p.topic, p.style, p.shapes}
		blocks := slices.Clone(p.blocks[:2])
		for range 6 {
			blocks = append(blocks, fresh.block(3))
		}
		return p.html(blocks)
	}},
	{"lazy content", "shop", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		return p.html(p.blocks[:len(p.blocks)/2+r.IntN(len(p.blocks)/2+1)])
	}},
	{"an empty frame for scripts", "shop", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		return fmt.Sprintf("<!doctype html><html><head><title>%s</title>%s<script nonce=%x>window.t=%d</script></head><body><div id=app></div></body></html>", p.title, p.scripts, r.Uint64(), r.IntN(1e9))
	}},
	{"a short page", "blog", func(p *parts, _ *crawler.Profile, r *rand.Rand) string {
		return fmt.Sprintf("<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1><p>%s</p><p>Visit number %d</p></body></html>", p.title, p.title, p.foot, r.IntN(1e6))
	}},
}

// translated replaces each word outside of markup.
func translated(html string) string {
	var b strings.Builder
	var word strings.Builder
	inside := false
	flush := func() {
		if word.Len() > 0 {
			h := sum(word.String())
			for i := 0; i < 7; i++ {
				b.WriteByte('a' + h[i]%26)
			}
			word.Reset()
		}
	}
	for _, r := range html {
		switch {
		case r == '<':
			flush()
			inside = true
		case r == '>':
			inside = false
		case !inside && r >= 'a' && r <= 'z':
			word.WriteRune(r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	return strings.Replace(b.String(), "lang=en", "lang=xx", 1)
}

// decoys are what visitors are shown who are not to see the site.
var decoys = []struct {
	name string
	page func(seed uint64, p *parts) page
}{
	{"blog", func(seed uint64, _ *parts) page {
		b := newParts(seed+1e6, "blog")
		return page{html: b.html(b.blocks), paths: map[string]string{"/about": b.html(b.blocks[:2]), "/more": b.html(b.blocks[1:4])}}
	}},
	{"under construction", func(uint64, *parts) page {
		return page{html: "<!doctype html><html><head><title>Coming soon</title></head><body><div class=box><h1>Our new website is under construction</h1><p>We are working on it and will be back with more for you soon. Thank you for your time.</p></div></body></html>"}
	}},
	{"not found", func(uint64, *parts) page {
		return page{status: 404, html: "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>"}
	}},
	{"forbidden", func(uint64, *parts) page {
		return page{status: 403, html: "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"}
	}},
	{"a famous site", func(uint64, *parts) page {
		g := newParts(4, "news")
		return page{at: "https://www.google.com/", html: g.html(g.blocks)}
	}},
	{"another site", func(seed uint64, _ *parts) page {
		g := newParts(seed+2e6, "shop")
		return page{at: "https://shop-elsewhere.example/", html: g.html(g.blocks)}
	}},
	{"use your phone", func(_ uint64, p *parts) page {
		return page{html: fmt.Sprintf("<!doctype html><html lang=en><head><title>%s</title>%s</head><body><div class=%s-head>%s</div><p>Please open this page in our app or on your phone to go on.</p></body></html>", p.title, p.scripts, p.style, p.title)}
	}},
	{"own frame, note inside", func(_ uint64, p *parts) page {
		return page{html: p.html([]string{"<div class=note><h2>Not available</h2><p>This page is not available in your region. Please come back later.</p></div>"})}
	}},
	{"nothing", func(uint64, *parts) page { return page{html: "<html><head></head><body></body></html>", blank: true} }},
}

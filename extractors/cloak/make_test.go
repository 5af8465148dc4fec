package cloak_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/crawler/judge"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
	"scamatlas/extractors/cloak"
)

// The profiles of the built-in settings.
var (
	desktop = &crawler.Profile{Name: "desktop", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36", Width: 1366, Height: 768, Scale: 1, Language: "en-US", Timezone: "America/New_York"}
	mobile  = &crawler.Profile{Name: "mobile", UserAgent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36", Mobile: true, Touch: true, Width: 412, Height: 915, Language: "en-US", Timezone: "America/New_York", Referrer: "https://www.google.com/"}
	wallet  = &crawler.Profile{Name: "wallet", UserAgent: "Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/146.0.0.0 Mobile Safari/537.36", Mobile: true, Touch: true, Width: 412, Height: 915, Language: "en-US", Timezone: "America/New_York", Wallet: true}
	reader  = &crawler.Profile{Name: "reader", UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1", Mobile: true, Touch: true, Width: 393, Height: 852, Language: "en-US", Timezone: "America/New_York", Referrer: "https://t.me/"}
)

func visitors() []*crawler.Profile { return []*crawler.Profile{desktop, mobile, wallet, reader} }

// page is what a made-up site answers to one visitor.
type page struct {
	html   string
	status int    // 0 = 200
	at     string // final address; "" = the one asked for
	none   crawler.Outcome
	broke  bool // the browser showed nothing and said why
	blank  bool // the browser showed nothing, and nothing went wrong
	paths  map[string]string
}

// manner says how the visits are made.
type manner int

const (
	enterOnly manner = iota // the first walks, the others ask for the entry page, all by plain HTTP
	browsed                 // and all look in a browser
)

const host = "novatrade.example"

// look makes the view that a real visit would: outcome by the real judge, findings by the real extractors.
func look(p *crawler.Profile, first bool, how manner, target string, g page) cloak.View {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := &crawler.Capture{Target: crawler.Target{Host: host, URL: target}, Host: host, Profile: p.Name, Visitor: p, Started: began, Ended: began.Add(time.Minute)}
	c.EntryURL = "https://" + host + "/"
	if target != "" {
		c.EntryURL = target
	}
	c.FinalURL = c.EntryURL
	if g.at != "" {
		c.FinalURL = g.at
	}
	if g.none != "" {
		c.Outcome, c.Reason = g.none, "no page"
		return view(p, c)
	}
	status := g.status
	if status == 0 {
		status = 200
	}
	add := func(at, body string, status int) {
		c.Pages = append(c.Pages, crawler.Page{Response: response(at, body, status)})
	}
	add(c.FinalURL, g.html, status)
	if first {
		for path, body := range g.paths {
			add("https://"+host+path, body, 200)
		}
	}
	j := judge.New()
	answers := []*crawler.Response{}
	for i := range c.Pages {
		answers = append(answers, &c.Pages[i].Response)
	}
	c.Outcome, c.Reason = j.Response(answers[0])
	if reason, walled := j.Wall(answers); c.Outcome == crawler.OK && walled {
		c.Outcome, c.Reason = crawler.Gated, reason
	}
	if how == browsed {
		render(c, g, status)
	}
	return view(p, c)
}

func render(c *crawler.Capture, g page, status int) {
	c.Rendered = &crawler.Rendered{Browser: "Chrome/146", Why: "test"}
	v := crawler.View{URL: c.EntryURL, FinalURL: c.FinalURL, Status: status, DOM: []byte(g.html), SHA256: sum(g.html)}
	switch {
	case g.broke:
		v.DOM, v.Blank, c.Rendered.Err = []byte("<html><head></head><body></body></html>"), "no text", "time"
		c.Rendered.Caps = []string{"time"}
	case g.blank:
		v.DOM, v.Blank = []byte("<html><head></head><body></body></html>"), "no text"
		c.Outcome, c.Reason = crawler.Blank, "no text, script, image or link"
	}
	v.SHA256 = sum(string(v.DOM))
	v.Title = extractors.Parse("", "text/html", v.DOM).Title
	c.Rendered.Views = append(c.Rendered.Views, v)
	for path, body := range g.paths {
		at := "https://" + host + path
		c.Rendered.Views = append(c.Rendered.Views, crawler.View{URL: at, FinalURL: at, Status: 200, DOM: []byte(body), SHA256: sum(body), Steps: []string{`click "Deposit"`}})
	}
}

func view(p *crawler.Profile, c *crawler.Capture) cloak.View {
	return cloak.View{Profile: p, Capture: c, Findings: extractors.Extract(c, all.Set())}
}

func response(at, body string, status int) crawler.Response {
	return crawler.Response{URL: at, FinalURL: at, Status: status, ContentType: "text/html; charset=utf-8", Body: []byte(body), SHA256: sum(body)}
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// visit asks a site as each profile.
func visit(how manner, target string, profiles []*crawler.Profile, answer func(*crawler.Profile) page) []cloak.View {
	var out []cloak.View
	for i, p := range profiles {
		out = append(out, look(p, i == 0, how, target, answer(p)))
	}
	return out
}

// maker makes pages. Sites that differ have different seeds.
type maker struct {
	*rand.Rand
	topic  []string
	style  string
	shapes []shape
}

const common = "the and of to in a is that for it with as on be at by this have from or one we you your our all can more will about which when there their has up out new other into time than them only some no if so what"

var topics = map[string]string{
	"invest": "investment profit returns trading deposit withdraw plan daily capital wallet crypto bitcoin account platform referral bonus portfolio yield market leverage mining contract investors earnings minimum guaranteed secure fund managers balance dividends growth",
	"blog":   "garden recipe kitchen travel weekend coffee summer photos bread walking river village children book reading music morning family autumn tea lake forest train holiday weather vegetables soup cake painting letters neighbour",
	"shop":   "shirt shoes leather cotton delivery cart basket size colour summer sale jacket jeans dress wool boots gift price discount stock returns brand collection women men kids accessories bag watch belt scarf",
	"news":   "government minister election council report police court economy trade bank energy climate storm health hospital school strike budget parliament president border agreement crisis vote party mayor transport housing",
	"forum":  "thread reply post member topic moderator question answer linux driver kernel install update printer monitor keyboard config error package script terminal server network router backup battery screen graphics",
}

func newMaker(seed uint64, topic string) *maker {
	r := rand.New(rand.NewPCG(seed, 77))
	m := &maker{Rand: r, topic: strings.Fields(topics[topic]), style: fmt.Sprintf("k%c%c", 'a'+r.IntN(26), 'a'+r.IntN(26))}
	for range 5 {
		m.shapes = append(m.shapes, m.shape(2))
	}
	return m
}

// general are words of all topics, the frequent first.
var general = func() []string {
	r := rand.New(rand.NewPCG(1, 2))
	var out []string
	for range 4000 {
		var w strings.Builder
		for range 2 + r.IntN(3) {
			w.WriteByte("bcdfglmnprstv"[r.IntN(13)])
			w.WriteByte("aeiou"[r.IntN(5)])
		}
		out = append(out, w.String())
	}
	return out
}()

// word is drawn as in English: nearly half of a text are a hundred words that say nothing, the rest thins out.
func (m *maker) word() string {
	usual := strings.Fields(common)
	switch n := m.IntN(100); {
	case n < 45:
		return usual[int(float64(len(usual))*m.Float64()*m.Float64())]
	case n < 60:
		return m.topic[m.IntN(len(m.topic))]
	}
	return general[int(float64(len(general))*m.Float64()*m.Float64()*m.Float64())]
}

func (m *maker) words(n int) string {
	var w []string
	for range n {
		w = append(w, m.word())
	}
	return strings.Join(w, " ")
}

// shape is how a site builds one kind of section: nested elements, the words at the leaves.
type shape struct {
	tag, class string
	words      int
	parts      []shape
}

var inner = strings.Fields("div div div p p span a h2 h3 h4 ul li section article img button strong table figure label i")

func (m *maker) shape(depth int) shape {
	s := shape{tag: inner[m.IntN(len(inner))], class: fmt.Sprintf("%s-%c%c%c", m.style, 'a'+m.IntN(26), 'a'+m.IntN(26), 'a'+m.IntN(26)), words: 2 + m.IntN(20)}
	if depth > 0 {
		for range 1 + m.IntN(4) {
			s.parts = append(s.parts, m.shape(depth-1))
		}
	}
	return s
}

func (m *maker) fill(b *strings.Builder, s *shape) {
	if s.tag == "img" {
		fmt.Fprintf(b, "<img class=%s src=/i/%s.png>", s.class, m.topic[m.IntN(len(m.topic))])
		return
	}
	fmt.Fprintf(b, "<%s class=\"%s\">", s.tag, s.class)
	if len(s.parts) == 0 {
		b.WriteString(m.words(s.words))
	}
	for i := range s.parts {
		m.fill(b, &s.parts[i])
	}
	fmt.Fprintf(b, "</%s>\n", s.tag)
}

// block is one section in one of the site's own five shapes.
func (m *maker) block(kind int) string {
	var b strings.Builder
	m.fill(&b, &m.shapes[kind%len(m.shapes)])
	return b.String()
}

// parts of one site that stay.
type parts struct {
	*maker
	title, nav, foot string
	blocks           []string
	scripts          string
}

func newParts(seed uint64, topic string) *parts {
	m := newMaker(seed, topic)
	p := &parts{maker: m, title: m.words(3)}
	m.topic = append(slices.Clone(m.topic), p.topic[m.IntN(len(m.topic))])
	var nav strings.Builder
	for range 4 + m.IntN(4) {
		fmt.Fprintf(&nav, "<a class=%s-nav href=/%s>%s</a>", m.style, m.topic[m.IntN(len(m.topic))], m.words(1+m.IntN(2)))
	}
	p.nav, p.foot = nav.String(), m.words(20)
	for range 5 + m.IntN(8) {
		p.blocks = append(p.blocks, m.block(m.IntN(5)))
	}
	p.scripts = fmt.Sprintf("<script src=/js/%s.js></script><link rel=stylesheet href=/css/%s.css>", m.style, m.style)
	return p
}

func (p *parts) html(blocks []string) string {
	return fmt.Sprintf("<!doctype html><html lang=en><head><title>%s</title>%s</head><body><header class=%s-head><nav>%s</nav></header><main>%s</main><footer class=%s-foot><p>%s</p></footer></body></html>",
		p.title, p.scripts, p.style, p.nav, strings.Join(blocks, "\n"), p.style, p.foot)
}

// address makes a TRON address with a right checksum.
func address(seed uint64) string {
	body := []byte{0x41}
	r := rand.New(rand.NewPCG(seed, 5))
	for range 20 {
		body = append(body, byte(r.IntN(256)))
	}
	one := sha256.Sum256(body)
	two := sha256.Sum256(one[:])
	return base58(append(body, two[:4]...))
}

func base58(b []byte) string {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	var out []byte
	for slices.ContainsFunc(b, func(x byte) bool { return x > 0 }) {
		rest := 0
		for i := range b {
			rest = rest*256 + int(b[i])
			b[i], rest = byte(rest/58), rest%58
		}
		out = append(out, digits[rest])
	}
	slices.Reverse(out)
	return string(out)
}

// scam is the site that hides.
func scam(seed uint64) (p *parts, entry, deposit string) {
	p = newParts(seed, "invest")
	p.title = "NovaTrade " + p.words(2)
	blocks := append(slices.Clone(p.blocks), fmt.Sprintf("<div class=%s-plans><h3>Starter plan</h3><p>Earn 2.5%% daily, minimum deposit $100</p><h3>Gold plan</h3><p>Earn 4%% daily, minimum deposit $5,000</p></div>", p.style))
	pay := fmt.Sprintf("<div class=%s-pay><p>Send USDT (TRC20) to this deposit address:</p><code>%s</code></div>", p.style, address(seed))
	return p, p.html(blocks), p.html([]string{pay, p.blocks[0]})
}

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// city makes up a store of sites whose kits and operators are known. The shares and sizes follow crawled sets of edited themes: most
// kits have one or two sites and a few have tens of thousands, operators run sites on several kits, half of all sites stand behind a
// known CDN and many of the others share addresses with thousands, kits carry their author's account along. Equal arguments make equal
// cities.
type city struct {
	rnd      *rand.Rand
	n        int
	made     int
	largest  int
	kit      map[string]string // host → kit, the truth
	operator map[string]string // host → operator, the truth; sites of nobody in particular are missing
}

const (
	cityLargest = 50_000 // sites of the largest kit
	kitShare    = 0.65   // of all sites
	shellShare  = 0.06   // of the sites of kits: an empty frame that names some of the kit's files
	honestKits  = 0.05   // share of the honest sites that use one of the stock themes
	stockThemes = 20
	webTokens   = 3000 // tokens of each kind that sites everywhere have in common
)

// setShape is how many tokens the sets of a site hold on average.
var setShape = [5]int{255, 170, 12, 16, 245}

func newCity(n int, seed uint64) *city {
	return &city{rnd: rand.New(rand.NewPCG(seed, 1)), n: n, largest: min(cityLargest, n/4), kit: map[string]string{}, operator: map[string]string{}}
}

// design is the front end of one kit.
type design struct {
	name    string
	sets    [5][]uint32
	account string // the author's, left in the copies
	left    float64
}

func (c *city) newDesign(name string, parent *design) *design {
	d := &design{name: name, left: .6 + .4*c.rnd.Float64()}
	scale := math.Exp(c.rnd.NormFloat64() * .4)
	for s := range d.sets {
		size := max(4, int(scale*float64(setShape[s])))
		for i := range size {
			if parent != nil && i < size/7 && i < len(parent.sets[s]) {
				d.sets[s] = append(d.sets[s], parent.sets[s][i])
				continue
			}
			d.sets[s] = append(d.sets[s], c.rnd.Uint32())
		}
	}
	if c.rnd.Float64() < .5 {
		d.account = fmt.Sprintf("G-A%09d", c.rnd.IntN(1e9))
	}
	return d
}

// eachMember calls fn with every site: first those of kits, by operator, then the honest ones.
func (c *city) eachMember(fn func(*index.Member)) {
	fraud := int(kitShare * float64(c.n))
	var site func() *design = c.deal(fraud)
	for c.made < fraud {
		c.run(site, fraud, fn)
	}
	themes := make([]*design, stockThemes)
	for i := range themes {
		themes[i] = c.newDesign(fmt.Sprintf("theme%d", i), nil)
	}
	for c.made < c.n {
		m := c.newMember()
		d := themes[c.rnd.IntN(stockThemes)]
		if c.rnd.Float64() > honestKits {
			d = c.newDesign(m.Host, nil)
		}
		c.kit[m.Host] = d.name
		c.front(m, d, .9, false)
		m.Indicators = []extractors.Indicator{tracker("ga4", "G-H"+m.Host), contactOf("info@" + m.Host)}
		c.host(m, nil)
		fn(m)
	}
}

// deal gives the design of each further site of a kit: kits follow a Pareto tail and come in runs, so that an operator who takes the
// sites in order works with few kits.
func (c *city) deal(total int) func() *design {
	var order []*design
	var parent *design
	for made := 0; made < total; {
		size := int(min(1/(1-c.rnd.Float64()), float64(c.largest)))
		if made == 0 {
			size = c.largest
		}
		size = min(size, total-made)
		d := c.newDesign(fmt.Sprintf("kit%d", made), nil)
		if parent != nil && c.rnd.Float64() < .2 {
			d = c.newDesign(d.name, parent)
		}
		parent = d
		for range size {
			order = append(order, d)
		}
		made += size
	}
	const run = 12
	runs := slices.Collect(slices.Chunk(order, run))
	c.rnd.Shuffle(len(runs), func(i, k int) { runs[i], runs[k] = runs[k], runs[i] })
	order = slices.Concat(runs...)
	next := 0
	return func() *design { next++; return order[next-1] }
}

// hands is one operator.
type hands struct {
	name, chat, contact, backend, cert string
	wallets, addresses                 []string
}

// run makes the sites of one operator.
func (c *city) run(site func() *design, until int, fn func(*index.Member)) {
	size := int(min(math.Pow(1-c.rnd.Float64(), -1/1.2), 300))
	id := c.rnd.Uint64()
	h := &hands{name: fmt.Sprintf("op%x", id), chat: fmt.Sprintf("%024x", id), contact: fmt.Sprintf("desk%x@mail.example", id),
		backend: fmt.Sprintf("api%x.example", id), cert: fmt.Sprintf("%064x", id)}
	for w := range 1 + c.rnd.IntN(6) {
		h.wallets = append(h.wallets, fmt.Sprintf("0x%032x%08x", id, w))
	}
	for range 1 + size/20 {
		h.addresses = append(h.addresses, fmt.Sprintf("203.0.%d.%d", c.rnd.IntN(1<<16), c.rnd.IntN(256)))
	}
	for i := 0; i < size && c.made < until; i++ {
		m, d := c.newMember(), site()
		c.kit[m.Host], c.operator[m.Host] = d.name, h.name
		keep := .75 + .23*c.rnd.Float64()
		if c.rnd.Float64() < .1 {
			keep = .5 + .2*c.rnd.Float64()
		}
		c.front(m, d, keep, c.rnd.Float64() < shellShare)
		c.signs(m, d, h)
		c.host(m, h)
		fn(m)
	}
}

// signs gives a site what points at its operator, and what the kit's author left in it.
func (c *city) signs(m *index.Member, d *design, h *hands) {
	add := func(share float64, i extractors.Indicator) {
		if c.rnd.Float64() < share {
			m.Indicators = append(m.Indicators, i)
		}
	}
	if c.rnd.Float64() < .6 {
		first := c.rnd.IntN(len(h.wallets))
		for w := range 1 + c.rnd.IntN(3) {
			add(1, extractors.Indicator{Kind: extractors.KindWallet, Chain: "evm", Value: h.wallets[(first+w)%len(h.wallets)], Role: extractors.Payee, Confidence: extractors.High})
		}
	}
	add(.8, tracker("tawk", h.chat))
	add(.5, contactOf(h.contact))
	add(.2, extractors.Indicator{Kind: extractors.KindBackend, Value: h.backend, Confidence: extractors.High})
	add(.05, extractors.Indicator{Kind: extractors.KindWallet, Chain: "evm", Value: "0x000000000000000000000000000000000000dead", Role: extractors.Burn, Confidence: extractors.High})
	if d.account != "" {
		add(d.left, tracker("ga4", d.account))
	}
	if c.rnd.Float64() < .2 {
		m.Hosting.CertSHA256, m.Hosting.CertSANs = h.cert, []string{m.Host}
	}
}

func tracker(kind, value string) extractors.Indicator {
	return extractors.Indicator{Kind: extractors.KindTracker, Type: kind, Value: value, Confidence: extractors.High}
}

func contactOf(value string) extractors.Indicator {
	return extractors.Indicator{Kind: extractors.KindContact, Type: "email", Value: value, Confidence: extractors.High}
}

// host puts a site behind a known CDN, on an address with thousands of neighbours, or on a server of its own.
func (c *city) host(m *index.Member, h *hands) {
	switch x := c.rnd.Float64(); {
	case x < .5:
		m.Hosting.CDN, m.Hosting.CertSHA256 = "Cloudflare", ""
		m.Hosting.Addresses = []string{fmt.Sprintf("104.16.%d.1", c.rnd.IntN(1+c.n/2000))}
	case x < .7 || h == nil:
		m.Hosting.Addresses = []string{fmt.Sprintf("198.51.%d.7", c.rnd.IntN(1+c.n/3000))}
	default:
		m.Hosting.Addresses = []string{h.addresses[c.rnd.IntN(len(h.addresses))]}
	}
}

func (c *city) newMember() *index.Member {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(c.made) * time.Minute)
	host := fmt.Sprintf("%08x%x.example", c.rnd.Uint32(), c.made)
	c.made++
	return &index.Member{Host: host, Sequence: 1, Outcome: crawler.OK, FirstSeen: at, LastLive: at}
}

// front gives a site a copy of a design: keep is the share of the design that is left in it.
func (c *city) front(m *index.Member, d *design, keep float64, shell bool) {
	f := &m.Fingerprint
	f.Version = 1
	for s, t := range []*extractors.TokenSet{&f.Tags, &f.Classes, &f.Assets, &f.Names, &f.Text} {
		share := keep
		if s == 4 {
			share *= keep // words are changed first
		}
		var h []uint32
		for _, x := range d.sets[s] {
			switch {
			case shell && (s != 2 && s != 3 || len(h) > 5):
			case c.rnd.Float64() < share:
				h = append(h, x)
			default:
				h = append(h, c.rnd.Uint32())
			}
		}
		for range setShape[s] / 10 { // what everybody has, the common more often
			if !shell {
				h = append(h, uint32(1+s)*2654435761+uint32(webTokens*math.Pow(c.rnd.Float64(), 3))*40503)
			}
		}
		slices.Sort(h)
		h = slices.Clip(slices.Compact(h))
		*t = extractors.TokenSet{Hashes: h, Total: len(h)}
	}
	f.Shell = shell
	f.Bands = bandsOf(f)
}

// bandsOf gives LSH bands of the shape that the product's fingerprints carry: four rows each over the large sets.
func bandsOf(f *extractors.Fingerprint) []string {
	var out []string
	for s, set := range []struct {
		hashes []uint32
		bands  int
	}{{f.Tags.Hashes, 16}, {f.Classes.Hashes, 8}, {f.Text.Hashes, 8}} {
		if len(set.hashes) < 20 {
			continue
		}
		for b := range set.bands {
			all := uint32(0)
			for row := range 4 {
				least := uint32(math.MaxUint32)
				for _, h := range set.hashes {
					least = min(least, mix(h^uint32(4*b+row+1)*0x9e3779b1))
				}
				all = mix(all*31 + least)
			}
			out = append(out, fmt.Sprintf("%c%c:%08x", "tcw"[s], 'a'+b, all))
		}
	}
	return out
}

// mix is the finaliser of murmur3.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

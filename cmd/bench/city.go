package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// city makes up a store of sites whose kits and operators are known. The shares and sizes follow crawled sets of edited themes: most
// kits have one or two sites and a few have tens of thousands, operators run sites on several kits, half of all sites stand behind a
// known CDN and many of the others share addresses with thousands, kits carry their author's account along. A rewritten copy loses its
// class names, its words and the contents of its files, and keeps most of their names and what its scripts say. Of some sites only an
// empty frame is seen; of half of these nothing but the script is the kit's. Scripts of all kinds hold the same few libraries. Equal
// arguments make equal cities.
type city struct {
	rnd      *rand.Rand
	n        int
	made     int
	designs  int32
	largest  int
	kit      labels // the truth
	operator labels // the truth; sites of nobody in particular have none
}

const (
	cityLargest = 50_000 // sites of the largest kit
	kitShare    = 0.65   // of all sites
	shellShare  = 0.06   // of the sites of kits that are one script: an empty frame is all that is seen
	spaShare    = 0.4    // of the kits
	heavyShare  = 0.1    // of the sites of kits: rewritten
	honestKits  = 0.05   // share of the honest sites that use one of the public themes, with words of their own
	stockThemes = 20
	webTokens   = 3000 // tokens of each kind that sites everywhere have in common
	libraries   = 60   // of script
	libTokens   = 15   // of one that look like names of one's own
	stacks      = 40   // orders of headers that servers have
)

func newCity(n int, seed uint64) *city {
	return &city{rnd: rand.New(rand.NewPCG(seed, 1)), n: n, largest: min(cityLargest, n/4), kit: newLabels(n), operator: newLabels(n)}
}

// labels says what each site belongs to.
type labels struct {
	at    []int32 // by the number of the site, plus one; 0 = nothing
	sizes map[int32]int
}

func newLabels(n int) labels { return labels{at: make([]int32, n), sizes: map[int32]int{}} }

func (l *labels) put(site int, what int32) {
	l.at[site] = what + 1
	l.sizes[what+1]++
}

// of gives the label of a host, 0 for none.
func (l *labels) of(host string) int32 {
	if n := numberOf(host); n < len(l.at) {
		return l.at[n]
	}
	return 0
}

const hostSuffix = ".example"

func hostOf(random uint32, n int) string { return fmt.Sprintf("%08x%x%s", random, n, hostSuffix) }

func numberOf(host string) int {
	n, err := strconv.ParseUint(strings.TrimSuffix(host[min(8, len(host)):], hostSuffix), 16, 32)
	if err != nil {
		return math.MaxInt
	}
	return int(n)
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
		themes[i] = c.newDesign(nil)
	}
	for c.made < c.n {
		m := c.newMember()
		own := c.newDesign(nil)
		c.kit.put(numberOf(m.Host), own.number)
		if d := themes[c.rnd.IntN(stockThemes)]; c.rnd.Float64() < honestKits {
			c.front(m, d, .9, 0)
		} else {
			c.front(m, own, .9, .9)
		}
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
		d := c.newDesign(nil)
		if parent != nil && c.rnd.Float64() < .2 {
			d.parent = parent
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
	number                       int32
	chat, contact, backend, cert string
	wallets, addresses           []string
}

// run makes the sites of one operator.
func (c *city) run(site func() *design, until int, fn func(*index.Member)) {
	size := int(min(math.Pow(1-c.rnd.Float64(), -1/1.2), 300))
	id := c.rnd.Uint64()
	h := &hands{number: int32(c.made), chat: fmt.Sprintf("%024x", id), contact: fmt.Sprintf("desk%x@mail.example", id),
		backend: fmt.Sprintf("api%x.example", id), cert: fmt.Sprintf("%064x", id)}
	for w := range 1 + c.rnd.IntN(6) {
		h.wallets = append(h.wallets, fmt.Sprintf("0x%032x%08x", id, w))
	}
	for range 1 + size/20 {
		h.addresses = append(h.addresses, fmt.Sprintf("203.0.%d.%d", c.rnd.IntN(1<<16), c.rnd.IntN(256)))
	}
	for i := 0; i < size && c.made < until; i++ {
		m, d := c.newMember(), site()
		c.kit.put(numberOf(m.Host), d.number)
		c.operator.put(numberOf(m.Host), h.number)
		keep := .75 + .23*c.rnd.Float64()
		c.front(m, d, keep, keep*keep) // words are changed first
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
	host := hostOf(c.rnd.Uint32(), c.made)
	c.made++
	return &index.Member{Host: host, Sequence: 1, Outcome: crawler.OK, FirstSeen: at, LastLive: at}
}

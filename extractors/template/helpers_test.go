package template

import (
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

const testHost = "novatrade.example"

func page(path, body string) crawler.Page {
	u := "https://" + testHost + path
	return crawler.Page{Response: crawler.Response{URL: u, FinalURL: u, Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}}
}

func asset(kind crawler.AssetKind, name, contentType, body string) crawler.Asset {
	u := "https://" + testHost + "/" + name
	return crawler.Asset{Kind: kind, Response: crawler.Response{URL: u, FinalURL: u, Status: 200, ContentType: contentType, Body: []byte(body)}}
}

func read(pages []crawler.Page, assets ...crawler.Asset) *extractors.Findings {
	return readHost(testHost, pages, assets...)
}

func readHost(host string, pages []crawler.Page, assets ...crawler.Asset) *extractors.Findings {
	c := &crawler.Capture{Host: host, Outcome: crawler.OK, Pages: pages, Assets: assets}
	return extractors.Extract(c, []extractors.Extractor{New()})
}

// board is a small page of an investment site.
const board = `<html lang="en"><head><title>NovaTrade - invest</title><link rel="stylesheet" href="/css/main.3f2a1b9c.css"></head>
<body><header class="top bar"><h1>Nova<b>Trade</b></h1></header>
<main><section class="plans"><h2>Plans of NovaTrade</h2><p>Earn 12.5% daily from a deposit of $1,000 to $ 25,000 in our starter plan</p>
<ul><li>No risk at all</li><li>Paid out every day</li></ul><a class="go" href="/deposit">Invest now</a></section>
<section class="team"><h2>Our team</h2><p>Forty traders work around the clock for you and your family</p><img src="img/ceo.jpg"></section></main>
<footer><p>Write to desk@novatrade.example before 12.10.2026</p></footer></body></html>`

// edited is the board as another buyer of the kit shows it: brand, figures, comments, line breaks.
var edited = strings.NewReplacer("NovaTrade", "Apexfund", "Nova<b>Trade</b>", "Apex<b>fund</b>", "12.5%", "8%", "$1,000", "$500", "$ 25,000", "$9", "novatrade", "apexfund",
	"12.10.2026", "1.2.2027", "\n", " <!-- x -->\n\n", "3f2a1b9c", "77e0d1aa").Replace(board)

// shared is the Jaccard similarity of two full sets.
func shared(a, b extractors.TokenSet) float64 {
	in := map[uint32]bool{}
	for _, h := range a.Hashes {
		in[h] = true
	}
	both := 0
	for _, h := range b.Hashes {
		if in[h] {
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a.Hashes)+len(b.Hashes)-both)
}

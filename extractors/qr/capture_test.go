package qr

import (
	"slices"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// TestCapture: a picture of the site counts for the page that shows it, and takes its chain from what stands beside it there.
func TestCapture(t *testing.T) {
	page := `<html><title>Deposit</title><body><h2>Choose</h2><div><b>Solana</b> <img src="/img/a.png"></div><img srcset="b.gif 2x"></body></html>`
	asset := func(url string, kind crawler.AssetKind, body []byte) crawler.Asset {
		return crawler.Asset{Kind: kind, Response: crawler.Response{URL: url, FinalURL: url, Body: body}}
	}
	c := &crawler.Capture{
		Pages: []crawler.Page{{Response: crawler.Response{FinalURL: "https://a.example/pay/", ContentType: "text/html", Body: []byte(page)}}},
		Assets: []crawler.Asset{
			asset("https://a.example/img/a.png", crawler.Image, asPNG(t, code4(t, sol))),
			asset("https://a.example/pay/b.gif", crawler.Image, asGIF(t, code4(t, "https://wa.me/447700900118"))),
			asset("https://a.example/icon.png", crawler.Icon, asPNG(t, code4(t, trx))),
			asset("https://a.example/again.png", crawler.Image, asPNG(t, code4(t, trx))),
			asset("https://a.example/c.js", crawler.Script, asPNG(t, code4(t, btc))),
		},
	}
	f := extractors.Extract(c, []extractors.Extractor{New()})
	want := []string{"contact whatsapp 447700900118", "wallet sol " + sol, "wallet trx " + trx}
	if got := values(f.Indicators); !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	if i := f.Indicators[1]; i.Confidence != extractors.Medium || i.Page != "https://a.example/pay/" || i.Where != extractors.InQR || page[i.Offset:i.Offset+4] != "<img" {
		t.Errorf("%+v", i)
	}
}

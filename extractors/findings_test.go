package extractors

import (
	"slices"
	"testing"

	"scamatlas/crawler"
)

func TestUnite(t *testing.T) {
	in := []Indicator{
		{Kind: KindWallet, Chain: "evm", Value: "0xb", Seen: []string{"0xB"}, Confidence: Low, Where: InText, Offset: 5},
		{Kind: KindContact, Type: "email", Value: "z@a.example", Confidence: High},
		{Kind: KindWallet, Chain: "evm", Value: "0xb", Seen: []string{"0xb", "0xB"}, Confidence: High, Where: InScript, Offset: 9},
		{Kind: KindWallet, Chain: "xrp", Value: "r1", Tag: "1", Confidence: High},
		{Kind: KindWallet, Chain: "xrp", Value: "r1", Tag: "2", Confidence: High},
	}
	out := Unite(in)
	if len(out) != 4 || out[0].Kind != KindContact {
		t.Fatalf("%+v", out)
	}
	if w := out[1]; w.Confidence != High || w.Where != InText || w.Offset != 5 || !slices.Equal(w.Seen, []string{"0xB", "0xb"}) {
		t.Errorf("united: %+v", w)
	}
	if len(in[0].Seen) != 1 {
		t.Error("Unite changed what it was given")
	}
}

func TestKeyIsOneForOneWallet(t *testing.T) {
	a := Indicator{Kind: KindWallet, Chain: "btc|bch", Value: "1x"}
	b := Indicator{Kind: KindWallet, Chain: "btc", Value: "1x"}
	if a.Key() != b.Key() {
		t.Errorf("%s and %s", a.Key(), b.Key())
	}
}

type named struct{}

func (named) Name() string { return "named" }
func (named) Extract(in *Input, f *Findings) {
	for _, d := range in.Docs {
		f.Add(Indicator{Kind: KindTracker, Type: string(d.Type), Value: d.URL, Confidence: High})
	}
}

func TestExtractReadsWhatHasText(t *testing.T) {
	r := func(url, ct, body string) crawler.Response {
		return crawler.Response{FinalURL: url, ContentType: ct, Body: []byte(body)}
	}
	c := &crawler.Capture{Pages: []crawler.Page{{Response: r("/", "text/html", "<p>x")}, {Response: r("/empty", "text/html", "")}},
		Assets: []crawler.Asset{{Response: r("/a.js", "text/javascript", "1"), Kind: crawler.Script}, {Response: r("/p.png", "image/png", "\x89PNG"), Kind: crawler.Image},
			{Response: r("/c.json", "application/json", "{}"), Kind: crawler.Data}}}
	var got []string
	for _, i := range Extract(c, []Extractor{named{}}).Indicators {
		got = append(got, i.Type+i.Value)
	}
	if want := []string{"html/", "js/a.js", "json/c.json"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

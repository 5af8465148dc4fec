package verdict

import (
	"os"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/claim"
	"scamatlas/extractors/wallet"
)

func TestFirst(t *testing.T) {
	r, err := Load(os.DirFS("../../configs/rules"))
	if err != nil {
		t.Fatal(err)
	}
	page := `<html><body><h1>Nova: your coins work while you sleep</h1><p>Join the liquidity pool. Miners receive a share every six hours. No lock-up, no fees, principal guaranteed by the smart reserve.</p>
<p>Daily yield 3.1% on deposits of 500 USDT and more.</p><p>Send only USDT (TRC20) to this address: TAqSXhf4xEoJSpzAqk1CcHs8YCa69ZWjKp</p></body></html>`
	c := &crawler.Capture{Host: "a.example", Outcome: crawler.OK, Pages: []crawler.Page{{Response: crawler.Response{FinalURL: "https://a.example/", ContentType: "text/html", Body: []byte(page)}}}}
	f := extractors.Extract(c, []extractors.Extractor{wallet.New(), claim.New()})
	v := r.Judge(extractors.NewInput(c), f, Facts{})
	t.Logf("%+v", v)
	for _, x := range v.Reasons {
		t.Logf("%+v", x)
	}
}

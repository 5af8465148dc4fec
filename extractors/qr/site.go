package qr

import (
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// site makes an indicator of a code that holds nothing but the address of another site: a person with a telephone is sent there.
func site(text string, at place) (extractors.Indicator, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || len(text) > crawler.MaxURL || strings.ContainsAny(text, " \t\r\n") {
		return extractors.Indicator{}, false
	}
	if u.Scheme = strings.ToLower(u.Scheme); u.Scheme != "http" && u.Scheme != "https" {
		return extractors.Indicator{}, false
	}
	u.Host = strings.ToLower(u.Host)
	domain := crawler.RegistrableDomain(u.Hostname())
	if p, err := url.Parse(at.page); err == nil && p.Host != "" && crawler.RegistrableDomain(strings.ToLower(p.Hostname())) == domain {
		return extractors.Indicator{}, false // its own telephone version
	}
	confidence := extractors.Medium
	if everybodys[domain] {
		confidence = extractors.Low
	}
	return extractors.Indicator{Kind: extractors.KindContact, Type: "site", Value: u.String(), Seen: []string{text}, Confidence: confidence}, true
}

// everybodys holds domains that codes of any site lead to: stores, wallets' own sites, social networks.
var everybodys = map[string]bool{
	"apple.com": true, "google.com": true, "microsoft.com": true, "huawei.com": true, "amazon.com": true, "trustwallet.com": true, "metamask.io": true,
	"coinbase.com": true, "binance.com": true, "okx.com": true, "tronlink.org": true, "imtoken.com": true, "token.im": true, "tokenpocket.pro": true,
	"walletconnect.com": true, "youtube.com": true, "facebook.com": true, "instagram.com": true, "twitter.com": true, "x.com": true, "github.com": true,
	"wikipedia.org": true, "paypal.com": true, "whatsapp.com": true, "telegram.org": true,
}

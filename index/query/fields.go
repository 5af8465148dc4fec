package query

import (
	"fmt"
	"strings"
)

// Kind says how a field is matched.
type Kind int

const (
	Keyword Kind = iota // whole value or prefix*
	Text                // words and "phrases"
	Time                // RFC 3339, 2026-11-25, now-7d; ranges
	Number              // whole numbers; ranges
)

// Field is one name that a query may use.
type Field struct {
	Name string
	Kind Kind
	Fold bool // matched in lower case: values are stored folded
	Doc  string
	Eg   string
}

// fields lists every field, in the order help texts print them. The values that a site has in Keyword fields are given by index.Keys.
var fields = []Field{
	{"host", Keyword, true, "full host name", "host:novatrade*"},
	{"domain", Keyword, true, "registrable domain", "domain:novatrade.example"},
	{"outcome", Keyword, true, "how the last visit ended: ok, dead, parked, …; queued: not visited yet", "outcome:ok"},
	{"verdict", Keyword, true, "what the site is held to be: an analyst's word, else the machine's", "verdict:fake_investment"},
	{"confirmed", Keyword, true, "true: sure enough to name to others", "confirmed:true"},
	{"reviewed", Keyword, true, "true: an analyst has spoken", "reviewed:true"},
	{"reason", Keyword, true, "code of a reason of the verdict", "reason:promised_return"},
	{"kit", Keyword, false, "id of the kit cluster", "kit:k-…"},
	{"operator", Keyword, false, "id of the operator cluster", "operator:o-…"},
	{"wallet", Keyword, false, "wallet address in any spelling the product knows", "wallet:TQn9…"},
	{"chain", Keyword, true, "chain of a wallet on the site", "chain:trx"},
	{"role", Keyword, true, "role of a wallet on the site", "role:payee"},
	{"contact", Keyword, true, "any contact value", "contact:support@x.example"},
	{"email", Keyword, true, "e-mail address", "email:support@x.example"},
	{"phone", Keyword, false, "phone number with country code", "phone:+4420…"},
	{"telegram", Keyword, true, "Telegram handle or invitation", "telegram:novasupport"},
	{"whatsapp", Keyword, false, "WhatsApp number or group", "whatsapp:4477…"},
	{"tracker", Keyword, false, "any tracker or chat-widget id", "tracker:G-ABC123"},
	{"ga4", Keyword, false, "Google Analytics 4 id", "ga4:G-ABC123"},
	{"ua", Keyword, false, "Universal Analytics id", "ua:UA-1-1"},
	{"gtm", Keyword, false, "Google Tag Manager id", "gtm:GTM-ABC"},
	{"fbpixel", Keyword, false, "Meta pixel id", "fbpixel:123456"},
	{"tawk", Keyword, false, "Tawk.to property", "tawk:5f…"},
	{"crisp", Keyword, false, "Crisp website id", "crisp:…"},
	{"livechat", Keyword, false, "LiveChat licence", "livechat:123"},
	{"claim", Keyword, true, "what the site says of itself: number, regulator, address, year, promised return, plan", "claim:2.5%/day"},
	{"company", Keyword, true, "company number, with or without its register", "company:12345678"},
	{"licence", Keyword, true, "licence number, with or without its regulator", "licence:fca:123456"},
	{"regulator", Keyword, true, "regulator the site says it is authorised by", "regulator:fca"},
	{"backend", Keyword, true, "host that the front end talks to", "backend:api.core.example"},
	{"link", Keyword, true, "host that the site's pages lead to", "link:other.example"},
	{"ip", Keyword, true, "address the host resolves to", "ip:203.0.113.7"},
	{"ns", Keyword, true, "name server", "ns:ns1.host.example"},
	{"mx", Keyword, true, "mail host", "mx:mail.host.example"},
	{"cname", Keyword, true, "name in the CNAME chain", "cname:edge.cdn.example"},
	{"cdn", Keyword, true, "CDN or proxy in front", "cdn:cloudflare"},
	{"server", Keyword, true, "Server header", "server:nginx*"},
	{"cert", Keyword, true, "SHA-256 of the certificate", "cert:9f02…"},
	{"spki", Keyword, true, "SHA-256 of the certificate's public key", "spki:77aa…"},
	{"san", Keyword, true, "name in the certificate", "san:other.example"},
	{"issuer", Keyword, true, "issuer of the certificate", "issuer:le*"},
	{"favicon", Keyword, true, "favicon hash: mmh3 number or SHA-256", "favicon:-1234"},
	{"domhash", Keyword, true, "hash of the entry page's element sequence", "domhash:…"},
	{"band", Keyword, false, "band of the front end: two that share one may be copies", "band:ta:…"},
	{"headers", Keyword, true, "header order hash (hhh:1:…)", `headers:"hhh:1:…"`},
	{"ever", Keyword, true, "address, name server, certificate, network or registrar it has now or had before", "ever:203.0.113.7"},
	{"happened", Keyword, true, "what visits changed: back, gone, parked, wallets, title, moved; reborn: its kit or operator goes on here", "happened:reborn"},
	{"asn", Keyword, true, "network of an address: number or name", "asn:as64500"},
	{"country", Keyword, true, "country of an address", "country:hk"},
	{"registrar", Keyword, true, "registrar of the domain, name or IANA number", "registrar:1234"},
	{"tech", Keyword, true, "what the site is built with", "tech:thinkphp"},
	{"jarm", Keyword, true, "JARM of the TLS server", "jarm:29d29d…"},
	{"lang", Keyword, true, "language the page states", "lang:en"},
	{"source", Keyword, true, "who named the host", "source:cli"},
	{"cloaking", Keyword, true, "what the site shows to whom: same, mobile_only, needs_wallet, …", "cloaking:mobile_only"},
	{"seen_as", Keyword, true, "visitor profile that saw most of it", "seen_as:mobile"},
	{"title", Text, true, "words of the page title", `title:"nova trade"`},
	{"text", Text, true, "words of the visible text", `text:"guaranteed profit"`},
	{"first_seen", Time, false, "when the host was first named", "first_seen:>now-7d"},
	{"last_visit", Time, false, "last visit", "last_visit:[2026-11-01 TO 2026-11-30]"},
	{"last_live", Time, false, "last visit that saw the site", "last_live:>=2026-11-01"},
	{"visits", Number, false, "number of visits", "visits:>=2"},
	{"registered", Time, false, "when the domain was registered", "registered:>now-90d"},
	{"score", Number, false, "score of the verdict in hundredths", "score:>=90"},
	{"wallets", Number, false, "number of payee wallets", "wallets:>0"},
}

// Fields gives every field, in the order help texts print them.
func Fields() []Field { return append([]Field(nil), fields...) }

// Lookup finds a field by name.
func Lookup(name string) (Field, bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Facet reports whether the values of a field can be counted: it must be a Keyword field.
func Facet(name string) error {
	f, ok := Lookup(name)
	if !ok {
		return &Error{Msg: fmt.Sprintf("unknown field %q", name), Hint: nearest(name)}
	}
	if f.Kind != Keyword {
		return &Error{Msg: fmt.Sprintf("values of %s cannot be counted", name), Hint: "facets work on fields with whole values, such as kit, cdn or chain"}
	}
	return nil
}

// Column is what the stores call a Time or Number field. Elasticsearch had a column named score, of fractions, before one could ask for it.
func (f Field) Column() string {
	if f.Name == "score" {
		return "points"
	}
	return f.Name
}

// nearest gives the hint for a field name that does not exist.
func nearest(name string) string {
	best, at := "", 3
	for _, f := range fields {
		d := distance(name, f.Name)
		if len(name) >= 3 && strings.HasPrefix(f.Name, name) {
			d = 1
		}
		if d < at && d < len(name) {
			best, at = f.Name, d
		}
	}
	if best == "" {
		return "put text with a colon in quotes"
	}
	return "did you mean " + best + "?"
}

// distance is Levenshtein's, for short names; names of very unlike length are just far.
func distance(a, b string) int {
	if len(a) > len(b)+3 || len(b) > len(a)+3 {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

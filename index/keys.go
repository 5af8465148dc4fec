package index

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/extractors"
)

// Keys gives the values a site has in every Keyword field of index/query, without repeats. Both stores index exactly these,
// so both match the same sites. A review counts until it is taken away, which jobs.Judge does when its time is over. Values of folded fields are lower case; no value is longer than MaxKey bytes.
func Keys(s *Site) map[string][]string {
	k := keySet{}
	f := &s.Findings
	k.add("host", s.Host)
	k.add("domain", s.RegDomain)
	outcome := string(s.Outcome)
	if s.LastVisit.IsZero() {
		outcome = "queued"
	}
	k.add("outcome", outcome)
	k.judged(s)
	k.add("kit", s.Kit)
	k.add("operator", s.Operator)
	k.add("lang", f.Lang)
	k.add("cloaking", s.Cloaking.Verdict)
	k.fold("seen_as", s.Profile)
	for _, r := range s.Sources {
		k.add("source", r.Source)
	}
	for _, i := range f.Indicators {
		k.indicator(i)
	}
	for _, h := range s.Happened {
		k.add("happened", h.What)
	}
	for _, host := range f.Links[:min(len(f.Links), MaxKeysOfField)] {
		k.fold("link", host)
	}
	k.hosting(&f.Hosting)
	p := &f.Fingerprint
	k.add("favicon", p.FaviconMMH3)
	k.add("favicon", p.FaviconSHA256)
	k.add("domhash", p.DOMHash)
	for _, b := range p.Bands[:min(len(p.Bands), MaxBands)] {
		k.add("band", b)
	}
	for field := range k {
		slices.Sort(k[field])
		k[field] = slices.Compact(k[field])
	}
	return k
}

// WalletCount is the value of the query field "wallets".
func WalletCount(s *Site) int { return len(s.Wallets()) }

type keySet map[string][]string

func (k keySet) add(field, value string) {
	if value != "" && len(value) <= MaxKey {
		k[field] = append(k[field], value)
	}
}

func (k keySet) fold(field, value string) { k.add(field, strings.ToLower(value)) }

func (k keySet) indicator(i extractors.Indicator) {
	switch i.Kind {
	case extractors.KindWallet:
		k.add("wallet", i.Value)
		for _, s := range i.Seen {
			k.add("wallet", s)
		}
		for _, c := range strings.Split(i.Chain, "|") {
			k.fold("chain", c)
		}
		k.fold("role", i.Role)
	case extractors.KindContact:
		k.fold("contact", i.Value)
		switch i.Type {
		case "email", "telegram":
			k.fold(i.Type, i.Value)
		case "telegram_invite":
			k.fold("telegram", i.Value)
		case "phone":
			k.add("phone", i.Value)
		case "whatsapp", "whatsapp_group", "whatsapp_link", "whatsapp_channel":
			k.add("whatsapp", i.Value)
		}
	case extractors.KindTracker:
		k.add("tracker", i.Value)
		switch i.Type {
		case "ga4", "ua", "gtm", "fbpixel", "tawk", "crisp", "livechat":
			k.add(i.Type, i.Value)
		}
	case extractors.KindClaim:
		k.claim(i)
	case extractors.KindBackend:
		k.fold("backend", i.Value)
		host, _, _ := strings.Cut(i.Value, ":")
		k.fold("backend", host)
	}
}

// claim adds numbers both with and without the register before the colon: nobody who reads one off a page knows how it is written here.
func (k keySet) claim(i extractors.Indicator) {
	k.fold("claim", i.Value)
	_, number, _ := strings.Cut(i.Value, ":")
	switch i.Type {
	case "company_number":
		k.fold("company", i.Value)
		k.fold("company", number)
	case "licence":
		k.fold("licence", i.Value)
		k.fold("licence", number)
	case "regulator":
		k.fold("regulator", i.Value)
	}
}

// judged adds what the site is held to be. confirmed and reviewed have the one value "true".
func (k keySet) judged(s *Site) {
	var now time.Time
	if s.Review != nil {
		now = s.Review.At
	}
	if s.LastVisit.IsZero() && s.Review == nil {
		return
	}
	k.add("verdict", s.Label(now))
	if s.Confirmed(now) {
		k.add("confirmed", "true")
	}
	if s.Review.Counts(now) {
		k.add("reviewed", "true")
	}
	for _, r := range s.Verdict.Reasons {
		k.fold("reason", r.Code)
	}
	for _, p := range s.Past {
		if p.Kind != "title" {
			k.fold("ever", p.Value)
		}
	}
}

func (k keySet) hosting(h *extractors.Hosting) {
	for field, values := range map[string][]string{"ip": h.Addresses, "ns": h.NS, "mx": h.MX, "cname": h.CNAMEs, "san": h.CertSANs,
		"cdn": {h.CDN}, "server": {h.Server}, "cert": {h.CertSHA256}, "spki": {h.SPKISHA256}, "issuer": {h.CertIssuer}, "headers": {h.HeaderOrder}} {
		for _, v := range values[:min(len(values), MaxKeysOfField)] {
			k.fold(field, v)
		}
	}
	for _, a := range h.ASNs {
		number, name, _ := strings.Cut(a, " ")
		k.fold("asn", number)
		k.fold("asn", name)
	}
	for _, c := range h.Countries {
		k.fold("country", c)
	}
	k.fold("registrar", h.Registrar)
	if h.RegistrarID > 0 {
		k.add("registrar", strconv.Itoa(h.RegistrarID))
	}
	for _, t := range h.Tech {
		k.fold("tech", t)
	}
	k.fold("jarm", h.JARM)
}

// CaptureID is the id of a visit's record: the same visit always gives the same one.
func CaptureID(host string, sequence int64, profile string) string {
	return host + "@" + strconv.FormatInt(sequence, 10) + "@" + profile
}

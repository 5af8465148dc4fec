package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// capture visits the site.
func (w *writer) capture() *crawler.Capture {
	out := w.build()
	host := w.vars["host"]
	c := &crawler.Capture{
		Target: crawler.Target{Host: host, Source: "corpus"}, Host: host, Profile: "desktop", Outcome: crawler.OK,
		Started: Now(), Ended: Now().Add(4 * time.Second), EntryURL: "https://" + host + "/", FinalURL: "https://" + host + out.documents[0].path,
	}
	spa := slices.Contains(w.family.site.with, "spa")
	drawn := spa || w.chance(30)
	if drawn {
		c.Rendered = &crawler.Rendered{Browser: "Chrome/156", Why: "looks interesting", Began: Now(), Ended: Now()}
	}
	for i, d := range out.documents {
		at := "https://" + host + d.path
		if drawn {
			c.Rendered.Views = append(c.Rendered.Views, crawler.View{URL: at, FinalURL: at, Status: 200, DOM: []byte(d.body), SHA256: sha(d.body)})
		}
		if spa && i > 0 {
			continue
		}
		if spa {
			d.body = shell(d.body)
		}
		c.Pages = append(c.Pages, crawler.Page{Response: w.response(at, "text/html; charset=utf-8", d.body), Depth: min(i, 1)})
	}
	for _, f := range out.files {
		kind, typ := crawler.Script, "text/javascript"
		switch {
		case strings.HasSuffix(f.path, ".css"):
			kind, typ = crawler.Style, "text/css"
		case strings.HasSuffix(f.path, ".json"):
			kind, typ = crawler.Data, "application/json"
		}
		c.Assets = append(c.Assets, crawler.Asset{Response: w.response("https://"+host+f.path, typ, f.body), Kind: kind})
	}
	w.network(c)
	return c
}

// shell is what the server of an app sends: the head, an empty frame and the scripts.
func shell(document string) string {
	head, _, _ := strings.Cut(document, "<body")
	return head + "<body><div id=\"app\"></div><script src=\"/static/js/main.js\"></script></body></html>"
}

func (w *writer) response(at, typ, body string) crawler.Response {
	return crawler.Response{URL: at, FinalURL: at, Status: 200, ContentType: typ, Body: []byte(body), SHA256: sha(body),
		Header: []crawler.HeaderField{{Name: "Server", Value: w.vars["server"]}, {Name: "Content-Type", Value: typ}}}
}

func sha(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// network gives DNS and TLS as both kinds of sites have them, and the registration where somebody asked: half of all sites have none.
func (w *writer) network(c *crawler.Capture) {
	c.Network.DNS = crawler.DNS{A: []string{"203.0.113." + w.pick("7", "19", "44", "90", "131")}, NS: []string{"ns1.zonehost.example", "ns2.zonehost.example"}, Rcode: "NOERROR"}
	leaf := w.hex(64)
	c.Network.TLS = &crawler.TLS{Version: "TLS 1.3", LeafSHA256: leaf, SPKISHA256: w.hex(64), Subject: c.Host, SANs: []string{c.Host}, Issuer: "Quick Encrypt", NotBefore: Now().AddDate(0, 0, -w.r.IntN(80)), NotAfter: Now().AddDate(0, 0, 10+w.r.IntN(80))}
	if w.chance(50) {
		return
	}
	c.Network.Registration = &crawler.Registration{Domain: c.Host, Via: "rdap", Server: "rdap.registry.example", Registrar: w.pick("Namehold", "Domainery", "Regista"), Created: w.created, Expires: Now().AddDate(0, 1+w.r.IntN(11), 0), Asked: Now()}
}

// known adds what comparing visits and kit rules say. Both speak seldom, and of honest sites next to never: one shows itself in two
// languages, another's theme is also sold with a kit.
func (w *writer) known(c *crawler.Capture) Known {
	k := Known{}
	if r := c.Network.Registration; r != nil {
		k.Registered = r.Created
	}
	switch {
	case w.family.Fake && w.chance(15):
		v := w.pick(extractors.CloakMobile, extractors.CloakReferrer, extractors.CloakWallet, extractors.CloakInvitation, extractors.CloakRedirected)
		k.Cloaking = &extractors.Cloaking{Verdict: v, Why: "visitors see different sites", Shown: "mobile", Hidden: []string{"desktop"}}
	case w.chance(2):
		k.Cloaking = &extractors.Cloaking{Verdict: extractors.CloakDiffers, Why: "visitors see different things"}
	case w.chance(40):
		k.Cloaking = &extractors.Cloaking{Verdict: extractors.CloakSame}
	}
	if w.family.Fake && w.chance(15) || w.chance(1) {
		k.Rules = []string{"kit-" + w.pick("a", "b", "c")}
	}
	w.kin(&k)
	return k
}

// kin: themes are sold to honest people too, so that some share a kit with a fake.
func (w *writer) kin(k *Known) {
	members := 2 + w.r.IntN(30)
	switch {
	case w.family.Fake && w.chance(10):
		k.Kit = [2]int{1 + w.r.IntN(members), members}
	case w.chance(1):
		k.Kit = [2]int{1, members}
	case w.chance(8):
		k.Kit = [2]int{0, members}
	}
	if w.family.Fake && w.chance(6) {
		k.Operator = [2]int{1 + w.r.IntN(members), members}
	}
}

// Package hosting turns what DNS, TLS and the entry page's headers said into Hosting: addresses, name servers, certificate facts,
// header order, the CDN or shared platform in front, if any, and what the site is built with.
//
// It knows providers and technologies by two lists only (providers.tsv, tech.yaml, which say what they were compared with); that many
// unrelated sites share an address, it cannot see from one.
package hosting

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Extractor fills Findings.Hosting.
type Extractor struct {
	providers []provider
	techs     *techs
}

// New makes the extractor with the providers it knows.
func New() *Extractor {
	// The lists are part of the program; the tests of this package read them strictly.
	known, _ := readProviders(providersTSV)
	techs, _ := readTechs(techYAML)
	return &Extractor{providers: known, techs: techs}
}

// Name is "hosting".
func (*Extractor) Name() string { return "hosting" }

// Extract sets f.Hosting. Lists are sorted, at most maxNames long; what was not seen stays empty.
func (e *Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	c := in.Capture
	if c == nil {
		return
	}
	d := &c.Network.DNS
	h := extractors.Hosting{
		Addresses: sorted(slices.Concat(d.A, d.AAAA)),
		CNAMEs:    capped(slices.Clone(d.CNAME)), // a chain: its order means something
		NS:        sorted(d.NS),
		MX:        capped(slices.Clone(d.MX)), // by preference
	}
	if t := c.Network.TLS; t != nil {
		h.CertSHA256, h.SPKISHA256, h.CertIssuer, h.CertError = t.LeafSHA256, t.SPKISHA256, clean(t.Issuer), clean(t.VerifyError)
		h.CertSANs = sorted(t.SANs)
		h.CertFrom, h.CertUntil = t.NotBefore.UTC(), t.NotAfter.UTC()
	}
	var header []crawler.HeaderField
	if len(c.Pages) > 0 {
		header = c.Pages[0].Header
	}
	h.Server, h.PoweredBy = value(header, "Server"), value(header, "X-Powered-By")
	h.HeaderOrder = headerOrder(header)
	front := e.behind(c.Host, &h, header)
	registration(&h, c.Network.Registration)
	routes(&h, c.Network.Routes, front)
	if front != nil {
		h.CDN = front.name
	} else {
		h.JARM = jarm(c.Network.JARM)
	}
	if front != nil && !front.platform {
		h.Origins = e.origins(in, f.Indicators, front)
	}
	h.Tech = e.techs.built(in)
	f.Hosting = h
}

// headerOrder is the HHHash of an answer: "hhh:1:" and the SHA-256 of the header names in wire order and spelling, repeats kept,
// joined by ":" (https://www.foo.be/2023/07/HTTP-Headers-Hashing_HHHash). It is "" when no header was kept.
func headerOrder(header []crawler.HeaderField) string {
	if len(header) == 0 {
		return ""
	}
	sum := sha256.New()
	for n, h := range header[:min(len(header), maxOrder)] {
		if n > 0 {
			sum.Write([]byte{':'})
		}
		sum.Write([]byte(strings.TrimSpace(h.Name)))
	}
	return "hhh:1:" + hex.EncodeToString(sum.Sum(nil))
}

// value gives the first header of that name, made safe to show.
func value(header []crawler.HeaderField, name string) string {
	for _, h := range header {
		if strings.EqualFold(h.Name, name) {
			return clean(h.Value)
		}
	}
	return ""
}

// clean drops control and direction characters and cuts to maxHeader bytes.
func clean(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == unicode.ReplacementChar {
			return -1
		}
		return c
	}, s[:min(len(s), maxHeader)])
	return strings.TrimSpace(s)
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return capped(slices.Compact(out))
}

func capped(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return names[:min(len(names), maxNames)]
}

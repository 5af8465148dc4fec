package ct

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/net/publicsuffix"

	"scamatlas/crawler"
)

var (
	oidCommonName = []byte{0x55, 0x04, 0x03} // 2.5.4.3
	oidAltNames   = []byte{0x55, 0x1d, 0x11} // 2.5.29.17

	errDER = errors.New("not a certificate")
)

// certNames are the names of one certificate as they stand in it, unchecked; they point into the DER.
type certNames struct {
	common []byte   // last common name of the subject; nil = none
	dns    [][]byte // subject alternative names of type dNSName
}

// read walks over a Certificate (RFC 5280, 4.1), or over a TBSCertificate when tbs is set, as far as the names: keys, signatures, times
// and extensions of other kinds are stepped over, not judged. n's slices are used again.
func (n *certNames) read(der []byte, tbs bool) error {
	n.common, n.dns = nil, n.dns[:0]
	in := cryptobyte.String(der)
	var body cryptobyte.String
	if !in.ReadASN1(&body, asn1.SEQUENCE) {
		return errDER
	}
	if !tbs {
		outer := body
		if !outer.ReadASN1(&body, asn1.SEQUENCE) {
			return errDER
		}
	}
	var subject, exts cryptobyte.String
	var has bool
	ok := body.SkipOptionalASN1(asn1.Tag(0).ContextSpecific().Constructed()) && // version
		body.SkipASN1(asn1.INTEGER) && // serial number
		body.SkipASN1(asn1.SEQUENCE) && // algorithm
		body.SkipASN1(asn1.SEQUENCE) && // issuer
		body.SkipASN1(asn1.SEQUENCE) && // validity
		body.ReadASN1(&subject, asn1.SEQUENCE) &&
		body.SkipASN1(asn1.SEQUENCE) && // key
		body.SkipOptionalASN1(asn1.Tag(1).ContextSpecific()) &&
		body.SkipOptionalASN1(asn1.Tag(2).ContextSpecific()) &&
		body.ReadOptionalASN1(&exts, &has, asn1.Tag(3).ContextSpecific().Constructed())
	if !ok || !n.subject(subject) || has && !n.extensions(exts) {
		return errDER
	}
	return nil
}

func (n *certNames) subject(in cryptobyte.String) bool {
	for !in.Empty() {
		var set cryptobyte.String
		if !in.ReadASN1(&set, asn1.SET) {
			return false
		}
		for !set.Empty() {
			var attribute, id, value cryptobyte.String
			var kind asn1.Tag
			if !set.ReadASN1(&attribute, asn1.SEQUENCE) || !attribute.ReadASN1(&id, asn1.OBJECT_IDENTIFIER) || !attribute.ReadAnyASN1(&value, &kind) {
				return false
			}
			if bytes.Equal(id, oidCommonName) {
				n.common = text(value, kind)
			}
		}
	}
	return true
}

const tagBMPString = asn1.Tag(30)

// text gives a string of a name as UTF-8 where it is in one of the kinds that host names are written in.
func text(value []byte, kind asn1.Tag) []byte {
	switch kind {
	case asn1.UTF8String, asn1.PrintableString, asn1.IA5String, asn1.T61String:
		return value
	case tagBMPString:
		units := make([]uint16, 0, len(value)/2)
		for i := 0; i+1 < len(value); i += 2 {
			units = append(units, uint16(value[i])<<8|uint16(value[i+1]))
		}
		return []byte(string(utf16.Decode(units)))
	}
	return nil
}

func (n *certNames) extensions(in cryptobyte.String) bool {
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var ext, id, value cryptobyte.String
		if !list.ReadASN1(&ext, asn1.SEQUENCE) || !ext.ReadASN1(&id, asn1.OBJECT_IDENTIFIER) || !ext.SkipOptionalASN1(asn1.BOOLEAN) ||
			!ext.ReadASN1(&value, asn1.OCTET_STRING) {
			return false
		}
		if bytes.Equal(id, oidAltNames) && !n.altNames(value) {
			return false
		}
	}
	return true
}

func (n *certNames) altNames(in cryptobyte.String) bool {
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var name cryptobyte.String
		var kind asn1.Tag
		if !list.ReadAnyASN1(&name, &kind) {
			return false
		}
		if kind == asn1.Tag(2).ContextSpecific() {
			n.dns = append(n.dns, name)
		}
	}
	return true
}

// appendHost appends to buf the host that a name of a certificate stands for: lower case, no trailing dot, of "*.example.com" what the
// star stands on. why is the reason when it is no host. Public suffixes are taken: see site.
//
// Nearly all names are plain, and those are read here; the others are crawler.NormalHost's matter, and it must say the same of the plain.
func appendHost(buf, name []byte) (host []byte, why string) {
	name = bytes.TrimPrefix(name, []byte("*."))
	start, label := len(buf), len(buf)
	plain := len(name) > 0 && len(name) <= 253
	for i := 0; i < len(name) && plain; i++ {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_':
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case c == '-': // of "xn--" and its like the rules are elsewhere
			plain = len(buf) > label && len(buf) != label+3 && i+1 < len(name) && name[i+1] != '.'
		case c == '.':
			plain = len(buf) > label && len(buf) <= label+63
			label = len(buf) + 1
		default:
			plain = false
		}
		buf = append(buf, c)
	}
	last := buf[min(label, len(buf)):]
	if plain && label > start && len(last) > 0 && len(last) <= 63 && len(bytes.Trim(last, "0123456789")) > 0 {
		return buf, ""
	}
	normal, err := crawler.NormalHost(string(name))
	if err != nil {
		return buf[:start], err.Error()
	}
	return append(buf[:start], normal...), ""
}

// site says why a host is nobody's site, "" when it is one.
func site(host string) string {
	if suffix, _ := publicsuffix.PublicSuffix(host); len(suffix) == len(host) {
		return "a public suffix, not a site"
	}
	return ""
}

// mayBeHost reports whether a common name is meant as a host: most others are names of people and firms.
func mayBeHost(name []byte) bool {
	return bytes.IndexByte(name, '.') > 0 && !strings.ContainsAny(string(name), " @/,")
}

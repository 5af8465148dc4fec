package tracker

import (
	"strings"

	"scamatlas/extractors"
)

// isVerification knows the meta elements by which an account proves to hold a site.
func isVerification(name string) bool {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "google-site-verification", "yandex-verification", "facebook-domain-verification":
		return true
	}
	return false
}

// verifications reads <meta name="google-site-verification" content="…">, whose two attributes are two pieces of one tag, and the
// attributes that only mean something by their name.
func (r *reader) verifications() {
	pieces := r.doc.Pieces
	for n := range pieces {
		p := &pieces[n]
		if p.Where != extractors.InAttr {
			continue
		}
		v := &view{where: extractors.InAttr, base: p.Offset}
		text := strings.TrimSpace(p.Text)
		switch {
		case p.Tag == "meta" && (p.Attr == "name" || p.Attr == "property") && isVerification(text):
			token := strings.TrimSpace(sibling(pieces, n, "content"))
			if isVerificationToken(token) {
				r.add(v, 0, "site_verification", token, token, extractors.High)
			}
		case p.Attr == "phonesystem-url":
			r.telephony(n)
		case p.Attr == "data-sitekey" && isUUID(text):
			r.add(v, 0, "hcaptcha", uuid(text), text, extractors.High)
		case p.Attr == "data-jv-id":
			r.add(v, 0, "jivo", jivoID(text), text, extractors.High)
		case p.Attr != "src" && strings.Contains(p.Attr, "tawk"):
			id, _, _ := strings.Cut(text, "/")
			r.add(v, 0, "tawk", tawkProperty(id), text, extractors.High)
		}
	}
}

// sibling gives another attribute of the tag that piece n belongs to.
func sibling(pieces []extractors.Piece, n int, attr string) string {
	for m := max(0, n-8); m < min(len(pieces), n+9); m++ {
		q := &pieces[m]
		if q.Where == extractors.InAttr && q.Offset == pieces[n].Offset && q.Tag == pieces[n].Tag && q.Attr == attr {
			return q.Text
		}
	}
	return ""
}

func isVerificationToken(s string) bool {
	return made(s, 8, 100, func(c byte) bool { return isToken(c) || c == '=' || c == '.' }) && !blank(s)
}

// verificationTXT reads the same tokens in a TXT record: "google-site-verification=…", "yandex-verification: …".
func verificationTXT(record string) string {
	n := strings.IndexAny(record, "=:")
	if n < 0 || !isVerification(record[:n]) {
		return ""
	}
	token := strings.TrimSpace(record[n+1:])
	if !isVerificationToken(token) {
		return ""
	}
	return token
}

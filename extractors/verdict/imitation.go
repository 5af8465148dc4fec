package verdict

import (
	"fmt"
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// imitation looks for the name, the logo and the icon of others on a host that is not theirs. A name in a text is a mention; a name in
// the title of a page that wants something of its visitor, or in the host name, is a mask.
func (s *site) imitation() {
	if s.host == "" || s.r.brands.ofHost(s.host) != nil {
		return
	}
	wants := s.wants()
	named := s.titled(wants)
	s.hostNamed(named)
	s.files(wants)
	if b := s.r.brands.byIcon[s.f.Fingerprint.FaviconMMH3]; b != nil {
		s.wears(1, "the icon is that of "+b.Name, "", wants)
	}
}

// wants reports whether the site asks its visitor for anything: a password, a payment.
func (s *site) wants() bool {
	if s.found[codeWallet] != nil || s.found[codeDeposit] != nil || s.found[codeSeed] != nil {
		return true
	}
	for _, d := range s.in.Docs {
		for i := range d.Pieces {
			if p := &d.Pieces[i]; p.Where == extractors.InAttr && p.Tag == "input" && p.Attr == "type" && strings.EqualFold(p.Text, "password") {
				return true
			}
		}
	}
	return false
}

// titled looks at the names with which a page begins: its title, the name it gives to previews and devices, the logo's text.
func (s *site) titled(wants bool) map[*brand]bool {
	named := map[*brand]bool{}
	for _, d := range s.in.Docs {
		if !d.Page {
			continue
		}
		for _, name := range ownNames(d) {
			for _, b := range s.r.brands.begin(name) {
				named[b] = true
				value := 0.35 // a fan page, a guide, a reseller
				if wants {
					value = 1
				}
				if p := s.page(d.URL); p != nil && (p.about || isCode(d)) {
					value = 0 // a warning of fakes, or what others write for a firm's customers
				}
				if b.Common && fold(name) != fold(b.Name) {
					value /= 2
				}
				code := codeBrandTitle
				if b.Kind == "regulator" {
					code = codePosing
				}
				s.add(code, value, fmt.Sprintf("calls itself %q; %s is at %s", name, b.Name, b.Domains[0]), d.URL)
			}
		}
	}
	return named
}

// ownNames gives what a page calls itself.
func ownNames(d *extractors.Document) []string {
	names := []string{d.Title}
	site := ""
	for i := range d.Pieces {
		p := &d.Pieces[i]
		if p.Where != extractors.InAttr || len(p.Text) > 80 {
			continue
		}
		switch {
		case p.Tag == "meta" && (p.Attr == "property" || p.Attr == "name"):
			site = strings.ToLower(p.Text)
		case p.Tag == "meta" && p.Attr == "content" && (site == "og:site_name" || site == "application-name" || site == "apple-mobile-web-app-title"):
			names = append(names, p.Text)
		case p.Tag == "img" && p.Attr == "alt" && strings.Contains(strings.ToLower(p.Text), "logo"):
			names = append(names, strings.TrimSpace(strings.NewReplacer("logo", "", "Logo", "", "LOGO", "").Replace(p.Text)))
		}
	}
	return names
}

// hostNamed looks for a name in the host: by itself a hint, for resellers, clubs and guides have it too.
func (s *site) hostNamed(named map[*brand]bool) {
	label, _, _ := strings.Cut(crawler.RegistrableDomain(s.host), ".")
	whole := strings.TrimSuffix(s.host, crawler.RegistrableDomain(s.host)) + label
	for _, b := range s.r.brands.all {
		for _, name := range b.plain {
			if b.Common || len(name) < minHostName || !strings.Contains(strings.ReplaceAll(whole, "-", ""), name) {
				continue
			}
			value := 0.5
			if named[b] {
				value = 1
			}
			s.add(codeBrandHost, value, fmt.Sprintf("%s has %q in it; %s is at %s", s.host, name, b.Name, b.Domains[0]), "")
		}
	}
}

// wears keeps a brand's file; on a site that wants something of its visitors it is more than a mention.
func (s *site) wears(value float64, evidence, where string, wants bool) {
	keep := s.add
	if wants {
		keep = s.act
	}
	keep(codeBrandFiles, value, evidence, where)
}

// files looks for logos and icons that are fetched from a brand's own host: pictures only, for news and shops link to them as well.
func (s *site) files(wants bool) {
	for _, d := range s.in.Docs {
		if !d.Page {
			continue
		}
		for i := range d.Pieces {
			p := &d.Pieces[i]
			if p.Where != extractors.InAttr || !(p.Tag == "img" && p.Attr == "src" || p.Tag == "link" && p.Attr == "href") || !strings.HasPrefix(p.Text, "http") && !strings.HasPrefix(p.Text, "//") {
				continue
			}
			u, err := url.Parse(p.Text)
			if err != nil {
				continue
			}
			b := s.r.brands.ofHost(strings.ToLower(u.Hostname()))
			if low := strings.ToLower(u.Path); b == nil || b.Kind == "widgets" || !hasAny(low, "logo", "favicon", "icon", "brand") {
				continue
			}
			value := 0.3
			if wants {
				value = 0.8
			}
			s.wears(value, "shows "+p.Text, d.URL, wants)
		}
	}
}

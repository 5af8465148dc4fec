package verdict

import (
	"fmt"
	"slices"
	"strings"

	"scamatlas/extractors"
)

const (
	leastAct    = 0.5 // value of a reason from which it is something that the site does
	leastFields = 2   // that a visitor fills in: one alone is a search, or a newsletter
	tellsMuch   = 0.3 // value of a reason from which a site is one that tells of others
)

// visitors looks for what the site wants of who reads its promises: a form to sign up with, words that open a wallet, a person to write to.
func (s *site) visitors() {
	if s.tells() {
		return
	}
	offers := s.offers()
	for _, d := range s.in.Docs {
		if !d.Page || !s.ownVoice(d) {
			continue
		}
		n, secret := fields(d)
		if f := s.found[codeSeed]; f != nil && f.Where == d.URL && n > 0 {
			s.act(codeSeed, f.Value, f.Evidence, f.Where)
		}
		if !offers || !secret && n < leastFields {
			continue
		}
		what := fmt.Sprintf("a form of %d fields", n)
		if secret {
			what += ", a password among them"
		}
		s.act(codeForm, 1, what, d.URL)
	}
	if offers {
		s.chats()
	}
}

// chats looks for persons that visitors are sent to.
func (s *site) chats() {
	for i := range s.f.Indicators {
		x := &s.f.Indicators[i]
		if !isTalk(x) {
			continue
		}
		if d := s.document(x.Page); d == nil || s.ownVoice(d) {
			s.act(codeChat, 1, x.Type+" "+seen(x), x.Page)
		}
	}
}

// isTalk reports a contact to chat with in private.
func isTalk(x *extractors.Indicator) bool {
	talk := []string{"telegram", "whatsapp", "line", "wechat", "zalo", "kakao", "viber", "signal", "messenger", "skype", "qq"}
	return x.Kind == extractors.KindContact && slices.Contains(talk, x.Type) && x.Where != extractors.InComment
}

// offers reports whether the site promises in its own name what honest ones do not, or what a kit or kin is known to.
func (s *site) offers() bool {
	for code, f := range s.found {
		if f.Group == groupPromise && s.r.tells(code) {
			return true
		}
	}
	return false
}

// tells reports whether the site is one that tells of others: articles, documentation, warnings.
func (s *site) tells() bool {
	for _, code := range []string{codeArticle, codeDocs, codeWarns, codeTold} {
		if f := s.found[code]; f != nil && f.Value >= tellsMuch {
			return true
		}
	}
	return slices.ContainsFunc(s.pages, func(p *reading) bool { return p.about })
}

// ownVoice reports whether a page is neither about frauds nor an article nor documentation.
func (s *site) ownVoice(d *extractors.Document) bool {
	p := s.page(d.URL)
	return (p == nil || !p.about) && !isArticle(d) && !isCode(d)
}

// fields counts what a visitor may fill in on a page, and reports a field for a password.
func fields(d *extractors.Document) (n int, secret bool) {
	for i := range d.Elements {
		if name := d.Elements[i].Name; name == "input" || name == "textarea" {
			n++
		}
	}
	for i := range d.Pieces {
		p := &d.Pieces[i]
		if p.Where != extractors.InAttr || p.Tag != "input" || p.Attr != "type" {
			continue
		}
		switch strings.ToLower(p.Text) {
		case "hidden", "search", "submit", "button", "reset", "image", "checkbox", "radio", "range", "color", "file":
			n--
		case "password":
			secret = true
		}
	}
	return n, secret
}

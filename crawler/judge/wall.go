package judge

import (
	_ "embed" // walls.txt
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"scamatlas/crawler"
	"scamatlas/crawler/markup"
)

//go:embed walls.txt
var wallsTable string

const (
	asksInvitation = "asks for an invitation code"
	asksLogin      = "asks to log in"
)

// Wall reports that a site shows nothing but its own wall (crawler.Gated): every page seen is a form to log in or to give an
// invitation code, with little beside it. An ordinary site's login page among its pages is no wall, nor is a page of another kind:
// answers that are errors, redirects or no markup say neither, nor do pages of terms. Pages are as the server sent them, or as a browser shows them.
func (j *Judge) Wall(pages []*crawler.Response) (reason string, walled bool) {
	for i, p := range pages {
		if p.Status < 200 || p.Status >= 300 || !markup.Is(p.ContentType) || len(p.Body) == 0 || i > 0 && j.walls.legal.in(pathOf(p)) {
			continue
		}
		asks := j.walls.asks(p.Body)
		if asks == "" {
			return "", false
		}
		if reason != asksInvitation {
			reason = asks
		}
	}
	return reason, reason != ""
}

// pathOf is the path of the page as words.
func pathOf(p *crawler.Response) string {
	u, err := url.Parse(p.FinalURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.NewReplacer("-", " ", "_", " ", "/", " ").Replace(u.Path))
}

// walls are the words of walls.txt.
type walls struct{ invite, login, aside, legal phrases }

func newWalls() walls {
	var w walls
	for line := range strings.Lines(wallsTable) {
		kind, words, ok := strings.Cut(strings.TrimSpace(line), " | ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		list := map[string]*phrases{"invite": &w.invite, "login": &w.login, "aside": &w.aside, "legal": &w.legal}[kind]
		if list == nil {
			continue
		}
		for word := range strings.SplitSeq(words, ", ") {
			list.add(word)
		}
	}
	return w
}

// asks says what a page demands when it shows hardly anything else, "" when it is no wall.
func (w *walls) asks(body []byte) string {
	if len(body) > maxWallBytes {
		return ""
	}
	p := readForms(body)
	if len(p.fields) == 0 || len(p.fields) > maxFields || p.media > maxWallMedia || p.letters > maxWallWords || w.beside(p) > maxWallText {
		return ""
	}
	if w.asksInvitation(p) {
		return asksInvitation
	}
	if w.asksLogin(p) {
		return asksLogin
	}
	return ""
}

// beside counts the letters that speak of something else. A label's and a button's text belongs to the form.
func (w *walls) beside(p *formPage) int {
	n := 0
	for _, s := range p.said {
		excused := s.letters <= maxAsideSay && (s.control || w.aside.in(s.text)) ||
			s.letters <= maxLoginSay && w.login.in(s.text) || s.letters <= maxInviteSay && w.invite.in(s.text)
		if !excused {
			n += s.letters
		}
	}
	return n
}

// asksInvitation: a field is named after the code, or the page speaks of one and has a field that is not for something else.
func (w *walls) asksInvitation(p *formPage) bool {
	spoken := false
	for _, s := range p.said {
		spoken = spoken || w.invite.in(s.text)
	}
	for _, f := range p.fields {
		if f.invites() || w.invite.in(f.hint) || spoken && !f.mail() {
			return true
		}
	}
	return false
}

// asksLogin: there is a field for a password, or a form whose button says log in.
func (w *walls) asksLogin(p *formPage) bool {
	for _, f := range p.fields {
		if f.kind == "password" {
			return true
		}
	}
	for _, s := range p.said {
		if s.control && s.form > 0 && p.hasField(s.form) && w.login.in(s.text) {
			return true
		}
	}
	return false
}

// phrases are words to be found in lower-case text.
type phrases struct{ list []phrase }

type phrase struct {
	text     string
	anywhere bool // of a script that sets no blanks between words
	open     bool // may go on
}

func (p *phrases) add(word string) {
	text, open := strings.CutSuffix(strings.TrimSpace(word), "*")
	first, _ := utf8.DecodeRuneInString(text)
	if text != "" {
		p.list = append(p.list, phrase{text, unspaced(first) || !unicode.IsLetter(first), open})
	}
}

func (p *phrases) in(text string) bool {
	for i := range p.list {
		if p.list[i].in(text) {
			return true
		}
	}
	return false
}

func (p *phrase) in(text string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], p.text)
		if i < 0 {
			return false
		}
		begin := from + i
		end := begin + len(p.text)
		before, _ := utf8.DecodeLastRuneInString(text[:begin])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if p.anywhere || !unicode.IsLetter(before) && (p.open || !unicode.IsLetter(after)) {
			return true
		}
		from = end
	}
}

// unspaced reports a script that sets no blanks between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Hangul)
}

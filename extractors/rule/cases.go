package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"golang.org/x/tools/txtar"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Case is one site that a rule must fire on, or must not.
type Case struct {
	Name    string // as in the file: "fire/shell"
	Fires   bool
	File    string
	Line    int // where it begins
	Capture *crawler.Capture
}

// CasesFile gives the name of the file with a rule's tests: a/kit.yaml has them in a/kit.test.txtar.
func CasesFile(ruleFile string) string {
	return strings.TrimSuffix(ruleFile, path.Ext(ruleFile)) + ".test.txtar"
}

// ParseCases reads the tests of a rule: an archive (golang.org/x/tools/txtar) whose folders fire/NAME and quiet/NAME are sites.
// fire/NAME.html is one of a single page. In a folder, what ends in .js, .css or .json is a file that the page loads, and all others are
// pages, the first being the entry page, except
//
//	dom.html   the entry page as a browser showed it
//	headers    lines "Name: value" of the entry page's answer
//	host       its name; else it is NAME.test
//	requests   further addresses or paths that it asked for, one a line
//
// There must be a site of each folder.
func ParseCases(file string, b []byte) ([]Case, []Fault) {
	if len(b) > MaxFile {
		return nil, []Fault{{File: file, Why: fmt.Sprintf("larger than %d bytes", MaxFile)}}
	}
	p := cases{file: file, at: map[string]int{}}
	a := txtar.Parse(b)
	line := 1 + strings.Count(string(a.Comment), "\n")
	for _, f := range a.Files {
		p.add(f.Name, string(f.Data), line)
		line += 1 + strings.Count(string(f.Data), "\n")
	}
	has := map[bool]bool{}
	for i := range p.all {
		has[p.all[i].Fires] = true
		p.finish(&p.all[i])
	}
	if len(p.faults) == 0 && !(has[true] && has[false]) {
		p.faults = append(p.faults, Fault{File: file, Why: "there must be a site below fire/ and one below quiet/"})
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return p.all, nil
}

type cases struct {
	file   string
	all    []Case
	parts  [][]part // of each case
	at     map[string]int
	faults []Fault
}

// part is one file of a case.
type part struct{ name, body string }

func (p *cases) add(name, body string, line int) {
	folder, rest, _ := strings.Cut(name, "/")
	site, file, ok := strings.Cut(rest, "/")
	if !ok {
		site, file = strings.TrimSuffix(site, path.Ext(site)), "index.html"
	}
	switch {
	case folder != "fire" && folder != "quiet":
		p.faults = append(p.faults, Fault{p.file, line, fmt.Sprintf("%q is neither below fire/ nor below quiet/", name)})
		return
	case !isName(site) || file == "":
		p.faults = append(p.faults, Fault{p.file, line, fmt.Sprintf("%q: the site %q is no name: letters, digits, _ and -", name, site)})
		return
	}
	key := folder + "/" + site
	i, ok := p.at[key]
	if !ok {
		i = len(p.all)
		p.at[key] = i
		p.all = append(p.all, Case{Name: key, Fires: folder == "fire", File: p.file, Line: line})
		p.parts = append(p.parts, nil)
	}
	for _, other := range p.parts[i] {
		if other.name == file {
			p.faults = append(p.faults, Fault{p.file, line, fmt.Sprintf("%q is there twice", name)})
			return
		}
	}
	p.parts[i] = append(p.parts[i], part{file, body})
}

// finish makes the capture of a case.
func (p *cases) finish(c *Case) {
	parts := p.parts[p.at[c.Name]]
	host := path.Base(c.Name) + ".test"
	for _, f := range parts {
		if f.name == "host" {
			host = strings.ToLower(strings.TrimSpace(f.body))
		}
	}
	s := site{root: "https://" + host + "/", Capture: &crawler.Capture{Host: host, Outcome: crawler.OK}}
	s.FinalURL = s.root
	for _, f := range parts {
		s.add(f)
	}
	s.entry(s.head)
	c.Capture = s.Capture
}

// site is a capture being made.
type site struct {
	*crawler.Capture
	root string
	head []crawler.HeaderField
}

func (s *site) add(f part) {
	switch {
	case f.name == "host":
	case f.name == "headers":
		s.head = fields(f.body)
	case f.name == "requests":
		for line := range strings.Lines(f.body) {
			s.asked(strings.TrimSpace(line))
		}
	case f.name == "dom.html":
		sum := sha256.Sum256([]byte(f.body))
		s.rendered().Views = append(s.rendered().Views, crawler.View{URL: s.root, FinalURL: s.root, DOM: []byte(f.body), SHA256: hex.EncodeToString(sum[:])})
	default:
		s.file(f)
	}
}

func (s *site) file(f part) {
	kinds := map[extractors.Type]crawler.AssetKind{extractors.JS: crawler.Script, extractors.CSS: crawler.Style, extractors.JSON: crawler.Data}
	r := crawler.Response{URL: s.root + f.name, Status: 200, Body: []byte(f.body)}
	if f.name == "index.html" {
		r.URL = s.root
	}
	r.FinalURL = r.URL
	if kind, ok := kinds[extractors.TypeOf("", r.URL, nil)]; ok {
		s.Assets = append(s.Assets, crawler.Asset{Response: r, Kind: kind})
		return
	}
	r.ContentType = "text/html; charset=utf-8"
	s.Pages = append(s.Pages, crawler.Page{Response: r})
}

// entry gives the entry page its header; a site that was only asked for things has an empty one.
func (s *site) entry(head []crawler.HeaderField) {
	if len(s.Pages) == 0 {
		s.Pages = []crawler.Page{{Response: crawler.Response{URL: s.root, FinalURL: s.root, Status: 200, ContentType: "text/html"}}}
	}
	s.Pages[0].Header = head
}

func (s *site) asked(address string) {
	if address == "" {
		return
	}
	if !strings.Contains(address, "://") {
		address = s.root + strings.TrimPrefix(address, "/")
	}
	r := s.rendered()
	if strings.HasPrefix(address, "ws") {
		r.Sockets = append(r.Sockets, crawler.Socket{URL: address, Page: s.root})
		return
	}
	r.Answers = append(r.Answers, crawler.Answer{Response: crawler.Response{URL: address, FinalURL: address, Status: 200}, Method: "GET", Page: s.root})
}

func (s *site) rendered() *crawler.Rendered {
	if s.Rendered == nil {
		s.Rendered = &crawler.Rendered{}
	}
	return s.Rendered
}

func fields(lines string) []crawler.HeaderField {
	var out []crawler.HeaderField
	for line := range strings.Lines(lines) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			out = append(out, crawler.HeaderField{Name: name, Value: strings.TrimSpace(value)})
		}
	}
	return out
}

// Try runs a rule on its cases and gives one fault for each that ends otherwise than it should.
func (r *Rule) Try(all []Case) []Fault {
	var faults []Fault
	for _, c := range all {
		hit, fired := r.Match(NewFields(extractors.NewInput(c.Capture)))
		switch {
		case fired == c.Fires:
		case fired:
			faults = append(faults, Fault{c.File, c.Line, fmt.Sprintf("%s fires on %s: %s", r.ID, c.Name, hit.Why())})
		default:
			faults = append(faults, Fault{c.File, c.Line, fmt.Sprintf("%s does not fire on %s: %s", r.ID, c.Name, r.missing(c))})
		}
	}
	return faults
}

// missing says which selections did not hold.
func (r *Rule) missing(c Case) string {
	m := &matching{rule: r, fields: NewFields(extractors.NewInput(c.Capture)), results: map[string]bool{}}
	var held, not []string
	for _, name := range r.names() {
		if m.selection(name) {
			held = append(held, name)
		} else {
			not = append(not, name)
		}
	}
	return fmt.Sprintf("of its selections hold [%s], not [%s]", strings.Join(held, " "), strings.Join(not, " "))
}

package corpus

import (
	"fmt"
	"strings"
)

// site is what a family file says, unexpanded.
//
// A file holds families, each after a line "=== NAME label kind". Lines up to the first page are settings: "brand: …", "let x: …",
// "foot: …", "with: …". A page begins with "= PATH | TITLE"; its lines are blocks, told apart by their first characters:
//
//	#, ##     headings               -  list item             1.  numbered item
//	|         table row              +  card: title | line …  ?   question | answer
//	%         button text | address  !  raw markup            @   made part: see parts.go
//	{{N … }}  N of the lines between, in any order            ``` … ``` code
//	~         a paragraph that is there in six sites of ten
//
// In all texts {a|b} is one of both, and $name a slot: see grammar.go. Raw markup and code have slots only.
type site struct {
	brand string
	lets  [][2]string
	foot  []string
	with  []string // parts on every page
	pages []page
}

type page struct {
	path, title string
	lines       []string
}

// parseFamilies reads one file; prefix is the language, and names begin with it.
func parseFamilies(prefix, text string) ([]*Family, error) {
	var all []*Family
	var f *Family
	code := false
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if head, ok := strings.CutPrefix(line, "=== "); ok {
			w := strings.Fields(head)
			if len(w) != 3 || w[1] != "fake" && w[1] != "honest" {
				return nil, fmt.Errorf("line %d: want name, fake or honest, kind", n+1)
			}
			f = &Family{Name: prefix + "-" + w[0], Fake: w[1] == "fake", Kind: w[2], Lang: prefix}
			all = append(all, f)
			continue
		}
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if f == nil || line == "" && !code {
			continue
		}
		if err := f.site.add(line, code); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	for _, f := range all {
		if len(f.site.pages) == 0 {
			return nil, fmt.Errorf("%s has no page", f.Name)
		}
	}
	return all, nil
}

func (s *site) add(line string, code bool) error {
	if head, ok := strings.CutPrefix(line, "= "); ok && !code {
		at, title, ok := strings.Cut(head, " | ")
		if !ok || !strings.HasPrefix(at, "/") {
			return fmt.Errorf("want = /path | title")
		}
		s.pages = append(s.pages, page{path: at, title: title})
		return nil
	}
	if len(s.pages) > 0 {
		p := &s.pages[len(s.pages)-1]
		p.lines = append(p.lines, line)
		return nil
	}
	key, value, _ := strings.Cut(line, ": ")
	switch name, isLet := strings.CutPrefix(key, "let "); {
	case isLet:
		s.lets = append(s.lets, [2]string{name, value})
	case key == "brand":
		s.brand = value
	case key == "foot":
		s.foot = append(s.foot, value)
	case key == "with":
		s.with = append(s.with, strings.Fields(value)...)
	default:
		return fmt.Errorf("unknown setting %q", key)
	}
	return nil
}

// readNeutral gives the sentences that honest and fake sites have alike, by language and place: "page", or "risk" for the warnings that
// fakes copy.
func readNeutral() (map[string]map[string][]string, error) {
	raw, err := embedded.ReadFile("families/neutral.tsv")
	if err != nil {
		return nil, err
	}
	all := map[string]map[string][]string{}
	for n, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("neutral.tsv:%d: want language, place, sentence", n+1)
		}
		if all[f[0]] == nil {
			all[f[0]] = map[string][]string{}
		}
		all[f[0]][f[1]] = append(all[f[0]][f[1]], f[2])
	}
	return all, nil
}

package rule

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// parseCondition reads a condition line:
//
//	condition = part { "or" part } ; part = unary { "and" unary }
//	unary = "not" unary | "(" condition ")" | ( "1" | "any" | "all" ) "of" ( "them" | name with * ) | name
func parseCondition(line string, selections map[string]*selection) (condition, error) {
	p := &conditions{words: words(line), selections: selections}
	c, err := p.or(0)
	if err == nil && p.at < len(p.words) {
		err = fmt.Errorf("%q was not expected", p.words[p.at])
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

type conditions struct {
	words      []string
	at         int
	selections map[string]*selection
}

func words(line string) []string {
	line = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(line)
	return strings.Fields(line)
}

func keyword(s string) bool {
	switch strings.ToLower(s) {
	case "and", "or", "not", "of", "them", "all", "any":
		return true
	}
	return false
}

// next takes a word, lower case when it is a keyword.
func (p *conditions) next() string {
	if p.at >= len(p.words) {
		return ""
	}
	w := p.words[p.at]
	p.at++
	if keyword(w) {
		return strings.ToLower(w)
	}
	return w
}

func (p *conditions) accept(w string) bool {
	if p.at < len(p.words) && strings.EqualFold(p.words[p.at], w) {
		p.at++
		return true
	}
	return false
}

func (p *conditions) or(depth int) (condition, error) {
	a, err := p.and(depth)
	for err == nil && p.accept("or") {
		var b condition
		b, err = p.and(depth)
		a = least{a, b}
	}
	return a, err
}

func (p *conditions) and(depth int) (condition, error) {
	a, err := p.unary(depth)
	for err == nil && p.accept("and") {
		var b condition
		b, err = p.unary(depth)
		a = both{a, b}
	}
	return a, err
}

func (p *conditions) unary(depth int) (condition, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels", maxDepth)
	}
	switch w := p.next(); w {
	case "":
		return nil, fmt.Errorf("it ends too early")
	case "not":
		c, err := p.unary(depth + 1)
		return not{c}, err
	case "(":
		c, err := p.or(depth + 1)
		if err == nil && !p.accept(")") {
			err = fmt.Errorf("a ) is missing")
		}
		return c, err
	case "1", "any", "all":
		if !p.accept("of") {
			if p.selections[w] != nil {
				return named(w), nil
			}
			return nil, fmt.Errorf("%q wants `of them` or `of name*` behind it", w)
		}
		return p.of(w == "all")
	default:
		if p.selections[w] == nil {
			return nil, fmt.Errorf("no selection is called %q; there are %s", w, strings.Join(slices.Sorted(maps.Keys(p.selections)), ", "))
		}
		return named(w), nil
	}
}

func (p *conditions) of(all bool) (condition, error) {
	mask := p.next()
	if mask == "them" {
		mask = "*"
	}
	c := of{all: all}
	for _, name := range slices.Sorted(maps.Keys(p.selections)) {
		if ok, err := path.Match(mask, name); err == nil && ok {
			c.names = append(c.names, name)
		}
	}
	if len(c.names) == 0 {
		return nil, fmt.Errorf("no selection fits %q", mask)
	}
	return c, nil
}

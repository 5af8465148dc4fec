package rule

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// pattern is one value of a field, ready to be looked for.
type pattern struct {
	written string
	cased   bool
	literal bool                             // no expression
	need    []string                         // pieces one of which stands in the lower case of every text it fits; none: nothing is known
	find1   func(text string) (from, to int) // from < 0: not there
}

// anchor says where a value may stand in the text.
type anchor int

const (
	whole anchor = iota
	anywhere
	atStart
	atEnd
)

// newPattern compiles a value. re values are RE2 (https://github.com/google/re2/wiki/Syntax): linear in the text whatever is written.
func newPattern(value string, at anchor, cased, re bool) (pattern, error) {
	p := pattern{written: value, cased: cased || re}
	if re {
		r, err := regexp.Compile(value)
		if err != nil {
			return p, fmt.Errorf("bad pattern: %s (only RE2 is understood: no look-around, no back references)", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		p.find1 = ofRegexp(r)
		p.need = needs(value)
		return p, nil
	}
	literal, wild := unescape(value)
	if !cased {
		literal = lower(literal)
	}
	if !wild {
		p.literal = true
		p.find1, p.need = ofLiteral(literal, at), sure(literal)
		return p, nil
	}
	expression := wildcard(value, at, cased)
	r, err := regexp.Compile(expression)
	if err != nil {
		return p, fmt.Errorf("bad pattern: %w", err)
	}
	p.find1 = ofRegexp(r)
	p.need = needs(expression)
	return p, nil
}

func ofRegexp(r *regexp.Regexp) func(string) (int, int) {
	return func(text string) (int, int) {
		loc := r.FindStringIndex(text)
		if loc == nil {
			return -1, 0
		}
		return loc[0], loc[1]
	}
}

func ofLiteral(s string, at anchor) func(string) (int, int) {
	return func(text string) (int, int) {
		from := -1
		switch at {
		case whole:
			if text == s {
				from = 0
			}
		case atStart:
			if strings.HasPrefix(text, s) {
				from = 0
			}
		case atEnd:
			if strings.HasSuffix(text, s) {
				from = len(text) - len(s)
			}
		default:
			from = strings.Index(text, s)
		}
		return from, from + len(s)
	}
}

// unescape gives a value without its escapes; wild: it holds wildcards.
func unescape(v string) (literal string, wild bool) {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c == '\\' && i+1 < len(v) && strings.IndexByte(`*?\`, v[i+1]) >= 0:
			i++
			b.WriteByte(v[i])
			continue
		case c == '*' || c == '?':
			wild = true
		}
		b.WriteByte(c)
	}
	return b.String(), wild
}

// wildcard writes a value with * and ? as a regular expression.
func wildcard(v string, at anchor, cased bool) string {
	var b strings.Builder
	b.WriteString("(?s)")
	if at == whole || at == atStart {
		b.WriteString(`\A`)
	}
	if !cased {
		v = lower(v)
	}
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c == '\\' && i+1 < len(v) && strings.IndexByte(`*?\`, v[i+1]) >= 0:
			i++
			b.WriteString(regexp.QuoteMeta(v[i : i+1]))
		case c == '*':
			b.WriteString(".*?")
		case c == '?':
			b.WriteByte('.')
		default:
			_, n := utf8.DecodeRuneInString(v[i:])
			b.WriteString(regexp.QuoteMeta(v[i : i+n]))
			i += n - 1
		}
	}
	if at == whole || at == atEnd {
		b.WriteString(`\z`)
	}
	return b.String()
}

// find looks through the texts of a field.
func (p *pattern) find(field string, texts []text) (Evidence, bool) {
	for i := range texts {
		t := &texts[i]
		body := t.lower
		if p.cased {
			body = t.body
		}
		if !p.possible(t) {
			continue
		}
		if from, to := p.find1(body); from >= 0 {
			e := Evidence{Field: field, Pattern: clip(p.written, longestMatch), URL: t.url}
			if len(t.lower) == len(t.body) { // the place is the same in both
				e.Seen = around(t.body, from, to)
			}
			return e, true
		}
	}
	return Evidence{}, false
}

// possible reports whether what an expression needs is there: to find out is many times faster than the expression.
func (p *pattern) possible(t *text) bool {
	if p.literal || len(p.need) == 0 {
		return true
	}
	for _, n := range p.need {
		if strings.Contains(t.lower, n) {
			return true
		}
	}
	return false
}

// around gives what fitted with a little of what stands beside it.
func around(s string, from, to int) string {
	to = min(to, from+longestMatch)
	from, to = max(0, from-aroundSeen), min(len(s), to+aroundSeen)
	return strings.ToValidUTF8(strings.Join(strings.Fields(s[from:to]), " "), "")
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

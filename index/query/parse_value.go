package query

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// ranged reads what follows the colon of a Time or Number field.
func (p *parser) ranged(f Field) (Expr, error) {
	start := p.pos
	r := Range{Field: f.Name}
	if c := p.s[p.pos]; c == '[' || c == '{' {
		if err := p.brackets(&r); err != nil {
			return nil, err
		}
	} else {
		v := p.run()
		p.pos += len(v)
		switch {
		case v == "":
			return nil, p.fail(start, "the value of "+f.Name+" stands without quotes", "such as "+f.Eg)
		case strings.HasPrefix(v, ">="):
			r.From.Value = v[2:]
		case strings.HasPrefix(v, "<="):
			r.To.Value = v[2:]
		case v[0] == '>':
			r.From = Bound{v[1:], true}
		case v[0] == '<':
			r.To = Bound{v[1:], true}
		default:
			r.From.Value, r.To.Value = v, v
		}
		if r.From.Value == "" && r.To.Value == "" {
			return nil, p.fail(start, "no value after "+v, "the value follows without a space, such as "+f.Eg)
		}
	}
	if _, _, err := r.resolve(time.Unix(0, 0)); err != nil {
		return nil, p.fail(start, err.Error(), "such as "+f.Eg)
	}
	return r, nil
}

func (p *parser) brackets(r *Range) error {
	start := p.pos
	end := strings.IndexAny(p.s[start:], "]}")
	if end < 0 {
		return p.fail(start, "a range without its end", "write [from TO to]")
	}
	end += start
	parts := strings.Fields(p.s[start+1 : end])
	if len(parts) != 3 || parts[1] != "TO" {
		return p.fail(start, "not a range", "write [from TO to], * for no end")
	}
	r.From = Bound{parts[0], p.s[start] == '{'}
	r.To = Bound{parts[2], p.s[end] == '}'}
	for _, b := range []*Bound{&r.From, &r.To} {
		if b.Value == "*" {
			*b = Bound{}
		}
	}
	p.pos = end + 1
	return nil
}

type text struct {
	value  string
	prefix bool
}

// text reads a bare or quoted value and the * after it.
func (p *parser) text() (text, error) {
	start := p.pos
	var t text
	if p.s[p.pos] == '"' {
		v, err := p.quotes()
		if err != nil {
			return t, err
		}
		t.value = v
		if t.prefix = strings.HasPrefix(p.s[p.pos:], "*"); t.prefix {
			p.pos++
		}
	} else {
		t.value = p.run()
		p.pos += len(t.value)
		t.value, t.prefix = strings.CutSuffix(t.value, "*")
		if i := strings.IndexByte(t.value, '*'); i >= 0 {
			return t, p.fail(start+i, "* stands only at the end of a word", "put the word in quotes to search for the character")
		}
	}
	switch {
	case len(t.value) > MaxValue:
		return t, p.fail(start, fmt.Sprintf("a value longer than %d bytes", MaxValue), "")
	case t.prefix && utf8.RuneCountInString(t.value) < MinPrefix:
		return t, p.fail(start, fmt.Sprintf("* needs %d characters before it", MinPrefix), "leave the query empty to see all")
	case strings.TrimSpace(t.value) == "":
		return t, p.fail(start, "empty quotes", "")
	}
	return t, nil
}

// quotes reads a quoted value; \" and \\ stand for the characters.
func (p *parser) quotes() (string, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; p.pos < len(p.s); p.pos++ {
		c := p.s[p.pos]
		switch {
		case c == '"':
			p.pos++
			return b.String(), nil
		case c == '\\' && p.pos+1 < len(p.s) && strings.IndexByte(`"\`, p.s[p.pos+1]) >= 0:
			p.pos++
			b.WriteByte(p.s[p.pos])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "quotes without their end", "")
}

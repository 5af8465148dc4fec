package query

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Parse reads a query. Blank text gives a nil Expr, which matches everything. Errors are *Error.
//
//	or    = and { "OR" and }
//	and   = not { ["AND"] not }
//	not   = ("NOT" | "-") not | "(" or ")" | text | field ":" value
//	text  = word["*"] | quoted["*"]
//	value = text | ("[" | "{") bound "TO" bound ("]" | "}") | (">=" | ">" | "<=" | "<") bound
func Parse(s string) (Expr, error) {
	if len(s) > MaxQuery {
		return nil, &Error{Pos: MaxQuery, Msg: fmt.Sprintf("longer than %d bytes", MaxQuery)}
	}
	p := &parser{s: strings.ToValidUTF8(s, "\uFFFD")}
	if p.space(); p.pos == len(p.s) {
		return nil, nil
	}
	e, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.s) {
		return nil, p.fail(p.pos, "a ) without its (", "")
	}
	return e, nil
}

type parser struct {
	s     string
	pos   int
	terms int
}

func (p *parser) fail(pos int, msg, hint string) error {
	return &Error{Pos: min(pos, len(p.s)), Msg: msg, Hint: hint}
}

// space skips white space and reports whether something other than a closing parenthesis follows.
func (p *parser) space() bool {
	p.pos = len(p.s) - len(strings.TrimLeftFunc(p.s[p.pos:], unicode.IsSpace))
	return p.pos < len(p.s) && p.s[p.pos] != ')'
}

// operator takes the next word when it is op.
func (p *parser) operator(op string) bool {
	p.space()
	if p.run() != op {
		return false
	}
	p.pos += len(op)
	return true
}

// run gives the characters up to the next space, parenthesis or quote, and takes none of them.
func (p *parser) run() string {
	rest := p.s[p.pos:]
	end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"`, r) })
	if end < 0 {
		return rest
	}
	return rest[:end]
}

func (p *parser) or(depth int) (Expr, error) {
	var of []Expr
	for {
		e, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		if o, ok := e.(Or); ok {
			of = append(of, o.Of...)
		} else {
			of = append(of, e)
		}
		if !p.operator("OR") {
			break
		}
	}
	if len(of) == 1 {
		return of[0], nil
	}
	return Or{of}, nil
}

func (p *parser) and(depth int) (Expr, error) {
	var of []Expr
	for {
		e, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		if a, ok := e.(And); ok {
			of = append(of, a.Of...)
		} else {
			of = append(of, e)
		}
		if !p.operator("AND") && (!p.space() || p.run() == "OR") {
			break
		}
	}
	if len(of) == 1 {
		return of[0], nil
	}
	return And{of}, nil
}

func (p *parser) not(depth int) (Expr, error) {
	if !p.space() {
		return nil, p.fail(p.pos, "a word or field:value is missing here", "")
	}
	start := p.pos
	if depth > MaxDepth {
		return nil, p.fail(start, fmt.Sprintf("more than %d levels of parentheses and NOT", MaxDepth), "")
	}
	run := p.run()
	switch {
	case run == "NOT":
		p.pos += len(run)
	case p.s[p.pos] == '-':
		if run == "-" && !strings.HasPrefix(p.s[p.pos+1:], "(") && !strings.HasPrefix(p.s[p.pos+1:], `"`) {
			return nil, p.fail(start, "nothing follows the -", "write -word, or NOT word")
		}
		p.pos++
	case p.s[p.pos] == '(':
		return p.group(depth)
	case isOperator(run):
		return nil, p.fail(start, run+" stands where a word or field:value is missing", `put "`+run+`" in quotes to search for the word`)
	default:
		return p.leaf(run)
	}
	e, err := p.not(depth + 1)
	if err != nil {
		return nil, err
	}
	return Not{e}, nil
}

func (p *parser) group(depth int) (Expr, error) {
	start := p.pos
	p.pos++
	e, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.pos >= len(p.s) {
		return nil, p.fail(start, "a ( without its )", "")
	}
	p.pos++
	return e, nil
}

// leaf reads text or field:value.
func (p *parser) leaf(run string) (Expr, error) {
	if p.terms++; p.terms > MaxTerms {
		return nil, p.fail(p.pos, fmt.Sprintf("more than %d words and values", MaxTerms), "")
	}
	start := p.pos
	name, _, colon := strings.Cut(run, ":")
	if !colon || !isName(name) {
		t, err := p.text()
		if err != nil {
			return nil, err
		}
		return Word{t.value, t.prefix}, nil
	}
	f, ok := Lookup(strings.ToLower(name))
	if !ok {
		return nil, p.fail(start, fmt.Sprintf("unknown field %q", name), nearest(strings.ToLower(name)))
	}
	p.pos += len(name) + 1
	if p.pos == len(p.s) || p.run() == "" && p.s[p.pos] != '"' {
		return nil, p.fail(p.pos, "no value after "+f.Name+":", "the value follows the colon without a space, such as "+f.Eg)
	}
	switch f.Kind {
	case Time, Number:
		return p.ranged(f)
	case Text:
		return p.worded(f)
	}
	return p.keyword(f)
}

// isName reports whether s could be meant as a field's name.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '_') {
			return false
		}
	}
	return s != ""
}

func (p *parser) keyword(f Field) (Expr, error) {
	if c := p.s[p.pos]; strings.IndexByte("[{<>", c) >= 0 {
		return nil, p.fail(p.pos, f.Name+" has no ranges", "put the value in quotes if it begins with "+string(c))
	}
	t, err := p.text()
	if err != nil {
		return nil, err
	}
	if f.Fold {
		t.value = strings.ToLower(t.value)
	}
	return Term{f.Name, t.value, t.prefix}, nil
}

func (p *parser) worded(f Field) (Expr, error) {
	start := p.pos
	t, err := p.text()
	if err != nil {
		return nil, err
	}
	words := Words(t.value)
	switch {
	case len(words) == 0:
		return nil, p.fail(start, "no word in the value of "+f.Name, "")
	case t.prefix && !oneWord(t.value):
		return nil, p.fail(start, "* completes a single word in "+f.Name, "")
	case len(words) > 1:
		return Phrase{f.Name, words}, nil
	}
	return Term{f.Name, words[0], t.prefix}, nil
}

// oneWord reports whether v is nothing but a single whole word.
func oneWord(v string) bool {
	w := Words(v)
	return len(w) == 1 && w[0] == fold(v)
}

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

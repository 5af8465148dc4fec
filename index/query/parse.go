package query

import (
	"fmt"
	"strings"
	"unicode"
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

package rule

import (
	"regexp/syntax"
	"strings"
)

// needs gives pieces one of which stands, in lower case, in the lower case of every text that an expression fits; nil when there is no
// telling. What is looked for before an expression is tried makes most texts cheap.
func needs(expression string) []string {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil
	}
	return need(re.Simplify(), 0)
}

func need(re *syntax.Regexp, depth int) []string {
	if depth > maxDepth {
		return nil
	}
	switch re.Op {
	case syntax.OpLiteral:
		return sure(string(re.Rune))
	case syntax.OpCapture, syntax.OpPlus:
		return need(re.Sub[0], depth+1)
	case syntax.OpRepeat:
		if re.Min > 0 {
			return need(re.Sub[0], depth+1)
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if n := need(sub, depth+1); shortest(n) > shortest(best) {
				best = n
			}
		}
		return best
	case syntax.OpAlternate:
		return needOfEach(re.Sub, depth)
	}
	return nil
}

func needOfEach(subs []*syntax.Regexp, depth int) []string {
	var all []string
	for _, sub := range subs {
		n := need(sub, depth+1)
		if n == nil || len(all)+len(n) > maxNeeds {
			return nil
		}
		all = append(all, n...)
	}
	return all
}

// shortest gives the length of the shortest piece: the more of it there is, the fewer texts have it by chance.
func shortest(pieces []string) int {
	if len(pieces) == 0 {
		return 0
	}
	n := len(pieces[0])
	for _, p := range pieces {
		n = min(n, len(p))
	}
	return n
}

// sure gives the longest part of a literal that has one lower case only. Left out are what is not ASCII, and s, since ſ is an s to an
// expression that folds case and has another lower case.
func sure(literal string) []string {
	best := ""
	for _, part := range strings.FieldsFunc(strings.ToLower(literal), func(r rune) bool { return r == 's' || r > 127 }) {
		if len(part) > len(best) {
			best = part
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

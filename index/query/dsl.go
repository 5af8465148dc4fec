package query

import (
	"fmt"
	"strings"
	"time"
)

// DSL compiles e for Elasticsearch: Keyword fields are k.NAME (keyword), Text fields and the words of the host name w.title, w.text,
// w.host (text cut at white space only, holding strings.Join(Words(text), " ")), times (date) and numbers (long) stand under their
// Columns. now is what "now" means.
func DSL(e Expr, now time.Time) (map[string]any, error) {
	switch e := e.(type) {
	case nil:
		return map[string]any{"match_all": map[string]any{}}, nil
	case And:
		of, err := dslList(e.Of, now)
		return boolean("filter", of), err
	case Or:
		of, err := dslList(e.Of, now)
		if len(of) == 0 {
			return map[string]any{"match_none": map[string]any{}}, err
		}
		return anyOf(of), err
	case Not:
		of, err := DSL(e.Of, now)
		return boolean("must_not", []any{of}), err
	case Word:
		return dslWord(e), nil
	case Phrase:
		return dslWords(e.Field, e.Words, false), nil
	case Term:
		return dslTerm(e)
	case Range:
		return dslRange(e, now)
	}
	return nil, fmt.Errorf("cannot compile %T", e)
}

func dslList(of []Expr, now time.Time) ([]any, error) {
	out := make([]any, 0, len(of))
	for _, e := range of {
		d, err := DSL(e, now)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func boolean(clause string, of []any) map[string]any {
	return map[string]any{"bool": map[string]any{clause: of}}
}

func anyOf(of []any) map[string]any {
	return map[string]any{"bool": map[string]any{"should": of, "minimum_should_match": 1}}
}

func dslWord(e Word) map[string]any {
	var of []any
	if words := e.words(); len(words) > 0 {
		for _, f := range wordFields {
			of = append(of, dslWords(f, words, e.Prefix))
		}
	}
	for _, f := range pasted {
		of = append(of, dslKeys(f, e.values(), e.Prefix)...)
	}
	return anyOf(of)
}

func dslTerm(e Term) (map[string]any, error) {
	f, ok := Lookup(e.Field)
	switch {
	case ok && f.Kind == Text:
		return dslWords(e.Field, []string{e.Value}, e.Prefix), nil
	case ok && f.Kind == Keyword:
		of := dslKeys(e.Field, e.values(f), e.Prefix)
		if len(of) == 1 {
			return of[0].(map[string]any), nil
		}
		return anyOf(of), nil
	}
	return nil, fmt.Errorf("field %q has no such values", e.Field)
}

// dslKeys gives clauses of which one must match.
func dslKeys(field string, values []string, prefix bool) []any {
	if !prefix {
		return []any{map[string]any{"terms": map[string]any{"k." + field: values}}}
	}
	var of []any
	for _, v := range values {
		of = append(of, map[string]any{"prefix": map[string]any{"k." + field: v}})
	}
	return of
}

func dslWords(field string, words []string, prefix bool) map[string]any {
	switch {
	case prefix:
		return map[string]any{"prefix": map[string]any{"w." + field: words[0]}}
	case len(words) == 1:
		return map[string]any{"term": map[string]any{"w." + field: words[0]}}
	}
	return map[string]any{"match_phrase": map[string]any{"w." + field: strings.Join(words, " ")}}
}

func dslRange(e Range, now time.Time) (map[string]any, error) {
	f, s, err := e.resolve(now)
	if err != nil {
		return nil, err
	}
	limits := map[string]any{}
	if s.from != -unbounded {
		limits["gte"] = f.stored(s.from)
	}
	if s.to != unbounded {
		limits["lt"] = f.stored(s.to)
	}
	if len(limits) == 0 {
		return map[string]any{"exists": map[string]any{"field": f.Column()}}, nil
	}
	return map[string]any{"range": map[string]any{f.Column(): limits}}, nil
}

// stored writes a number of a span as Elasticsearch holds it.
func (f Field) stored(n int64) any {
	if f.Kind == Time {
		return time.UnixMilli(n).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return n
}

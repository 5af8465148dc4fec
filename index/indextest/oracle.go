package indextest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/index"
	"scamatlas/index/query"
)

// known is a site with what it is searched by.
type known struct {
	*index.Site
	keys map[string][]string
	text map[string]string // words between spaces
}

func know(s *index.Site) *known {
	k := &known{Site: s, keys: index.Keys(s), text: map[string]string{}}
	for field, text := range map[string]string{"title": s.Findings.Title, "text": s.Findings.Text, "host": s.Host} {
		k.text[field] = " " + strings.Join(query.Words(text), " ") + " "
	}
	return k
}

// matches says by reading alone whether a site is an answer to e. It knows the language a second time, slowly and plainly, so that
// stores are held to its meaning and not to each other.
func (s *known) matches(e query.Expr) bool {
	switch e := e.(type) {
	case query.And:
		return !slices.ContainsFunc(e.Of, func(p query.Expr) bool { return !s.matches(p) })
	case query.Or:
		return slices.ContainsFunc(e.Of, func(p query.Expr) bool { return s.matches(p) })
	case query.Not:
		return !s.matches(e.Of)
	case query.Phrase:
		return s.inText(e.Field, strings.Join(e.Words, " "), false)
	case query.Word:
		return s.matchesWord(e)
	case query.Term:
		if f, _ := query.Lookup(e.Field); f.Kind == query.Text {
			return s.inText(e.Field, e.Value, e.Prefix)
		}
		return s.hasKey(e.Field, e.Value, e.Prefix)
	case query.Range:
		return s.inRange(e)
	}
	panic(fmt.Sprintf("unknown expression %T", e))
}

func (s *known) matchesWord(e query.Word) bool {
	for _, f := range []string{"host", "wallet", "contact", "tracker", "ip", "kit", "operator", "cert", "spki", "favicon", "domhash"} {
		if s.hasKey(f, e.Value, e.Prefix) {
			return true
		}
	}
	words := strings.Join(query.Words(e.Value), " ")
	if words == "" || e.Prefix && words != strings.ToLower(e.Value) {
		return false
	}
	return s.inText("title", words, e.Prefix) || s.inText("text", words, e.Prefix) || s.inText("host", words, e.Prefix)
}

func (s *known) hasKey(field, value string, prefix bool) bool {
	return slices.ContainsFunc(s.keys[field], func(have string) bool {
		if prefix {
			return strings.HasPrefix(have, value) || strings.HasPrefix(have, strings.ToLower(value))
		}
		return have == value || have == strings.ToLower(value)
	})
}

func (s *known) inText(field, words string, prefix bool) bool {
	want := " " + words
	if !prefix {
		want += " "
	}
	return strings.Contains(s.text[field], want)
}

func (s *known) inRange(e query.Range) bool {
	times := map[string]time.Time{"first_seen": s.FirstSeen, "last_visit": s.LastVisit, "last_live": s.LastLive, "registered": s.Findings.Hosting.Registered}
	numbers := map[string]int{"visits": s.Visits, "wallets": index.WalletCount(s.Site),
		"score": int(math.Round(100 * s.Verdict.Score))}
	if n, ok := numbers[e.Field]; ok {
		return inside(e, func(v string) (int64, int64) {
			w, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				panic(err)
			}
			return w, w
		}, int64(n))
	}
	if t := times[e.Field]; !t.IsZero() {
		return inside(e, firstAndLast, t.UnixMilli())
	}
	return false
}

// inside compares n with the first and last number that a bound's value stands for.
func inside(e query.Range, read func(string) (first, last int64), n int64) bool {
	if v := e.From.Value; v != "" {
		first, last := read(v)
		if n < first || e.From.Open && n <= last {
			return false
		}
	}
	if v := e.To.Value; v != "" {
		first, last := read(v)
		if n > last || e.To.Open && n >= first {
			return false
		}
	}
	return true
}

// firstAndLast reads a month, a day or a second.
func firstAndLast(v string) (int64, int64) {
	if t, err := time.Parse("2006-01", v); err == nil {
		return t.UnixMilli(), t.AddDate(0, 1, 0).UnixMilli() - 1
	}
	if t, err := time.Parse("2006-01-02", v); err == nil {
		return t.UnixMilli(), t.AddDate(0, 0, 1).UnixMilli() - 1
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		panic(err)
	}
	return t.UnixMilli(), t.UnixMilli() + 999
}

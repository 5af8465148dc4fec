package indextest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/index"
	"scamatlas/index/query"
)

// matches says by reading alone whether a site is an answer to e. It knows the language a second time, slowly and plainly, so that
// stores are held to its meaning and not to each other.
func matches(e query.Expr, s *index.Site) bool {
	switch e := e.(type) {
	case query.And:
		return !slices.ContainsFunc(e.Of, func(p query.Expr) bool { return !matches(p, s) })
	case query.Or:
		return slices.ContainsFunc(e.Of, func(p query.Expr) bool { return matches(p, s) })
	case query.Not:
		return !matches(e.Of, s)
	case query.Phrase:
		return inText(s, e.Field, strings.Join(e.Words, " "), false)
	case query.Word:
		return matchesWord(e, s)
	case query.Term:
		if f, _ := query.Lookup(e.Field); f.Kind == query.Text {
			return inText(s, e.Field, e.Value, e.Prefix)
		}
		return hasKey(s, e.Field, e.Value, e.Prefix)
	case query.Range:
		return inRange(e, s)
	}
	panic(fmt.Sprintf("unknown expression %T", e))
}

func matchesWord(e query.Word, s *index.Site) bool {
	for _, f := range []string{"host", "wallet", "contact", "tracker", "ip", "kit", "operator", "cert", "spki", "favicon", "domhash"} {
		if hasKey(s, f, e.Value, e.Prefix) {
			return true
		}
	}
	words := strings.Join(query.Words(e.Value), " ")
	if words == "" || e.Prefix && words != strings.ToLower(e.Value) {
		return false
	}
	return inText(s, "title", words, e.Prefix) || inText(s, "text", words, e.Prefix) || inText(s, "host", words, e.Prefix)
}

func hasKey(s *index.Site, field, value string, prefix bool) bool {
	return slices.ContainsFunc(index.Keys(s)[field], func(have string) bool {
		if prefix {
			return strings.HasPrefix(have, value) || strings.HasPrefix(have, strings.ToLower(value))
		}
		return have == value || have == strings.ToLower(value)
	})
}

func inText(s *index.Site, field, words string, prefix bool) bool {
	text := map[string]string{"title": s.Findings.Title, "text": s.Findings.Text, "host": s.Host}[field]
	have, want := " "+strings.Join(query.Words(text), " ")+" ", " "+words
	if !prefix {
		want += " "
	}
	return strings.Contains(have, want)
}

func inRange(e query.Range, s *index.Site) bool {
	times := map[string]time.Time{"first_seen": s.FirstSeen, "last_visit": s.LastVisit, "last_live": s.LastLive}
	numbers := map[string]int{"visits": s.Visits, "wallets": index.WalletCount(s)}
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

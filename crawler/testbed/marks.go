package testbed

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Marks are filled in for each answer:
//
//	{% random N %}      N letters and digits
//	{% number A B %}    a whole number from A to B
//	{% time %}          now, RFC 3339
//	{% count NAME %}    how often this was filled in before
//	{% next LIST %}     the next entry of the list, over all visitors
//	{% visit LIST %}    an entry of the list for each visitor, known again by a cookie
//	{% shuffle LIST %}  all entries in another order each time, a line each
const (
	markOpen, markClose = "{%", "%}"
	visitorCookie       = "visitor"
)

// markArgs is how many words follow the name of a mark.
var markArgs = map[string]int{"random": 1, "number": 2, "time": 0, "count": 1, "next": 1, "visit": 1, "shuffle": 1}

// checkMarks says which marks of a text cannot be filled in, with their lines.
func (s *serving) checkMarks(where, text string) error {
	var errs []error
	for line, rest := 1, text; ; {
		before, mark, ok := strings.Cut(rest, markOpen)
		if !ok {
			return errors.Join(errs...)
		}
		line += strings.Count(before, "\n")
		mark, rest, ok = strings.Cut(mark, markClose)
		if err := s.checkMark(strings.Fields(mark), ok); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", where, line, err))
		}
		line += strings.Count(mark, "\n")
	}
}

func (s *serving) checkMark(words []string, ended bool) error {
	if !ended {
		return errors.New("a mark without an end")
	}
	if len(words) == 0 {
		return errors.New("a mark without a name")
	}
	n, ok := markArgs[words[0]]
	switch {
	case !ok:
		return fmt.Errorf("no mark is named %q", words[0])
	case len(words) != n+1:
		return fmt.Errorf("%s takes %d words", words[0], n)
	}
	switch words[0] {
	case "random", "number":
		for _, w := range words[1:] {
			if v, err := strconv.Atoi(w); err != nil || v < 0 || v > maxMarkNumber {
				return fmt.Errorf("%s: %q is no number from 0 to %d", words[0], w, maxMarkNumber)
			}
		}
	case "next", "visit", "shuffle":
		if _, ok := s.Lists[words[1]]; !ok {
			return fmt.Errorf("no list %s", words[1])
		}
	}
	return nil
}

// filler fills in marks. It counts for one server; it is safe for concurrent use.
type filler struct {
	lists map[string][]string

	mu     sync.Mutex
	counts map[string]int
}

func (f *filler) count(what string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.counts[what]
	f.counts[what]++
	return n
}

// visitor gives the number of who asks. A new one gets a cookie with the answer, so it is to be called once for each.
func (f *filler) visitor(w http.ResponseWriter, r *http.Request) int {
	if c, err := r.Cookie(visitorCookie); err == nil {
		if n, err := strconv.Atoi(c.Value); err == nil && n >= 0 {
			return n
		}
	}
	n := f.count("visitors")
	http.SetCookie(w, &http.Cookie{Name: visitorCookie, Value: strconv.Itoa(n), Path: "/"})
	return n
}

// fill gives text with its marks filled in. They were checked when the site was read.
func (f *filler) fill(text string, visitor func() int) string {
	var out strings.Builder
	for {
		before, mark, ok := strings.Cut(text, markOpen)
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		mark, text, _ = strings.Cut(mark, markClose)
		out.WriteString(f.value(strings.Fields(mark), visitor))
	}
}

func (f *filler) value(words []string, visitor func() int) string {
	number := func(i int) int { n, _ := strconv.Atoi(words[i]); return n }
	entry := func(n int) string { return f.lists[words[1]][n%len(f.lists[words[1]])] }
	switch words[0] {
	case "random":
		b := make([]byte, number(1))
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[rand.IntN(36)]
		}
		return string(b)
	case "number":
		low, high := number(1), number(2)
		return strconv.Itoa(low + rand.IntN(max(high-low, 0)+1))
	case "time":
		return time.Now().UTC().Format(time.RFC3339)
	case "count":
		return strconv.Itoa(f.count("count " + words[1]))
	case "next":
		return entry(f.count("next " + words[1]))
	case "visit":
		return entry(visitor())
	case "shuffle":
		all := append([]string(nil), f.lists[words[1]]...)
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return strings.Join(all, "\n")
	}
	return ""
}

package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// span is the half-open range of stored numbers that a Range stands for: milliseconds since 1970 for times.
type span struct{ from, to int64 }

const unbounded = math.MaxInt64

// resolve turns a Range into the stored values it holds; err says what is wrong with a bound.
func (e Range) resolve(now time.Time) (Field, span, error) {
	f, ok := Lookup(e.Field)
	if !ok || f.Kind != Time && f.Kind != Number {
		return f, span{}, fmt.Errorf("field %q has no ranges", e.Field)
	}
	s := span{from: -unbounded, to: unbounded}
	if e.From.Value != "" {
		v, err := f.value(e.From.Value, now)
		if err != nil {
			return f, s, err
		}
		s.from = v.from
		if e.From.Open {
			s.from = v.to
		}
	}
	if e.To.Value != "" {
		v, err := f.value(e.To.Value, now)
		if err != nil {
			return f, s, err
		}
		s.to = v.to
		if e.To.Open {
			s.to = v.from
		}
	}
	return f, s, nil
}

// value reads one time or number; a time without its smaller parts spans all of them.
func (f Field) value(text string, now time.Time) (span, error) {
	if f.Kind == Time {
		return timeSpan(text, now)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= -unbounded || n == unbounded {
		return span{}, fmt.Errorf("%q is not a whole number", text)
	}
	return span{n, n + 1}, nil
}

// layouts are the spellings of a time, each with the end of what it names.
var layouts = []struct {
	layout string
	end    func(time.Time) time.Time
}{
	{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04Z07:00", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04:05", second},
	{"2006-01-02T15:04:05Z07:00", second},
}

func second(t time.Time) time.Time {
	if t.Nanosecond() != 0 {
		return t.Truncate(time.Millisecond).Add(time.Millisecond)
	}
	return t.Add(time.Second)
}

func timeSpan(text string, now time.Time) (span, error) {
	if rest, ok := strings.CutPrefix(text, "now"); ok {
		back, err := offset(rest)
		if err != nil {
			return span{}, fmt.Errorf("%q: %w", text, err)
		}
		ms := now.Add(-back).UnixMilli()
		return span{ms, ms + 1}, nil
	}
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, text); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
			return span{t.UnixMilli(), l.end(t).UnixMilli()}, nil
		}
	}
	return span{}, fmt.Errorf("%q is not a time such as 2026-11-25, 2026-11-25T10:30:00Z, now or now-7d", text)
}

// offset reads what follows "now": nothing, or -7d.
func offset(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit, ok := units[text[len(text)-1]]
	if text[0] != '-' || !ok {
		return 0, fmt.Errorf("after now comes -NUMBER and m, h, d or w")
	}
	n, err := strconv.ParseUint(text[1:len(text)-1], 10, 32)
	if err != nil {
		return 0, fmt.Errorf("after now comes -NUMBER and m, h, d or w")
	}
	if float64(n)*unit.Hours() > maxOffset {
		return 0, fmt.Errorf("more than 100 years ago")
	}
	return time.Duration(n) * unit, nil
}

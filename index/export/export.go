// Package export turns Sites into lists that other programs load: plain hosts, hosts files, CSV, JSON Lines.
//
// It does not choose what is worth listing, the caller's query does; but a Gate holds back what must not be named to others, what is
// written is always well-formed, whatever the sites sent, and a host that a blocker could misread is left out. Both are counted.
package export

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// ErrFormat is wrapped when there is no such format.
var ErrFormat = errors.New("unknown export format")

// Options is what the sites themselves do not say.
type Options struct {
	Date   time.Time // when the list is made; written as UTC
	Source string    // who makes it: program, store, query; one line for people
	Count  int64     // sites that will come, where known; 0 = not known
	Gate   *Gate     // what may be named, and as what the list may be passed on; nil: all but what nobody may (see Gate), as of Date
}

// light is what the list may be passed on as.
func (o Options) light() crawler.TLP {
	if o.Gate == nil {
		return DefaultTLP
	}
	return o.Gate.Light()
}

// now is when reviews must count.
func (o Options) now() time.Time {
	if o.Gate != nil && !o.Gate.Now.IsZero() {
		return o.Gate.Now
	}
	return o.Date
}

// Stats says what became of the sites.
type Stats struct {
	Written int            `json:"written"`
	Skipped int            `json:"skipped"`
	Reasons map[string]int `json:"reasons,omitempty"` // why hosts were left out of a list
	// Withheld counts sites that the gate did not let pass, by why; they are not among Skipped.
	Withheld map[string]int `json:"withheld,omitempty"`
}

// FormatInfo names one format.
type FormatInfo struct{ Name, Doc string }

// writer is one format being written. site reports why the site was left out, "" when it was written.
type writer interface {
	begin(o Options) error
	site(s *index.Site) (skipped string, err error)
	end(st Stats) error
}

type format struct {
	FormatInfo
	open func(w *bufio.Writer) writer
}

func formats() []format {
	return []format{
		{FormatInfo{"plain", "one host a line, comments begin with #"}, func(w *bufio.Writer) writer { return newList(w, "") }},
		{FormatInfo{"hosts", "hosts file: 0.0.0.0 and a host a line"}, func(w *bufio.Writer) writer { return newList(w, "0.0.0.0 ") }},
		{FormatInfo{"csv", "table for spreadsheets (RFC 4180), formulas neutralised"}, func(w *bufio.Writer) writer { return newTable(w) }},
		{FormatInfo{"jsonl", "one JSON object a line: schema version and all that is known of the site"}, func(w *bufio.Writer) writer { return newLines(w) }},
	}
}

// Formats lists the formats, in the order help texts print them.
func Formats() []FormatInfo {
	var out []FormatInfo
	for _, f := range formats() {
		out = append(out, f.FormatInfo)
	}
	return out
}

// Write writes all sites in the named format. An error of sites or of w ends it and is wrapped; what was written until then has no
// closing line in the formats that have one. The error wraps ErrFormat, and nothing is written, when there is no such format.
func Write(w io.Writer, name string, sites iter.Seq2[*index.Site, error], o Options) (Stats, error) {
	var st Stats
	b := bufio.NewWriter(w)
	out, err := open(b, name)
	if err != nil {
		return st, err
	}
	gate := Gate{Unconfirmed: true}
	if o.Gate != nil {
		gate = *o.Gate
	}
	gate.Now = o.now()
	if err := out.begin(o); err != nil {
		return st, fmt.Errorf("write %s export: %w", name, err)
	}
	for s, err := range sites {
		if err != nil {
			return st, errors.Join(fmt.Errorf("read sites for %s export: %w", name, err), b.Flush())
		}
		if ok, why := gate.Pass(s); !ok {
			st.withhold(counted(why))
			continue
		}
		why, err := out.site(s)
		if err != nil {
			return st, fmt.Errorf("write %s export: %w", name, err)
		}
		st.count(why)
	}
	if err := errors.Join(out.end(st), b.Flush()); err != nil {
		return st, fmt.Errorf("write %s export: %w", name, err)
	}
	return st, nil
}

func open(b *bufio.Writer, name string) (writer, error) {
	var names []string
	for _, f := range formats() {
		if f.Name == name {
			return f.open(b), nil
		}
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("%w %q (there are %s)", ErrFormat, name, strings.Join(names, ", "))
}

func (st *Stats) withhold(why string) {
	if st.Withheld == nil {
		st.Withheld = map[string]int{}
	}
	st.Withheld[why]++
}

func (st *Stats) count(why string) {
	if why == "" {
		st.Written++
		return
	}
	st.Skipped++
	if st.Reasons == nil {
		st.Reasons = map[string]int{}
	}
	if _, ok := st.Reasons[why]; !ok && len(st.Reasons) >= MaxReasons {
		why = "other"
	}
	st.Reasons[why]++
}

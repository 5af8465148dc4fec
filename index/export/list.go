package export

import (
	"bufio"
	"errors"
	"strconv"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// list writes one host a line behind a fixed prefix.
type list struct {
	w      *bufio.Writer
	prefix string
	seen   map[string]bool
}

func newList(w *bufio.Writer, prefix string) *list {
	return &list{w: w, prefix: prefix, seen: map[string]bool{}}
}

func (l *list) begin(o Options) error {
	count := ""
	if o.Count > 0 {
		count = strconv.FormatInt(o.Count, 10)
	}
	date := ""
	if !o.Date.IsZero() {
		date = o.Date.UTC().Format(time.RFC3339)
	}
	gate := ""
	if o.Gate != nil {
		gate = o.Gate.String()
	}
	var err error
	for _, line := range [][2]string{{"source", o.Source}, {"date", date}, {"sites", count}, {"tlp", string(o.light())}, {"listed", gate}} {
		if text := oneLine(line[1], MaxComment); text != "" {
			err = errors.Join(err, l.comment(line[0]+": "+text))
		}
	}
	return err
}

func (l *list) comment(text string) error {
	_, err := l.w.WriteString("# " + text + "\n")
	return err
}

func (l *list) site(s *index.Site) (string, error) {
	if why := unlistable(s.Host); why != "" {
		return why, nil
	}
	if l.seen[s.Host] {
		return "listed already", nil
	}
	l.seen[s.Host] = true
	_, err := l.w.WriteString(l.prefix + s.Host + "\n")
	return "", err
}

// end closes the list, so that a cut-off one can be told.
func (l *list) end(st Stats) error {
	return l.comment("end: " + strconv.Itoa(st.Written) + " hosts")
}

// unlistable says why a host must not stand in a block list: blockers read lists by many rules, so only what all of them read the
// same passes. A-labels of letters, digits and hyphens (RFC 952, 1123, 5890), at most 63 bytes a label and 253 in all, no address,
// and no public suffix: that would block everybody below it.
func unlistable(host string) string {
	name, err := crawler.NormalHost(host)
	switch {
	case err != nil:
		return err.Error()
	case name != host:
		return "not in normal form"
	case strings.Contains(host, "_"):
		return "underscore in host name"
	}
	return ""
}

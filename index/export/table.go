package export

import (
	"bufio"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// table writes CSV with a header line. Columns are only ever added at the end.
type table struct {
	w     *csv.Writer
	now   time.Time
	light crawler.TLP
}

func newTable(w *bufio.Writer) *table {
	c := csv.NewWriter(w)
	c.UseCRLF = true // RFC 4180
	return &table{w: c}
}

func columns() []string {
	return []string{"host", "host_defanged", "outcome", "verdict", "kit", "operator", "wallets", "contacts", "title", "first_seen", "last_live", "ip",
		"score", "confirmed", "reasons", "registrar", "abuse", "registered", "tlp", "licences"}
}

func (t *table) begin(o Options) error {
	t.now, t.light = o.now(), o.light()
	return t.w.Write(columns())
}

func (t *table) site(s *index.Site) (string, error) {
	f := &s.Findings
	row := []string{s.Host, defang(s.Host), string(s.Outcome), label(s, t.now), s.Kit, s.Operator,
		values(s.Wallets()), values(contacts(f.Indicators)), f.Title, stamp(s.FirstSeen), stamp(s.LastLive), listed(f.Hosting.Addresses),
		score(s), strconv.FormatBool(s.Confirmed(t.now)), strings.Join(grounds(s, t.now), "; "), f.Hosting.Registrar,
		strings.Join(f.Hosting.Abuse[:min(len(f.Hosting.Abuse), MaxListed)], "; "), stamp(f.Hosting.Registered),
		string(s.Light()), licences(s.Under(t.light).Sources)}
	for n := range row {
		row[n] = cell(row[n])
	}
	return "", t.w.Write(row)
}

func (t *table) end(Stats) error {
	t.w.Flush()
	return t.w.Error()
}

func contacts(all []extractors.Indicator) []extractors.Indicator {
	var out []extractors.Indicator
	for _, i := range all {
		if i.Kind == extractors.KindContact && i.Confidence != extractors.Low {
			out = append(out, i)
		}
	}
	return out
}

// values writes indicators as "btc:1…" and "telegram:name".
func values(all []extractors.Indicator) string {
	var out []string
	for _, i := range all {
		out = append(out, i.Chain+i.Type+":"+i.Value)
	}
	return listed(out)
}

func listed(values []string) string {
	more := len(values) - MaxListed
	text := strings.Join(values[:min(len(values), MaxListed)], " ")
	if more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}

// licences gives the terms of the lists that named a site, each once.
func licences(refs []index.SourceRef) string {
	var all []string
	for _, r := range refs {
		if r.Licence != "" && !slices.Contains(all, r.Licence) {
			all = append(all, r.Licence)
		}
	}
	return strings.Join(all, "; ")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

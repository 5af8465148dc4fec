package judge

import (
	_ "embed" // signs.txt
	"net/url"
	"strings"

	"scamatlas/crawler"
	"scamatlas/crawler/markup"
)

//go:embed signs.txt
var signsTable string

const elsewhere crawler.Outcome = "elsewhere" // in the table only: a site known to be nobody's scam

// sign is one line of signs.txt.
type sign struct {
	outcome crawler.Outcome
	where   string // "host", "path", "title", "text", "body", or "header"
	header  string // lower case, for "header"
	what    string
	reason  string
}

type signs []sign

func newSigns() signs {
	var list signs
	for line := range strings.Lines(signsTable) {
		line = strings.TrimSpace(line)
		outcome, rest, ok := strings.Cut(line, " | ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		where, rest, _ := strings.Cut(rest, " | ")
		i := strings.LastIndex(rest, " | ") // the sought text may hold the separator
		if i < 0 {
			continue
		}
		s := sign{outcome: crawler.Outcome(outcome), what: rest[:i], reason: rest[i+len(" | "):]}
		s.where, s.header, _ = strings.Cut(where, " ")
		list = append(list, s)
	}
	return list
}

// find gives the first sign that an answer shows, nil for none.
func (list signs) find(a *crawler.Response, d *markup.Document) *sign {
	u, err := url.Parse(a.FinalURL)
	if err != nil {
		u = &url.URL{}
	}
	in := map[string]string{"path": strings.ToLower(u.Path)}
	if d.Text <= LittleText || a.Status >= 400 {
		in["title"] = strings.ToLower(d.Title)
		in["text"] = strings.Join(strings.Fields(strings.ToLower(string(d.Sample))), " ")
		in["body"] = strings.ToLower(string(a.Body[:min(len(a.Body), maxSignBytes)]))
	}
	for i := range list {
		s := &list[i]
		switch {
		case s.outcome == elsewhere:
		case s.where == "header":
			if headerHolds(a.Header, s.header, s.what) {
				return s
			}
		case s.where == "host":
			if within(u, s.what) {
				return s
			}
		case strings.Contains(in[s.where], s.what):
			return s
		}
	}
	return nil
}

// famous names the well-known site that u belongs to, "" for none.
func (list signs) famous(u *url.URL) string {
	for i := range list {
		if s := &list[i]; s.outcome == elsewhere && within(u, s.what) {
			return s.reason
		}
	}
	return ""
}

func within(u *url.URL, domain string) bool {
	rest, ok := strings.CutSuffix(u.Hostname(), domain)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

func headerHolds(fields []crawler.HeaderField, name, what string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) && strings.Contains(strings.ToLower(f.Value), what) {
			return true
		}
	}
	return false
}

package local

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// stateDoc is the part of a site that is only ever read whole.
type stateDoc struct {
	Reason   string             `json:"reason,omitempty"`
	FinalURL string             `json:"final_url,omitempty"`
	Hops     []crawler.Hop      `json:"hops,omitempty"`
	Pages    []string           `json:"pages,omitempty"`
	Refused  []crawler.Refusal  `json:"refused,omitempty"`
	Caps     []string           `json:"caps,omitempty"`
	Verdict  extractors.Verdict `json:"verdict"`
	Title    string             `json:"title,omitempty"`
	Lang     string             `json:"lang,omitempty"`

	FoundBy  int64               `json:"found_by,omitempty"`
	Profile  string              `json:"profile,omitempty"`
	Rendered bool                `json:"rendered,omitempty"`
	Cloaking extractors.Cloaking `json:"cloaking,omitzero"`
	Evidence *index.Evidence     `json:"evidence,omitempty"`
	Past     []index.Past        `json:"past,omitempty"`
	Steady   int                 `json:"steady,omitempty"`
	Happened []index.Happening   `json:"happened,omitempty"`
	Links    []string            `json:"links,omitempty"`
}

// siteRow is a site as its two tables hold it.
type siteRow struct {
	id         int64
	site       index.Site
	first      int64
	last, live sql.NullInt64
	next       sql.NullInt64
	sources    []byte
	review     []byte // nil: none
	state      []byte // this and the following: nil for a host never visited
	indicators []byte
	hosting    []byte
	print      []byte
	text       []byte
}

const (
	siteColumns = `SELECT site.id, host, domain, sequence, visits, failures, outcome, first_seen, last_visit, last_live, next_visit, kit, operator, sources, review,
	state, indicators, hosting, fingerprint, text FROM `
	joinFinding = ` LEFT JOIN finding ON finding.site = site.id `
	selectSite  = siteColumns + "site" + joinFinding
)

type scanner interface{ Scan(...any) error }

// scanSite reads one row of selectSite.
func (s *Store) scanSite(row scanner) (int64, *index.Site, error) {
	var r siteRow
	x := &r.site
	err := row.Scan(&r.id, &x.Host, &x.RegDomain, &x.Sequence, &x.Visits, &x.Failures, &x.Outcome, &r.first, &r.last, &r.live, &r.next, &x.Kit, &x.Operator, &r.sources, &r.review,
		&r.state, &r.indicators, &r.hosting, &r.print, &r.text)
	if err != nil {
		return 0, nil, err
	}
	x.FirstSeen, x.LastVisit, x.LastLive, x.NextVisit = time.UnixMilli(r.first).UTC(), fromMS(r.last), fromMS(r.live), fromMS(r.next)
	if err := s.decode(&r); err != nil {
		return 0, nil, fmt.Errorf("stored site %s: %w", x.Host, err)
	}
	return r.id, x, nil
}

func (s *Store) decode(r *siteRow) error {
	x := &r.site
	if err := json.Unmarshal(r.sources, &x.Sources); err != nil {
		return err
	}
	if r.review != nil {
		if err := json.Unmarshal(r.review, &x.Review); err != nil {
			return err
		}
	}
	if r.state == nil {
		return nil
	}
	var d stateDoc
	if err := json.Unmarshal(r.state, &d); err != nil {
		return err
	}
	x.Reason, x.FinalURL, x.Hops, x.Pages, x.Refused, x.Caps, x.Verdict = d.Reason, d.FinalURL, d.Hops, d.Pages, d.Refused, d.Caps, d.Verdict
	x.FoundBy, x.Profile, x.Rendered, x.Cloaking, x.Evidence = d.FoundBy, d.Profile, d.Rendered, d.Cloaking, d.Evidence
	x.Past, x.Steady, x.Happened = d.Past, d.Steady, d.Happened
	f := &x.Findings
	f.Title, f.Lang, f.Links = d.Title, d.Lang, d.Links
	if err := decodeFacts(r.indicators, r.hosting, r.print, &f.Indicators, &f.Hosting, &f.Fingerprint); err != nil {
		return err
	}
	text, err := s.unzip.DecodeAll(r.text, nil)
	f.Text = string(text)
	return err
}

func decodeFacts(indicators, hosting, print []byte, i *[]extractors.Indicator, h *extractors.Hosting, f *extractors.Fingerprint) (err error) {
	if err = json.Unmarshal(indicators, i); err != nil {
		return err
	}
	if err = json.Unmarshal(hosting, h); err != nil {
		return err
	}
	*f, err = decodeFingerprint(print)
	return err
}

func stateOf(x *index.Site) ([]byte, error) {
	return json.Marshal(stateDoc{x.Reason, x.FinalURL, x.Hops, x.Pages, x.Refused, x.Caps, x.Verdict, x.Findings.Title, x.Findings.Lang,
		x.FoundBy, x.Profile, x.Rendered, x.Cloaking, x.Evidence, x.Past, x.Steady, x.Happened, x.Findings.Links})
}

// findingArgs are the columns of table finding after the site's id.
func (s *Store) findingArgs(x *index.Site) ([]any, error) {
	f := &x.Findings
	state, err := stateOf(x)
	if err != nil {
		return nil, err
	}
	indicators, err := json.Marshal(f.Indicators)
	if err != nil {
		return nil, err
	}
	hosting, err := json.Marshal(f.Hosting)
	if err != nil {
		return nil, err
	}
	return []any{state, indicators, hosting, encodeFingerprint(&f.Fingerprint), s.zip.EncodeAll([]byte(f.Text), []byte{})}, nil
}

// toMS writes a time as stored; the zero time is NULL.
func toMS(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func fromMS(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}

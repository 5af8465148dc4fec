// Package index turns Findings of single visits into what is searched: Sites over time, the Clusters they form, and the queue of
// what to visit next.
//
// The nouns and the contract stand here; the stores that keep them are index/local (SQLite) and index/elastic (Elasticsearch 8),
// held to one contract by index/indextest. The package does not know how sites are fetched or how findings are made.
package index

import (
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Site is one host over time: its current state. It is what search and show print.
type Site struct {
	Host      string      `json:"host"`
	RegDomain string      `json:"reg_domain"`
	Sources   []SourceRef `json:"sources,omitempty"` // why we know it, oldest first, at most MaxSources
	Sequence  int64       `json:"sequence"`          // of the visit that wrote this state
	Visits    int         `json:"visits"`            // saved visits
	Failures  int         `json:"failures"`          // visits since the last live one

	Outcome   crawler.Outcome `json:"outcome"` // of the last visit
	Reason    string          `json:"reason,omitempty"`
	FirstSeen time.Time       `json:"first_seen"`          // first named or first visited
	LastVisit time.Time       `json:"last_visit,omitzero"` // any outcome
	LastLive  time.Time       `json:"last_live,omitzero"`  // last visit that saw the site itself
	NextVisit time.Time       `json:"next_visit,omitzero"`

	// What the last live visit found; a failed visit leaves it as it was.
	FinalURL string              `json:"final_url,omitempty"`
	Hops     []crawler.Hop       `json:"hops,omitempty"`
	Pages    []string            `json:"pages,omitempty"` // addresses of the pages read
	Refused  []crawler.Refusal   `json:"refused,omitempty"`
	Caps     []string            `json:"caps,omitempty"`
	Findings extractors.Findings `json:"findings"`
	Verdict  extractors.Verdict  `json:"verdict"`
	FoundBy  int64               `json:"found_by,omitempty"` // sequence of that visit
	Profile  string              `json:"profile,omitempty"`  // visitor profile that saw most in it
	Rendered bool                `json:"rendered,omitempty"` // it used a browser
	Cloaking extractors.Cloaking `json:"cloaking,omitzero"`  // what it showed to the others
	Evidence *Evidence           `json:"evidence,omitempty"` // where it is kept, objects left out

	Steady   int         `json:"steady,omitempty"`   // visits in a row that found nothing new
	Happened []Happening `json:"happened,omitempty"` // what visits changed, newest last, at most MaxHappened
	Review   *Review     `json:"review,omitempty"`   // what an analyst decided; wins over Verdict until it expires
	Past     []Past      `json:"past,omitempty"`     // where and how it was served over time, oldest first, at most MaxPast

	Kit      string `json:"kit,omitempty"`      // id of its kit cluster
	Operator string `json:"operator,omitempty"` // id of its operator cluster
}

// Review is what an analyst decided about one site.
type Review struct {
	Label   string    `json:"label"` // of extractors.Labels
	Who     string    `json:"who,omitempty"`
	At      time.Time `json:"at"`
	Note    string    `json:"note,omitempty"`
	Until   time.Time `json:"until,omitzero"`    // it no longer counts from then on; zero: for good
	Machine string    `json:"machine,omitempty"` // label of the verdict when it was given
	Score   float64   `json:"score,omitempty"`   // and its score
}

// Past is one fact of hosting and the time it was seen to hold: the site's own passive DNS.
type Past struct {
	Kind  string    `json:"kind"` // "address", "ns", "cname", "cert", "asn", "registrar", "title"
	Value string    `json:"value"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// SourceRef says who named a host, and where.
type SourceRef struct {
	Source    string    `json:"source"`
	Reference string    `json:"reference,omitempty"`
	Seen      time.Time `json:"seen"`

	// On what terms, "" where none were stated.
	Licence string      `json:"licence,omitempty"`
	TLP     crawler.TLP `json:"tlp,omitempty"`
}

// CaptureRecord is what is kept of one visit in the index: never changed once written.
type CaptureRecord struct {
	ID       string          `json:"id"` // CaptureID
	Host     string          `json:"host"`
	Sequence int64           `json:"sequence"`
	Profile  string          `json:"profile"`
	Started  time.Time       `json:"started"`
	Ended    time.Time       `json:"ended"`
	Outcome  crawler.Outcome `json:"outcome"`
	Reason   string          `json:"reason,omitempty"`
	FinalURL string          `json:"final_url,omitempty"`
	Status   int             `json:"status,omitempty"` // of the entry page
	Pages    int             `json:"pages"`
	Assets   int             `json:"assets"`
	Bytes    int64           `json:"bytes"`
	Bodies   []BodyRef       `json:"bodies,omitempty"`
	Rendered bool            `json:"rendered,omitempty"` // a browser was used
	Deposits []Deposit       `json:"deposits,omitempty"` // what the visitor was asked to pay to, page by page
	Evidence *Evidence       `json:"evidence,omitempty"` // where what was seen is kept; nil: nowhere
	Network  crawler.Network `json:"network"`            // what DNS and TLS said then
	Robots   *crawler.Robots `json:"robots,omitempty"`   // robots.txt as it was, its body cut at MaxRobotsKept
}

// Deposit is what one page asked its visitor to pay to.
type Deposit struct {
	Page    string   `json:"page"`    // address without query and fragment
	Wallets []string `json:"wallets"` // keys of Indicators, sorted
}

// Evidence names a visit's entry in an archive's hash chain and the objects it holds.
type Evidence struct {
	Chain   string      `json:"chain"` // id of the chain; each machine that visits keeps one
	Seq     int64       `json:"seq"`   // of the entry, from 1
	Hash    string      `json:"hash"`  // of the entry, lower-case hex SHA-256
	Objects []ObjectRef `json:"objects,omitempty"`
}

// ObjectRef names one stored object by its content.
type ObjectRef struct {
	Kind    string `json:"kind"` // "warc", "har", "capture", "viewport", "full", "element"
	Profile string `json:"profile,omitempty"`
	SHA256  string `json:"sha256"`
	Size    int64  `json:"size"`
	Of      string `json:"of,omitempty"` // pictures: the address shown
}

// BodyRef names one body of a capture by its content.
type BodyRef struct {
	URL       string `json:"url"`
	SHA256    string `json:"sha256"`
	Size      int    `json:"size"`
	Status    int    `json:"status"`
	Truncated string `json:"truncated,omitempty"`
}

// Visit is one finished visit on its way into the store.
type Visit struct {
	Lease    Lease               `json:"lease"`
	Record   CaptureRecord       `json:"record"`            // of the profile that saw most; it holds the visit's evidence
	Further  []CaptureRecord     `json:"further,omitempty"` // of the other profiles
	Cloaking extractors.Cloaking `json:"cloaking,omitzero"`
	Target   crawler.Target      `json:"target"`
	Hops     []crawler.Hop       `json:"hops,omitempty"`
	Pages    []string            `json:"pages,omitempty"`
	Refused  []crawler.Refusal   `json:"refused,omitempty"`
	Caps     []string            `json:"caps,omitempty"`
	Findings extractors.Findings `json:"findings"`
	Verdict  extractors.Verdict  `json:"verdict"`
	Next     time.Time           `json:"next"` // when the host is due again
}

// Apply gives the state of a site after a visit. old is nil for the first visit. It returns old itself and false when the visit is
// not newer than what old already holds: an older visit never overwrites a newer one, the same visit twice is once.
func Apply(old *Site, v *Visit) (*Site, bool) {
	r := &v.Record
	var s Site
	if old != nil {
		if old.Sequence >= r.Sequence {
			return old, false
		}
		s = *old
	} else {
		s = Site{Host: r.Host, RegDomain: crawler.RegistrableDomain(r.Host), FirstSeen: r.Started}
	}
	s.Sources = slices.Clone(s.Sources)
	if s.sourceOf(v.Target) < 0 { // the terms it was queued on may have changed since
		s.AddSource(v.Target, r.Started)
	}
	s.Sequence, s.Visits = r.Sequence, s.Visits+1
	s.Outcome, s.Reason = r.Outcome, r.Reason
	s.LastVisit, s.NextVisit = r.Ended, v.Next
	if r.Outcome.Alive() || s.LastLive.IsZero() || phaseOf(r.Outcome) == parked { // a site that cannot be seen any more is what it was
		s.Verdict = v.Verdict
	}
	s.Past = remember(s.Past, &v.Findings, r.Ended)
	s.Refused, s.Caps = v.Refused, v.Caps
	if r.Outcome.Alive() || s.LastLive.IsZero() {
		s.FinalURL, s.Hops, s.Pages, s.Findings = r.FinalURL, v.Hops, v.Pages, v.Findings
		s.FoundBy, s.Profile, s.Rendered, s.Cloaking, s.Evidence = r.Sequence, r.Profile, r.Rendered, v.Cloaking, nil
		if r.Evidence != nil {
			s.Evidence = &Evidence{Chain: r.Evidence.Chain, Seq: r.Evidence.Seq, Hash: r.Evidence.Hash}
		}
	}
	if r.Outcome.Alive() {
		s.LastLive, s.Failures = r.Ended, 0
	} else {
		s.Failures++
	}
	s.live(old)
	return &s, true
}

// Revision is what today's extractors make of a stored visit.
type Revision struct {
	Host     string
	Sequence int64 // of the visit; the site's FoundBy
	Findings extractors.Findings
	Verdict  extractors.Verdict
	Cloaking extractors.Cloaking
}

// Revise gives the site with other findings of the same visit; false when the site's findings are of another visit by now.
func Revise(old *Site, r *Revision) (*Site, bool) {
	if old.FoundBy != r.Sequence {
		return old, false
	}
	s := *old
	s.Findings, s.Cloaking = r.Findings, r.Cloaking
	if s.Sequence == r.Sequence || phaseOf(s.Outcome) != parked { // else a later visit has said what it is now
		s.Verdict = r.Verdict
	}
	return &s, true
}

// Wallets gives the site's wallets that a victim could be asked to pay to, low confidence left out.
func (s *Site) Wallets() []extractors.Indicator {
	var out []extractors.Indicator
	for _, i := range s.Findings.Indicators {
		if i.Payee() {
			out = append(out, i)
		}
	}
	return out
}

package elastic

import (
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

// siteDoc is a site as it stands in the index. k, w, the times and the numbers are what queries of index/query look at; the next
// group is for people who look at the raw index; sources and blob give the whole site back, with kit and operator from k, as others
// than the visitor write those.
type siteDoc struct {
	K         map[string][]string `json:"k"`
	W         wordsDoc            `json:"w"`
	Sequence  int64               `json:"sequence"`
	Visits    int                 `json:"visits"`
	Failures  int                 `json:"failures"`
	Wallets   int                 `json:"wallets"`
	Points    *int64              `json:"points,omitempty"` // hundredths of the score; nil: written by a program of schema 1
	FirstSeen string              `json:"first_seen,omitempty"`
	LastVisit string              `json:"last_visit,omitempty"`
	LastLive  string              `json:"last_live,omitempty"`
	NextVisit string              `json:"next_visit,omitempty"`

	Registered string `json:"registered,omitempty"` // the domain

	Title    string     `json:"title,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	FinalURL string     `json:"final_url,omitempty"`
	Score    float64    `json:"score"`
	Payees   []payeeDoc `json:"payees,omitempty"`
	Trimmed  bool       `json:"trimmed,omitempty"` // the server took only the core of the site: it cannot be found by its words and indicators

	Sources []index.SourceRef `json:"sources,omitempty"`
	Blob    blobs             `json:"blob"`
}

// wordsDoc holds texts cut by query.Words.
type wordsDoc struct {
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
	Host  string `json:"host,omitempty"`
}

type payeeDoc struct {
	Chain      string `json:"chain,omitempty"`
	Value      string `json:"value"`
	Tag        string `json:"tag,omitempty"`
	Confidence string `json:"confidence"`
}

// blobs are the packed parts of a site, apart from each other so that no reader loads what it does not need.
type blobs struct {
	Site        []byte `json:"site,omitempty"` // all but the others
	Evidence    []byte `json:"evidence,omitempty"`
	Fingerprint []byte `json:"fingerprint,omitempty"`
}

// Parts of a siteDoc to read.
func summaryParts() []string {
	return []string{"k.kit", "k.operator", "sources", "blob.site", "blob.evidence"}
}
func wholeParts() []string   { return append(summaryParts(), "blob.fingerprint") }
func memberParts() []string  { return []string{"blob.evidence", "blob.fingerprint"} }
func sourcesParts() []string { return []string{"sources"} }

// evidence is what grouping needs beside the fingerprint.
type evidence struct {
	Host       string                 `json:"host"`
	Sequence   int64                  `json:"sequence"`
	Outcome    crawler.Outcome        `json:"outcome,omitempty"`
	FirstSeen  time.Time              `json:"first_seen,omitzero"`
	LastLive   time.Time              `json:"last_live,omitzero"`
	Indicators []extractors.Indicator `json:"indicators,omitempty"`
	Hosting    extractors.Hosting     `json:"hosting"`
}

// siteToDoc converts. core leaves out all that a server could object to.
func (p *packer) siteToDoc(s *index.Site, core bool) (*siteDoc, error) {
	points := index.Points(s)
	d := &siteDoc{K: index.Keys(s), Points: &points, Registered: stamp(index.Registered(s)), Sequence: s.Sequence, Visits: s.Visits, Failures: s.Failures, Wallets: index.WalletCount(s),
		FirstSeen: stamp(s.FirstSeen), LastVisit: stamp(s.LastVisit), LastLive: stamp(s.LastLive), NextVisit: stamp(s.NextVisit),
		Score: s.Verdict.Score, Sources: s.Sources, Trimmed: core}
	if core {
		for field := range d.K {
			switch field {
			case "host", "domain", "outcome", "verdict", "confirmed", "reviewed", "kit", "operator":
			default:
				delete(d.K, field)
			}
		}
	} else {
		d.Title, d.Reason, d.FinalURL, d.Payees = s.Findings.Title, s.Reason, s.FinalURL, payees(s)
		d.W = wordsDoc{Title: words(s.Findings.Title), Text: words(s.Findings.Text), Host: words(s.Host)}
	}
	return d, p.packSite(s, &d.Blob)
}

func (p *packer) packSite(s *index.Site, b *blobs) (err error) {
	rest := *s
	rest.Kit, rest.Operator, rest.Sources = "", "", nil
	rest.Findings.Fingerprint, rest.Findings.Indicators, rest.Findings.Hosting = extractors.Fingerprint{}, nil, extractors.Hosting{}
	if b.Site, err = p.pack(&rest); err != nil {
		return err
	}
	f := &s.Findings
	b.Evidence, err = p.pack(&evidence{s.Host, s.Sequence, s.Outcome, s.FirstSeen, s.LastLive, f.Indicators, f.Hosting})
	if err != nil || (f.Fingerprint.Zero() && f.Fingerprint.Version == 0) {
		return err
	}
	b.Fingerprint, err = p.pack(&f.Fingerprint)
	return err
}

// docToSite is the way back; parts that were not read stay zero.
func (p *packer) docToSite(d *siteDoc) (*index.Site, error) {
	var s index.Site
	if err := p.unpack(d.Blob.Site, &s); err != nil {
		return nil, err
	}
	var e evidence
	if err := p.unpack(d.Blob.Evidence, &e); err != nil {
		return nil, err
	}
	s.Findings.Indicators, s.Findings.Hosting = e.Indicators, e.Hosting
	if len(d.Blob.Fingerprint) > 0 {
		if err := p.unpack(d.Blob.Fingerprint, &s.Findings.Fingerprint); err != nil {
			return nil, err
		}
	}
	s.Sources, s.Kit, s.Operator = d.Sources, first(d.K["kit"]), first(d.K["operator"])
	return &s, nil
}

func (p *packer) docToMember(d *siteDoc) (*index.Member, error) {
	var e evidence
	if err := p.unpack(d.Blob.Evidence, &e); err != nil {
		return nil, err
	}
	m := &index.Member{Host: e.Host, Sequence: e.Sequence, Outcome: e.Outcome, FirstSeen: e.FirstSeen, LastLive: e.LastLive,
		Indicators: e.Indicators, Hosting: e.Hosting}
	if len(d.Blob.Fingerprint) > 0 {
		if err := p.unpack(d.Blob.Fingerprint, &m.Fingerprint); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func payees(s *index.Site) []payeeDoc {
	var out []payeeDoc
	for _, w := range s.Wallets() {
		if len(out) == MaxListed {
			break
		}
		out = append(out, payeeDoc{w.Chain, w.Value, w.Tag, w.Confidence})
	}
	return out
}

// captureDoc is a visit's record; the whole of it stands in Record, which the server does not look into.
type captureDoc struct {
	Host     string               `json:"host"`
	Sequence int64                `json:"sequence"`
	Profile  string               `json:"profile,omitempty"`
	Started  string               `json:"started,omitempty"`
	Ended    string               `json:"ended,omitempty"`
	Outcome  string               `json:"outcome,omitempty"`
	Status   int                  `json:"status,omitempty"`
	Pages    int                  `json:"pages"`
	Assets   int                  `json:"assets"`
	Bytes    int64                `json:"bytes"`
	Trimmed  bool                 `json:"trimmed,omitempty"` // without the list of bodies
	Record   *index.CaptureRecord `json:"record"`
}

func captureToDoc(r index.CaptureRecord, core bool) *captureDoc {
	if core {
		r.Bodies = nil
	}
	return &captureDoc{Host: r.Host, Sequence: r.Sequence, Profile: clip(r.Profile, index.MaxKey), Started: stamp(r.Started), Ended: stamp(r.Ended),
		Outcome: string(r.Outcome), Status: r.Status, Pages: r.Pages, Assets: r.Assets, Bytes: r.Bytes, Trimmed: core, Record: &r}
}

// frontierDoc is a host's place in the queue. Owner, Until and Leased stand only while somebody holds it.
type frontierDoc struct {
	Host     string         `json:"host"`
	Due      string         `json:"due,omitempty"`
	Owner    string         `json:"owner,omitempty"`
	Until    string         `json:"until,omitempty"`
	Leased   string         `json:"leased,omitempty"` // when, by the clock of the one who asked
	Sequence int64          `json:"sequence"`
	Target   crawler.Target `json:"target"`
}

// clusterDoc is a cluster; Blob holds the whole of it, Sum tells whether it has changed.
type clusterDoc struct {
	Layer   string   `json:"layer,omitempty"`
	ID      string   `json:"id,omitempty"`
	Size    int      `json:"size"`
	Since   string   `json:"since,omitempty"`
	Hosts   []string `json:"hosts,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
	Linked  string   `json:"linked,omitempty"` // of a link: its key; it has no layer
	Sum     string   `json:"sum,omitempty"`
	Blob    []byte   `json:"blob,omitempty"`
}

// runDoc is a run, or (Head) a job's newest claim, which all machines change by compare-and-swap.
type runDoc struct {
	Head     bool   `json:"head,omitempty"`
	Job      string `json:"job"`
	Due      string `json:"due"`
	Missed   int    `json:"missed,omitempty"`
	Owner    string `json:"owner"`
	Started  string `json:"started,omitempty"`
	Until    string `json:"until,omitempty"`
	Finished string `json:"finished,omitempty"`
	Err      string `json:"error,omitempty"`
	Note     string `json:"note,omitempty"`
}

// sourceDoc lies beside the runs. It has no job, by which searches for runs pass it over.
type sourceDoc struct {
	Source string `json:"source"`
	State  []byte `json:"state"`
}

func runToDoc(r *index.Run) runDoc {
	return runDoc{Job: r.Job, Due: stamp(r.Due), Missed: r.Missed, Owner: r.Owner, Started: stamp(r.Started), Until: stamp(r.Until),
		Finished: stamp(r.Finished), Err: clip(r.Err, index.MaxRunNote), Note: clip(r.Note, index.MaxRunNote)}
}

func docToRun(d *runDoc) index.Run {
	return index.Run{Job: d.Job, Due: moment(d.Due), Missed: d.Missed, Owner: d.Owner, Started: moment(d.Started), Until: moment(d.Until),
		Finished: moment(d.Finished), Err: d.Err, Note: d.Note}
}

const stampForm = "2006-01-02T15:04:05.000Z"

// stamp writes a time as the index holds it: UTC, milliseconds; "" for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampForm)
}

// moment reads a stamp; the zero time when it is none.
func moment(s string) time.Time {
	t, err := time.Parse(stampForm, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func words(text string) string { return strings.Join(query.Words(text), " ") }

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/extractors"
	"scamatlas/extractors/cloak"
	"scamatlas/index"
	"scamatlas/index/query"
)

// RescanStore is the part of the store that reading again needs.
type RescanStore interface {
	EachSite(ctx context.Context, q query.Expr, fn func(*index.Site) error) error
	Revise(ctx context.Context, r index.Revision) error
}

// Kept gives back what visits saw.
type Kept interface {
	ID() string
	Entry(ctx context.Context, seq int64) (*archive.Entry, error)
	Captures(ctx context.Context, e *archive.Entry) ([]*crawler.Capture, error)
}

// Rescanner reads stored visits again with today's extractors. It visits nothing.
type Rescanner struct {
	Store      RescanStore
	Archive    Kept
	Extractors []extractors.Extractor
	NotTheirs  map[string]bool // as in Visitor
	Judge      *Judge          // nil: verdicts stay as they are
	Dry        bool            // say what would change, change nothing
	Log        *slog.Logger
}

// Change is what reading one site again has changed.
type Change struct {
	Host     string                 `json:"host"`
	Sequence int64                  `json:"sequence"` // of the visit
	Added    []extractors.Indicator `json:"added"`
	Removed  []extractors.Indicator `json:"removed"`
	Altered  []string               `json:"altered"`           // other parts: "title", "text", "fingerprint", "hosting", "indicators", "cloaking: same → mobile_only"
	Skipped  string                 `json:"skipped,omitempty"` // why it could not be read again
}

// Same reports that nothing changed.
func (c *Change) Same() bool {
	return len(c.Added)+len(c.Removed)+len(c.Altered) == 0 && c.Skipped == ""
}

// Rescanned counts sites.
type Rescanned struct {
	Read, Changed, Skipped, Without int // Without evidence: never read
}

// Run reads all matching sites again, several at once, and reports each that has evidence; report is called from one goroutine at a time.
//
//	EachSite ─▶ read again × cores (evidence ─▶ extractors ─▶ compare ─▶ Revise) ─▶ report
func (r *Rescanner) Run(ctx context.Context, q query.Expr, report func(Change)) (Rescanned, error) {
	var n Rescanned
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	err := r.Store.EachSite(ctx, q, func(s *index.Site) error {
		if s.Evidence == nil {
			n.Without++
			return nil
		}
		site := *s
		g.Go(func() error {
			c, err := r.site(ctx, &site)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case c.Skipped != "":
				n.Skipped++
			case !c.Same():
				n.Changed++
				fallthrough
			default:
				n.Read++
			}
			report(c)
			return nil
		})
		return ctx.Err()
	})
	err = errors.Join(g.Wait(), err)
	return n, err
}

// site reads one again. The error is the store's; evidence that cannot be read is a Skipped.
func (r *Rescanner) site(ctx context.Context, s *index.Site) (Change, error) {
	c := Change{Host: s.Host, Sequence: s.FoundBy, Added: []extractors.Indicator{}, Removed: []extractors.Indicator{}, Altered: []string{}}
	captures, err := r.captures(ctx, s)
	if err != nil {
		if ctx.Err() != nil {
			return c, ctx.Err()
		}
		c.Skipped = err.Error()
		return c, nil
	}
	var views []cloak.View
	for _, w := range captures {
		views = append(views, readView(w, r.Extractors, r.NotTheirs, r.Log))
	}
	got := unite(views)
	judged := s.Verdict
	if r.Judge != nil {
		judged = r.Judge.judge(ctx, &got, s)
	}
	c.compare(s, &got, &judged)
	if r.Dry || c.Same() && equal(s.Verdict, judged) {
		return c, nil
	}
	err = r.Store.Revise(ctx, index.Revision{Host: s.Host, Sequence: s.FoundBy, Findings: got.findings, Verdict: judged, Cloaking: got.cloaking})
	if errors.Is(err, index.ErrStale) || errors.Is(err, index.ErrNotFound) {
		c.Skipped = "it was visited meanwhile"
		return c, nil
	}
	return c, err
}

func (r *Rescanner) captures(ctx context.Context, s *index.Site) ([]*crawler.Capture, error) {
	if s.Evidence.Chain != r.Archive.ID() {
		return nil, fmt.Errorf("its evidence is kept on another machine (chain %s)", s.Evidence.Chain)
	}
	e, err := r.Archive.Entry(ctx, s.Evidence.Seq)
	if err != nil {
		return nil, err
	}
	if e.Hash != s.Evidence.Hash {
		return nil, fmt.Errorf("entry %d of the chain is not the one the visit wrote; run `scamatlas verify`", e.Seq)
	}
	captures, err := r.Archive.Captures(ctx, e)
	if err == nil && len(captures) == 0 {
		err = errors.New("the evidence holds no capture")
	}
	return captures, err
}

// compare notes how a new reading differs from what is stored.
func (c *Change) compare(s *index.Site, got *reading, judged *extractors.Verdict) {
	old, now := s.Findings, &got.findings
	c.Added, c.Removed = without(now.Indicators, old.Indicators), without(old.Indicators, now.Indicators)
	for name, parts := range map[string][2]any{"title": {old.Title, now.Title}, "language": {old.Lang, now.Lang}, "text": {old.Text, now.Text},
		"links": {old.Links, now.Links}, "fingerprint": {old.Fingerprint, now.Fingerprint}, "hosting": {old.Hosting, now.Hosting}} {
		if !equal(parts[0], parts[1]) {
			c.Altered = append(c.Altered, name)
		}
	}
	if len(c.Added)+len(c.Removed) == 0 && !equal(old.Indicators, now.Indicators) {
		c.Altered = append(c.Altered, "indicators") // their roles, spellings or places
	}
	if was, is := s.Cloaking.Verdict, got.cloaking.Verdict; was != is {
		c.Altered = append(c.Altered, fmt.Sprintf("cloaking: %s → %s", orNone(was), orNone(is)))
	}
	c.verdicts(&s.Verdict, judged)
	slices.Sort(c.Altered)
}

// verdicts notes another label, and the reasons that came and went.
func (c *Change) verdicts(was, is *extractors.Verdict) {
	if was.Label != is.Label || was.Confirmed != is.Confirmed {
		c.Altered = append(c.Altered, fmt.Sprintf("verdict: %s → %s", sure(was), sure(is)))
	}
	codes := func(v *extractors.Verdict) map[string]bool {
		m := map[string]bool{}
		for _, r := range v.Reasons {
			m[r.Code] = true
		}
		return m
	}
	before, after := codes(was), codes(is)
	for code := range after {
		if !before[code] {
			c.Altered = append(c.Altered, "reason: + "+code)
		}
	}
	for code := range before {
		if !after[code] {
			c.Altered = append(c.Altered, "reason: − "+code)
		}
	}
	if math.Abs(was.Score-is.Score) >= .01 && was.Label == is.Label {
		c.Altered = append(c.Altered, fmt.Sprintf("score: %.2f → %.2f", was.Score, is.Score))
	}
}

func sure(v *extractors.Verdict) string {
	if v.Confirmed {
		return orNone(v.Label) + " (confirmed)"
	}
	return orNone(v.Label)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// without gives the indicators of a that b does not have.
func without(a, b []extractors.Indicator) []extractors.Indicator {
	has := map[string]bool{}
	for _, i := range b {
		has[i.Key()+"\x00"+i.Tag] = true
	}
	out := []extractors.Indicator{}
	for _, i := range a {
		if !has[i.Key()+"\x00"+i.Tag] {
			out = append(out, i)
		}
	}
	return out
}

// equal compares as stored: what is empty and what is missing are the same.
func equal(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

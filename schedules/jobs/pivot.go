package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/query"
)

// PivotStore is the part of the store that pivoting reads.
type PivotStore interface {
	EachSite(ctx context.Context, q query.Expr, fn func(*index.Site) error) error
	Clusters(ctx context.Context, layer index.Layer) ([]index.Cluster, error)
}

// Pivot is the Source of hosts that confirmed sites lead to: other names in their certificates, where they redirect, what their front
// ends talk to, and the next names of an operator who counts. Each target says from which site and by what.
type Pivot struct {
	Store PivotStore
	Skip  func(host string) bool // platforms and honest firms, which every kind of site leads to; nil skips none
	Now   func() time.Time
}

// Name implements Source.
func (*Pivot) Name() string { return "pivot" }

// Expect implements Source: where nothing is confirmed there is nothing to expect.
func (*Pivot) Expect() time.Duration { return 0 }

// pivotCursor is when the last whole reading began.
type pivotCursor struct {
	Since time.Time `json:"since"`
}

// Read implements Source. Sites come in the order of their names, so the cursor moves only at the end.
func (p *Pivot) Read(ctx context.Context, cursor []byte, emit func(crawler.Batch) error) error {
	var from pivotCursor
	if len(cursor) > 0 {
		if err := json.Unmarshal(cursor, &from); err != nil {
			return fmt.Errorf("reading where pivoting was: %w", err)
		}
	}
	began := p.Now().UTC()
	b := pivots{skip: p.Skip, seen: map[string]bool{}, cursor: cursor, emit: emit, confirmed: map[string]bool{}}
	err := p.Store.EachSite(ctx, query.Term{Field: "confirmed", Value: "true"}, func(s *index.Site) error {
		if !s.Confirmed(began) {
			return nil
		}
		b.confirmed[s.Host] = true
		if s.LastVisit.Before(from.Since) {
			return nil
		}
		b.read++
		for _, t := range leadsTo(s) {
			if err := b.add(t); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	operators, err := p.Store.Clusters(ctx, index.Operator)
	if err != nil {
		return err
	}
	for i := range operators {
		for _, t := range nextNames(&operators[i], b.confirmed) {
			if err := b.add(t); err != nil {
				return err
			}
		}
	}
	if b.read == 0 && len(b.targets) == 0 {
		return nil
	}
	if b.cursor, err = json.Marshal(pivotCursor{began}); err != nil {
		return err
	}
	return b.flush()
}

// pivots gathers targets into batches, each host once.
type pivots struct {
	skip      func(string) bool
	emit      func(crawler.Batch) error
	cursor    []byte
	seen      map[string]bool
	confirmed map[string]bool
	targets   []crawler.Target
	read      int
}

func (b *pivots) add(t crawler.Target) error {
	if b.seen[t.Host] || b.confirmed[t.Host] || b.skip != nil && b.skip(t.Host) {
		return nil
	}
	if len(b.seen) < maxPivots {
		b.seen[t.Host] = true
	}
	b.targets = append(b.targets, t)
	if len(b.targets) < index.MaxTargets {
		return nil
	}
	return b.flush()
}

func (b *pivots) flush() error {
	err := b.emit(crawler.Batch{Targets: b.targets, Read: b.read, Cursor: b.cursor})
	b.targets, b.read = nil, 0
	return err
}

// leadsTo gives the hosts that one site leads to.
func leadsTo(s *index.Site) []crawler.Target {
	var out []crawler.Target
	add := func(raw string, score float64, how string) {
		t, err := crawler.ParseTarget(strings.TrimPrefix(raw, "*."))
		if err != nil || sameSite(t.Host, s.Host) || len(out) >= pivotsOfSite {
			return
		}
		out = append(out, crawler.Target{Host: t.Host, Source: "pivot", Reference: s.Host, Score: score, Reasons: []string{how + " " + s.Host}})
	}
	if h := &s.Findings.Hosting; len(h.CertSANs) <= ownCertificate { // a longer list is a hoster's
		for _, n := range h.CertSANs {
			add(n, .8, "named in the certificate of")
		}
	}
	for _, h := range s.Hops {
		add(hostOf(h.To), .8, "redirected to by")
	}
	add(hostOf(s.FinalURL), .8, "redirected to by")
	for _, i := range s.Findings.Indicators {
		if i.Kind == extractors.KindBackend && i.Confidence != extractors.Low {
			host, _, _ := strings.Cut(i.Value, ":")
			add(host, .6, "talked to by the front end of")
		}
	}
	return out
}

func sameSite(a, b string) bool {
	return strings.TrimPrefix(a, "www.") == strings.TrimPrefix(b, "www.")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// nextNames continues the names of an operator who counts: nova1.example and nova2.example are followed by nova3.example. Only
// confirmed sites are counted on.
func nextNames(c *index.Cluster, confirmed map[string]bool) []crawler.Target {
	last := map[string]numbered{} // by the name around the number
	count := map[string]int{}
	for _, h := range c.Hosts {
		n, ok := number(h)
		if !ok || !confirmed[h] {
			continue
		}
		key := n.before + "#" + n.after
		count[key]++
		if old, known := last[key]; !known || n.n > old.n {
			last[key] = n
		}
	}
	var keys []string
	for k := range last {
		if count[k] >= 2 {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out []crawler.Target
	for _, k := range keys[:min(len(keys), countersOfOperator)] {
		n := last[k]
		for i := 1; i <= namesAhead; i++ {
			host, err := crawler.NormalHost(n.before + fmt.Sprintf("%0*d", n.width, n.n+i) + n.after)
			if err == nil {
				out = append(out, crawler.Target{Host: host, Source: "pivot", Reference: n.host, Score: .3, Reasons: []string{fmt.Sprintf("follows %s in the names of operator %s", n.host, c.ID)}})
			}
		}
	}
	return out
}

// numbered is a host with the last number in its first label.
type numbered struct {
	host, before, after string
	n, width            int
}

func number(host string) (numbered, bool) {
	label, rest, _ := strings.Cut(host, ".")
	end := len(label)
	for end > 0 && !digit(label[end-1]) {
		end--
	}
	start := end
	for start > 0 && digit(label[start-1]) {
		start--
	}
	if start == end || end-start > longestCounter || start == 0 && end == len(label) || strings.HasPrefix(label, "xn--") {
		return numbered{}, false
	}
	n, err := strconv.Atoi(label[start:end])
	if err != nil {
		return numbered{}, false
	}
	width := 1
	if label[start] == '0' {
		width = end - start
	}
	return numbered{host, label[:start], label[end:] + "." + rest, n, width}, true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

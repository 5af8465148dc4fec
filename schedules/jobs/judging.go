package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"scamatlas/extractors"
	"scamatlas/extractors/rule"
	"scamatlas/extractors/verdict"
	"scamatlas/index"
	"scamatlas/index/query"
)

// JudgeStore is the part of the store that tells what is known of other sites.
type JudgeStore interface {
	Search(ctx context.Context, r index.SearchRequest) (*index.SearchResult, error)
	EachSite(ctx context.Context, q query.Expr, fn func(*index.Site) error) error
	Rejudge(ctx context.Context, host string, sequence int64, v extractors.Verdict) error
	Review(ctx context.Context, host string, r *index.Review) error
}

// Judge says what sites are: by their own pages, by kit rules, and by what the store knows of sites they share something with.
type Judge struct {
	Rules *verdict.Rules
	Kits  *rule.Set  // nil: none is tried
	Store JudgeStore // nil: nothing is known of other sites
	Log   *slog.Logger
}

// judge gives the verdict on one site. old is its state before, nil when there is none. A page that nobody foresaw makes the verdict
// unclear, not the visit fail.
func (j *Judge) judge(ctx context.Context, r *reading, old *index.Site) (v extractors.Verdict) {
	if j == nil {
		return unjudged(r.best.Capture.Outcome)
	}
	v = unjudged(r.best.Capture.Outcome)
	defer func() {
		if p := recover(); p != nil {
			j.Log.Error("judging panicked", "host", r.best.Capture.Host, "err", p, "stack", string(debug.Stack()))
		}
	}()
	in := r.best.Input
	if in == nil {
		in = extractors.NewInput(r.best.Capture)
	}
	facts := j.facts(ctx, r.best.Capture.Host, &r.findings, old)
	facts.At, facts.Cloaking = r.best.Capture.Ended, r.cloaking
	if j.Kits != nil {
		facts.Hits = j.Kits.Match(rule.NewFields(in))
	}
	return j.Rules.Judge(in, &r.findings, facts)
}

// facts gathers what is known of other sites. What cannot be read is left unknown: the next grouping judges again.
func (j *Judge) facts(ctx context.Context, host string, f *extractors.Findings, old *index.Site) verdict.Facts {
	facts := verdict.Facts{Safe: j.Rules.Safe(host, timeNow())}
	if j.Store == nil {
		return facts
	}
	var errs []error
	if old != nil {
		var err error
		facts.Kit, err = j.kin(ctx, "kit", old.Kit, old)
		errs = append(errs, err)
		facts.Operator, err = j.kin(ctx, "operator", old.Operator, old)
		errs = append(errs, err)
	}
	shared, err := j.shared(ctx, host, f)
	facts.Shared = shared
	if err := errors.Join(append(errs, err)...); err != nil && ctx.Err() == nil {
		j.Log.Warn("judged without what other sites tell", "host", host, "err", err)
	}
	return facts
}

// kin counts a cluster's other members and the confirmed among them, whatever confirmed these: the next Rejudge is stricter.
func (j *Judge) kin(ctx context.Context, field, id string, self *index.Site) (verdict.Kin, error) {
	if id == "" {
		return verdict.Kin{}, nil
	}
	member := query.Term{Field: field, Value: id}
	all, err := j.count(ctx, member)
	if err != nil {
		return verdict.Kin{}, err
	}
	confirmed, err := j.count(ctx, query.And{Of: []query.Expr{member, confirmedTerm}})
	if err != nil {
		return verdict.Kin{}, err
	}
	if self.Confirmed(timeNow()) {
		confirmed--
	}
	return verdict.Kin{ID: id, Confirmed: max(confirmed, 0), Members: max(all-1, 0)}, nil
}

var confirmedTerm = query.Term{Field: "confirmed", Value: "true"}

func (j *Judge) count(ctx context.Context, q query.Expr) (int, error) {
	r, err := j.Store.Search(ctx, index.SearchRequest{Query: q, Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", q, err)
	}
	return int(r.Total), nil
}

// telling gives the indicators of a site that mean something when others have them, too, each with its field of the search language.
func telling(f *extractors.Findings) map[string]extractors.Indicator {
	out := map[string]extractors.Indicator{}
	for _, i := range f.Indicators {
		if len(out) >= maxShared {
			break
		}
		switch {
		case i.Kind == extractors.KindClaim && i.Type == "company_number":
			out["company:"+i.Value] = i
		case i.Kind == extractors.KindClaim && i.Type == "licence":
			out["licence:"+i.Value] = i
		case i.Payee():
			out["wallet:"+i.Value] = i
		}
	}
	return out
}

// shared counts the other sites that claim the same numbers or ask to be paid to the same wallets.
func (j *Judge) shared(ctx context.Context, host string, f *extractors.Findings) ([]verdict.Shared, error) {
	var out []verdict.Shared
	for key, i := range telling(f) {
		field, value, _ := strings.Cut(key, ":")
		others := query.And{Of: []query.Expr{query.Term{Field: field, Value: value}, query.Not{Of: query.Term{Field: "host", Value: host}}}}
		n, err := j.count(ctx, others)
		if err != nil {
			return out, err
		}
		confirmed := 0
		if n > 0 {
			if confirmed, err = j.count(ctx, query.And{Of: append(others.Of, confirmedTerm)}); err != nil {
				return out, err
			}
			out = append(out, verdict.Shared{Key: i.Key(), Sites: n, Confirmed: confirmed})
		}
	}
	slices.SortFunc(out, func(a, b verdict.Shared) int { return strings.Compare(a.Key, b.Key) })
	return out, nil
}

// standing is how the holders of something fare: the members of a cluster, the sites with a wallet.
type standing struct{ sites, confirmed int }

// standings count sites by cluster id and by what they share.
type standings map[string]*standing

func (all standings) count(s *index.Site, confirmed bool) {
	for _, k := range holdings(s) {
		if all[k] == nil {
			all[k] = &standing{}
		}
		all[k].sites++
		if confirmed {
			all[k].confirmed++
		}
	}
}

func holdings(s *index.Site) []string {
	var keys []string
	for _, id := range []string{s.Kit, s.Operator} {
		if id != "" {
			keys = append(keys, id)
		}
	}
	for key := range telling(&s.Findings) {
		keys = append(keys, key)
	}
	return keys
}

// facts are what a site's clusters and fellow holders tell, the site itself left out.
func (all standings) facts(s *index.Site, confirmed bool) verdict.Facts {
	others := func(key string) (sites, sure int) {
		x := all[key]
		if x == nil {
			return 0, 0
		}
		sites, sure = x.sites-1, x.confirmed
		if confirmed {
			sure--
		}
		return sites, sure
	}
	kin := func(id string) verdict.Kin {
		sites, sure := others(id)
		return verdict.Kin{ID: id, Members: sites, Confirmed: sure}
	}
	facts := verdict.Facts{At: s.LastVisit, Kit: kin(s.Kit), Operator: kin(s.Operator)}
	for key, i := range telling(&s.Findings) {
		if sites, sure := others(key); sites > 0 {
			facts.Shared = append(facts.Shared, verdict.Shared{Key: i.Key(), Sites: sites, Confirmed: sure})
		}
	}
	slices.SortFunc(facts.Shared, func(a, b verdict.Shared) int { return strings.Compare(a.Key, b.Key) })
	return facts
}

// expire takes reviews away whose time is over, so that searches and exports go by the machine's word again.
func (j *Judge) expire(ctx context.Context) error {
	var over []*index.Site
	err := j.Store.EachSite(ctx, query.Term{Field: "reviewed", Value: "true"}, func(s *index.Site) error {
		if s.Review != nil && !s.Review.Counts(timeNow()) {
			over = append(over, &index.Site{Host: s.Host, Review: s.Review})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading reviews: %w", err)
	}
	for _, s := range over {
		if err := j.Store.Review(ctx, s.Host, nil); err != nil && !errors.Is(err, index.ErrNotFound) {
			return fmt.Errorf("ending the review of %s: %w", s.Host, err)
		}
		j.Log.Info("review is over", "host", s.Host, "label", s.Review.Label, "who", s.Review.Who, "until", s.Review.Until, "note", s.Review.Note)
	}
	return nil
}

// Rejudge judges all sites of clusters again by what became of the other members, and says how many verdicts that changed. Only
// members that are confirmed without their kin count: clusters cannot confirm themselves. Reviews whose time is over end before.
func (j *Judge) Rejudge(ctx context.Context) (changed int, err error) {
	if err := j.expire(ctx); err != nil {
		return 0, err
	}
	all := standings{}
	clustered := query.Or{Of: []query.Expr{query.Term{Field: "kit", Value: "k-", Prefix: true}, query.Term{Field: "operator", Value: "o-", Prefix: true}}}
	err = j.Store.EachSite(ctx, clustered, func(s *index.Site) error {
		all.count(s, j.byItself(s))
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("counting confirmed sites: %w", err)
	}
	err = j.Store.EachSite(ctx, clustered, func(s *index.Site) error {
		if len(s.Verdict.Reasons) == 0 { // nobody has judged it
			return nil
		}
		facts := all.facts(s, j.byItself(s))
		facts.Safe = j.Rules.Safe(s.Host, timeNow())
		now := j.Rules.Rejudge(s.Verdict, facts)
		if equal(now, s.Verdict) {
			return nil
		}
		err := j.Store.Rejudge(ctx, s.Host, s.Sequence, now)
		if errors.Is(err, index.ErrStale) || errors.Is(err, index.ErrNotFound) { // it was visited meanwhile, and judged
			return nil
		}
		changed++
		return err
	})
	return changed, err
}

// honest knows the sites that others imitate: those of the safe list, and those that an analyst calls so.
func (j *Judge) honest(ctx context.Context) (func(host string) bool, error) {
	said := map[string]bool{}
	if j.Store != nil {
		err := j.Store.EachSite(ctx, query.And{Of: []query.Expr{query.Term{Field: "reviewed", Value: "true"}, query.Term{Field: "verdict", Value: extractors.LabelReference}}}, func(s *index.Site) error {
			said[s.Host] = s.Review.Counts(timeNow())
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading which sites are honest: %w", err)
		}
	}
	return func(host string) bool { return said[host] || j.Rules.Safe(host, timeNow()) != nil }, nil
}

// byItself reports a site that is confirmed whatever its kin is.
func (j *Judge) byItself(s *index.Site) bool {
	if s.Review.Counts(timeNow()) {
		return s.Review.Label == extractors.LabelFake
	}
	if !s.Verdict.Confirmed {
		return false
	}
	return j.Rules.Rejudge(s.Verdict, verdict.Facts{At: s.LastVisit}).Confirmed
}

func timeNow() time.Time { return time.Now().UTC() }

package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

// ClusterStore is the part of the store that grouping needs.
type ClusterStore interface {
	index.Grouper
	Site(ctx context.Context, host string) (*index.Site, error)
	Happen(ctx context.Context, host string, h index.Happening) error
}

// Clusterer regroups all sites of the store.
type Clusterer struct {
	Store ClusterStore
	Judge *Judge // nil: no site is known to be honest, and verdicts do not follow what became of a site's kin
	Log   *slog.Logger
}

// Cluster reads all members, groups them and writes the result; the note says in one line what came out.
func (g *Clusterer) Cluster(ctx context.Context) (note string, err error) {
	start := time.Now()
	var gone departed
	b, o, err := g.known(ctx, gone.add)
	if err != nil {
		return "", err
	}
	o.Now = time.Now().UTC()
	grouping := b.Build(o.Previous, o)
	if err := g.Store.SaveClusters(ctx, grouping.Clusters); err != nil {
		return "", fmt.Errorf("saving clusters: %w", err)
	}
	n := map[index.Layer]int{}
	for i := range grouping.Clusters {
		n[grouping.Clusters[i].Layer]++
	}
	note = fmt.Sprintf("%d kits and %d operators among %d sites", n[index.Kit], n[index.Operator], b.Len())
	for _, a := range grouping.Alarms {
		note += "; alarm: " + a.String()
		g.Log.Warn("clusters kept apart", "layer", a.Layer, "clusters", a.IDs, "sites", a.Sites, "why", a.Why)
	}
	for _, m := range grouping.Imitations {
		g.Log.Info("honest site is imitated", "host", m.Host, "sites", m.Sites, "why", m.Why)
	}
	if n := len(grouping.Imitations); n > 0 {
		note += fmt.Sprintf("; honest sites imitated: %d", n)
	}
	reborn, err := g.reborn(ctx, &gone, o.Previous, grouping.Clusters)
	if err != nil {
		return note, err
	}
	if reborn > 0 {
		note += fmt.Sprintf("; %d new where others of their kind are gone", reborn)
	}
	if g.Judge != nil {
		changed, err := g.Judge.Rejudge(ctx)
		if err != nil {
			return note, fmt.Errorf("judging by kin: %w", err)
		}
		if changed > 0 {
			note += fmt.Sprintf("; %d judged anew by their kin", changed)
		}
	}
	g.Log.Info("clustered", "sites", b.Len(), "kits", n[index.Kit], "operators", n[index.Operator], "took", time.Since(start).Round(time.Millisecond).String())
	return note, nil
}

// Job is the scheduled form.
func (g *Clusterer) Job(ctx context.Context, _ time.Time) (string, error) { return g.Cluster(ctx) }

// read hands each member to see as well, where that is not nil.
func (g *Clusterer) read(ctx context.Context, see func(*index.Member)) (*cluster.Builder, error) {
	b := &cluster.Builder{}
	err := g.Store.EachMember(ctx, func(m *index.Member) error {
		b.Add(m)
		if see != nil {
			see(m)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("reading sites for grouping: %w", err)
	}
	return b, nil
}

// Related gives the n sites nearest to host, with reasons.
func (g *Clusterer) Related(ctx context.Context, host string, n int) ([]cluster.Relation, error) {
	b, o, err := g.known(ctx, nil)
	if err != nil {
		return nil, err
	}
	return b.Related(host, n, o), nil
}

// Explain says why two sites are together or why not.
func (g *Clusterer) Explain(ctx context.Context, one, two string) (cluster.Explanation, error) {
	b, o, err := g.known(ctx, nil)
	if err != nil {
		return cluster.Explanation{}, err
	}
	return b.Explain(one, two, o), nil
}

// known reads all members, which see gets as well, the clusters of the last build, and what analysts decided.
func (g *Clusterer) known(ctx context.Context, see func(*index.Member)) (b *cluster.Builder, o cluster.Options, err error) {
	if b, err = g.read(ctx, see); err != nil {
		return nil, o, err
	}
	if o.Previous, err = g.Store.Clusters(ctx, ""); err != nil {
		return nil, o, fmt.Errorf("reading the clusters so far: %w", err)
	}
	return b, o, g.decided(ctx, &o)
}

// decided reads what analysts decided.
func (g *Clusterer) decided(ctx context.Context, o *cluster.Options) (err error) {
	if o.Links, err = g.Store.Links(ctx); err != nil {
		return fmt.Errorf("reading analysts' links: %w", err)
	}
	if g.Judge != nil {
		o.Reference, err = g.Judge.honest(ctx)
	}
	return err
}

// Link keeps what an analyst decided, unless it contradicts what was decided before; the next grouping obeys it.
func (g *Clusterer) Link(ctx context.Context, l index.Link) error {
	earlier, err := g.Store.Links(ctx)
	if err != nil {
		return fmt.Errorf("reading analysts' links: %w", err)
	}
	if err := l.Check(earlier); err != nil {
		return err
	}
	return g.Store.SaveLink(ctx, l)
}

// Joining is Joiner's. What analysts decide later counts for those that join later.
func (g *Clusterer) Joining(ctx context.Context) (Join, error) {
	var j cluster.Joiner
	if err := g.decided(ctx, &j.Options); err != nil {
		return nil, err
	}
	return func(ctx context.Context, s *index.Site) (cluster.Joined, error) { return g.join(ctx, &j, s) }, nil
}

// join puts a site that was just visited into the clusters it belongs to, for as far as it is in none; the next grouping confirms it.
func (g *Clusterer) join(ctx context.Context, j *cluster.Joiner, s *index.Site) (cluster.Joined, error) {
	in := cluster.Joined{Kit: s.Kit, Operator: s.Operator}
	if s.LastLive.IsZero() || in.Kit != "" && in.Operator != "" {
		return in, nil
	}
	m := index.MemberOf(s)
	near, err := g.Store.Near(ctx, &m, cluster.MaxJoined)
	if err != nil || len(near) == 0 {
		return in, err
	}
	found := j.Join(&m, near)
	if in.Kit == "" {
		in.Kit = found.Kit
	}
	if in.Operator == "" {
		in.Operator = found.Operator
	}
	if in.Kit == s.Kit && in.Operator == s.Operator {
		return in, nil
	}
	if err := g.Store.Join(ctx, s.Host, in.Kit, in.Operator); err != nil {
		return in, err
	}
	return in, g.joinedTheGone(ctx, s, in, near)
}

package elastic

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"scamatlas/index"
)

// SaveClusters writes what has changed, then the memberships, then deletes what is gone. Repeating it completes what a crash left half
// done.
func (s *Store) SaveClusters(ctx context.Context, all []index.Cluster) error {
	if err := s.writable("saving clusters"); err != nil {
		return err
	}
	if err := s.saveClusters(ctx, all); err != nil {
		return fmt.Errorf("saving clusters: %w", err)
	}
	return nil
}

func (s *Store) saveClusters(ctx context.Context, all []index.Cluster) error {
	// A site that searches do not see yet would be passed over.
	if err := s.c.refresh(ctx, s.names.clusters, s.names.sites); err != nil {
		return err
	}
	s.unread.clusters.Store(true)
	old := map[string]string{}
	err := s.c.scan(ctx, scan{index: s.names.clusters, by: "id", page: keyPage, fields: []string{"id", "sum"}, query: isCluster()}, func(hits []hit) error {
		for _, h := range hits {
			old[h.ID] = first(h.Fields["sum"])
		}
		return nil
	})
	if err != nil {
		return err
	}
	var write, remove []op
	for i := range all {
		d, err := s.clusterToDoc(&all[i])
		if err != nil {
			return fmt.Errorf("%s: %w", all[i].ID, err)
		}
		if old[d.ID] != d.Sum {
			write = append(write, op{action: "index", index: s.names.clusters, id: d.ID, doc: d})
		}
		delete(old, d.ID)
	}
	for id := range old {
		remove = append(remove, op{action: "delete", index: s.names.clusters, id: id})
	}
	if err := s.writeAll(ctx, write); err != nil {
		return err
	}
	if err := s.saveMemberships(ctx, all); err != nil {
		return err
	}
	if err := s.writeAll(ctx, remove); err != nil {
		return err
	}
	// Other processes that read next see the new grouping, not half of it.
	return s.c.refresh(ctx, s.names.clusters, s.names.sites)
}

// isCluster leaves out the links.
func isCluster() object { return object{"exists": object{"field": "layer"}} }

// writeAll writes documents that nobody else changes; one that is gone already needs no deleting.
func (s *Store) writeAll(ctx context.Context, ops []op) error {
	results, err := s.c.bulk(ctx, ops, 0)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r != nil && !(ops[i].action == "delete" && r.Status == 404 && r.Type == "") {
			return fmt.Errorf("%s: %w", ops[i].id, r)
		}
	}
	return nil
}

func (s *Store) clusterToDoc(c *index.Cluster) (*clusterDoc, error) {
	kept := *c
	kept.Ties = kept.Ties[:min(len(kept.Ties), index.MaxTies)]
	plain, err := json.Marshal(&kept)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain)
	d := &clusterDoc{Layer: string(c.Layer), ID: c.ID, Size: c.Size, Since: stamp(c.Since), Hosts: c.Hosts, Aliases: c.Aliases, Sum: hex.EncodeToString(sum[:])}
	d.Blob, err = s.pack.pack(&kept)
	return d, err
}

// saveMemberships sets kit and operator of every site that stands otherwise, again where a visit came between.
func (s *Store) saveMemberships(ctx context.Context, all []index.Cluster) error {
	want := index.Memberships(all)
	s.unread.sites.Store(true)
	fields := scan{index: s.names.sites, by: "k.host", page: keyPage, fields: []string{"k.host", "k.kit", "k.operator"}}
	for range MaxConflicts {
		left := 0
		err := s.c.scan(ctx, fields, func(hits []hit) error {
			var ops []op
			for _, h := range hits {
				now := index.Membership{Kit: first(h.Fields["k.kit"]), Operator: first(h.Fields["k.operator"])}
				if m := want[h.ID]; m != now {
					ops = append(ops, op{action: "update", index: s.names.sites, id: h.ID, at: &h.place, doc: object{"doc": object{"k": object{
						"kit": list(m.Kit), "operator": list(m.Operator)}}}})
				}
			}
			conflicts, err := s.updateSites(ctx, ops)
			left += conflicts
			return err
		})
		if err != nil || left == 0 {
			return err
		}
		if err := s.c.refresh(ctx, s.names.sites); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: sites are changed by others all the time", index.ErrUnavailable)
}

func (s *Store) updateSites(ctx context.Context, ops []op) (conflicts int, err error) {
	results, err := s.c.bulk(ctx, ops, 0)
	if err != nil {
		return 0, err
	}
	for i, r := range results {
		switch {
		case conflict(r):
			conflicts++
		case r != nil:
			return conflicts, fmt.Errorf("%s: %w", ops[i].id, r)
		}
	}
	return conflicts, nil
}

func list(value string) []string {
	if value == "" {
		return []string{}
	}
	return []string{value}
}

// Clusters reads the clusters of a layer.
func (s *Store) Clusters(ctx context.Context, layer index.Layer) ([]index.Cluster, error) {
	if err := s.seen(ctx, &s.unread.clusters, s.names.clusters); err != nil {
		return nil, fmt.Errorf("reading clusters: %w", err)
	}
	sc := scan{index: s.names.clusters, by: "id", page: sitePage, parts: []string{"blob"}, query: isCluster()}
	if layer != "" {
		sc.query = object{"term": object{"layer": string(layer)}}
	}
	out := []index.Cluster{}
	err := s.c.scan(ctx, sc, func(hits []hit) error {
		for _, h := range hits {
			c, err := s.clusterOf(h.ID, h.Source)
			if err != nil {
				return err
			}
			out = append(out, *c)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading clusters: %w", err)
	}
	slices.SortFunc(out, func(a, b index.Cluster) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(b.Size, a.Size), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Cluster reads one.
func (s *Store) Cluster(ctx context.Context, id string) (*index.Cluster, error) {
	if id == "" || len(id) > index.MaxKey/2 {
		return nil, fmt.Errorf("cluster %q: %w", clip(id, 40), index.ErrNotFound)
	}
	docs, err := s.c.get(ctx, []key{{s.names.clusters, id, []string{"blob"}}}, 0)
	if err == nil && !docs[0].Found {
		return s.merged(ctx, id)
	}
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	return s.clusterOf(id, docs[0].Source)
}

// merged gives the cluster that took in one with this id.
func (s *Store) merged(ctx context.Context, id string) (*index.Cluster, error) {
	err := s.seen(ctx, &s.unread.clusters, s.names.clusters)
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	found, err := s.c.search(ctx, s.names.clusters, object{"size": 1, "query": object{"term": object{"aliases": id}}, "_source": []string{"blob"}})
	if err == nil && len(found.Hits.Hits) == 0 {
		err = index.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	return s.clusterOf(found.Hits.Hits[0].ID, found.Hits.Hits[0].Source)
}

func (s *Store) clusterOf(id string, source json.RawMessage) (*index.Cluster, error) {
	var d clusterDoc
	var c index.Cluster
	err := json.Unmarshal(source, &d)
	if err == nil {
		err = s.pack.unpack(d.Blob, &c)
	}
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	return &c, nil
}

package elastic

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"

	"scamatlas/index"
)

//go:embed mappings/*.json
var mappings embed.FS

// schema is the version of all mappings and stands in their _meta. An index of an earlier schema is brought up to date where it stands;
// a program that knows the earlier schema only refuses it then.
const schema = 2

// names are the aliases that all requests use. The index behind the alias X is X-v1 in every schema, so that two programs cannot make two.
type names struct {
	sites, captures, frontier, clusters, runs, named string
}

func namesOf(prefix string) names {
	return names{prefix + "-sites", prefix + "-captures", prefix + "-frontier", prefix + "-clusters", prefix + "-runs", prefix + "-names"}
}

// mapped gives each alias with the file that describes its documents; the one of names is made when the first is saved.
func (n names) mapped() [][2]string {
	return [][2]string{{n.sites, "sites"}, {n.captures, "captures"}, {n.frontier, "frontier"}, {n.clusters, "clusters"}, {n.runs, "runs"}}
}

// ensureIndices creates what is missing, all at once, as each takes the server a while. Two processes may do so together: an index
// comes with its alias in one step, and one wins.
func (s *Store) ensureIndices(ctx context.Context) error {
	all, each := errgroup.WithContext(ctx)
	for _, m := range s.names.mapped() {
		all.Go(func() error { return s.ensureIndex(each, m[0], m[1]) })
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return s.upgradeSites(ctx)
}

func (s *Store) ensureIndex(ctx context.Context, alias, file string) error {
	old, err := s.checkIndex(ctx, alias)
	if errors.Is(err, index.ErrNotFound) {
		if err = s.createIndex(ctx, alias, file); err == nil {
			old, err = s.checkIndex(ctx, alias)
		}
	}
	if err != nil {
		return err
	}
	return s.addFields(ctx, alias, file, old)
}

func (s *Store) checkIndices(ctx context.Context) error {
	for _, m := range s.names.mapped() {
		_, err := s.checkIndex(ctx, m[0])
		if errors.Is(err, index.ErrNotFound) {
			return fmt.Errorf("%s holds no data under %s: %w: crawl something first", s.c.address, m[0], index.ErrNotFound)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) createIndex(ctx context.Context, alias, file string) error {
	mapping, err := mappings.ReadFile("mappings/" + file + ".json")
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{
		"settings": map[string]any{"number_of_shards": 1, "auto_expand_replicas": "0-1"},
		"mappings": json.RawMessage(mapping),
		"aliases":  map[string]any{alias: map[string]any{"is_write_index": true}},
	})
	if err != nil {
		return err
	}
	err = s.c.do(ctx, request{method: "PUT", path: "/" + alias + "-v1", body: body})
	var refused *serverError
	if errors.As(err, &refused) && refused.Type == "resource_already_exists_exception" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("creating index %s: %w", alias, err)
	}
	return nil
}

// stands is what there is of an index.
type stands struct {
	fields
	schema int
}

// fields is what a mapping says of the fields of documents, as far as it matters here.
type fields struct {
	Properties map[string]fields `json:"properties"`
}

// lacks reports whether f has no place for some field of want.
func (f fields) lacks(want fields) bool {
	for name, w := range want.Properties {
		if have, ok := f.Properties[name]; !ok || have.lacks(w) {
			return true
		}
	}
	return false
}

// addFields gives an index that an earlier program made the fields that have come since; those it has stay as they are.
func (s *Store) addFields(ctx context.Context, alias, file string, old stands) error {
	mapping, err := mappings.ReadFile("mappings/" + file + ".json")
	if err != nil {
		return err
	}
	var want fields
	if err := json.Unmarshal(mapping, &want); err != nil {
		return fmt.Errorf("mapping of %s: %w", alias, err)
	}
	if old.schema == schema && !old.lacks(want) {
		return nil
	}
	if err := s.c.do(ctx, request{method: "PUT", path: "/" + alias + "/_mapping", body: mapping}); err != nil {
		return fmt.Errorf("adding new fields to index %s: %w", alias, err)
	}
	return nil
}

// checkIndex makes sure that the alias leads to documents of our schema or an earlier one, and gives their fields; index.ErrNotFound
// when there is none.
func (s *Store) checkIndex(ctx context.Context, alias string) (old stands, err error) {
	var found map[string]struct {
		Mappings struct {
			fields
			Meta struct {
				Schema int `json:"scamatlas"`
			} `json:"_meta"`
		}
	}
	err = s.c.do(ctx, request{method: "GET", path: "/" + alias + "/_mapping", out: &found})
	var refused *serverError
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return old, fmt.Errorf("index %s: %w", alias, index.ErrNotFound)
	}
	if err != nil {
		return old, fmt.Errorf("index %s: %w", alias, err)
	}
	for name, f := range found {
		old = stands{f.Mappings.fields, f.Mappings.Meta.Schema}
		if old.schema < 1 || old.schema > schema {
			return old, fmt.Errorf("%w: index %s holds schema %d, this program knows %d; use another index prefix or the program that wrote it",
				index.ErrVersion, name, old.schema, schema)
		}
	}
	return old, nil
}

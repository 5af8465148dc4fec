package main

import (
	"fmt"
	"path/filepath"
	"testing"

	"scamatlas/index/elastic/elastictest"
)

// onBothStores runs a test on an embedded store and on a real Elasticsearch. store gives the settings of a new one, for whose files it
// takes a folder, and which go when t ends.
func onBothStores(t *testing.T, run func(t *testing.T, store func(t *testing.T, dir string) string)) {
	t.Run("embedded", func(t *testing.T) {
		run(t, func(t *testing.T, dir string) string { return "store: " + filepath.Join(dir, "store") + "\n" })
	})
	t.Run("elasticsearch", func(t *testing.T) {
		run(t, func(t *testing.T, dir string) string {
			return fmt.Sprintf("store: %s\nelasticsearch: {prefix: %s, outbox: %s}\n", elastictest.URL(t), elastictest.Prefix(t), filepath.Join(dir, "outbox"))
		})
	})
}

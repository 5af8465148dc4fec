package elastic

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
	"scamatlas/index/indextest"
)

// schema1 holds the documents and mappings of a store as the last program of that schema (commit 001cf5e) wrote them, one a line.
//
//go:embed testdata/schema1.jsonl.gz
var schema1 []byte

// earlier makes the indices of schema 1 under a prefix.
func earlier(t *testing.T, url, prefix string) {
	t.Helper()
	var bulk bytes.Buffer
	for _, line := range strings.Split(strings.TrimSpace(string(indextest.Unzip(t, schema1))), "\n") {
		var l struct {
			Index, ID    string
			Doc, Mapping json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		name := prefix + "-" + l.Index
		if l.Mapping != nil {
			elastictest.Call(t, "PUT", url+"/"+name+"-v1", fmt.Sprintf(`{"aliases": {%q: {"is_write_index": true}}, "mappings": %s}`, name, l.Mapping))
			continue
		}
		fmt.Fprintf(&bulk, "{\"index\": {\"_index\": %q, \"_id\": %s}}\n%s\n", name+"-v1", asJSON(t, l.ID), l.Doc)
	}
	elastictest.Call(t, "POST", url+"/_bulk?refresh=true", bulk.String())
}

func TestStoreOfAnEarlierProgram(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	earlier(t, url, prefix)
	o := options(t, prefix)
	o.ReadOnly, o.Outbox = true, ""
	reader := open(t, url, o)
	indextest.Earlier(t, reader, false)
	w := open(t, url, options(t, prefix))
	indextest.Earlier(t, w, true)
	if _, err := reader.Search(t.Context(), index.SearchRequest{}); err != nil {
		t.Errorf("a reader that was there before the upgrade: %v", err)
	}
	for _, name := range []string{"sites", "captures", "frontier", "clusters", "runs"} {
		if m := string(elastictest.Call(t, "GET", url+"/"+prefix+"-"+name+"/_mapping", "")); !strings.Contains(m, `"_meta":{"scamatlas":2}`) {
			t.Errorf("%s still is of an earlier schema: an earlier program would write to it", name)
		}
	}
	if n, err := w.count(t.Context(), w.names.sites); err != nil || n == 0 {
		t.Errorf("%d sites, %v", n, err)
	}
}

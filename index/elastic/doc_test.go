package elastic

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"scamatlas/index"
	"scamatlas/index/indextest"
	"scamatlas/index/query"
)

type mapping struct {
	Type       string             `json:"type"`
	Analyzer   string             `json:"analyzer"`
	Above      int                `json:"ignore_above"`
	Enabled    *bool              `json:"enabled"`
	Dynamic    string             `json:"dynamic"`
	Properties map[string]mapping `json:"properties"`
}

func mappingOf(t *testing.T, file string) mapping {
	t.Helper()
	b, err := mappings.ReadFile("mappings/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var m mapping
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Every field of the search language stands in the mapping as query.DSL expects it, and no other.
func TestMappingHoldsTheFieldsOfQueries(t *testing.T) {
	sites := mappingOf(t, "sites")
	left := map[string]bool{}
	for name := range sites.Properties["k"].Properties {
		left[name] = true
	}
	for _, f := range query.Fields() {
		var got, want mapping
		switch f.Kind {
		case query.Keyword:
			got, want = sites.Properties["k"].Properties[f.Name], mapping{Type: "keyword", Above: index.MaxKey}
			delete(left, f.Name)
		case query.Text:
			got, want = sites.Properties["w"].Properties[f.Name], mapping{Type: "text", Analyzer: "whitespace"}
		case query.Time:
			got, want = sites.Properties[f.Column()], mapping{Type: "date"}
		case query.Number:
			got, want = sites.Properties[f.Column()], mapping{Type: "long"}
		}
		if got.Type != want.Type || got.Analyzer != want.Analyzer || got.Above != want.Above {
			t.Errorf("field %s is mapped as %+v, want %+v", f.Name, got, want)
		}
	}
	if len(left) > 0 {
		t.Errorf("mapped, but no field of query.Fields: %v", left)
	}
	if w := sites.Properties["w"].Properties["host"]; w.Type != "text" || w.Analyzer != "whitespace" {
		t.Errorf("the words of the host name are mapped as %+v", w)
	}
}

// Every document type has the fields of its mapping: with "dynamic": "strict" the server would refuse others.
func TestMappingsAreStrictAndFit(t *testing.T) {
	site, run, queue := "sites", "runs", "frontier"
	for file, doc := range map[string]any{
		site: &siteDoc{K: map[string][]string{}, W: wordsDoc{"a", "b", "c"}, FirstSeen: "x", LastVisit: "x", LastLive: "x", NextVisit: "x", Points: new(int64), Registered: "x", Title: "x", Reason: "x",
			FinalURL: "x", Payees: []payeeDoc{{"a", "b", "c", "d"}}, Trimmed: true, Sources: []index.SourceRef{{}}, Blob: blobs{[]byte{1}, []byte{1}, []byte{1}}},
		"captures": &captureDoc{Profile: "x", Started: "x", Ended: "x", Outcome: "x", Status: 1, Trimmed: true},
		queue:      &frontierDoc{Due: "x", Owner: "x", Until: "x", Leased: "x"},
		"clusters": &clusterDoc{Layer: "x", ID: "x", Since: "x", Hosts: []string{"x"}, Aliases: []string{"x"}, Linked: "x", Sum: "x", Blob: []byte{1}},
		run: &struct {
			runDoc
			sourceDoc
		}{runDoc{Head: true, Missed: 1, Started: "x", Until: "x", Finished: "x", Err: "x", Note: "x"}, sourceDoc{State: []byte{1}}},
	} {
		m := mappingOf(t, file)
		if m.Dynamic != "strict" {
			t.Errorf("%s is not strict", file)
		}
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		var written map[string]any
		if err := json.Unmarshal(b, &written); err != nil {
			t.Fatal(err)
		}
		same(t, file, written, m)
	}
}

// same compares the fields of a full document with a mapping, both ways.
func same(t *testing.T, at string, written map[string]any, m mapping) {
	t.Helper()
	for name := range m.Properties {
		if _, ok := written[name]; !ok && !strings.HasPrefix(at, "sites.k") {
			t.Errorf("%s.%s is mapped and never written", at, name)
		}
	}
	for name, v := range written {
		f, ok := m.Properties[name]
		if !ok {
			t.Errorf("%s.%s is written and not mapped", at, name)
		}
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		if o, ok := v.(map[string]any); ok && (f.Enabled == nil || *f.Enabled) {
			same(t, at+"."+name, o, f)
		}
	}
}

// A site comes back from its document as it was, whichever way it is read.
func TestSiteThroughDocument(t *testing.T) {
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	sites := map[string]*index.Site{}
	for _, v := range indextest.Corpus() {
		sites[v.Record.Host], _ = index.Apply(sites[v.Record.Host], &v)
	}
	for host, s := range sites {
		s.Kit, s.Operator = "k-1", "o-1"
		for _, core := range []bool{false, true} {
			d, err := p.siteToDoc(s, core)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			back := &siteDoc{}
			if err := json.Unmarshal(b, back); err != nil {
				t.Fatal(err)
			}
			got, err := p.docToSite(back)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := asJSON(t, s), asJSON(t, got); a != b {
				t.Errorf("%s core=%v\nwas  %s\ncame %s", host, core, a, b)
			}
			m, err := p.docToMember(back)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := asJSON(t, index.MemberOf(s)), asJSON(t, m); a != b {
				t.Errorf("%s member\nwas  %s\ncame %s", host, a, b)
			}
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Words never grow beyond what the whitespace tokenizer keeps whole (255 UTF-16 units): phrases would break otherwise.
func TestWordsFitTheAnalyzer(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", 5000), strings.Repeat("é", 5000), strings.Repeat("\U0001D400", 5000), strings.Repeat("ﷺ", 500), "a" + strings.Repeat("\u0301", 5000)} {
		for _, w := range query.Words(text) {
			units := 0
			for _, r := range w {
				units++
				if r > 0xFFFF {
					units++
				}
			}
			if units > 255 || strings.ContainsAny(w, " \t\n\u00a0\u2003") {
				t.Errorf("word of %d units from %.20q", units, text)
			}
		}
	}
}

func TestDamagedBlobIsAnError(t *testing.T) {
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	good, err := p.pack(&index.Site{Host: "a.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{nil, {1, 2, 3}, good[:len(good)-2], slices.Concat(good, []byte("x"))} {
		if _, err := p.docToSite(&siteDoc{Blob: blobs{Site: b, Evidence: good}}); err == nil {
			t.Errorf("% x was read", b)
		}
	}
	bomb := p.enc.EncodeAll(make([]byte, MaxBlob+1), nil)
	if err := p.unpack(bomb, new(index.Site)); err == nil {
		t.Error("a blob larger than MaxBlob was unpacked")
	}
}

func TestStamps(t *testing.T) {
	for in, want := range map[time.Time]string{
		{}: "",
		time.Date(2026, 3, 29, 2, 30, 0, 999_999_999, time.FixedZone("", 3600)): "2026-03-29T01:30:00.999Z",
	} {
		if got := stamp(in); got != want || !moment(got).Equal(index.Moment(in)) {
			t.Errorf("stamp(%s) = %q, back %s; want %q", in, got, moment(got), want)
		}
	}
}

func TestBackoffGrowsAndIsBounded(t *testing.T) {
	b := backoff{first: time.Second, most: 10 * time.Second}
	for n := range 100 {
		full := min(time.Second<<min(n, 20), 10*time.Second)
		if d := b.next(); d < full/2 || d > full {
			t.Errorf("wait %d is %s, want %s to %s", n, d, full/2, full)
		}
	}
}

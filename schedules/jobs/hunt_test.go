package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/extractors/rule"
)

// stored makes an archive with one visit for each host, in order, of two visitors; their pages have the host as title.
func stored(t *testing.T, hosts ...string) (kept *archive.Archive, dir string) {
	t.Helper()
	dir = t.TempDir()
	kept, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.Close() })
	for i, host := range hosts {
		v := archive.Visit{Host: host, Sequence: int64(i + 1)}
		for _, profile := range []string{"desktop", "mobile"} {
			at := "https://" + host + "/"
			body := fmt.Sprintf("<html><title>%s</title><p>%d %s", host, i, profile)
			page := crawler.Page{Response: crawler.Response{URL: at, FinalURL: at, Status: 200, ContentType: "text/html", Body: []byte(body)}}
			v.Captures = append(v.Captures, &crawler.Capture{Host: host, Profile: profile, FinalURL: at, Pages: []crawler.Page{page}})
		}
		if _, err := kept.Put(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	return kept, dir
}

func ruleSet(t *testing.T, texts ...string) *rule.Set {
	t.Helper()
	var rules []*rule.Rule
	for i, text := range texts {
		r, faults := rule.Parse(fmt.Sprintf("r%d.yaml", i), []byte("title: x\ndetection:\n  s:\n    "+text+"\n  condition: s\n"))
		if len(faults) > 0 {
			t.Fatal(rule.Errors(faults))
		}
		rules = append(rules, r)
	}
	return rule.NewSet(rules)
}

// finds runs a hunter and gives its finds as "entry host rule profiles".
func finds(t *testing.T, h Hunter) (n Hunted, got []string) {
	t.Helper()
	n, err := h.Run(t.Context(), func(f Find) {
		got = append(got, fmt.Sprint(f.Entry, " ", f.Host, " ", f.Rule, " ", f.Profiles))
	}, func(Hunted, string, error) {})
	if err != nil {
		t.Fatal(err)
	}
	return n, got
}

func TestHunterGoesThroughTheChainInOrder(t *testing.T) {
	kept, _ := stored(t, "a.example", "b.example", "a.example", "c.example")
	rules := ruleSet(t, "title: [a.example, c.example]", "html|contains: mobile", "title: z")
	n, got := finds(t, Hunter{Archive: kept, Rules: rules})
	want := []string{"1 a.example r0 [desktop mobile]", "1 a.example r1 [mobile]", "2 b.example r1 [mobile]",
		"3 a.example r0 [desktop mobile]", "3 a.example r1 [mobile]", "4 c.example r0 [desktop mobile]", "4 c.example r1 [mobile]"}
	if !slices.Equal(got, want) || n != (Hunted{Visits: 4, Read: 4, Captures: 8, Finds: 7, Hosts: 3}) {
		t.Errorf("%+v\n%q\nwant\n%q", n, got, want)
	}
	n, got = finds(t, Hunter{Archive: kept, Rules: rules, Last: true})
	if !slices.Equal(got, want[2:]) || n.Visits != 3 || n.Read != 3 {
		t.Errorf("last visits: %+v\n%q\nwant\n%q", n, got, want[2:])
	}
}

// objects gives the files of an entry's objects.
func objects(t *testing.T, kept *archive.Archive, dir string, seq int64) (files []string) {
	t.Helper()
	e, err := kept.Entry(t.Context(), seq)
	if err != nil || len(e.Objects) == 0 {
		t.Fatalf("entry %d: %v", seq, err)
	}
	for _, o := range e.Objects {
		files = append(files, filepath.Join(dir, "objects", o.SHA256[:2], o.SHA256))
	}
	return files
}

func TestHunterSaysWhatItCouldNotRead(t *testing.T) {
	kept, dir := stored(t, "a.example", "b.example", "c.example")
	for _, f := range objects(t, kept, dir, 1) {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range objects(t, kept, dir, 2) {
		os.Chmod(f, 0o600)
		if err := os.WriteFile(f, []byte("other"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whys := map[string]error{}
	h := Hunter{Archive: kept, Rules: ruleSet(t, "html|contains: title")}
	n, err := h.Run(t.Context(), func(f Find) {
		if f.Host != "c.example" {
			t.Errorf("found %+v", f)
		}
	}, func(_ Hunted, host string, why error) { whys[host] = why })
	if err != nil || n != (Hunted{Visits: 3, Read: 1, Captures: 2, Finds: 1, Hosts: 1, Gone: 1, Damaged: 1}) {
		t.Errorf("%+v %v", n, err)
	}
	if !errors.Is(whys["a.example"], fs.ErrNotExist) || !errors.Is(whys["b.example"], archive.ErrDamaged) || whys["c.example"] != nil {
		t.Errorf("%v", whys)
	}
}

func TestHunterStops(t *testing.T) {
	kept, _ := stored(t, "a.example", "b.example", "c.example")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h := Hunter{Archive: kept, Rules: ruleSet(t, "title: a.example")}
	read := 0
	_, err := h.Run(ctx, func(Find) { cancel() }, func(Hunted, string, error) { read++ })
	if !errors.Is(err, context.Canceled) || read > 1 {
		t.Errorf("%v after %d visits", err, read)
	}
}

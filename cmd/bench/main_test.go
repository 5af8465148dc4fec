package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMain lets the test binary be the children that bench makes of itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{serveCommand, modeCommand, groupCommand, logCommand}, os.Args[1]) {
		main()
	}
	os.Exit(m.Run())
}

func TestCrawlBenchMeasuresEveryMode(t *testing.T) {
	var out, talk bytes.Buffer
	if code := run(context.Background(), []string{"crawl", "-hosts", "12", "-pages", "2", "-rounds", "1", "-parallel", "4", "-json"}, &out, &talk); code != 0 {
		t.Fatalf("exit %d: %s", code, &talk)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Modes) != len(modes) || len(r.Ratios) != len(goals) {
		t.Fatalf("%d modes, %d ratios", len(r.Modes), len(r.Ratios))
	}
	for _, m := range r.Modes {
		if m.CPUPer1000 <= 0 || m.PagesPerS <= 0 || m.MaxRSS < 1<<20 {
			t.Errorf("%s: %+v", m.Name, m)
		}
		switch m.Name {
		case bareMode, collyMode:
			if want := 12 * 2 * 21; m.Links != want { // 20 links within the site and a mail address on each page
				t.Errorf("%s found %d links, want %d", m.Name, m.Links, want)
			}
		case extractMode, productMode:
			if want := 12 * 2; m.Wallets != want { // two on each page, the same on all: each site has each once
				t.Errorf("%s found %d wallets, want %d", m.Name, m.Wallets, want)
			}
		}
	}
	var table bytes.Buffer
	if err := r.table(&table); err != nil || !strings.Contains(table.String(), "scamatlas / bare") {
		t.Errorf("table, error %v:\n%s", err, &table)
	}
}

func TestWrongUse(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "usage: bench crawl|cluster|"},
		{[]string{"fly"}, 2, "usage: bench crawl|cluster|"},
		{[]string{"crawl", "-hosts", "0"}, 2, "1 to 100000 hosts"},
		{[]string{"crawl", "-pages", "21"}, 2, "1 to 20 pages"},
		{[]string{"cluster", "-sizes", "10,x"}, 2, "not a number from 100"},
		{[]string{"cluster", "extra"}, 2, "takes no arguments"},
		{[]string{"extract", "-sample", "0"}, 2, "at least one of everything"},
		{[]string{"crawl", "extra"}, 2, "takes no arguments"},
		{[]string{modeCommand, "nonsense"}, 1, `no mode "nonsense"`},
		{[]string{serveCommand}, 1, "want a number and a file"},
	} {
		var out, talk bytes.Buffer
		if code := run(context.Background(), c.args, &out, &talk); code != c.code || !strings.Contains(talk.String(), c.want) {
			t.Errorf("%v: exit %d, said %q; want %d, %q", c.args, code, &talk, c.code, c.want)
		}
	}
}

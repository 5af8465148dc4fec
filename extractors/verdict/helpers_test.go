package verdict

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/claim"
	"scamatlas/extractors/wallet"
)

const rulesFolder = "../../configs/rules"

var loaded = sync.OnceValues(func() (*Rules, error) { return Load(os.DirFS(rulesFolder)) })

// handSet gives the data files with the starting weights of verdict.yaml, so that a new fit breaks no test.
func handSet(t testing.TB) *Rules {
	t.Helper()
	r, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return r.With(&Weights{Bias: -3.2, Bars: Bars{Suspicious: 0.45, Fake: 0.8, Confirmed: 0.95, Group: 0.7}})
}

var visited = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// visit is a capture of host with these pages: each "path body", the body at its first blank.
func visit(host string, pages ...string) *crawler.Capture {
	c := &crawler.Capture{Host: host, Outcome: crawler.OK, Started: visited, FinalURL: "https://" + host + "/"}
	for _, p := range pages {
		path, body, _ := strings.Cut(p, " ")
		at := "https://" + host + path
		c.Pages = append(c.Pages, crawler.Page{Response: crawler.Response{URL: at, FinalURL: at, Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}})
	}
	return c
}

func find(c *crawler.Capture) (*extractors.Input, *extractors.Findings) {
	return extractors.NewInput(c), extractors.Extract(c, []extractors.Extractor{wallet.New(), claim.New()})
}

// features gives the reasons of a visit by code.
func features(t testing.TB, c *crawler.Capture, facts Facts, change ...func(*extractors.Findings)) map[string]Feature {
	t.Helper()
	in, f := find(c)
	for _, x := range change {
		x(f)
	}
	out := map[string]Feature{}
	for _, x := range handSet(t).Features(in, f, facts) {
		if x.Value <= 0 || x.Value > 1 || x.Group == "" {
			t.Errorf("%+v: value or group is wrong", x)
		}
		out[x.Code] = x
	}
	return out
}

func says(code string, all map[string]Feature) string {
	x, ok := all[code]
	if !ok {
		return "no " + code
	}
	return fmt.Sprintf("%s %.2f %q", code, x.Value, x.Evidence)
}

package fetch

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"scamatlas/crawler"
)

func TestRobotsRules(t *testing.T) {
	for _, tc := range []struct {
		name, body, path string
		denies           bool
	}{
		{"empty", "", "/a", false},
		{"all", "User-agent: *\nDisallow: /", "/a", true},
		{"an empty rule allows", "User-agent: *\nDisallow:", "/a", false},
		{"another's group", "User-agent: other\nDisallow: /", "/a", false},
		{"our group only", "User-agent: *\nDisallow: /\nUser-agent: ScamAtlas/2.0\nDisallow: /b", "/a", false},
		{"our group only, denied", "User-agent: *\nAllow: /\n\nuser-agent: scamatlas\ndisallow: /a", "/a", true},
		{"our empty group", "User-agent: *\nDisallow: /\nUser-agent: scamatlas\n", "/a", false},
		{"two names for one group", "User-agent: other\nUser-agent: *\nDisallow: /a", "/a", true},
		{"two groups of one name", "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /c\nUser-agent: *\nDisallow: /b", "/b", true},
		{"other lines between", "User-agent: *\nCrawl-delay: 3\nDisallow: /a\nSitemap: https://x.test/s", "/a", true},
		{"the longest wins", "User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", false},
		{"of equals the allowing", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", false},
		{"prefix", "User-agent: *\nDisallow: /a", "/abc", true},
		{"star", "User-agent: *\nDisallow: /*/private", "/x/y/private/z", true},
		{"star does not match", "User-agent: *\nDisallow: /*/private", "/x/y", false},
		{"end", "User-agent: *\nDisallow: /*.php$", "/a.php", true},
		{"end and more", "User-agent: *\nDisallow: /*.php$", "/a.php?x=1", false},
		{"end taken once", "User-agent: *\nDisallow: /a*b$", "/ab", true},
		{"end longer than the rest", "User-agent: *\nDisallow: /a*ab$", "/ab", false},
		{"query", "User-agent: *\nDisallow: /*?id=", "/a?id=3", true},
		{"escapes", "User-agent: *\nDisallow: /%7Ejoe/ü", "/~joe/%c3%bc", true},
		{"comments and case", "USER-AGENT: * # all\nDISALLOW: /a # this\n", "/a", true},
		{"mark and returns", "\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\r\n", "/a", true},
		{"robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", false},
		{"rules before any group", "Disallow: /a", "/a", false},
		{"HTML instead", "<!doctype html><a href='/x'>User-agent: *</a>", "/a", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := parseRobots([]byte(tc.body)).denies(mustURL(t, "http://x.test"+tc.path)); got != tc.denies {
				t.Errorf("denies %s: %v", tc.path, got)
			}
		})
	}
	if parseRobots([]byte("User-agent: *\n" + strings.Repeat("Disallow: /x\n", maxRobotsRules+5))).rules[maxRobotsRules-1].pattern != "/x" {
		t.Error("rules are lost below the bound")
	}
}

// TestRobotsBinds: robots.txt is always read; whether it binds is a setting.
func TestRobotsBinds(t *testing.T) {
	page := "<h1>Vault</h1><a href=/open>o</a><a href=/deposit>d</a>"
	for _, tc := range []struct {
		name    string
		status  int
		robots  string
		obey    bool
		outcome crawler.Outcome
		pages   []string
		denies  bool
	}{
		{"read only", 200, "User-agent: *\nDisallow: /", false, crawler.OK, []string{"/", "/deposit", "/open"}, true},
		{"binds", 200, "User-agent: *\nDisallow: /", true, crawler.RobotsDenied, nil, true},
		{"binds for a page", 200, "User-agent: *\nDisallow: /deposit", true, crawler.OK, []string{"/", "/open"}, false},
		{"none", 404, "User-agent: *\nDisallow: /", true, crawler.OK, []string{"/", "/deposit", "/open"}, false},
		{"broken server", 500, "", true, crawler.RobotsDenied, nil, true},
		{"endless", 200, "User-agent: *\nDisallow: /open\n" + strings.Repeat("# and so on\n", crawler.MaxRobots/4), true, crawler.OK, []string{"/", "/deposit"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := visit(t, plain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/robots.txt":
					w.WriteHeader(tc.status)
					_, _ = io.WriteString(w, tc.robots)
				case "/favicon.ico":
					http.NotFound(w, r)
				default:
					_, _ = io.WriteString(w, r.URL.Path+page)
				}
			})).fetcher(t, Options{ObeyRobots: tc.obey, PerDomain: 1}), "shop.test")
			wantOutcome(t, c, tc.outcome)
			if !slices.Equal(paths(c), tc.pages) {
				t.Errorf("pages %q, want %q", paths(c), tc.pages)
			}
			if r := c.Robots; r == nil || r.Status != tc.status || r.Denies != tc.denies || r.Obeyed != tc.obey || len(r.Body) > crawler.MaxRobots {
				t.Errorf("robots %+v", r)
			}
		})
	}
}

// TestRobotsOfTheFinalSite: where the entry page leads elsewhere, that site's file counts.
func TestRobotsOfTheFinalSite(t *testing.T) {
	s := site{"shop.test/": "->http://new.test/in", "new.test/in": "<h1>Vault</h1><a href=/a>a</a>", "shop.test/robots.txt": "text/plain|User-agent: *\nAllow: /",
		"new.test/robots.txt": "text/plain|User-agent: *\nDisallow: /"}
	c := visit(t, plain(t, s).fetcher(t, Options{ObeyRobots: true}), "shop.test")
	wantOutcome(t, c, crawler.RobotsDenied)
	if c.Robots == nil || !c.Robots.Denies || len(c.Pages) != 1 {
		t.Errorf("robots %+v, pages %q", c.Robots, paths(c))
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*a*b$\nAllow: /%zz\n"), "/a?b=c")
	f.Add([]byte("user-agent:scamatlas\r\rdisallow:/\xff#"), "/%e2%82")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		u := resolve(mustURL(t, "http://x.test/"), path)
		if u == nil {
			return
		}
		r := parseRobots(body)
		if len(r.rules) > maxRobotsRules {
			t.Fatal("over a bound")
		}
		if first, again := r.denies(u), parseRobots(body).denies(u); first != again {
			t.Fatal("undecided")
		}
		if p := normalPath(u.EscapedPath()); normalPath(p) != p {
			t.Fatalf("%q is not normal", p)
		}
	})
}

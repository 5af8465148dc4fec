package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scamatlas/crawler/testbed"
	"scamatlas/index"
)

// TestARegistryIsAsked visits a made-up site while a registry on loopback knows its domain.
func TestARegistryIsAsked(t *testing.T) {
	dir := t.TempDir()
	_, settings := startTestbed(t, dir, testbed.Options{})
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rdap+json")
		switch {
		case strings.HasSuffix(r.URL.Path, "dns.json"):
			fmt.Fprintf(w, `{"version":"1.0","services":[[["example"],["%s/rdap/"]]]}`, server.URL)
		case strings.HasSuffix(r.URL.Path, "/domain/aurora-vault.example"):
			fmt.Fprint(w, `{"objectClassName":"domain","ldhName":"aurora-vault.example","status":["client hold"],
				"events":[{"eventAction":"registration","eventDate":"2026-10-01T00:00:00Z"}],
				"entities":[{"objectClassName":"entity","roles":["registrar"],"publicIds":[{"type":"IANA Registrar ID","identifier":"9999"}],
				"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Loopback Names"]]],
				"entities":[{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["version",{},"text","4.0"],["email",{},"text","abuse@loopback.example"]]]}]}]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	u, _ := url.Parse(server.URL)
	b, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, c := range [][2]string{{"allow: [", "allow: [127.0.0.1/32, "}, {"network:\n", "network:\n  open: [80, 443, " + u.Port() + "]\n"},
		{"hosting: {registration: false", "hosting: {bootstrap: \"" + server.URL + "/\", registration: true"}} {
		if !strings.Contains(text, c[0]) {
			t.Fatalf("settings without %q:\n%s", c[0], text)
		}
		text = strings.Replace(text, c[0], c[1], 1)
	}
	write(t, settings, text)
	with := func(args ...string) []string {
		return append(args, "--config", settings, "--store", filepath.Join(dir, "store"))
	}
	cli(t, exitDone, with("crawl", "aurora-vault.example")...)
	h := lines[index.Site](t, cli(t, exitDone, with("show", "aurora-vault.example", "--json")...))[0].Findings.Hosting
	if h.Registrar != "Loopback Names" || h.RegistrarID != 9999 || h.Registered.Format("2006-01-02") != "2026-10-01" || len(h.Abuse) != 1 || !strings.Contains(h.Abuse[0], "abuse@loopback.example") {
		t.Errorf("%+v", h)
	}
	if out := string(cli(t, exitDone, with("search", "registrar:9999 registered:>2026-09-01")...)); !strings.Contains(out, "aurora-vault.example") {
		t.Errorf("search:\n%s", out)
	}
	if out := string(cli(t, exitDone, with("show", "aurora-vault.example")...)); !strings.Contains(out, "at Loopback Names (IANA 9999), 2026-10-01") || !strings.Contains(out, "client hold") {
		t.Errorf("dossier:\n%s", out)
	}
}

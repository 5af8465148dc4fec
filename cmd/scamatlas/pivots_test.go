package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"scamatlas/crawler/discover/ct/cttest"
	"scamatlas/crawler/testbed"
	"scamatlas/index"
	"scamatlas/schedules/jobs"
)

// TestPivotsReachAnOperatorsOtherSites confirms one site of each operator with three or more, and follows pivots for two rounds.
//
// Known at the beginning, in a store of its own for each operator:
//   - a certificate log with the certificates that the made-up sites serve, benign ones among them; discovery has looked up every name in it
//     in DNS and kept the answer, and has queued none, for no name scores as high as a target does;
//   - one site of the operator, visited and confirmed by an analyst.
//
// No other site was visited, and nobody has named one: the one that has no certificate is known to nobody. A round pivots from what is
// confirmed, visits what that queued, and regroups, as a
// server does. A site is reached when a pivot has named it.
func TestPivotsReachAnOperatorsOtherSites(t *testing.T) {
	onBothStores(t, followPivots)
}

func followPivots(t *testing.T, store func(t *testing.T, dir string) string) {
	tb, settings := startTestbed(t, t.TempDir(), testbed.Options{})
	log, list := ctLog(t)
	authority := cttest.NewAuthority()
	for _, names := range tb.Certificates() {
		log.Append(authority.Entry(time.Now(), names...))
	}
	log.Publish(-1, time.Now())
	appendTo(t, settings, fmt.Sprintf("discovery: {certificates: {logs: %q}, names: {resolve: 0}}\n", list))
	operators := map[string][]string{}
	for _, s := range tb.Sites() {
		if s.Operator != "" {
			operators[s.Operator] = append(operators[s.Operator], s.Host)
		}
	}
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		hosts := operators[operator]
		if len(hosts) < 3 {
			continue
		}
		slices.Sort(hosts)
		for n, start := range hosts {
			if n > 0 && os.Getenv(everyStart) == "" {
				break
			}
			t.Run(operator+" from "+start, func(t *testing.T) {
				own := filepath.Join(t.TempDir(), "settings.yaml")
				b, err := os.ReadFile(settings)
				if err != nil {
					t.Fatal(err)
				}
				write(t, own, string(b)+store(t, filepath.Dir(own)))
				p := pivoting{T: t, tb: tb, settings: own}
				others := slices.Delete(slices.Clone(hosts), n, n+1)
				if reached := p.follow(start, others); 10*reached < 9*len(others) {
					t.Errorf("two rounds of pivots reach %d of %d other sites", reached, len(others))
				}
			})
		}
	}
}

// everyStart makes each site of an operator the confirmed one in turn, not only the first by name.
const everyStart = "SCAMATLAS_TEST_EVERY_START"

// pivoting follows pivots in a store of its own.
type pivoting struct {
	*testing.T
	tb       *testbed.Server
	settings string
}

func (p *pivoting) run(args ...string) []byte {
	p.Helper()
	return cli(p.T, exitDone, append(args, "--config", p.settings)...)
}

// follow counts the others that two rounds of pivots reach from one confirmed site.
func (p *pivoting) follow(start string, others []string) (reached int) {
	p.Helper()
	p.run("discover", "ct")
	if n := string(p.run("search", "outcome:queued", "--count")); n != "0\n" {
		p.Fatalf("%s sites are queued before the first pivot", n)
	}
	p.run("crawl", start)
	p.run("review", start, "--verdict", "fake_investment")
	for round := 1; round <= 2; round++ {
		found := lines[jobs.Found](p.T, p.run("discover", "pivot", "--json"))[0]
		p.honestUnconfirmed()
		reached = p.named(others)
		var due []string
		for _, s := range lines[index.Site](p.T, p.run("search", "outcome:queued", "--json")) {
			due = append(due, s.Host)
		}
		p.Logf("from %s, round %d: %d hosts named, %d new: %d of %d other sites of its operator reached", start, round, found.Targets, found.New, reached, len(others))
		if len(due) > 0 {
			p.run(append([]string{"crawl"}, due...)...)
		}
		p.honestUnconfirmed()
	}
	return reached
}

// named counts the sites that pivots have named by one of their names, and tells why, or that none has.
func (p *pivoting) named(hosts []string) (n int) {
	p.Helper()
	why := map[string]string{}
	for _, q := range []string{"source:pivot", "source:pivot outcome:queued"} {
		for _, s := range lines[index.Site](p.T, p.run("search", q, "--json", "--limit", "1000")) {
			from := slices.IndexFunc(s.Sources, func(r index.SourceRef) bool { return r.Source == "pivot" })
			why[s.Host] = s.Sources[from].Reference
		}
	}
	for _, s := range p.tb.Sites() {
		if !slices.Contains(hosts, s.Host) {
			continue
		}
		by := slices.IndexFunc(s.Names(), func(name string) bool { return why[name] != "" })
		if by < 0 {
			p.Logf("   %s is not reached", s.Host)
			continue
		}
		n++
		p.Logf("   %s %s", s.Names()[by], why[s.Names()[by]])
	}
	return n
}

// honestUnconfirmed wants no site that is nobody's fraud to be confirmed, visited or queued.
func (p *pivoting) honestUnconfirmed() {
	p.Helper()
	for _, s := range p.tb.Sites() {
		if s.Operator != "" {
			continue
		}
		for _, q := range []string{"confirmed:true host:" + s.Host, "confirmed:true outcome:queued host:" + s.Host} {
			if n := string(p.run("search", q, "--count")); n != "0\n" {
				p.Errorf("%s is confirmed", s.Host)
			}
		}
	}
}

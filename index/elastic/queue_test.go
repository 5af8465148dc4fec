package elastic

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
)

func addHosts(t *testing.T, s *Store, n int) {
	t.Helper()
	var targets []crawler.Target
	for i := range n {
		targets = append(targets, crawler.Target{Host: host(i), Source: "cli"})
	}
	if added, err := s.AddTargets(t.Context(), targets, noon); added != n || err != nil {
		t.Fatalf("added %d, %v", added, err)
	}
}

// Whenever this store has searched for due hosts, a rival takes them all before it can: it must still get others.
func TestLeaseDueWithAFasterRival(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	rival := open(t, url, options(t, prefix))
	addHosts(t, rival, 60)
	p := newProxy(t, url)
	slow := open(t, p.URL, options(t, prefix))
	var races atomic.Int32
	p.set(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if r.URL.Path != "/"+prefix+"-frontier/_search" || races.Add(1) > 3 {
			return false
		}
		res, err := http.Post(url+r.URL.RequestURI(), "application/json", newBody(body))
		if err != nil {
			t.Error(err)
			return false
		}
		defer func() { _ = res.Body.Close() }()
		found, err := io.ReadAll(res.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := rival.LeaseDue(r.Context(), "rival", noon, time.Hour, 10); err != nil {
			t.Error(err)
		}
		answer(w, res.StatusCode, string(found))
		return true
	})
	got, err := slow.LeaseDue(t.Context(), "slow", noon, time.Hour, 10)
	if err != nil || len(got) != 10 {
		t.Errorf("%d leases, %v; want 10 of the 30 that the rival left", len(got), err)
	}
	if due, held, err := rival.Due(t.Context(), noon); due != 20 || held != 40 || err != nil {
		t.Errorf("%d due, %d held, %v", due, held, err)
	}
	http.DefaultClient.CloseIdleConnections()
}

// Two machines with the same store share the work: every host is visited by one of them.
func TestTwoMachinesShareTheWork(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	const hosts = 120
	stores := []*Store{open(t, url, options(t, prefix)), open(t, url, options(t, prefix))}
	addHosts(t, stores[0], hosts)
	var mu sync.Mutex
	visited := map[string]string{}
	var all sync.WaitGroup
	for _, s := range stores {
		all.Go(func() {
			for {
				leases, err := s.LeaseDue(t.Context(), s.Owner(), noon, time.Hour, 9)
				if err != nil {
					t.Error(err)
					return
				}
				if due, _, err := s.Due(t.Context(), noon); len(leases) == 0 && (due == 0 || err != nil) {
					return
				}
				for _, l := range leases {
					mu.Lock()
					if other := visited[l.Host]; other != "" {
						t.Errorf("%s went to %s and %s", l.Host, other, s.Owner())
					}
					visited[l.Host] = s.Owner()
					mu.Unlock()
					v := visitOf(l.Host, l.Sequence)
					v.Lease = l
					if err := s.SaveVisit(t.Context(), v); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if err := stores[1].Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	balanced(t, stores[0], hosts)
}

// While the server is away leases run out; what is visited and waits in the outbox is not handed out again when it is back.
func TestVisitsInTheOutboxAreNotHandedOutAgain(t *testing.T) {
	p := newProxy(t, elastictest.URL(t))
	s := open(t, p.URL, options(t, elastictest.Prefix(t)))
	addHosts(t, s, 10)
	leases, err := s.LeaseDue(t.Context(), "w", noon, time.Minute, 6)
	if err != nil || len(leases) != 6 {
		t.Fatalf("%d leases, %v", len(leases), err)
	}
	p.set(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		var first struct {
			Create struct {
				Index string `json:"_index"`
			}
		}
		_ = json.NewDecoder(newBody(body)).Decode(&first)
		if r.URL.Path == "/_bulk" && first.Create.Index != "" { // a delivery begins with a record
			answer(w, http.StatusServiceUnavailable, "{}")
			return true
		}
		return false
	})
	for _, l := range leases[:4] {
		v := visitOf(l.Host, l.Sequence)
		v.Lease = l
		if err := s.SaveVisit(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	later, err := s.LeaseDue(t.Context(), "w", noon.Add(time.Hour), time.Minute, 100)
	if err != nil || len(later) != 6 {
		t.Errorf("%d leases, %v; want the 4 that were never leased and the 2 that ran out", len(later), err)
	}
	p.clear()
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := s.Health(t.Context()); h.Queued != 0 || h.Sites != 10 {
		t.Errorf("%+v", h)
	}
}

// The clusterer and the visitors change the same documents at the same time; neither undoes the other.
func TestClustersAndVisitsAtOnce(t *testing.T) {
	s := open(t, elastictest.URL(t), options(t, elastictest.Prefix(t)))
	ctx := t.Context()
	const hosts, rounds = 20, 6
	c := index.Cluster{Layer: index.Kit, Size: hosts}
	for i := range hosts {
		c.Hosts = append(c.Hosts, host(i))
	}
	saveMany(t, s, hosts)
	if err := s.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for n := range rounds {
			for i := range hosts {
				if err := s.SaveVisit(ctx, visitOf(host(i), int64(n+2))); err != nil {
					t.Error(err)
				}
			}
		}
	})
	all.Go(func() {
		for n := range rounds {
			c := c
			c.ID = fmt.Sprint("k-", n)
			if err := s.SaveClusters(ctx, []index.Cluster{c}); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	if err := s.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range hosts {
		site, err := s.Site(ctx, host(i))
		if err != nil || site.Kit != fmt.Sprint("k-", rounds-1) || site.Visits != rounds+1 {
			t.Errorf("%s: %+v, %v; want kit k-%d and %d visits", host(i), site, err, rounds-1, rounds+1)
		}
	}
}

// Of two due times of one job, claimed at the same moment on two machines, one is run.
func TestClaimsOfDifferentDueTimesDoNotOverlap(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	a, b := open(t, url, options(t, prefix)), open(t, url, options(t, prefix))
	for n := range 5 {
		var won atomic.Int32
		var all sync.WaitGroup
		for i, s := range []*Store{a, b, a, b} {
			all.Go(func() {
				r := index.Run{Job: fmt.Sprint("job", n), Due: noon.Add(time.Duration(i) * time.Minute), Owner: fmt.Sprint("m", i), Started: noon, Until: noon.Add(time.Hour)}
				ok, err := s.ClaimRun(t.Context(), r, noon)
				if err != nil {
					t.Error(err)
				}
				if ok {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d runs of one job at once", won.Load())
		}
	}
}

package elastic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
)

func TestServerAwayWhileVisitsAreSaved(t *testing.T) {
	o := options(t, elastictest.Prefix(t))
	var l link
	o.Dial = l.dial
	s := open(t, elastictest.URL(t), o)
	l.cut()
	saveMany(t, s, 100)
	stalls(t, s)

	h := s.Health(t.Context())
	if h.Queued != 100 || !errors.Is(h.Err, index.ErrUnavailable) {
		t.Errorf("health while the server is away: %+v", h)
	}
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Flush(short); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, index.ErrUnavailable) {
		t.Errorf("Flush while the server is away: %v", err)
	}
	if _, err := s.LeaseDue(short, "w", noon, time.Hour, 1); err == nil {
		t.Error("LeaseDue works without a server")
	}
	l.mend()
	balanced(t, s, 100)
}

func TestFrozenServer(t *testing.T) {
	p := newProxy(t, elastictest.URL(t))
	o := options(t, elastictest.Prefix(t))
	o.timeout, o.grace = 200*time.Millisecond, 50*time.Millisecond
	s, err := Open(t.Context(), p.URL, o)
	for errors.Is(err, index.ErrUnavailable) { // a busy machine needs longer than that to make indices
		s, err = Open(t.Context(), p.URL, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	thaw := make(chan struct{})
	p.set(func(http.ResponseWriter, *http.Request, []byte) bool { <-thaw; return true })
	saveMany(t, s, 10)
	if err := stalls(t, s); !errors.Is(err, index.ErrUnavailable) || !strings.Contains(err.Error(), "in time") {
		t.Errorf("a frozen server is reported as %v", err)
	}
	begin := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > RequestTimeout {
		t.Errorf("Close took %s", took)
	}
	close(thaw)
	p.clear()
	o.timeout = 0
	balanced(t, open(t, p.URL, o), 10)
}

// While the disk of the server is full its indices take no writes: 403 for each document inside an answer that says 200.
func TestServerDiskFull(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	s := open(t, url, options(t, prefix))
	elastictest.Call(t, "PUT", url+"/"+prefix+"-*/_settings", `{"index.blocks.read_only_allow_delete": true}`)
	saveMany(t, s, 50)
	if err := stalls(t, s); !errors.Is(err, index.ErrUnavailable) || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("the block is reported as %v", err)
	}
	if h := s.Health(t.Context()); h.Queued != 50 || h.Dead != 0 || h.Err == nil {
		t.Errorf("health %+v", h)
	}
	if _, err := s.AddTargets(t.Context(), []crawler.Target{{Host: "a.example"}}, noon); !errors.Is(err, index.ErrUnavailable) {
		t.Errorf("AddTargets: %v", err)
	}
	elastictest.Call(t, "PUT", url+"/"+prefix+"-*/_settings", `{"index.blocks.read_only_allow_delete": null}`)
	balanced(t, s, 50)
}

func TestTroubleThatPasses(t *testing.T) {
	url := elastictest.URL(t)
	whole := func(status int) rule {
		return func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			answer(w, status, `{"error":{"type":"es_rejected_execution_exception","reason":"busy"},"status":429}`)
			return true
		}
	}
	for name, answerBulk := range map[string]rule{
		"429":                              whole(http.StatusTooManyRequests),
		"503":                              whole(http.StatusServiceUnavailable),
		"401 credentials revoked":          whole(http.StatusUnauthorized),
		"403 of a role that may only read": whole(http.StatusForbidden),
		"429 of single documents": func(w http.ResponseWriter, _ *http.Request, body []byte) bool {
			item := `{"index":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"busy"}}}`
			n := strings.Count(string(body), `"_index"`)
			answer(w, http.StatusOK, `{"items":[`+strings.TrimSuffix(strings.Repeat(item+",", n), ",")+`]}`)
			return true
		},
		"too few answers": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			answer(w, http.StatusOK, `{"items":[]}`)
			return true
		},
		"half an answer": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			answer(w, http.StatusOK, `{"items":[{"index":{"sta`)
			return true
		},
		"a proxy's page": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			_, _ = fmt.Fprint(w, "<html>Welcome</html>")
			return true
		},
		"a proxy's 502": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			w.WriteHeader(http.StatusBadGateway)
			return true
		},
		"a cut connection": func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			panic(http.ErrAbortHandler)
		},
		"applied, but the answer is lost": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProxy(t, url)
			s := open(t, p.URL, options(t, elastictest.Prefix(t)))
			var met atomic.Int32
			p.set(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
				if r.URL.Path != "/_bulk" || met.Add(1) > 3 {
					return false
				}
				if answerBulk == nil {
					elastictest.Call(t, "POST", url+r.URL.RequestURI(), string(body))
					panic(http.ErrAbortHandler)
				}
				return answerBulk(w, r, body)
			})
			saveMany(t, s, 40)
			balanced(t, s, 40)
			if met.Load() < 4 {
				t.Errorf("the trouble was met %d times, want 3 and a success", met.Load())
			}
		})
	}
}

// What the server will not take in full goes in without what it objects to; what it will not take at all is kept with the reason.
func TestServerRefusesDocuments(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	ctx := t.Context()
	t.Run("in part", func(t *testing.T) {
		s := open(t, url, options(t, prefix))
		elastictest.Call(t, "PUT", url+"/"+prefix+"-sites/_settings", `{"index.mapping.nested_objects.limit": 0}`) // no room for payees
		plain := visitOf(host(1), 1)
		plain.Findings.Indicators = nil
		if err := errors.Join(s.SaveVisit(ctx, visitOf(host(0), 1)), s.SaveVisit(ctx, plain)); err != nil {
			t.Fatal(err)
		}
		balanced(t, s, 2)
		site, err := s.Site(ctx, host(0))
		if err != nil || len(site.Findings.Indicators) != 1 || site.Findings.Title != "Welcome" {
			t.Errorf("the trimmed site came back as %+v, %v", site, err)
		}
		if doc := string(elastictest.Call(t, "GET", url+"/"+prefix+"-sites/_doc/"+host(0), "")); !strings.Contains(doc, `"trimmed":true`) {
			t.Errorf("the trimmed site carries no mark: %s", doc)
		}
	})
	t.Run("for good", func(t *testing.T) {
		prefix := prefix + "-x"
		s := open(t, url, options(t, prefix))
		elastictest.Call(t, "DELETE", url+"/"+prefix+"-sites-v1", "") // a mapping that knows none of the fields, and no store opens to add them
		elastictest.Call(t, "PUT", url+"/"+prefix+"-sites-v1", `{"aliases": {"`+prefix+`-sites": {}}, "mappings": {"dynamic": "strict", "_meta": {"scamatlas": 1}}}`)
		saveMany(t, s, 3)
		if err := s.Flush(ctx); err == nil || !strings.Contains(err.Error(), "refused 3 visits") {
			t.Errorf("Flush hides what was refused: %v", err)
		}
		letters, err := s.Refused(ctx, 10)
		if err != nil || len(letters) != 3 || !strings.Contains(letters[0].Reason, "strict_dynamic_mapping_exception") {
			t.Errorf("letters %+v, %v", letters, err)
		}
		if h := s.Health(ctx); h.Queued != 0 || h.Dead != 3 {
			t.Errorf("health %+v", h)
		}
		elastictest.Call(t, "DELETE", url+"/"+prefix+"-sites-v1", "")
		if n, err := s.Resend(ctx); n != 3 || err != nil { // finds the index gone and makes it anew
			t.Errorf("Resend = %d, %v", n, err)
		}
		balanced(t, s, 3)
	})
}

// A visit that makes the whole request fail is found and put aside; those around it arrive.
func TestPoisonousVisit(t *testing.T) {
	p := newProxy(t, elastictest.URL(t))
	s := open(t, p.URL, options(t, elastictest.Prefix(t)))
	p.set(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if r.URL.Path == "/_bulk" && strings.Contains(string(body), "poison") {
			answer(w, http.StatusBadRequest, `{"error":{"type":"parse_exception","reason":"no"},"status":400}`)
			return true
		}
		return false
	})
	saveMany(t, s, 12)
	if err := s.SaveVisit(t.Context(), visitOf("poison.example", 1)); err != nil {
		t.Fatal(err)
	}
	_ = s.Flush(t.Context()) // says that one was refused, if it still was on its way
	letters, err := s.Refused(t.Context(), 10)
	if err != nil || len(letters) != 1 || letters[0].Host != "poison.example" {
		t.Errorf("letters %+v, %v", letters, err)
	}
	if h := s.Health(t.Context()); h.Sites != 12 || h.Queued != 0 {
		t.Errorf("health %+v", h)
	}
}

func TestRequestTooLargeIsCutInHalves(t *testing.T) {
	p := newProxy(t, elastictest.URL(t))
	s := open(t, p.URL, options(t, elastictest.Prefix(t)))
	p.set(func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if r.URL.Path == "/_bulk" && len(body) > 6000 {
			answer(w, http.StatusRequestEntityTooLarge, "")
			return true
		}
		return false
	})
	saveMany(t, s, 30)
	balanced(t, s, 30)
}

const childVar = "SCAMATLAS_ELASTIC_TEST_CHILD"

// A killed process loses no visit that SaveVisit has returned for, and its other leases come back.
func TestKillRightAfterSave(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	o := options(t, prefix)
	s := open(t, url, o)
	var targets []crawler.Target
	for i := range 20 {
		targets = append(targets, crawler.Target{Host: host(i), Source: "cli"})
	}
	if _, err := s.AddTargets(t.Context(), targets, noon); err != nil {
		t.Fatal(err)
	}
	owner := s.Owner()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+strings.Join([]string{url, prefix, o.Outbox}, "|"))
	out, err := cmd.CombinedOutput()
	if err == nil || string(out) != "saved 12\n" {
		t.Fatalf("the child ended with %v and said %s", err, out)
	}

	s = open(t, url, o)
	if s.Owner() != owner {
		t.Errorf("owner was %s, is %s", owner, s.Owner())
	}
	if n, err := s.Reclaim(t.Context(), owner); n != 8 || err != nil {
		t.Errorf("Reclaim = %d, %v; want the 8 hosts that were leased and not visited", n, err)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if due, held, err := s.Due(t.Context(), noon); due != 8 || held != 0 || err != nil {
		t.Errorf("%d due, %d held, %v; want 8 due", due, held, err)
	}
	res, err := s.Search(t.Context(), index.SearchRequest{})
	if err != nil || res.Total != 12 {
		t.Errorf("%d visited sites, %v; want 12", res.Total, err)
	}
	for _, site := range res.Sites {
		if site.Visits != 1 {
			t.Errorf("%s was visited %d times", site.Host, site.Visits)
		}
	}
}

// child leases 20 hosts, saves 12 visits and kills itself.
func child() int {
	parts := strings.Split(os.Getenv(childVar), "|")
	ctx := context.Background()
	var l link
	s, err := Open(ctx, parts[0], Options{Prefix: parts[1], Outbox: parts[2], Dial: l.dial})
	if err != nil {
		fmt.Println(err)
		return 3
	}
	leases, err := s.LeaseDue(ctx, s.Owner(), noon, time.Hour, 20)
	if err != nil || len(leases) != 20 {
		fmt.Println(len(leases), err)
		return 3
	}
	for _, lease := range leases[:12] {
		v := visitOf(lease.Host, lease.Sequence)
		v.Lease = lease
		if err := s.SaveVisit(ctx, v); err != nil {
			fmt.Println(err)
			return 3
		}
	}
	fmt.Println("saved 12")
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Kill()
	}
	fmt.Println(err)
	select {}
}

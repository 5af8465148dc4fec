package elastic

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
	"scamatlas/index/query"
)

// Whatever stands at the address, the error says what it is and what to do, in one line.
func TestOpenAtWrongServers(t *testing.T) {
	fake := func(status int, body string, product bool) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if product {
				answer(w, status, body)
				return
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = silent.Close() // nobody listens there now
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)

	for _, tc := range []struct {
		name, address string
		is            error
		says          string
	}{
		{"nobody listens", "http://" + silent.Addr().String(), index.ErrUnavailable, "is it running"},
		{"a web server", fake(200, "<html>hello", false), index.ErrVersion, "does not come from Elasticsearch"},
		{"a web server without such a page", fake(404, "no", false), index.ErrVersion, "check the address"},
		{"a redirect", fake(302, "", false), index.ErrVersion, "does not come from Elasticsearch"},
		{"OpenSearch's like", fake(200, `{"nodes":{"a":{"version":"2.19.0"}}}`, false), index.ErrVersion, "does not come from Elasticsearch"},
		{"version 7", fake(200, `{"nodes":{"a":{"version":"8.1.0"},"b":{"version":"7.17.28"}}}`, true), index.ErrVersion, `"7.17.28", scamatlas needs 8.x`},
		{"version 9", fake(200, `{"nodes":{"a":{"version":"9.1.0"}}}`, true), index.ErrVersion, `"9.1.0"`},
		{"wrong credentials", fake(401, `{"error":{"type":"security_exception","reason":"unable to authenticate"}}`, true), nil, "check the API key"},
		{"an unknown certificate", tls.URL, index.ErrUnavailable, "name the CA"},
		{"https to a plain server", strings.Replace(fake(200, "", false), "http:", "https:", 1), index.ErrUnavailable, "is the address http://"},
		{"plain http to a TLS server", strings.Replace(tls.URL, "https:", "http:", 1), index.ErrVersion, "does not come from Elasticsearch"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var l link
			s, err := Open(t.Context(), tc.address, Options{Dial: l.dial})
			if err == nil {
				_ = s.Close()
				t.Fatal("no error")
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("%v is not %v", err, tc.is)
			}
			if !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want one line with %q", err, tc.says)
			}
			l.cut()
		})
	}
}

func TestOpenWithWrongOptions(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	dial := (&net.Dialer{}).DialContext
	for _, tc := range []struct {
		address string
		o       Options
		says    string
	}{
		{"es:9200", Options{Dial: dial}, "must look like"},
		{"ftp://es:9200", Options{Dial: dial}, "must look like"},
		{"http://", Options{Dial: dial}, "must look like"},
		{"http://elastic:secret@es:9200", Options{Dial: dial}, "holds a user name"},
		{"http://es:9200", Options{}, "Dial"},
		{"http://es:9200", Options{Dial: dial, Prefix: "Scam Atlas"}, "lower-case"},
		{"http://es:9200", Options{Dial: dial, Prefix: "*"}, "lower-case"},
		{"http://es:9200", Options{Dial: dial, CAFile: empty}, "no PEM certificate"},
		{"http://es:9200", Options{Dial: dial, APIKeyFile: empty + ".none"}, "API key file"},
	} {
		_, err := Open(t.Context(), tc.address, tc.o)
		if err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s %+v: error %v, want %q", tc.address, tc.o.Prefix, err, tc.says)
		}
	}
}

func TestAPIKeyFile(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("c2VjcmV0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(w, 200, `{"nodes":{"a":{"version":"8.19.0"}},"key":"`+r.Header.Get("Authorization")+`"}`)
	}))
	t.Cleanup(fake.Close)
	c, err := newClient(fake.URL, Options{APIKeyFile: key, Dial: (&net.Dialer{}).DialContext, timeout: RequestTimeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	var out struct{ Key string }
	if err := c.do(t.Context(), request{method: "GET", path: "/", out: &out}); err != nil || !strings.EqualFold(out.Key, "ApiKey c2VjcmV0") {
		t.Errorf("authorization %q, %v", out.Key, err)
	}
}

func TestReadOnly(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	o := options(t, prefix)
	o.ReadOnly, o.Outbox = true, ""
	if _, err := Open(t.Context(), url, o); !errors.Is(err, index.ErrNotFound) || !strings.Contains(err.Error(), "crawl something first") {
		t.Errorf("opening nothing for reading: %v", err)
	}
	w := open(t, url, options(t, prefix))
	saveMany(t, w, 3)
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := open(t, url, o)
	if res, err := r.Search(t.Context(), index.SearchRequest{}); err != nil || res.Total != 3 {
		t.Errorf("%+v, %v", res, err)
	}
	ctx := t.Context()
	_, add := r.AddTargets(ctx, nil, noon)
	_, lease := r.LeaseDue(ctx, "w", noon, 1, 1)
	_, claim := r.ClaimRun(ctx, index.Run{Job: "j", Due: noon}, noon)
	for name, err := range map[string]error{"AddTargets": add, "LeaseDue": lease, "ClaimRun": claim, "SaveVisit": r.SaveVisit(ctx, visitOf("a.example", 1)),
		"SaveClusters": r.SaveClusters(ctx, nil), "FinishRun": r.FinishRun(ctx, index.Run{Job: "j", Due: noon})} {
		if !errors.Is(err, index.ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutboxBelongsToOne(t *testing.T) {
	o := options(t, elastictest.Prefix(t))
	open(t, elastictest.URL(t), o)
	if _, err := Open(t.Context(), elastictest.URL(t), o); !errors.Is(err, index.ErrInUse) {
		t.Errorf("a second store on the same outbox: %v", err)
	}
	o.Outbox = ""
	s := open(t, elastictest.URL(t), o)
	if err := s.SaveVisit(t.Context(), visitOf("a.example", 1)); err == nil || !strings.Contains(err.Error(), "outbox folder") {
		t.Errorf("SaveVisit without an outbox: %v", err)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestIndicesOfAnotherSchemaAreLeftAlone(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	elastictest.Call(t, "PUT", url+"/"+prefix+"-runs-v9", `{"aliases": {"`+prefix+`-runs": {}}, "mappings": {"_meta": {"scamatlas": 9}}}`)
	if _, err := Open(t.Context(), url, options(t, prefix)); !errors.Is(err, index.ErrVersion) || !strings.Contains(err.Error(), "schema 9") {
		t.Errorf("error %v", err)
	}
}

// An index that an earlier program made gets the fields that have come since; what is in it stays, new visits are taken whole.
func TestIndexOfAnEarlierProgramGetsNewFields(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	var old map[string]any
	body, err := mappings.ReadFile("mappings/sites.json")
	if err == nil {
		err = json.Unmarshal(body, &old)
	}
	if err != nil {
		t.Fatal(err)
	}
	keys := old["properties"].(map[string]any)["k"].(map[string]any)["properties"].(map[string]any)
	for _, field := range []string{"claim", "company", "licence", "regulator", "backend"} {
		delete(keys, field)
	}
	earlier, err := json.Marshal(map[string]any{"aliases": map[string]any{prefix + "-sites": map[string]any{"is_write_index": true}}, "mappings": old})
	if err != nil {
		t.Fatal(err)
	}
	elastictest.Call(t, "PUT", url+"/"+prefix+"-sites-v1", string(earlier))
	elastictest.Call(t, "PUT", url+"/"+prefix+"-sites-v1/_doc/old.example?refresh=true", `{"k": {"host": ["old.example"]}}`)
	for range 2 { // the second finds nothing to add
		s := open(t, url, options(t, prefix))
		v := visitOf("new.example", 1)
		v.Findings.Indicators = append(v.Findings.Indicators, extractors.Indicator{Kind: extractors.KindClaim, Type: "company_number", Value: "gb:SC123456", Confidence: extractors.High})
		if err := errors.Join(s.SaveVisit(t.Context(), v), s.Flush(t.Context())); err != nil {
			t.Fatal(err)
		}
		res, err := s.Search(t.Context(), index.SearchRequest{Query: query.Term{Field: "company", Value: "sc123456"}})
		if err != nil || res.Total != 1 {
			t.Errorf("found %+v, %v", res, err)
		}
		if h := s.Health(t.Context()); h.Sites != 2 || h.Dead != 0 {
			t.Errorf("health %+v: the site from before is gone", h)
		}
	}
}

func TestCredentialsInTheClear(t *testing.T) {
	for address, want := range map[string]bool{"http://es.example:9200": true, "http://203.0.113.7:9200": true, "https://es.example": false,
		"http://127.0.0.1:9200": false, "http://[::1]:9200": false, "http://localhost:9200": false} {
		c := &client{address: address}
		if got := c.inClear(Options{Password: "x"}); got != want || c.inClear(Options{}) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

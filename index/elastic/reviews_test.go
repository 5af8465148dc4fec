package elastic

import (
	"bytes"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
	"scamatlas/index/query"
)

// before does something before the first bulk request with a text in it reaches the server, and counts those.
func (p *proxy) before(t *testing.T, text string, do func() error) *atomic.Int32 {
	var n atomic.Int32
	p.set(func(_ http.ResponseWriter, req *http.Request, body []byte) bool {
		if req.URL.Path == "/_bulk" && bytes.Contains(body, []byte(text)) && n.Add(1) == 1 {
			if err := do(); err != nil {
				t.Error(err)
			}
		}
		return false
	})
	return &n
}

// A review that comes while a visit is on its way to the server, read before and written after it, survives the visit, and the visit it.
func TestReviewWhileAVisitIsOnItsWay(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	p := newProxy(t, url)
	s := open(t, p.URL, options(t, prefix))
	if err := errors.Join(s.SaveVisit(t.Context(), visitOf(host(0), 1)), s.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	o := options(t, prefix)
	o.Outbox = ""
	desk := open(t, url, o) // an analyst's machine, which does not visit
	r := index.Review{Label: extractors.LabelFake, Who: "anna", At: noon}
	between := p.before(t, `"visits":2`, func() error { return desk.Review(t.Context(), host(0), &r) })
	if err := errors.Join(s.SaveVisit(t.Context(), visitOf(host(0), 2)), s.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	p.clear()
	if n := between.Load(); n != 2 {
		t.Errorf("the visit was written %d times, want once in vain and once more", n)
	}
	site, err := s.Site(t.Context(), host(0))
	if err != nil || site.Visits != 2 || site.Review == nil || *site.Review != r {
		t.Errorf("%+v, %v", site, err)
	}
}

// The other way round: a visit that arrives while a review is on its way.
func TestVisitWhileAReviewIsOnItsWay(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	s := open(t, url, options(t, prefix))
	if err := errors.Join(s.SaveVisit(t.Context(), visitOf(host(0), 1)), s.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, url)
	o := options(t, prefix)
	o.Outbox = ""
	desk := open(t, p.URL, o)
	visit := func(sequence int64) func() error {
		return func() error {
			return errors.Join(s.SaveVisit(t.Context(), visitOf(host(0), sequence)), s.Flush(t.Context()))
		}
	}
	p.before(t, "", visit(2))
	err := desk.Rejudge(t.Context(), host(0), 1, extractors.Verdict{Label: extractors.LabelBenign})
	if !errors.Is(err, index.ErrStale) {
		t.Errorf("a verdict of the visit before: %v", err)
	}
	p.before(t, "", visit(3))
	if err := desk.Review(t.Context(), host(0), &index.Review{Label: extractors.LabelBenign, At: noon}); err != nil {
		t.Fatal(err)
	}
	site, err := s.Site(t.Context(), host(0))
	if err != nil || site.Visits != 3 || site.Review == nil || site.Verdict.Label == extractors.LabelBenign {
		t.Errorf("%+v, %v", site, err)
	}
}

// A site of which the server takes the core only can be reviewed and is found by it.
func TestReviewOfATrimmedSite(t *testing.T) {
	url, prefix := elastictest.URL(t), elastictest.Prefix(t)
	s := open(t, url, options(t, prefix))
	elastictest.Call(t, "PUT", url+"/"+prefix+"-sites/_settings", `{"index.mapping.nested_objects.limit": 0}`) // no room for payees
	if err := errors.Join(s.SaveVisit(t.Context(), visitOf(host(0), 1)), s.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := s.Review(t.Context(), host(0), &index.Review{Label: extractors.LabelFake, At: noon}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"confirmed:true", "reviewed:true", "verdict:fake_investment"} {
		e, err := query.Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := s.Search(t.Context(), index.SearchRequest{Query: e}); err != nil || res.Total != 1 {
			t.Errorf("%s: %+v, %v", q, res, err)
		}
	}
}

package inpage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"scamatlas/crawler/testbed/browsertest"
)

// shared is the one browser of all tests; TestMain ends it.
var shared struct {
	sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}

func launch(path string) {
	dir, err := os.MkdirTemp("", "inpage-test-*")
	if err != nil {
		shared.err = err
		return
	}
	as, err := servant(dir)
	if err != nil {
		shared.err = err
		return
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.Flag("no-sandbox", false), chromedp.Flag("disable-gpu", true),
		chromedp.Env("HOME="+dir, "TMPDIR="+dir), chromedp.ModifyCmdFunc(func(c *exec.Cmd) { c.SysProcAttr = as; c.Dir = dir }))
	alloc, end := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, quit := chromedp.NewContext(alloc)
	shared.err = chromedp.Do(ctx)
	shared.ctx, shared.stop = ctx, func() {
		_ = chromedp.Cancel(ctx)
		quit()
		end()
		_ = os.RemoveAll(dir)
	}
}

// tab is a page in a browser with our isolated world.
type tab struct {
	testing.TB
	ctx context.Context
}

// open shows a page of h at path in a context of its own, after scripts were put in for new documents.
func open(t testing.TB, h http.Handler, path string, scripts ...string) *tab {
	t.Helper()
	browser := browsertest.Path(t)
	if shared.Do(func() { launch(browser) }); shared.err != nil {
		t.Fatalf("starting the browser: %v", shared.err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: s}); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+path)); err != nil {
		t.Fatalf("going to %s: %v", path, err)
	}
	return &tab{t, ctx}
}

// ask gives what a script of ours answers in the isolated world.
func (b *tab) ask(expression string) []byte {
	b.Helper()
	frames, err := chromedp.Call(b.ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		b.Fatal(err)
	}
	world, err := chromedp.Call(b.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frames.FrameTree.Frame.ID, WorldName: "reader"})
	if err != nil {
		b.Fatal(err)
	}
	return b.value(runtime.EvaluateParams{Expression: expression, ContextID: world.ExecutionContextID})
}

// page gives what an expression is in the page's own world.
func (b *tab) page(expression string) string {
	b.Helper()
	return string(b.value(runtime.EvaluateParams{Expression: expression}))
}

func (b *tab) value(p runtime.EvaluateParams) []byte {
	b.Helper()
	p.ReturnByValue, p.AwaitPromise = new(true), new(true)
	res, err := chromedp.Call(b.ctx, runtime.Evaluate, p)
	if err != nil {
		b.Fatal(err)
	}
	if d := res.ExceptionDetails; d != nil {
		text := d.Text
		if d.Exception != nil {
			text += " " + d.Exception.Description
		}
		b.Fatalf("the script failed: %s", text)
	}
	var s string
	if json.Unmarshal(res.Result.Value, &s) == nil {
		return []byte(s)
	}
	return res.Result.Value
}

// until asks until the answer fits, for some seconds.
func (b *tab) until(expression, want string) {
	b.Helper()
	deadline := time.Now().Add(10 * time.Second)
	got := ""
	for time.Now().Before(deadline) {
		if got = b.page(expression); got == want {
			return
		}
		_ = chromedp.Do(b.ctx, chromedp.Sleep(20*time.Millisecond))
	}
	b.Fatalf("%s is %s, want %s", expression, got, want)
}

func (b *tab) read(max int) Page {
	b.Helper()
	p, err := ParsePage(b.ask(ReadPage(max)))
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func (b *tab) steps() []Step {
	b.Helper()
	all, err := ParseSteps(b.ask(FindSteps(200)))
	if err != nil {
		b.Fatal(err)
	}
	return all
}

func (b *tab) take(id int) (ok bool) {
	b.Helper()
	var did struct {
		OK bool `json:"ok"`
	}
	if err := json.Unmarshal(b.ask(TakeStep(id)), &did); err != nil {
		b.Fatal(err)
	}
	return did.OK
}

// site serves documents by path.
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := s[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, body)
}

// document is a page with a body.
func document(body string) site {
	return site{"/": "<!doctype html><meta charset=utf-8><title>t</title><body>" + body}
}

package egress

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exempt are the folders whose files may open connections of their own: this one, and those that serve or measure made-up
// sites on loopback, or fetch npm's packages to learn from, and never run in the product.
var exempt = []string{"crawler/egress", "crawler/testbed", "cmd/testbed", "cmd/bench", "cmd/fit"}

// starters are the folders whose files may start programs, which open connections as they like: the browser's, whose only way out is
// a Forward.
var starters = []string{"crawler/render"}

// starts are names that start programs, by import path.
var starts = map[string][]string{
	"os/exec":               {"*"},
	"os":                    {"StartProcess"},
	"syscall":               {"ForkExec", "StartProcess", "Exec"},
	"golang.org/x/sys/unix": {"Exec"},
	"plugin":                {"*"},
}

// forbidden are names that open connections or ask a resolver behind the guard's back, by import path.
var forbidden = map[string][]string{
	"net": {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "DefaultResolver", "Resolver", "LookupHost", "LookupIP",
		"LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupPort", "LookupSRV", "LookupTXT", "ResolveIPAddr", "ResolveTCPAddr", "ResolveUDPAddr"},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/http":   {"DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm", "ProxyFromEnvironment"},
	"github.com/miekg/dns": {"Client", "Dial", "DialTimeout", "DialTimeoutWithTLS", "DialWithTLS", "Exchange", "ExchangeConn", "ExchangeContext",
		"Transfer", "ClientConfigFromFile"},
	"syscall":                                {"Connect", "Socket", "Sendto"},
	"golang.org/x/sys/unix":                  {"Connect", "Socket", "Sendto"},
	"net/http/httputil":                      {"NewSingleHostReverseProxy"},
	"github.com/elastic/go-elasticsearch/v8": {"NewDefaultClient"},
	"golang.org/x/net/proxy":                 {"*"},
	"golang.org/x/net/websocket":             {"*"},
	"net/smtp":                               {"*"},
	"net/rpc":                                {"*"},
	"net/rpc/jsonrpc":                        {"*"},
}

// needs are types that go out by the default way unless a field says otherwise: by import path, then type, the field.
var needs = map[string]map[string]string{
	"net/http/httputil":                      {"ReverseProxy": "Transport"},
	"net/http":                               {"Transport": "DialContext", "Client": "Transport"},
	"github.com/elastic/go-elasticsearch/v8": {"Config": "Transport"},
	"github.com/elastic/elastic-transport-go/v8/elastictransport": {"Config": "Transport"},
}

// fetchers are functions whose result goes out by the default way unless the same file gives it a transport by one of the methods.
var fetchers = map[string]map[string][]string{
	"github.com/gocolly/colly/v2": {"NewCollector": {"WithTransport", "SetClient"}},
}

func TestOnlyWayOut(t *testing.T) {
	root := moduleRoot(t)
	files := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			hidden := rel != "." && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_"))
			if hidden || d.Name() == "testdata" || d.Name() == "vendor" || slices.Contains(exempt, rel) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		files++
		for _, fault := range waysOut(rel, src) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Error("no source was read")
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = up
	}
}

// waysOut lists what in one source file goes out past the guard.
func waysOut(name string, src []byte) []string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var faults []string
	report := func(n ast.Node, format string, args ...any) {
		faults = append(faults, fmt.Sprintf("%s: %s goes out past the guard", fset.Position(n.Pos()), fmt.Sprintf(format, args...)))
	}
	if testSupport(file) {
		return nil
	}
	mayStart := slices.Contains(starters, path.Dir(name))
	imports := map[string]string{} // local name -> path
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		local := importName(spec, p)
		if slices.Contains(starts[p], "*") && !mayStart || local == "." && starts[p] != nil {
			report(spec, "a program started by %s", p)
		}
		if slices.Contains(forbidden[p], "*") || local == "." && (forbidden[p] != nil || needs[p] != nil || fetchers[p] != nil) {
			report(spec, "import of %s", p)
		}
		if strings.HasPrefix(p, "scamatlas/") && strings.HasSuffix(p, "test") {
			report(spec, "test support %s", p)
		}
		imports[local] = p
	}
	literals := map[ast.Expr]bool{} // types of literals that say where they go
	methods := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			methods[n.Sel.Name] = true
		case *ast.CompositeLit:
			if p, sel := imported(imports, n.Type); sel != "" && hasField(n, needs[p][sel]) {
				literals[n.Type] = true
			}
		case *ast.StarExpr: // *http.Client names the type and makes none
			literals[n.X] = true
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		e, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		p, sel := imported(imports, e)
		switch {
		case slices.Contains(starts[p], sel) && !mayStart:
			report(n, "a program started by %s.%s", p, sel)
		case slices.Contains(forbidden[p], sel):
			report(n, "%s.%s", p, sel)
		case needs[p][sel] != "" && !literals[e]:
			report(n, "%s.%s without %s", p, sel, needs[p][sel])
		case fetchers[p][sel] != nil && !slices.ContainsFunc(fetchers[p][sel], func(m string) bool { return methods[m] }):
			report(n, "%s.%s without a transport", p, sel)
		}
		return true
	})
	return faults
}

// testSupport reports whether a file belongs to a package for tests alone (elastictest, …), which may reach its server directly;
// the product may not import such a package.
func testSupport(file *ast.File) bool {
	return strings.HasSuffix(file.Name.Name, "test") && slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"testing"` })
}

func importName(spec *ast.ImportSpec, p string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(p))
	}
	return strings.TrimPrefix(base, "go-")
}

// imported resolves pkg.Name to the import path and the name.
func imported(imports map[string]string, e ast.Expr) (string, string) {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok || imports[pkg.Name] == "" {
		return "", ""
	}
	return imports[pkg.Name], sel.Sel.Name
}

func hasField(lit *ast.CompositeLit, field string) bool {
	return field != "" && slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		key, ok := kv.Key.(*ast.Ident)
		value, isName := kv.Value.(*ast.Ident)
		return ok && key.Name == field && !(isName && value.Name == "nil")
	})
}

func TestWaysOut(t *testing.T) {
	support := "package elastictest; import (\"net/http\"; \"testing\"); func Get(*testing.T) { http.Get(\"http://h/\") }"
	if got := waysOut("x.go", []byte(support)); len(got) != 0 {
		t.Errorf("test support: %q", got)
	}
	starter := "package render; import \"os/exec\"; var c = exec.Command(\"chromium\")"
	for name, faults := range map[string]int{"crawler/render/launch.go": 0, "crawler/render/inpage/x.go": 1, "crawler/renderer.go": 1, "index/x.go": 1} {
		if got := waysOut(name, []byte(starter)); len(got) != faults {
			t.Errorf("a program started in %s: %q, want %d faults", name, got, faults)
		}
	}
	for src, faults := range map[string]int{
		`import ("net/http"; "testing"); func Get(*testing.T) { http.Get("http://h/") }`:                   1,
		`import "scamatlas/index/elastic/elastictest"; var f = elastictest.Call`:                           1,
		`import "net"; var _, _ = net.Dial("tcp", "h:80")`:                                                 1,
		`import n "net"; var d n.Dialer`:                                                                   1,
		`import "net"; var f = net.LookupHost`:                                                             1,
		`import . "net"; var f = Dial`:                                                                     1,
		`import "net"; var l, _ = net.Listen("tcp", ":80")`:                                                0,
		`import "crypto/tls"; var _, _ = tls.Dial("tcp", "h:443", nil)`:                                    1,
		`import "crypto/tls"; var c = tls.Client(nil, nil)`:                                                0,
		`import "net/http"; var _, _ = http.Get("http://h/")`:                                              1,
		`import "net/http"; var c = http.DefaultClient`:                                                    1,
		`import "net/http"; var c = &http.Client{}`:                                                        1,
		`import "net/http"; var c http.Client`:                                                             1,
		`import "net/http"; var c = new(http.Client)`:                                                      1,
		`import "net/http"; var c = http.Client{Transport: nil}`:                                           1,
		`import "net/http"; var c = &http.Client{Transport: t}`:                                            0,
		`import "net/http"; func f(c *http.Client, t *http.Transport) {}`:                                  0,
		`import "net/http"; var t = &http.Transport{MaxIdleConns: 1}`:                                      1,
		`import "net/http"; var t = &http.Transport{DialContext: d}`:                                       0,
		`import "net/http"; var t = &http.Transport{DialContext: d, Proxy: http.ProxyFromEnvironment}`:     1,
		`import "github.com/miekg/dns"; var c = dns.Client{}`:                                              1,
		`import "github.com/miekg/dns"; var m, _ = dns.Exchange(nil, "")`:                                  1,
		`import "github.com/miekg/dns"; var m dns.Msg`:                                                     0,
		`import "net/http/httputil"; var p = &httputil.ReverseProxy{Rewrite: f}`:                           1,
		`import "github.com/elastic/go-elasticsearch/v8"; var c, _ = elasticsearch.NewDefaultClient()`:     1,
		`import "net/smtp"; var _ = smtp.PlainAuth`:                                                        1,
		`import "github.com/gocolly/colly/v2"; var c = colly.NewCollector()`:                               1,
		`import "github.com/gocolly/colly/v2"; func f() { c := colly.NewCollector(); c.WithTransport(t) }`: 0,
		`import es "github.com/elastic/go-elasticsearch/v8"; var c = es.Config{Addresses: a}`:              1,
		`import "github.com/elastic/go-elasticsearch/v8"; var c = elasticsearch.Config{Transport: a}`:      0,
		`import "syscall"; var f = syscall.Connect`:                                                        1,
		`import "os/exec"; var c = exec.Command("curl")`:                                                   1,
		`import . "os"; var f = StartProcess`:                                                              1,
		`import "os"; var f = os.StartProcess`:                                                             1,
		`import "os"; var f = os.Open`:                                                                     0,
		`import "syscall"; var f = syscall.ForkExec`:                                                       1,
		`import "syscall"; var f = syscall.Kill`:                                                           0,
		`not go`:                                                                                           1,
	} {
		if got := waysOut("x.go", []byte("package x; "+src)); len(got) != faults {
			t.Errorf("%s: %d faults %q, want %d", src, len(got), got, faults)
		}
	}
}

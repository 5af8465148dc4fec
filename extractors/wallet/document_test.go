package wallet

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// TestDocuments reads the pages in testdata and compares what is found with the .want beside each: chain, form, role, confidence,
// where, value, and tag if there is one.
func TestDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, f := range ar.Files {
			if name, ok := strings.CutSuffix(f.Name, ".want"); ok {
				want[name] = string(f.Data)
			}
		}
		for _, f := range ar.Files {
			name := strings.TrimSuffix(f.Name, path.Ext(f.Name))
			if path.Ext(f.Name) == ".want" {
				continue
			}
			t.Run(filepath.Base(file)+"/"+name, func(t *testing.T) {
				d := extractors.Parse("https://a.example/"+f.Name, "", f.Data)
				expected, ok := want[name]
				if got := listed(ReadDocument(d)); !ok || got != expected {
					t.Errorf("got:\n%swant:\n%s", got, expected)
				}
			})
		}
	}
}

func listed(all []extractors.Indicator) string {
	var lines []string
	for _, i := range all {
		line := fmt.Sprintf("%s %s %s %s %s %s", i.Chain, i.Form, i.Role, i.Confidence, i.Where, i.Value)
		if i.Tag != "" {
			line += " tag=" + i.Tag
		}
		lines = append(lines, line+"\n")
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return strings.Join(lines, "")
}

func TestOffsets(t *testing.T) {
	address := made("a")["trx base58"]
	for name, body := range map[string]string{
		"p.html": "<p>one</p><p>Send <b>to</b> " + address + "</p>",
		"s.html": "<script>var a=1,b='" + address + "'</script>",
		"a.js":   "x='" + address + "'",
		"a.json": `{"a":"` + address + `"}`,
		"a.css":  "a{content:'" + address + "'}",
	} {
		all := ReadDocument(extractors.Parse("https://a.example/"+name, "", []byte(body)))
		if len(all) != 1 || all[0].Offset != strings.Index(body, address) || all[0].Page != "https://a.example/"+name || all[0].Seen[0] != address {
			t.Errorf("%s: %+v, want offset %d", name, all, strings.Index(body, address))
		}
	}
}

// TestReadPieces: pieces that did not come from Parse, like the text of a QR code, keep their place.
func TestReadPieces(t *testing.T) {
	d := &extractors.Document{URL: "https://a.example/qr.png", Pieces: []extractors.Piece{{Where: extractors.InQR, Text: "tron:" + made("a")["trx base58"] + "?amount=5"}}}
	if all := ReadDocument(d); len(all) != 1 || all[0].Where != extractors.InQR || all[0].Value != made("a")["trx base58"] {
		t.Errorf("%+v", all)
	}
}

// TestExtract: what one page cannot tell, another may; an address keeps one key over all of them.
func TestExtract(t *testing.T) {
	legacy, ton := made("a")["btc p2pkh"], made("a")["ton bounceable"]
	page := crawler.Response{FinalURL: "https://a.example/", ContentType: "text/html",
		Body: []byte("<p>" + legacy + "</p><a href='https://tonscan.org/address/" + ton + "'>x</a>")}
	script := crawler.Response{FinalURL: "https://a.example/a.js", ContentType: "text/javascript", Body: []byte("w={BTC:'" + legacy + "',TON:'" + ton + "'}")}
	c := &crawler.Capture{Pages: []crawler.Page{{Response: page}}, Assets: []crawler.Asset{{Response: script}}}
	f := extractors.Extract(c, []extractors.Extractor{New()})
	if len(f.Indicators) != 2 {
		t.Fatalf("%+v", f.Indicators)
	}
	b, tn := f.Indicators[0], f.Indicators[1]
	if b.Chain != "btc" || b.Key() != "wallet:btc:"+legacy || b.Where != extractors.InText {
		t.Errorf("%+v", b)
	}
	if tn.Role != extractors.Payee {
		t.Errorf("an explorer link hides the payee: %+v", tn)
	}
}

// TestLists: a map of many addresses is a list, as an array is; the one that also stands in the page's text is still the payee.
func TestLists(t *testing.T) {
	payee := made("0")["trx base58"]
	var b strings.Builder
	b.WriteString("<p>Pay " + payee + "</p><script>m={")
	for i := range listTotal + 2 {
		fmt.Fprintf(&b, "k%d:'%s',", i, made(fmt.Sprint(i))["trx base58"])
	}
	roles := map[string]int{}
	for _, i := range ReadDocument(extractors.Parse("https://a.example/", "", []byte(b.String()+"}</script>"))) {
		roles[i.Role]++
		if i.Role == extractors.Payee && i.Value != payee {
			t.Errorf("%s is a payee", i.Value)
		}
	}
	if roles[extractors.List] != listTotal+1 || roles[extractors.Payee] != 1 {
		t.Error(roles)
	}
}

func FuzzReadDocument(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, a := range ar.Files {
			f.Add(a.Name, a.Data)
		}
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		d := extractors.Parse("https://a.example/"+name, "", body)
		for _, i := range ReadDocument(d) {
			if i.Value == "" || i.Chain == "" || i.Role == "" || i.Confidence == "" || i.Where == "" || len(i.Seen) == 0 || i.Offset < 0 || i.Offset > len(d.Body) {
				t.Fatalf("%+v", i)
			}
			if _, _, value, ok := Canonical(i.Value); ok && value != i.Value {
				t.Fatalf("canonical of %q is %q", i.Value, value)
			}
		}
	})
}

// hostile are texts that make careless scanners work or hold much.
func hostile(n int) map[string][]byte {
	near := made("near")
	var misses strings.Builder
	for misses.Len() < n {
		for _, s := range []string{near["trx base58"], near["btc p2wpkh"], near["evm address"], near["ton bounceable"], near["xmr standard"], near["ada byron"]} {
			misses.WriteString(s[:len(s)-1] + string(s[len(s)/2]) + " ")
		}
	}
	repeat := func(s string) []byte { return []byte(strings.Repeat(s, n/len(s)+1)[:n]) }
	return map[string][]byte{
		"one run.txt":          repeat("a"),
		"one T.txt":            repeat("T"),
		"one 1.js":             repeat("1"),
		"base64.js":            []byte(base64.StdEncoding.EncodeToString(key("base64", n))[:n]),
		"base64 literals.js":   repeat(`"` + base64.StdEncoding.EncodeToString(key("base64", 250)) + `",`),
		"text in base64.js":    repeat(`"` + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a wallet ", 30))) + `",`),
		"hex.js":               []byte(hex.EncodeToString(key("hex", n))[:n]),
		"hashes.txt":           repeat(hex.EncodeToString(key("hex", 32)) + " near "),
		"nested escapes.js":    repeat(strings.Repeat(`\\`, 40) + "u0030"),
		"escaped escapes.json": repeat(`\\u005cu005cu0030`),
		"percent.html":         repeat("<i a=" + strings.Repeat("%2530", 20) + ">"),
		"dots.txt":             repeat("0.0.0.0.near."),
		"one base58 run.txt":   repeat(near["btc p2pkh"]),
		"near misses.txt":      []byte(misses.String()),
		"one address.txt":      repeat(near["btc p2pkh"] + " "),
		"one address.html":     repeat(near["btc p2pkh"] + "<p>"),
		"TON starts.txt":       repeat("EQ EQ-EQ/"),
		"joined.html":          repeat("EQabc<b>abcdefghijklmnopqrstuvw</b><p>"),
		"joined whole.html":    repeat("a<b>b</b>"),
		"attributes.html":      repeat("<i a=bbbbbbbbbbbbbbbb>"),
		"zero width.html":      repeat("a\u200b"),
		"lines.html":           repeat("bc1qaaaaa<br>"),
		"groups.txt":           repeat("abcd "),
		"quotes.js":            repeat(`"'` + "`a"),
		"open quote.js":        repeat(`a"b c'd e`),
		"glue.js":              repeat(`"abcdefgh"+`),
		"array, reverse.js":    repeat(`"abcdefgh",`),
		"long literals.js":     repeat(`"` + strings.Repeat("reverse", 50) + `";`),
		"codes.js":             repeat("49,"),
		"escapes.js":           repeat(`\x31`),
		"nested noscript.html": repeat("<noscript>a<b>bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb</b>"),
		"words.txt":            repeat("solana memo 5 "),
	}
}

// TestBounded doubles each hostile text: the bytes allocated for it may not grow faster than it does, nor be many times its size.
func TestBounded(t *testing.T) {
	const size, perByte = 1 << 18, 160 // the HTML tokenizer's buffer is 4 kB for each joined piece
	small, large := hostile(size), hostile(2*size)
	for name := range small {
		a, b := allocated(name, small[name]), allocated(name, large[name])
		if b > 3*a+1<<20 || b > perByte*uint64(len(large[name]))+1<<20 {
			t.Errorf("%s: %d bytes allocated for %d, %d for twice as much", name, a, len(small[name]), b)
		}
	}
}

func allocated(name string, body []byte) uint64 {
	d := extractors.Parse("https://a.example/"+name, "", body)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ReadDocument(d)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestCap: a document of very many addresses gives a bounded list.
func TestCap(t *testing.T) {
	var b bytes.Buffer
	for i := range maxFound + 100 {
		b.WriteString(evmMixed(key(fmt.Sprint(i), 20)) + "\n")
	}
	if all := ReadDocument(extractors.Parse("https://a.example/a.txt", "", b.Bytes())); len(all) != maxFound {
		t.Errorf("%d addresses", len(all))
	}
}

var hostileOnly = flag.String("hostile", "", "part of the name of the hostile text to benchmark")

func BenchmarkHostile(b *testing.B) {
	for name, body := range hostile(1 << 20) {
		if !strings.Contains(name, *hostileOnly) {
			continue
		}
		d := extractors.Parse("https://a.example/"+name, "", body)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				ReadDocument(d)
			}
		})
	}
}

// BenchmarkScan reads made-up code of the kind that sites are full of: the scan for addresses alone, and all views of a document.
func BenchmarkScan(b *testing.B) {
	const size = 4 << 20
	for name, unit := range map[string]string{
		"a.js": `!function(e,t){"use strict";var n=t(417),r=Object.assign({},e.props,{className:"btn-primary",onClick:function(){return n.dispatch("OPEN_MODAL",{id:42})}});` +
			`e.exports=function(i){return i&&i.length>0?r.createElement("div",null,i.map((function(o){return o.label+": "+o.value}))):null}}(module,require);` + "\n",
		"a.css":  ".navbar-expand-lg>.container-fluid{display:flex;flex-wrap:inherit;padding:.375rem .75rem;background-color:#f8f9fa;transition:color .15s ease-in-out}\n",
		"a.html": `<div class="col-md-6 card"><h3 class="title">Growth plan</h3><p>Earn <b>2.5%</b> daily for 30 days, from $500 up.</p><a href="/register?plan=growth" class="btn">Invest</a></div>` + "\n",
		"a.json": `{"id":184,"name":"Growth","percent":"2.5","min":500,"icon":"/img/5f2b8c1d9e.png","tags":["daily","bonus"]},` + "\n",
	} {
		body := []byte(strings.Repeat(unit, size/len(unit)))
		d := extractors.Parse("https://a.example/"+name, "", body)
		run := func(name string, f func()) {
			b.Run(name, func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
			})
		}
		run("raw/"+name, func() { scan(string(body), func(match) {}) })
		run("document/"+name, func() { ReadDocument(d) })
	}
}

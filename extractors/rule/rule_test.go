package rule

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

func response(url, contentType, body string, header ...crawler.HeaderField) crawler.Response {
	return crawler.Response{URL: url, FinalURL: url, Status: 200, ContentType: contentType, Body: []byte(body), Header: header}
}

// shop is a capture that has something in every field.
func shop() *Fields {
	const at = "https://pay.nova.example/"
	c := &crawler.Capture{Host: "pay.nova.example", FinalURL: at,
		Pages: []crawler.Page{{Response: response(at, "text/html", `<html><head><title> Nova Invest </title><style>.kit-9{color:red}</style></head>
<body data-kit="KIT*9"><div id=app></div><script>var secret = "abc123";</script></body></html>`,
			crawler.HeaderField{Name: "Set-Cookie", Value: "kit_session=77; path=/"}, crawler.HeaderField{Name: "X-Powered-By", Value: "ThinkPHP"})}},
		Assets:   []crawler.Asset{{Kind: crawler.Script, Response: response(at+"static/js/app.9f.js", "text/javascript", `window.KIT_VERSION="2.1"`)}, {Kind: crawler.Style, Response: response(at+"a.css", "text/css", `.van-tab{x:y}`)}},
		Rendered: &crawler.Rendered{Views: []crawler.View{{FinalURL: at, DOM: []byte(`<html><body><h1>Recharge USDT</h1></body></html>`), SHA256: "1"}}, Sockets: []crawler.Socket{{URL: "wss://ws.nova.example/quote", Page: at}}},
	}
	return NewFields(extractors.NewInput(c))
}

func rule(t *testing.T, detection string) *Rule {
	t.Helper()
	r, faults := Parse("x.yml", []byte("title: x\ndetection:\n  "+strings.ReplaceAll(strings.TrimSpace(detection), "\n", "\n  ")+"\n"))
	if len(faults) > 0 {
		t.Fatal(Errors(faults))
	}
	return r
}

func TestFieldsAndModifiers(t *testing.T) {
	for _, tc := range []struct {
		test string
		want bool
	}{
		{`title: nova invest`, true},
		{`title|cased: nova invest`, false},
		{`title: nova`, false},
		{`title: "nova*"`, true},
		{`title: "n?va inv?st"`, true},
		{`title|contains: invest`, true},
		{`hostname: pay.nova.example`, true},
		{`hostname|endswith: .nova.example`, true},
		{`hostname|startswith: nova`, false},
		{`html|contains: 'data-kit="kit\*9"'`, true},
		{`html|contains: 'data-kit="kit\?9"'`, false},
		{`html|contains: Recharge`, false},
		{`dom|contains: recharge`, true},
		{`js|contains: secret`, true},
		{`js|contains|all: [secret, kit_version]`, true},
		{`js|contains|all: [secret, missing]`, false},
		{`js|contains: [missing, secret]`, true},
		{`js|re: 'KIT_VERSION="\d\.\d"'`, true},
		{`js|re: 'kit_version'`, false},
		{`css|contains: .van-tab`, true},
		{`css|contains: .kit-9`, true},
		{`cookies|startswith: kit_session=`, true},
		{`cookies: "kit_session=77"`, true},
		{`headers: "x-powered-by: thinkphp"`, true},
		{`requests|contains: /static/js/app.`, true},
		{`requests|startswith: "wss://"`, true},
		{`requests|endswith: .css`, true},
		{"title: nova invest\nhostname: other", false},
	} {
		r := rule(t, "s:\n  "+strings.ReplaceAll(tc.test, "\n", "\n  ")+"\ncondition: s")
		h, ok := r.Match(shop())
		if ok != tc.want {
			t.Errorf("%s: %t, want %t", tc.test, ok, tc.want)
		}
		if ok && (len(h.Evidence) == 0 || h.Evidence[0].URL == "" || h.Evidence[0].Seen == "") {
			t.Errorf("%s: evidence %+v", tc.test, h.Evidence)
		}
	}
}

func TestConditions(t *testing.T) {
	for line, want := range map[string]bool{
		"yes": true, "no": false, "not no": true, "yes and no": false, "yes or no": true, "yes and not no": true, "not (yes and no)": true,
		"no or yes and yes2": true, "(no or yes) and no": false, "1 of them": true, "all of them": false, "all of yes*": true, "1 of no*": false,
		"any of them and not 1 of no*": true, "NOT no AND yes": true,
	} {
		r := rule(t, "yes: {title|contains: nova}\nyes2: {js|contains: secret}\nno: {title: zzz}\ncondition: "+line)
		if _, ok := r.Match(shop()); ok != want {
			t.Errorf("%s: %t, want %t", line, ok, want)
		}
	}
}

func TestListOfMappingsIsOr(t *testing.T) {
	r := rule(t, "s:\n- title: zzz\n- {js|contains: secret, title|contains: nova}\ncondition: s")
	if _, ok := r.Match(shop()); !ok {
		t.Error("the second alternative did not match")
	}
}

func TestFaultsHaveLines(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"unknown field":     {"title: x\ndetection:\n  a:\n    body|contains: x\n  condition: a\n", []string{"x.yml:4: unknown field \"body\""}},
		"unknown modifier":  {"title: x\ndetection:\n  a:\n    html|like: x\n  condition: a\n", []string{"x.yml:4: unknown modifier \"like\""}},
		"bad pattern":       {"title: x\ndetection:\n  a:\n    html|re:\n      - ok\n      - '(?=x)'\n  condition: a\n", []string{"x.yml:6: bad pattern"}},
		"unknown selection": {"title: x\ndetection:\n  a: {title: x}\n  condition: a and b\n", []string{"x.yml:4: condition: no selection is called \"b\""}},
		"no condition":      {"title: x\ndetection:\n  a: {title: x}\n", []string{"condition: is missing"}},
		"no detection":      {"title: x\n", []string{"detection: is missing"}},
		"no title":          {"detection:\n  a: {title: x}\n  condition: a\n", []string{"title: is missing"}},
		"unknown key":       {"title: x\nseverity: 3\ndetection:\n  a: {title: x}\n  condition: a\n", []string{"x.yml:2: unknown key \"severity\""}},
		"keywords":          {"title: x\ndetection:\n  a: [evil]\n  condition: a\n", []string{"x.yml:3: a selection's list"}},
		"matches all":       {"title: x\ndetection:\n  a: {html|contains: ''}\n  condition: a\n", []string{"x.yml:3: an empty value"}},
		"unbalanced":        {"title: x\ndetection:\n  a: {title: x}\n  condition: (a\n", []string{"a ) is missing"}},
		"left over":         {"title: x\ndetection:\n  a: {title: x}\n  condition: a a\n", []string{`"a" was not expected`}},
		"all at once":       {"title: x\nfoo: 1\ndetection:\n  a: {bar: x}\n  condition: b\n", []string{"x.yml:2", "x.yml:4", "x.yml:5"}},
		"not YAML":          {"title: [x\n", []string{"x.yml:2: not valid YAML"}},
		"unknown level":     {"title: x\nlevel: grave\ndetection:\n  a: {title: x}\n  condition: a\n", []string{"x.yml:2: unknown level \"grave\": one of informational, low"}},
		"key twice":         {"title: x\ndetection:\n  a:\n    html|contains: x\n    html|contains: y\n  condition: a\n", []string{"x.yml:5: \"html|contains\" is there twice"}},
		"selection twice":   {"title: x\ndetection:\n  a: {title: x}\n  a: {title: y}\n  condition: a\n", []string{"x.yml:4: \"a\" is there twice"}},
		"name of selection": {"title: x\ndetection:\n  a b: {title: x}\n  all: {title: x}\n  condition: all of them\n", []string{"x.yml:3: \"a b\" is no name", "x.yml:4: \"all\" is no name"}},
		"no selection":      {"title: x\ndetection:\n  condition: all of them\n", []string{"names no selection"}},
		"no fields":         {"title: x\ndetection:\n  a: {}\n  condition: a\n", []string{"x.yml:3: a selection without fields"}},
		"scalar selection":  {"title: x\ndetection:\n  a: evil\n  condition: a\n", []string{"x.yml:3: a selection is a mapping"}},
		"no value":          {"title: x\ndetection:\n  a: {html|contains: []}\n  condition: a\n", []string{"x.yml:3: no value"}},
		"null":              {"title: x\ndetection:\n  a: {html|contains: null}\n  condition: a\n", []string{"x.yml:3: a value is a text or a number"}},
		"alias":             {"title: x\ndetection:\n  a: &a {title: x}\n  b: *a\n  condition: a\n", []string{"x.yml:4: a selection is a mapping"}},
		"long value":        {"title: x\ndetection:\n  a:\n    html|contains: " + strings.Repeat("x", maxPattern+1) + "\n  condition: a\n", []string{"x.yml:4: a value of more than"}},
		"many values":       {"title: x\ndetection:\n  a:\n    html|contains: [" + strings.Repeat("x, ", maxValues+1) + "]\n  condition: a\n", []string{"x.yml:4: more than 1000 values"}},
		"empty condition":   {"title: x\ndetection:\n  a: {title: x}\n  condition: ''\n", []string{"x.yml:4: condition: it ends too early"}},
		"of what":           {"title: x\ndetection:\n  a: {title: x}\n  condition: 1 a\n", []string{"`of them`"}},
		"no such mask":      {"title: x\ndetection:\n  a: {title: x}\n  condition: 1 of b*\n", []string{"no selection fits \"b*\""}},
		"deep":              {"title: x\ndetection:\n  a: {title: x}\n  condition: " + strings.Repeat("not ", maxDepth+2) + "a\n", []string{"more than 50 levels"}},
		"a list as title":   {"title: [x]\ndetection:\n  a: {title: x}\n  condition: a\n", []string{"x.yml:1: a text is expected"}},
		"too large":         {"title: " + strings.Repeat("x", MaxFile), []string{"larger than"}},
		"two documents":     {"title: x\n---\ntitle: y\n", []string{"not valid YAML"}},
		"a list":            {"- a\n", []string{"a rule is a mapping"}},
	} {
		r, faults := Parse("x.yml", []byte(tc.text))
		all := ""
		for _, f := range faults {
			all += f.Error() + "\n"
		}
		if r != nil {
			t.Errorf("%s: a rule came back", name)
		}
		for _, w := range tc.want {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %q lacks %q", name, all, w)
			}
		}
	}
}

// TestLaterNames: rules in the later public form say cookie for cookies, and so on.
func TestLaterNames(t *testing.T) {
	for _, test := range []string{"url.hostname: pay.nova.example", "cookie|contains: kit_session", "response.header|contains: thinkphp", "header|contains: thinkphp"} {
		if _, ok := rule(t, "s:\n  "+test+"\ncondition: s").Match(shop()); !ok {
			t.Errorf("%s does not fit", test)
		}
	}
}

func TestLevels(t *testing.T) {
	for text, want := range map[string]string{"": Medium, "level: Critical\n": Critical, "level: informational\n": Informational} {
		r, faults := Parse("x.yml", []byte("title: x\n"+text+"detection:\n  s: {title|contains: nova}\n  condition: s\n"))
		if r == nil {
			t.Fatal(Errors(faults))
		}
		if h, ok := r.Match(shop()); !ok || h.Level != want || r.Level != want {
			t.Errorf("%q: %+v, want %s", text, h, want)
		}
	}
}

// TestIdsAreUnique over all folders, whether a file's name or its own line gives the id.
func TestIdsAreUnique(t *testing.T) {
	const body = "title: A\ndetection:\n  a: {title: x}\n  condition: a\n"
	rules, faults, err := LoadAll(Folder{"built-in", fstest.MapFS{"one.yml": {Data: []byte(body)}}},
		Folder{"own", fstest.MapFS{"sub/one.yaml": {Data: []byte(body)}, "two.yaml": {Data: []byte("tags: [x]\nid: one\n" + body)}, "three.yaml": {Data: []byte(body)}}})
	if err != nil || len(rules) != 2 || rules[0].File != "built-in/one.yml" || rules[1].File != "own/three.yaml" {
		t.Errorf("%v %v", rules, err)
	}
	want := "own/sub/one.yaml: the id one is that of built-in/one.yml already\nown/two.yaml:2: the id one is that of built-in/one.yml already"
	if got := Errors(faults).Error(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if _, _, err := LoadAll(Folder{"gone", fstest.MapFS{}}); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestLoad(t *testing.T) {
	good := &fstest.MapFile{Data: []byte("title: A\ntags: [kit]\ndetection:\n  a: {title: x}\n  condition: a\n")}
	rules, faults, err := Load(fstest.MapFS{"b/one.yml": good, "a/two.yaml": good, "c/one.yml": good, "readme.md": good, "bad.yml": {Data: []byte("x: y")}})
	if err != nil || len(rules) != 2 || rules[0].ID != "one" || rules[1].ID != "two" || rules[1].Tags[0] != "kit" {
		t.Errorf("%v %v", rules, err)
	}
	if all := Errors(faults).Error(); !strings.Contains(all, "bad.yml") || !strings.Contains(all, "c/one.yml") {
		t.Errorf("faults %v", all)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("title: x\ndetection:\n  a:\n    html|contains|all: [a, 'b*?']\n  b: [{js|re: 'x+'}, {title: 7}]\n  condition: a and not (1 of b*)\n"))
	f.Add([]byte("title: x\ndetection: {a: {html: '\\'}, condition: 'not not not a'}\n"))
	f.Add([]byte("title: x\nlevel: high\ndetection: {a: {js|re: '(?i)SECRET|kit_.ers[io]on'}, b: {dom|contains: 'h1>rech*usdt'}, condition: all of them}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, faults := Parse("f.yml", b)
		switch {
		case r != nil:
			sameHits(t, []*Rule{r}, shop())
		case len(faults) == 0:
			t.Error("neither a rule nor a fault")
		}
	})
}

// sameHits compares a set with rules tried one by one.
func sameHits(t *testing.T, rules []*Rule, f *Fields) {
	t.Helper()
	if one, set := MatchAll(rules, f), NewSet(rules).Match(f); !reflect.DeepEqual(one, set) {
		t.Errorf("one by one %+v\nas a set %+v", one, set)
	}
}

// FuzzSet: a set finds what its rules find one by one, whatever stands in page and pattern.
func FuzzSet(f *testing.F) {
	f.Add("Deposit USDT", "<p>Deposit usdt now", "contains", true)
	f.Add("(?i)meſs|KeY.+", "MESS key \u212aey ", "re", false)
	f.Add("*\\*kit?9", "a*Kit-9", "contains", false)
	f.Add("\xff\xfeABCDE", "\xff\xfeabcde", "contains", false)
	f.Add("(abc|x(?:defg|hij)+){2,}", "abcxdefg", "re", false)
	f.Fuzz(func(t *testing.T, value, body, modifier string, cased bool) {
		p, err := newPattern(value, map[string]anchor{"contains": anywhere, "startswith": atStart, "endswith": atEnd}[modifier], cased, modifier == "re")
		if err != nil || value == "" {
			return
		}
		r := &Rule{ID: "x", selections: map[string]*selection{"s": {any: [][]test{{{field: "html", patterns: []pattern{p}}}}}}, condition: named("s")}
		in := &extractors.Input{Capture: &crawler.Capture{}, Docs: []*extractors.Document{{URL: "https://a.example/", Page: true, Body: []byte(body)}}}
		sameHits(t, []*Rule{r}, NewFields(in))
	})
}

// BenchmarkMatchAll tries 500 rules on an ordinary page.
func BenchmarkMatchAll(b *testing.B) {
	body := "<html><body>" + strings.Repeat("<p class=\"card\">Earn daily with our plan</p>\n", 4000) + "</body></html>"
	c := &crawler.Capture{Host: "a.example", Pages: []crawler.Page{{Response: response("https://a.example/", "text/html", body)}}}
	in := extractors.NewInput(c)
	var rules []*Rule
	for i := range 500 {
		r, faults := Parse("x.yml", []byte("title: x\ndetection:\n  a:\n    html|contains: 'kit-mark-"+fmt.Sprint(i)+"'\n  condition: a\n"))
		if len(faults) > 0 {
			b.Fatal(faults)
		}
		rules = append(rules, r)
	}
	set := NewSet(rules)
	b.Run("one by one", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			MatchAll(rules, NewFields(in))
		}
	})
	b.Run("set", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			set.Match(NewFields(in))
		}
	})
}

package rule

import (
	"strings"
	"testing"

	"scamatlas/extractors"
)

const kitRule = `title: x
detection:
  s:
    title: Shop
    hostname: pay.kit.example
    html|contains: id=app
    dom|contains: Recharge
    js|contains: kitCode
    css|contains: .van-
    cookies|startswith: sid=
    headers: 'server: kit'
    requests|endswith: [/api/coin]
  u:
    requests|startswith: 'wss://'
  v:
    html|contains: second page
  condition: all of them
`

const kitCases = `What the kit looks like.
-- fire/kit/host --
pay.kit.example
-- fire/kit/headers --
Server: kit
Set-Cookie: sid=1; path=/
-- fire/kit/index.html --
<title>Shop</title><div id=app></div>
-- fire/kit/more.html --
<p>second page
-- fire/kit/dom.html --
<title>Shop</title><h1>Recharge</h1>
-- fire/kit/static/a.js --
var kitCode
-- fire/kit/a.css --
.van-x{}
-- fire/kit/requests --
/api/coin

wss://ws.example/q
-- quiet/page.html --
<title>Shop</title>
`

// TestCasesFillEveryField: each field of a rule can be tested.
func TestCasesFillEveryField(t *testing.T) {
	r, faults := Parse("k.yaml", []byte(kitRule))
	if r == nil {
		t.Fatal(Errors(faults))
	}
	cases, faults := ParseCases("k.test.txtar", []byte(kitCases))
	if len(faults) > 0 || len(cases) != 2 || !cases[0].Fires || cases[1].Fires || cases[0].Line != 2 || cases[1].Line != 21 {
		t.Fatalf("%+v %v", cases, faults)
	}
	if faults := r.Try(cases); len(faults) > 0 {
		t.Error(Errors(faults))
	}
	// Without any one part the rule is silent: so that part was there.
	for _, part := range []string{"pay.kit.example\n", "Server: kit\n", "Set-Cookie: sid=1; path=/\n", "second page", "Recharge", "kitCode", ".van-x", "/api/coin\n", "wss://ws.example/q\n"} {
		less, faults := ParseCases("k.test.txtar", []byte(strings.Replace(kitCases, part, "", 1)))
		if len(faults) > 0 {
			t.Errorf("%q: %v", part, faults)
			continue
		}
		if faults = r.Try(less); len(faults) != 1 || !strings.Contains(faults[0].Why, "does not fire on fire/kit: of its selections hold [") {
			t.Errorf("without %q: %v", part, faults)
		}
	}
}

func TestTryNamesWhatFired(t *testing.T) {
	r := rule(t, "s: {html|contains: bread}\ncondition: s")
	cases, _ := ParseCases("k.test.txtar", []byte("-- fire/a.html --\nbread\n-- quiet/b.html --\n<p>Bread"))
	faults := r.Try(cases)
	if len(faults) != 1 || faults[0].Error() != `k.test.txtar:3: x fires on quiet/b: html holds "bread"` {
		t.Errorf("%v", faults)
	}
}

func TestFaultsOfCases(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":       {"", "k.test.txtar: there must be a site"},
		"one side":      {"-- fire/a.html --\nx\n", "k.test.txtar: there must be a site"},
		"other folder":  {"words\n-- fires/a.html --\nx\n", `k.test.txtar:2: "fires/a.html" is neither below fire/ nor below quiet/`},
		"no name":       {"-- quiet/a b/index.html --\nx\n", `k.test.txtar:1: "quiet/a b/index.html": the site "a b" is no name`},
		"no file":       {"-- quiet/a/ --\nx\n", "k.test.txtar:1:"},
		"the same file": {"-- fire/a/x.js --\nx\n-- fire/a/x.js --\ny\n", `k.test.txtar:3: "fire/a/x.js" is there twice`},
		"page and page": {"-- fire/a.html --\nx\n-- fire/a/index.html --\ny\n", "k.test.txtar:3:"},
		"large":         {strings.Repeat("x", MaxFile+1), "larger than"},
	} {
		cases, faults := ParseCases("k.test.txtar", []byte(tc.text))
		if cases != nil || len(faults) == 0 || !strings.Contains(Errors(faults).Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, faults, tc.want)
		}
	}
}

func TestCasesFile(t *testing.T) {
	for in, want := range map[string]string{"a/kit.yaml": "a/kit.test.txtar", "kit.v2.yml": "kit.v2.test.txtar"} {
		if got := CasesFile(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzParseCases(f *testing.F) {
	f.Add([]byte(kitCases))
	f.Add([]byte("-- fire/x/host --\n\n-- fire/x/requests --\n://\nws\nhttp://[\n-- quiet/y/headers --\n:\na\n"))
	r, _ := Parse("k.yaml", []byte(kitRule))
	f.Fuzz(func(t *testing.T, b []byte) {
		cases, faults := ParseCases("f.txtar", b)
		if (len(cases) == 0) == (len(faults) == 0) {
			t.Errorf("%d cases, %d faults", len(cases), len(faults))
		}
		for _, c := range cases {
			r.Match(NewFields(extractors.NewInput(c.Capture)))
		}
	})
}

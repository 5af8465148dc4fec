package query

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestParse(t *testing.T) {
	for in, want := range map[string]Expr{
		"":                             nil,
		" \t":                          nil,
		"nova":                         Word{Value: "nova"},
		"nova trade":                   And{[]Expr{Word{Value: "nova"}, Word{Value: "trade"}}},
		"a1 AND b1 c1":                 And{[]Expr{Word{Value: "a1"}, Word{Value: "b1"}, Word{Value: "c1"}}},
		"a1 OR b1 c1":                  Or{[]Expr{Word{Value: "a1"}, And{[]Expr{Word{Value: "b1"}, Word{Value: "c1"}}}}},
		"(a1 OR b1) c1":                And{[]Expr{Or{[]Expr{Word{Value: "a1"}, Word{Value: "b1"}}}, Word{Value: "c1"}}},
		"-nova":                        Not{Word{Value: "nova"}},
		"NOT -nova":                    Not{Not{Word{Value: "nova"}}},
		`-"a b"`:                       Not{Word{Value: "a b"}},
		"-(a1)":                        Not{Word{Value: "a1"}},
		"nova-trade":                   Word{Value: "nova-trade"},
		"nov*":                         Word{Value: "nov", Prefix: true},
		`"guaranteed profit"`:          Word{Value: "guaranteed profit"},
		`"say \"hi\" \\ there"`:        Word{Value: `say "hi" \ there`},
		`"AND"`:                        Word{Value: "AND"},
		"x.example:8080":               Word{Value: "x.example:8080"},
		"HOST:Nova.Example":            Term{Field: "host", Value: "nova.example"},
		"wallet:TQn9":                  Term{Field: "wallet", Value: "TQn9"},
		"ip:2001:db8::1":               Term{Field: "ip", Value: "2001:db8::1"},
		"host:nova*":                   Term{Field: "host", Value: "nova", Prefix: true},
		`server:"Apache 2"*`:           Term{Field: "server", Value: "apache 2", Prefix: true},
		`server:"a*b"`:                 Term{Field: "server", Value: "a*b"},
		"title:Nova":                   Term{Field: "title", Value: "nova"},
		"title:Nova-Trade":             Phrase{"title", []string{"nova", "trade"}},
		`text:"Guaranteed  PROFIT!"`:   Phrase{"text", []string{"guaranteed", "profit"}},
		"text:prof*":                   Term{Field: "text", Value: "prof", Prefix: true},
		"visits:>=2":                   Range{Field: "visits", From: Bound{Value: "2"}},
		"wallets:<3":                   Range{Field: "wallets", To: Bound{"3", true}},
		"wallets:3":                    Range{"wallets", Bound{Value: "3"}, Bound{Value: "3"}},
		"visits:[1 TO 5}":              Range{"visits", Bound{Value: "1"}, Bound{"5", true}},
		"visits:{* TO 5]":              Range{Field: "visits", To: Bound{Value: "5"}},
		"first_seen:>now-7d":           Range{Field: "first_seen", From: Bound{"now-7d", true}},
		"last_visit:[2026-11 TO now]x": And{[]Expr{Range{"last_visit", Bound{Value: "2026-11"}, Bound{Value: "now"}}, Word{Value: "x"}}},
	} {
		got, err := Parse(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q) = %#v, %v; want %#v", in, got, err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]struct {
		pos        int
		says, hint string
	}{
		"nova hots:x":                    {5, `unknown field "hots"`, "did you mean host?"},
		"teleg:x":                        {0, "unknown field", "did you mean telegram?"},
		"https://a.example/":             {0, "unknown field", "quotes"},
		"host:":                          {5, "no value", "host:novatrade*"},
		"host: nova":                     {5, "no value", "without a space"},
		"(nova":                          {0, "( without its )", ""},
		"nova)":                          {4, ") without its (", ""},
		"nova ()":                        {6, "missing here", ""},
		`nova "x`:                        {5, "quotes without", ""},
		`""`:                             {0, "empty quotes", ""},
		"nova AND":                       {8, "missing here", ""},
		"OR nova":                        {0, "OR stands", `"OR"`},
		"nova OR AND x":                  {8, "AND stands", ""},
		"- nova":                         {0, "nothing follows", "-word"},
		"*":                              {0, "* needs 2", "leave the query empty"},
		"host:n*":                        {5, "* needs 2", ""},
		"n*va":                           {1, "* stands only", ""},
		"*va":                            {0, "* stands only", ""},
		"title:a-b*":                     {6, "single word", ""},
		"title:!!":                       {6, "no word", ""},
		"host:>a":                        {5, "no ranges", "quotes"},
		"visits:many":                    {7, "whole number", "visits:>=2"},
		"visits:>":                       {7, "no value", ""},
		`visits:"3"`:                     {7, "without quotes", ""},
		"visits:[1 TO":                   {7, "range without its end", "[from TO to]"},
		"visits:[1 to 2]":                {7, "not a range", "[from TO to]"},
		"last_visit:tomorrow":            {11, "not a time", ""},
		"last_visit:now+1d":              {11, "after now", ""},
		"last_visit:now-1y":              {11, "after now", ""},
		"last_visit:>now-99999999w":      {11, "100 years", ""},
		strings.Repeat("(", 40) + "x":    {26, "levels", ""},
		strings.Repeat("NOT ", 40) + "x": {104, "levels", ""},
		strings.Repeat("x ", MaxTerms+1): {2 * MaxTerms, "more than", ""},
		strings.Repeat("x", MaxValue+1):  {0, "longer than", ""},
		strings.Repeat("x ", MaxQuery):   {MaxQuery, "longer than", ""},
	} {
		_, err := Parse(in)
		var e *Error
		if !errors.As(err, &e) || e.Pos != want.pos || !strings.Contains(e.Msg, want.says) || !strings.Contains(e.Hint, want.hint) {
			t.Errorf("Parse(%.40q) = %v; want column %d %q (%q)", in, err, want.pos+1, want.says, want.hint)
		}
	}
}

func TestTimesAreWholeDays(t *testing.T) {
	day := func(s string) int64 {
		d, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return d.UnixMilli()
	}
	const open = unbounded
	for in, want := range map[string]span{
		"last_visit:2026-11-25":                 {day("2026-11-25 00:00:00"), day("2026-11-26 00:00:00")},
		"last_visit:2026-02":                    {day("2026-02-01 00:00:00"), day("2026-03-01 00:00:00")},
		"last_visit:>2026-11-25":                {day("2026-11-26 00:00:00"), open},
		"last_visit:>=2026-11-25":               {day("2026-11-25 00:00:00"), open},
		"last_visit:<2026-11-25":                {-open, day("2026-11-25 00:00:00")},
		"last_visit:<=2026-11-25":               {-open, day("2026-11-26 00:00:00")},
		"last_visit:[2026-11-01 TO 2026-11-30]": {day("2026-11-01 00:00:00"), day("2026-12-01 00:00:00")},
		"last_visit:{2026-11-01 TO 2026-11-30}": {day("2026-11-02 00:00:00"), day("2026-11-30 00:00:00")},
		"last_visit:2026-11-25T10:30":           {day("2026-11-25 10:30:00"), day("2026-11-25 10:31:00")},
		"last_visit:2026-11-25T10:30:05+02:00":  {day("2026-11-25 08:30:05"), day("2026-11-25 08:30:06")},
		"last_visit:<=2026-11-25T10:30:05.250Z": {-open, day("2026-11-25 10:30:05") + 251},
		"last_visit:>=now-2h":                   {day("2026-11-25 10:00:00"), open},
		"last_visit:<now":                       {-open, now.UnixMilli()},
	} {
		e, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if _, got, err := e.(Range).resolve(now); err != nil || got != want {
			t.Errorf("%s: %v %v, want %v", in, got, err, want)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"Guaranteed  PROFIT!":    "guaranteed profit",
		"nova-trade_1.example":   "nova trade 1 example",
		"ﬁx Ｎｏｖａ":                "fix nova",
		"ΚΕΡΔΟΣ κέρδος Straße":   "κερδοσ κέρδοσ strasse",
		"比特币btc投资":               "比 特 币 btc 投 资",
		"ビットコイン":                 "ビ ッ ト コ イ ン",
		"กำไร":                   "กํ า ไ ร",
		"लाभ e\u0301te\u0301":    "लाभ été",
		"a\x00b\ufffdc\xffd":     "a b c d",
		"\u0301 !":               "",
		strings.Repeat("é", 100): strings.Repeat("é", MaxWord),
	} {
		got := strings.Join(Words(in), " ")
		if got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(Words(strings.Repeat("a ", 200_000))); n != MaxWords {
		t.Errorf("%d words, want %d", n, MaxWords)
	}
}

func TestCompile(t *testing.T) {
	for _, tc := range []struct{ in, sql, dsl string }{
		{"", `1`, `{"match_all":{}}`},
		{"telegram:Nova", `site.id IN (SELECT site FROM key WHERE field IN (?) AND value IN (?))`, `{"terms":{"k.telegram":["nova"]}}`},
		{"wallet:0xAB", `site.id IN (SELECT site FROM key WHERE field IN (?) AND value IN (?,?))`, `{"terms":{"k.wallet":["0xAB","0xab"]}}`},
		{"host:no*", `site.id IN (SELECT site FROM key WHERE field IN (?) AND (value >= ? AND value < ?))`, `{"prefix":{"k.host":"no"}}`},
		{"text:ab", `site.id IN (SELECT rowid FROM words WHERE words MATCH ?)`, `{"term":{"w.text":"ab"}}`},
		{`title:"a b"`, `site.id IN (SELECT rowid FROM words WHERE words MATCH ?)`, `{"match_phrase":{"w.title":"a b"}}`},
		{"-visits:>=2", `NOT (site.visits IS NOT NULL AND site.visits >= ? AND site.visits < ?)`, `{"bool":{"must_not":[{"range":{"visits":{"gte":2}}}]}}`},
		{"last_live:<2026-11-01", `(site.last_live IS NOT NULL AND site.last_live >= ? AND site.last_live < ?)`,
			`{"range":{"last_live":{"lt":"2026-11-01T00:00:00.000Z"}}}`},
		{"registered:<2026-11-01", `(site.registered IS NOT NULL AND site.registered >= ? AND site.registered < ?)`,
			`{"range":{"registered":{"lt":"2026-11-01T00:00:00.000Z"}}}`},
		{"score:>=90", `(site.points IS NOT NULL AND site.points >= ? AND site.points < ?)`, `{"range":{"points":{"gte":90}}}`},
		{"cdn:aa OR cdn:bb", `(site.id IN (SELECT site FROM key WHERE field IN (?) AND value IN (?)) OR site.id IN (SELECT site FROM key WHERE field IN (?) AND value IN (?)))`,
			`{"bool":{"minimum_should_match":1,"should":[{"terms":{"k.cdn":["aa"]}},{"terms":{"k.cdn":["bb"]}}]}}`},
	} {
		e, err := Parse(tc.in)
		if err != nil {
			t.Fatal(err)
		}
		sql, args, err := SQL(e, now)
		if err != nil || sql != tc.sql || strings.Count(sql, "?") != len(args) {
			t.Errorf("SQL(%s) = %s %v %v, want %s", tc.in, sql, args, err, tc.sql)
		}
		d, err := DSL(e, now)
		if js, _ := json.Marshal(d); err != nil || string(js) != tc.dsl {
			t.Errorf("DSL(%s) = %s %v, want %s", tc.in, js, err, tc.dsl)
		}
	}
}

func TestCompileRefusesBadTrees(t *testing.T) {
	for name, e := range map[string]Expr{
		"unknown field":    Term{Field: "nope", Value: "x"},
		"value of a range": Term{Field: "visits", Value: "1"},
		"range of a value": Range{Field: "host", From: Bound{Value: "1"}},
		"bad number":       And{[]Expr{Range{Field: "visits", From: Bound{Value: "x"}}}},
	} {
		if _, _, err := SQL(e, now); err == nil {
			t.Errorf("SQL takes %s", name)
		}
		if _, err := DSL(e, now); err == nil {
			t.Errorf("DSL takes %s", name)
		}
	}
}

func TestQueued(t *testing.T) {
	for in, want := range map[string]bool{"": false, "nova": false, "outcome:ok": false, "outcome:queu*": false,
		"outcome:Queued": true, "nova -(x OR outcome:queued)": true} {
		e, err := Parse(in)
		if err != nil || NamesQueued(e) != want {
			t.Errorf("NamesQueued(%s) = %v %v", in, !want, err)
		}
		if v := Visible(e); !NamesQueued(v) {
			t.Errorf("Visible(%s) says nothing about queued hosts", in)
		}
	}
}

func TestFacet(t *testing.T) {
	for name, hint := range map[string]string{"kit": "", "kits": "did you mean kit?", "title": "whole values"} {
		err := Facet(name)
		if hint == "" && err != nil || hint != "" && (err == nil || !strings.Contains(err.Error(), hint)) {
			t.Errorf("Facet(%s): %v", name, err)
		}
	}
}

func TestFieldsHaveExamples(t *testing.T) {
	for _, f := range Fields() {
		if strings.Contains(f.Eg, "…") {
			continue
		}
		if _, err := Parse(f.Eg); err != nil {
			t.Errorf("example of %s: %v", f.Name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a -"b c" OR host:x* (title:"y z" AND NOT visits:[1 TO 2})`, "last_live:>now-7d", `"`, "((", "a\x00b:*", "-", "--a", "text:投资", `ns:"\\"*`,
		"AND:x", `"NOT"*`, "last_visit:{* TO *}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil || e == nil {
			return
		}
		again, err := Parse(e.String())
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Fatalf("%q reads as %#v, its text %q as %#v, %v", s, e, e.String(), again, err)
		}
		if _, _, err := SQL(e, now); err != nil {
			t.Fatalf("SQL(%q): %v", s, err)
		}
		if _, err := DSL(e, now); err != nil {
			t.Fatalf("DSL(%q): %v", s, err)
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add("Nova ﷺ ΣΣς İstanbul กำไร e\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		once := Words(s)
		for _, w := range once {
			if w == "" || strings.ContainsAny(w, " \"\x00") {
				t.Fatalf("%q gives the word %q", s, w)
			}
		}
		if again := Words(strings.Join(once, " ")); len(s) < MaxText/20 && !reflect.DeepEqual(once, again) {
			t.Fatalf("%q gives %q, and these %q", s, once, again)
		}
	})
}

package verdict

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"scamatlas/extractors"
)

// FuzzJudge: no page makes it panic, and what it says can be stored and adds up.
func FuzzJudge(f *testing.F) {
	for _, p := range fake {
		_, body, _ := strings.Cut(p, " ")
		f.Add("a.example", body, "")
	}
	f.Add("xn--80ak6aa92e.com", "<p>保证收益 30%/日 \xff\u200b", "eth_requestAccounts approve( // 充值")
	f.Add("", "<p>"+strings.Repeat("guaranteed profit ", 300), strings.Repeat("chongzhi", 90))
	f.Add("kraken.com", "<title>Kraken</title><p>a.b'c’d''''12,5.%%$$ไม่มีการลงทุน", "")
	f.Fuzz(func(t *testing.T, host, body, script string) {
		c := visit(host, "/ "+body, "/deposit "+body+"<script>"+script+"</script>")
		in, found := find(c)
		r := handSet(t)
		v := r.Judge(in, found, Facts{})
		if math.IsNaN(v.Score) || v.Score < 0 || v.Score > 1 || len(v.Reasons) > extractors.MaxReasons || v.Confirmed && len(v.Groups) < minGroups {
			t.Fatalf("%+v", v)
		}
		for _, x := range v.Reasons {
			if !utf8.ValidString(x.Evidence) || len(x.Evidence) > maxEvidence+len("…") || x.Says == "" || x.Group == "" {
				t.Fatalf("%+v", x)
			}
		}
		if _, err := json.Marshal(v); err != nil {
			t.Fatal(err)
		}
		if again := r.Judge(in, found, Facts{}); again.Score != v.Score || again.Label != v.Label {
			t.Fatalf("%v, then %v", v, again)
		}
	})
}

// FuzzLoad: a data file is read, or refused; never more.
func FuzzLoad(f *testing.F) {
	f.Add("verdict.yaml", "reasons: [{code: rule}]")
	f.Add("lures/en.yaml", "lang: en\nphrases: {no_risk: ['~ a* .. b|c # % $', '|', '~', '..']}")
	f.Add("safe.yaml", "safe: [&a {host: x.example, until: 2030-01-01}, *a, null, 1]")
	f.Add("brands.yaml", "brands: [{name: '', domains: [a]}, {}]")
	f.Add("weights.yaml", "bias: .inf\nweights: {a: 1e400}\ncalibration: [[1], [1, 2, 3]]")
	files := committed(f)
	f.Fuzz(func(t *testing.T, name, content string) {
		known := fstest.MapFS{}
		for n, file := range files {
			known[n] = file
		}
		if known[name] == nil || strings.HasPrefix(name, "lures/") && name != "lures/en.yaml" {
			return
		}
		for n := range known {
			if strings.HasPrefix(n, "lures/") && n != "lures/en.yaml" {
				delete(known, n) // a tenth of the time
			}
		}
		known[name] = &fstest.MapFile{Data: []byte(content)}
		r, err := Load(known)
		if (r == nil) == (err == nil) {
			t.Fatalf("%v and %v", r, err)
		}
		if r != nil {
			in, found := find(visit("a.example", fake...))
			r.Judge(in, found, Facts{})
		}
	})
}

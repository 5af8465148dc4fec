package verdict

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

var fake = []string{"/ <title>Nova Yield</title><h1>Guaranteed profit, without risk</h1><p>Earn 3% per day on your deposit, paid every day. The principal is returned at the end.</p>" +
	"<p>Basic 2% daily, $50 - $999. Gold 4% daily, $1,000 - $9,999.</p><p>Level 1 team rebate 10%, level 2 team rebate 4%. Double your money in a month, and let the robot do the work while you sleep.</p>" +
	"<p>Our members have been paid every day since the first day, and you can join them with only fifty dollars and a telephone in your hand.</p>",
	"/deposit <h1>Deposit</h1><p>Send only USDT to this address: " + tron + "</p><p>Upload a screenshot of your payment.</p>"}

func TestJudge(t *testing.T) {
	r := handSet(t)
	in, f := find(visit("nova-yield.example", fake...))
	v := r.Judge(in, f, Facts{})
	if v.Label != extractors.LabelFake || !v.Confirmed || v.Lang != "en" || v.Rules != r.Version() || !reflect.DeepEqual(v.Groups, []string{"money", "promise"}) {
		t.Fatalf("%+v", v)
	}
	raw := r.Weights().Bias
	for n, x := range v.Reasons {
		raw += x.Weight
		if x.Says == "" || n > 0 && math.Abs(x.Weight) > math.Abs(v.Reasons[n-1].Weight) {
			t.Errorf("reason %d: %+v", n, x)
		}
	}
	if p := r.weights.Probability(raw); math.Abs(p-v.Score) > 1e-9 {
		t.Errorf("the reasons come to %v, the score is %v", p, v.Score)
	}
}

// TestWordsAlone: what says all that fakes say, and takes nothing, is called a fake and not confirmed.
func TestWordsAlone(t *testing.T) {
	says := strings.Replace(fake[0], "</h1>", "</h1><p>Withdrawals need a tax to be paid first. Upload a screenshot of your payment.</p>", 1)
	in, f := find(visit("a.example", says))
	r := handSet(t)
	v := r.Judge(in, f, Facts{})
	if v.Label != extractors.LabelFake || v.Confirmed || len(v.Groups) < minGroups {
		t.Errorf("words alone: %+v", v)
	}
	in, f = find(visit("a.example", says+`<form><input name="name"><input type="password"></form>`))
	if v = r.Judge(in, f, Facts{}); !v.Confirmed {
		t.Errorf("the same with a form to sign up: %+v", v)
	}
}

// TestToldOfOthers: a heading, a question, quotation marks.
func TestToldOfOthers(t *testing.T) {
	for name, page := range map[string]string{
		"below a warning":   "<h1>How to spot a scam</h1><ul><li>Guaranteed profit</li><li>3% per day</li></ul>",
		"a question":        "<h1>Help</h1><details><summary>Do you offer guaranteed profit?</summary><p>The protocol sets it.</p></details>",
		"a quoted table":    `<h1>The farm</h1><table><tr><th>"Plan"</th><th>"Daily"</th></tr><tr><td>"Gold"</td><td>"3%"</td></tr></table>`,
		"a wallet in prose": "<h1>The farm</h1><p>What came in over the spring and the summer went to an address that two firms know, " + tron + ", and from there to nobody knows whom.</p><p>Deposit</p>",
	} {
		got := features(t, visit("a.example", "/ "+page+"<h1>About us</h1><p>This is what we do for the people of the town, and how you can help us with it.</p>"), Facts{})
		if got[codeGuarantee].Code != "" || got[codeReturn].Code != "" || got[codeWallet].Acts {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestOneGroup: promises alone, however many, confirm nothing.
func TestOneGroup(t *testing.T) {
	in, f := find(visit("a.example", fake[0]))
	if v := handSet(t).Judge(in, f, Facts{}); v.Confirmed || len(v.Groups) != 1 || v.Score < 0.5 {
		t.Errorf("%+v", v)
	}
}

func TestLabels(t *testing.T) {
	r := handSet(t)
	parked := visit("a.example", fake...)
	parked.Outcome = crawler.Parked
	dead := visit("a.example", fake...)
	dead.Outcome = crawler.Dead
	safe := &SafeEntry{Host: "a.example", Label: extractors.LabelReference, Why: "licensed", Who: "us"}
	plain := visit("a.example", "/ <p>"+strings.Repeat("We bake bread every morning and sell it in the square. ", 20)+"</p>")
	for name, c := range map[string]struct {
		c     *crawler.Capture
		facts Facts
		want  string
	}{
		"parked": {parked, Facts{}, extractors.LabelParked}, "dead": {dead, Facts{}, extractors.LabelUnclear},
		"safe list wins": {visit("a.example", fake...), Facts{Safe: safe}, extractors.LabelReference},
		"plain":          {plain, Facts{}, extractors.LabelBenign}, "hardly anything": {visit("a.example", "/ <p>Soon</p>"), Facts{}, extractors.LabelUnclear},
	} {
		in, f := find(c.c)
		if v := r.Judge(in, f, c.facts); v.Label != c.want || v.Confirmed {
			t.Errorf("%s: %s, confirmed %v, want %s", name, v.Label, v.Confirmed, c.want)
		}
	}
	if v := r.Judge(nil, nil, Facts{}); v.Confirmed || v.Label != extractors.LabelUnclear {
		t.Errorf("nothing at all: %+v", v)
	}
}

// TestHonest: sites that speak of the same things are not named to others.
func TestHonest(t *testing.T) {
	for name, c := range map[string]*crawler.Capture{
		"news": visit("news.example", "/ "+article+"<p>Police closed a fake platform that promised guaranteed profit of 3% per day. Victims were told to send USDT to "+tron+
			" and to pay a tax before they could withdraw. Prosecutors call it a fraud.</p></article>"),
		"readme":   visit("code.example", `/ <h1>scam-detector</h1><h2>Installation</h2><pre>npm install scam-detector</pre><p>Finds scam pages by phrases such as "guaranteed profit", "double your bitcoin" or "send 1 BTC get 2 BTC back".</p><pre>scan(url)</pre><pre>test()</pre><pre>run</pre>`),
		"exchange": visit("trade.example", `/ <title>Trade</title><p>Buy and sell bitcoin. Refer a friend and earn a bonus. Earn up to 4% a year on staked coins. Your capital is at risk: you may lose all the money you invest. Licensed by the Monetary Authority of Singapore.</p><form><input type="password"></form><script src="https://s3.tradingview.com/tv.js"></script>`),
		"bank":     visit("bank.example", `/ <p>Fixed interest of 3.1% a year. Deposits are protected up to 85,000 by the compensation scheme. Criminals promise guaranteed profits of 5% a week and ask you to pay a tax before you may withdraw: we never do.</p><form><input type="password"></form>`),
		"wallet":   visit("wallet.example", `/ <h1>Receive coins</h1><p>For example, an address looks like this: `+tron+`. Never enter your recovery phrase on any page, and never send it to anyone: scammers ask for it.</p><pre>address</pre>`),
	} {
		in, f := find(c)
		if v := handSet(t).Judge(in, f, Facts{}); v.Confirmed || v.Label == extractors.LabelFake || v.Score > 0.3 {
			t.Errorf("%s: %s %.2f %+v", name, v.Label, v.Score, v.Reasons)
		}
	}
}

// TestRejudge: with the same facts nothing changes; with other kin only the kin's reasons do.
func TestRejudge(t *testing.T) {
	r := handSet(t)
	in, f := find(visit("a.example", fake[0]))
	facts := Facts{Kit: Kin{"k1", 2, 4}}
	before := r.Judge(in, f, facts)
	if again := r.Rejudge(before, facts); !reflect.DeepEqual(again, before) {
		t.Errorf("%+v\nis not\n%+v", again, before)
	}
	facts.Operator = Kin{"o1", 3, 3}
	after, want := r.Rejudge(before, facts), r.Judge(in, f, facts)
	if !reflect.DeepEqual(after, want) || after.Score <= before.Score || !after.Confirmed {
		t.Errorf("%+v\nis not\n%+v", after, want)
	}
	if back := r.Rejudge(after, Facts{Kit: Kin{"k1", 2, 4}}); !reflect.DeepEqual(back, before) {
		t.Errorf("%+v\nis not\n%+v", back, before)
	}
	parked := extractors.Verdict{Label: extractors.LabelParked}
	if got := r.Rejudge(parked, facts); !reflect.DeepEqual(got, parked) {
		t.Errorf("a parked site became %+v", got)
	}
}

// TestCaps: a fake gets no further with articles than the cap of their group.
func TestCaps(t *testing.T) {
	r := handSet(t)
	reasons := r.Reasons([]Feature{{Code: codeArticle, Group: "writing", Value: 1}, {Code: codeDocs, Group: "writing", Value: 1}, {Code: codeWarns, Group: "writing", Value: 1}})
	sum := 0.0
	for _, x := range reasons {
		sum += x.Weight
	}
	if limit := r.caps["writing"]; math.Abs(sum+limit) > 0.01 {
		t.Errorf("three kinds of writing come to %v, the cap is %v", sum, limit)
	}
}

package verdict

import (
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/claim"
	"scamatlas/extractors/rule"
)

const (
	tron    = "TAqSXhf4xEoJSpzAqk1CcHs8YCa69ZWjKp"
	article = `<article><h1>%</h1><span class="byline">By Ann Lee</span><time>May 3</time>`
)

func registered(at time.Time) func(*extractors.Findings) {
	return func(f *extractors.Findings) { f.Hosting.Registered = at }
}

// TestReasons: each reason on a page that gives it, and not on one that nearly does.
func TestReasons(t *testing.T) {
	long := strings.Repeat("The council met on Monday and spoke about the bridge, the school and the trees along the river for most of the evening. ", 12)
	for _, c := range []struct {
		code       string
		gives, not *crawler.Capture
		facts      Facts
		change     func(*extractors.Findings)
	}{
		{code: codeReturn, gives: visit("a.example", "/ <p>Earn 2.5% per day on your deposit</p>"), not: visit("a.example", "/ <p>Savings account: 2.5% interest per year on your deposit</p>")},
		{code: codeReturn, gives: visit("a.example", "/ <p>Daily profit 3% with us</p>"), not: visit("a.example", "/ <p>The fraudsters showed him a daily profit of 3%, said the police</p>")},
		{code: codePlans, gives: visit("a.example", "/ <div>Basic 1.5% daily, $50 - $999</div><div>Gold 4% daily, $1,000 - $9,999 profit</div>"), not: visit("a.example", "/ <div>Basic 5 GB a month, $5</div><div>Pro 50 GB a month, $15</div>")},
		{code: codeWallet, gives: visit("a.example", "/deposit <p>Send only USDT to this address: "+tron+"</p>"), not: visit("a.example", "/donate <p>Donate USDT to our charity: "+tron+"</p>")},
		{code: codeForm, gives: visit("a.example", `/ <p>Earn 2.5% per day on your deposit</p><input name=a><input type=password>`), not: visit("a.example", `/ <p>Savings account: 2.5% interest per year</p><input name=a><input type=password>`)},
		{code: codeForm, gives: visit("a.example", `/ <p>Earn 2.5% per day on your deposit</p><input name=a><input name=b>`), not: visit("a.example", `/ <p>Earn 2.5% per day on your deposit</p><input type=search><input type=email>`)},
		{code: codeShell, gives: visit("a.example", "/ <p>Enter the invitation code and set a fund password.</p>"), not: visit("a.example", "/ <p>You are invited. Set a password.</p>")},
		{code: codeBonus, gives: visit("a.example", "/ <p>Take a welcome bonus of 50 %.</p>"), not: visit("a.example", "/ <p>You are welcome.</p>")},
		{code: codeTold, gives: visit("a.example", `/ <p>Criminals promise guaranteed profit. They offer to double your money.</p>`), not: visit("a.example", "/ <p>Guaranteed profit. We double your money.</p>")},
		{code: codeDrainer, gives: visit("a.example", `/ <p>Claim</p><script>eth_requestAccounts();c.setApprovalForAll(x,true)</script>`), not: visit("a.example", `/ <pre>c.setApprovalForAll(x,true)</pre><script>eth_requestAccounts()</script>`)},
		{code: codeLive, gives: visit("a.example", `/ <p>x</p><script>setInterval(function(){show(names[Math.random()*9|0]+" just withdrew $"+n)},5e3)</script>`), not: visit("a.example", `/ <p>x</p><script>setInterval(function(){rotate(Math.random())},5e3)</script>`)},
		{code: codeCountdown, gives: visit("a.example", `/ <div class="bonus-countdown">1</div>`), not: visit("a.example", `/ <div class="account-down">1</div>`)},
		{code: codeForeign, gives: visit("a.example", `/ <p>This is what you get for the money that you pay to us.</p><script>// 充值页面
			var chongzhi=1, tixian=2</script>`), not: visit("a.example", `/ <p>This is what you get for the money that you pay to us.</p><script>var languages={zh:"中文"}, mechongzhis=1</script>`)},
		{code: codeWidgets, gives: visit("a.example", `/ <script src="https://s3.tradingview.com/tv.js"></script>`), not: visit("a.example", `/ <a href="https://www.tradingview.com/">charts</a>`)},
		{code: codeFiller, gives: visit("a.example", "/ <p>Lorem ipsum dolor sit amet</p>"), not: visit("a.example", "/ <p>A poem of Laura</p>")},
		{code: codeBrandTitle, gives: visit("a.example", `/ <title>Kraken | Log in</title><input type="password">`), not: visit("a.example", `/ <title>Kraken fined by the regulator for late reports on its clients</title>`)},
		{code: codeBrandTitle, gives: visit("a.example", `/ <title>Log in - Bitstamp</title>`), not: visit("login.bitstamp.net", `/ <title>Log in - Bitstamp</title>`)},
		{code: codeBrandHost, gives: visit("coinbase-bonus.example", "/ <p>x</p>"), not: visit("www.coinbase.com", "/ <p>x</p>")},
		{code: codeBrandFiles, gives: visit("a.example", `/ <img src="https://www.kraken.com/img/logo.svg">`), not: visit("a.example", `/ <img src="https://www.kraken.com/img/chart.png">`)},
		{code: codePosing, gives: visit("a.example", "/ <title>Financial Conduct Authority</title>"), not: visit("www.fca.org.uk", "/ <title>Financial Conduct Authority</title>")},
		{code: codeBorrowed, gives: visit("a.example", "/ <p>Authorised by the FCA, FRN 583263</p>"), not: visit("www.etoro.com", "/ <p>Authorised by the FCA, FRN 583263</p>")},
		{code: codeLicensed, gives: visit("www.etoro.com", "/ <p>Authorised by the FCA, FRN 583263</p>"), not: visit("a.example", "/ <p>Authorised by the FCA, FRN 583263</p>")},
		{code: codeArticle, gives: visit("a.example", "/ "+article+"<p>"+long+"</p></article>"), not: visit("a.example", "/ <p>"+long+"</p>")},
		{code: codeDocs, gives: visit("a.example", "/ "+strings.Repeat("<pre>make build</pre>", 6)), not: visit("a.example", "/ "+strings.Repeat("<div>make money</div>", 6))},
		{code: codeAsks, gives: visit("a.example", "/ <p>"+long+"</p>"), not: visit("a.example", "/ <p>"+long+"</p><input name=mail>")},
		{code: codeOffTopic, gives: visit("a.example", "/ <p>"+long+"</p>"), not: visit("a.example", "/ <p>"+long+strings.Repeat("Trade bitcoin for profit. ", 20)+"</p>")},
		{code: codeRisk, gives: visit("a.example", "/ <p>Your capital is at risk.</p>"), not: visit("a.example", "/ <p>Your capital is Paris.</p>")},
		{code: codeWarns, gives: visit("a.example", "/ <p>Beware: a scam. Victims of fraud can call the police.</p>"), not: visit("a.example", "/ <p>We are not a scam.</p>")},
		{code: codePoor, gives: visit("a.example", "/ <p>Soon</p>"), not: visit("a.example", "/ <p>"+long+"</p>")},
		{code: codeYoung, gives: visit("a.example", "/ <p>x</p>"), change: registered(visited.AddDate(0, 0, -9))},
		{code: codeOld, gives: visit("a.example", "/ <p>x</p>"), change: registered(visited.AddDate(-9, 0, 0))},
		{code: codeFounded, gives: visit("a.example", "/ <p>Founded in 2009</p>"), change: registered(visited.AddDate(0, -2, 0))},
		{code: codeKit, gives: visit("a.example", "/ <p>x</p>"), facts: Facts{Kit: Kin{"k1", 3, 4}}},
		{code: codeOperator, gives: visit("a.example", "/ <p>x</p>"), facts: Facts{Operator: Kin{"o1", 1, 1}}},
		{code: codeShared, gives: visit("a.example", "/ <p>x</p>"), facts: Facts{Shared: []Shared{{"claim:licence:fca:1", 5, 2}}}},
		{code: codeCloaking, gives: visit("a.example", "/ <p>x</p>"), facts: Facts{Cloaking: extractors.Cloaking{Verdict: extractors.CloakMobile}}},
		{code: "rule:kit-a", gives: visit("a.example", "/ <p>x</p>"), facts: Facts{Hits: []rule.Hit{{Rule: "kit-a", Title: "A kit", Level: rule.High}}}},
	} {
		change := c.change
		if change == nil {
			change = func(*extractors.Findings) {}
		}
		if got := features(t, c.gives, c.facts, change); got[c.code].Code == "" || got[c.code].Evidence == "" {
			t.Errorf("%s is missing, or has no evidence: %+v", c.code, got)
		}
		other := c.not
		if other == nil {
			other = c.gives // without the fact
		}
		if got := features(t, other, Facts{}); got[c.code].Code != "" {
			t.Errorf("%s where it should not be", says(c.code, got))
		}
	}
}

// TestPlansAreNamed: who reads the reason sees which returns it rests on.
func TestPlansAreNamed(t *testing.T) {
	page := visit("a.example", "/ <p>Welcome</p>", "/plans <p>x</p>")
	claims := func(kind string, values ...string) func(*extractors.Findings) {
		return func(f *extractors.Findings) {
			for _, v := range values {
				f.Indicators = append(f.Indicators, extractors.Indicator{Kind: extractors.KindClaim, Type: kind, Value: v, Page: "https://a.example/plans"})
			}
		}
	}
	for want, give := range map[string]func(*extractors.Findings){
		"2 rates: 1.5%/day; 3%/day":           claims(claim.Return, "1.5%/day", "3%/day", "3%/day"),
		"2 plans: Basic 1%/day; Gold 2%/week": claims(claim.Plan, "Basic 1%/day", "Gold 2%/week"),
	} {
		if got := features(t, page, Facts{}, give)[codePlans]; got.Evidence != want || got.Where != "https://a.example/plans" {
			t.Errorf("evidence %q at %s, want %q", got.Evidence, got.Where, want)
		}
	}
}

// TestUnknown: what was not looked for is no reason, neither for nor against.
func TestUnknown(t *testing.T) {
	for code := range features(t, visit("a.example", "/ <p>Founded in 2009</p>"), Facts{}) {
		if code != codePoor {
			t.Errorf("%s from nothing", code)
		}
	}
}

// TestArithmetic: what a promise comes to in a year.
func TestArithmetic(t *testing.T) {
	for value, want := range map[string]string{
		"2.5%/day": "820,000 % a year", "1-3%/day": "4,800,000 % a year", "12%/week": "37,000 % a year", "30%/month": "2,330 % a year", "guaranteed 15%": "a sure gain",
	} {
		p, ok := parseReturn(value)
		if !ok || !strings.HasSuffix(p.yearly(), want) {
			t.Errorf("%s: %s, want %s", value, p.yearly(), want)
		}
	}
	for _, bad := range []string{"", "%/", "x%/day", "1%/y", "-1%/day", "1e99%/day", "NaN%/day"} {
		if p, ok := parseReturn(bad); ok && p.days < 0 {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

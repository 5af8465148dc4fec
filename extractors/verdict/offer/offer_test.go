package offer

import (
	"fmt"
	"strings"
	"testing"

	"scamatlas/extractors"
)

func TestOffers(t *testing.T) {
	for _, tt := range []struct{ name, markup, want string }{
		{"rate", `<p>You earn 2.5% daily, whatever comes.</p>`, "2.500"},
		{"rate by the hour", `<h1>4% hourly for 24 hours</h1>`, "96.000"},
		{"after days", `<li>130% after 2 days</li>`, "15.000"},
		{"weekly", `<td>Income of 14% per week</td>`, "2.000"},
		{"price and daily earnings", `<h3>Rig</h3><ul><li>Price $100</li><li>10 days</li><li>Daily earnings $5</li></ul>`, "5.000"},
		{"heads of columns", `<table><tr><th>Level</th><th>Deposit</th><th>Daily income</th></tr><tr><td>VIP2</td><td>200 USDT</td><td>7 USDT</td></tr></table>`, "3.500"},
		{"sum comes back", `<table><tr><th>You invest</th><th>You receive</th><th>After</th></tr><tr><td>$100</td><td>$150</td><td>10 days</td></tr></table>`, "5.000"},
		{"rate under a head", `<table><tr><th>Holding</th><th>Daily yield</th></tr><tr><td>100 – 5,000</td><td>1.5%</td></tr></table>`, "1.500"},
		{"Chinese", `<li>每日收益 3%</li>`, "3.000"},
		{"Japanese", `<li>日利2.4%</li>`, "2.400"},
		{"ten thousands", `<table><tr><th>ランク</th><th>入金</th><th>日収</th></tr><tr><td>A</td><td>1万円</td><td>300円</td></tr></table>`, "3.000"},
		{"Korean card", `<h3>A</h3><ul><li>100 USDT</li><li>매일 4 USDT</li><li>30일</li></ul>`, "4.000"},
		{"Thai", `<p>กำไร 3% ต่อวัน</p>`, "3.000"},
		{"German sums", `<h3>M</h3><ul><li>1.000 €</li><li>50 € Ertrag täglich</li></ul>`, "5.000"},
		{"French decimals", `<p>un rendement de 1,5 % par jour</p>`, "1.500"},

		{"tasks", `<table><tr><th>Level</th><th>Deposit</th><th>Commission</th><th>Tasks</th></tr><tr><td>VIP1</td><td>50 USDT</td><td>0.2%</td><td>20</td></tr></table>`, "4.000"},
		{"bets of seconds", `<table><tr><th>时间</th><th>收益率</th></tr><tr><td>60 秒</td><td>40%</td></tr></table>`, "960.000"},
		{"by the month, a compound", `<h1>12 % Festzins pro Monat</h1>`, "0.400"},
		{"hundreds a year", `<p>Stake it and earn 365% APY.</p>`, "1.000"},

		{"French income by the month", `<table><tr><th>Lingot</th><th>Rente mensuelle</th></tr><tr><td>100 g</td><td>3,3 %</td></tr></table>`, "0.110"},
		{"a card of figures alone", `<h3>250 grams</h3><ul><li>4.2% a month</li><li>6 months</li></ul>`, "0.140"},
		{"what a row is about", `<table><tr><th>Account</th><th>Gold</th></tr><tr><td>Average monthly result</td><td>24%</td></tr></table>`, "0.800"},

		{"commission of those who are sent", `<p>Earn 25% for every student you send. Paid monthly.</p>`, ""},
		{"commission by the month", `<li>Commission 20% per month on what they spend, paid to you</li>`, ""},
		{"what customers pay", `<table><tr><th>Customer's plan</th><th>They pay</th><th>You get, monthly</th></tr><tr><td>Pro</td><td>$49</td><td>$14.70</td></tr></table>`, ""},
		{"discount at the end of a sentence", `<h3>Paying</h3><ul><li>Choose Bitcoin and you get 3% off.</li><li>Valid 15 minutes</li></ul>`, ""},
		{"share of a firm and days left", `<h3>Brewery</h3><ul><li>108% funded</li><li>13 days left</li></ul>`, ""},
		{"gifts", `<p>$20 feeds a child for a month. Gift Aid adds 25%.</p>`, ""},
		{"Korean bank, by the day", `<p>하루만 맡겨도 이자 연 2.8%</p>`, ""},
		{"Chinese bank, by the day", `<p>每日计息，利息年3.5%</p>`, ""},
		{"share of an index", `<p>Seu dinheiro rende 100% do CDI todos os dias</p>`, ""},
		{"a term and a rate of a bank", `<table><tr><th>Termin</th><th>Zinsen</th></tr><tr><td>30 Tage</td><td>2,4 %</td></tr></table>`, ""},
		{"bank", `<table><tr><th>Account</th><th>AER</th></tr><tr><td>Fixed</td><td>4.5%</td></tr></table>`, ""},
		{"bank by the year", `<p>Earn 5.1% a year, paid monthly.</p>`, ""},
		{"prices", `<h3>Pro</h3><ul><li>$29 per month</li><li>$290 per year</li><li>5 users</li></ul>`, ""},
		{"change of a price", `<td>+3.4% a day</td>`, ""},
		{"fee", `<p>A fee of 2% per day late.</p>`, ""},
		{"shop", `<h3>Fryer</h3><ul><li>£99</li><li>30 days to return it</li></ul>`, ""},
		{"commission of an agent", `<h3>Agents</h3><ul><li>Commission 5%</li><li>12 branches</li></ul>`, ""},
		{"code", `<pre>return 5% daily</pre>`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, o := range New().Read(extractors.Parse("https://site.example/", "text/html; charset=utf-8", []byte(tt.markup))) {
				got = append(got, fmt.Sprintf("%.3f", o.Daily))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("percent a day: %q, want %q", s, tt.want)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]float64{"1,234": 1234, "1.234": 1234, "1.5": 1.5, "1,5": 1.5, "12,345.67": 12345.67, "0.125": 0.125, "10\u00a0000": 10000, "7": 7} {
		if got, end := number(in, 0); got != want || end != len(in) {
			t.Errorf("%s is read as %v up to %d", in, got, end)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<table><tr><th>a<td>5% daily<tr><td>1.000,5 日利2%</table><ul><li>$5<li>每日 3`))
	f.Add([]byte("<td>1e9%%% in 0 days \xff\u00a0<th>日"))
	r := New()
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, o := range r.Read(extractors.Parse("https://site.example/", "text/html", body)) {
			if !(o.Daily > 0) || len(o.Seen) > maxSeen+8 {
				t.Errorf("%+v", o)
			}
		}
	})
}

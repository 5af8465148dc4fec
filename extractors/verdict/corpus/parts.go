package corpus

import (
	"fmt"
	"html"
	"strings"
)

// part makes what sites put together from stock:
//
//	@pay btc trx | label    addresses to send coins to, with a button to copy each; on half of the fakes they stand behind a log-in
//	@ticker, @chart         a vendor's widget of prices, which honest and fake sites use
//	@payouts text           boxes that say who was paid just now, made by a script
//	@countdown text         a clock that runs down
//	@form KIND a, b | go    a form with these labels
//	@chat, @ga, @tg, @wa    a chat, analytics, ways to write to somebody
//	@jsonld TYPE            structured data
func (w *writer) part(mark, rest string) string {
	head, label, _ := strings.Cut(rest, " | ")
	switch mark {
	case "@pay":
		return w.pay(strings.Fields(head), label)
	case "@ticker":
		return `<div class="tradingview-widget-container"><div class="tradingview-widget-container__widget"></div><script src="https://s3.tradingview.com/external-embedding/embed-widget-ticker-tape.js" async>{"symbols":[{"proName":"BITSTAMP:BTCUSD"},{"proName":"BITSTAMP:ETHUSD"}],"colorTheme":"dark"}</script></div>` + "\n"
	case "@chart":
		return `<div id="tv_chart"></div><script src="https://s3.tradingview.com/tv.js"></script><script>new TradingView.widget({symbol:"BINANCE:BTCUSDT",interval:"15",container_id:"tv_chart"});</script>` + "\n"
	case "@payouts":
		return w.payouts(rest)
	case "@countdown":
		return fmt.Sprintf("<div class=\"countdown\" data-end=\"%d\">%s <span id=\"cd-d\">02</span>:<span id=\"cd-h\">11</span>:<span id=\"cd-m\">45</span></div><script>setInterval(function(){var e=+document.querySelector('.countdown').dataset.end*1000-Date.now();document.getElementById('cd-m').textContent=Math.floor(e/6e4)%%60},1000)</script>\n", Now().Unix()+int64(w.r.IntN(400000)), html.EscapeString(rest))
	case "@form":
		return w.form(head, label)
	case "@chat":
		return fmt.Sprintf("<script>var Tawk_API=Tawk_API||{};(function(){var s=document.createElement('script');s.async=1;s.src='https://embed.tawk.to/%s/default';document.body.appendChild(s)})();</script>\n", w.hex(24))
	case "@ga":
		id := "G-" + strings.ToUpper(w.hex(10))
		return fmt.Sprintf("<script async src=\"https://www.googletagmanager.com/gtag/js?id=%s\"></script><script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());gtag('config','%s');</script>\n", id, id)
	case "@tg":
		return fmt.Sprintf("<a class=\"tg\" href=\"https://t.me/%s\">%s</a>\n", w.vars["tg"], html.EscapeString(or(rest, "Telegram")))
	case "@wa":
		return fmt.Sprintf("<a class=\"wa\" href=\"https://wa.me/%s\">%s</a>\n", w.vars["wa"], html.EscapeString(or(rest, "WhatsApp")))
	case "@jsonld":
		return fmt.Sprintf("<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":%q,\"name\":%q,\"url\":\"https://%s/\",\"email\":%q,\"telephone\":%q,\"foundingDate\":%q,\"address\":%q}</script>\n",
			or(rest, "Organization"), w.vars["brand"], w.vars["host"], w.vars["email"], w.vars["phone"], w.vars["year"], w.vars["street"])
	}
	return ""
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (w *writer) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[w.r.IntN(16)]
	}
	return string(b)
}

func (w *writer) pay(chains []string, label string) string {
	if w.vars["gate"] != "" {
		return w.form("login E-mail, Password", "Login")
	}
	names := map[string]string{"btc": "Bitcoin (BTC)", "eth": "Ethereum (ERC20)", "trx": "USDT (TRC20)", "ltc": "Litecoin (LTC)", "sol": "Solana (SOL)"}
	var b strings.Builder
	fmt.Fprintf(&b, "<div class=\"deposit-box\"><p>%s</p>\n", html.EscapeString(label))
	for _, c := range chains {
		fmt.Fprintf(&b, "<div class=\"wallet\" data-coin=\"%s\"><label>%s</label><input readonly id=\"addr-%s\" value=\"%s\"><button type=\"button\" class=\"copy\" data-clipboard-text=\"%s\">Copy</button></div>\n", c, names[c], c, w.vars[c], w.vars[c])
	}
	b.WriteString("</div>\n")
	return b.String()
}

// payouts is the box that pops up with invented people; names and sums stand in the script, as in the kits sold for it.
func (w *writer) payouts(text string) string {
	var names, sums []string
	for range 8 {
		first, _, _ := strings.Cut(w.person(), " ")
		names = append(names, fmt.Sprintf("%q", first+" "+w.pick("from", "-", ",")+" "+w.pick("Germany", "Canada", "Brazil", "Japan", "Spain", "Vietnam", "Norway", "Kenya")))
		sums = append(sums, fmt.Sprint(100+w.r.IntN(20000)))
	}
	return fmt.Sprintf("<div class=\"notif\" id=\"lp\"></div><script>var n=[%s],a=[%s];setInterval(function(){document.getElementById('lp').innerHTML='<b>'+n[Math.floor(Math.random()*n.length)]+'</b> %s <b>$'+a[Math.floor(Math.random()*a.length)]+'</b>'},%d)</script>\n",
		strings.Join(names, ","), strings.Join(sums, ","), strings.ReplaceAll(text, "'", "\\'"), 4000+w.r.IntN(9000))
}

func (w *writer) form(kindAndFields, button string) string {
	kind, fields, _ := strings.Cut(kindAndFields, " ")
	var b strings.Builder
	fmt.Fprintf(&b, "<form class=\"%s-form\" method=\"post\" action=\"/%s\">", kind, kind)
	for i, f := range strings.Split(fields, ", ") {
		typ, name := "text", fmt.Sprintf("f%d", i)
		switch low := strings.ToLower(f); {
		case strings.Contains(low, "mail"):
			typ, name = "email", "email"
		case i > 0 && i == len(strings.Split(fields, ", "))-1 && (kind == "login" || kind == "register"):
			typ, name = "password", "password"
		}
		fmt.Fprintf(&b, "<label>%s<input type=\"%s\" name=\"%s\"></label>", html.EscapeString(f), typ, name)
	}
	fmt.Fprintf(&b, "<button type=\"submit\">%s</button></form>\n", html.EscapeString(or(button, "OK")))
	return b.String()
}

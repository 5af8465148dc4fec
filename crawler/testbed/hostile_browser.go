package testbed

import (
	"bytes"
	"context"
	"crypto/sha1"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"

	"golang.org/x/tools/txtar"
)

//go:embed browser.txtar
var browserScripts []byte

// browserRow is a hostile page that only a browser suffers from: whoever runs no scripts sees an ordinary page that asks for money.
type browserRow struct {
	name         string
	chain, value string // of its wallet, as the page spells it
	more         func(w http.ResponseWriter, r *http.Request) bool
	after        func(w http.ResponseWriter, r *http.Request) // goes on once a page is sent
}

// browserCases attack a browser with scripts. A visit whose browser dies of one still has the static page.
func (st *stage) browserCases() []hostileCase {
	scripts := map[string]string{}
	for _, f := range txtar.Parse(browserScripts).Files {
		scripts[f.Name] = string(f.Data)
	}
	var cases []hostileCase
	for _, row := range st.browserRows() {
		own := Simulated(hostileHost(row.name)).String()
		script := strings.NewReplacer("PORT", strconv.Itoa(st.canary), "OWN", own).Replace(scripts[row.name])
		cases = append(cases, hostileCase{name: row.name, smuggl: true, serve: row.serve(script), truth: Truth{
			Browser: true, Outcomes: ends(crawler.OK), Wallets: []Wallet{row.wallet()}, // whatever becomes of the browser
		}})
	}
	return append(cases, hostileCase{name: "basic-auth", serve: askWho, truth: Truth{Browser: true, Outcomes: ends(crawler.Denied)}})
}

func (st *stage) browserRows() []browserRow {
	return []browserRow{
		{name: "alert-loop", chain: "btc", value: "1AmaVpo2nZScmp5Zvn4EbGxG1TQUtFpBMv"},
		{name: "infinite-js", chain: "btc", value: "19BTqZHK6fDMC9WV3PE3sNo5QAs3aSK13Y"},
		{name: "late-infinite-js", chain: "btc", value: "bc1qvlfvl050406k3ctv8hwl5fcz35j6nw8hhnfx86"},
		{name: "js-memory", chain: "btc", value: "bc1qxxsu0ugu4nue4d333749elw3vr046v67uesy6k"},
		{name: "dom-bomb", chain: "evm", value: "0x20f4D424680F9E07D33541e03C4EA4A8F6eDA682"},
		{name: "dom-bomb-at-once", chain: "evm", value: "0x85Da874bc1f4052249e9232aBdA1cC4278cF35a1"},
		{name: "frame-bomb", chain: "trx", value: "TDsGnmD7M9K58hTPG4WrNmeMh1npb2kNTA"},
		{name: "popups", chain: "trx", value: "TAhVHWKDKoeBn5GkGaipxKHSCDro5wGSRt"},
		{name: "download", chain: "ltc", value: "ltc1qhlqhrusvxhx94tt3x0g5t8fm53gwh06304ufzc", more: st.drops},
		{name: "perm-prompts", chain: "ltc", value: "ltc1qq6v3ujzvfq9w76fqvtmg7a5l557wh0fl8eds4g"},
		{name: "auth-parts", chain: "doge", value: "DSqVgPcVNt8xZRYEEK3VhLsPaf3X1kCSEb", more: private},
		{name: "nav-loop", chain: "doge", value: "D8Yq7C8vZKnR1zr7ZSNGCu2LLTzW1ZqDE6"},
		{name: "hash-loop", chain: "xrp", value: "rpVjMr4yyhWYNysPs5rXRN4nCoGVvxcttv"},
		{name: "history-trap", chain: "xrp", value: "rKU6a1GTQ9T6RxkXwkKgHHArvtc6JvdVoo"},
		{name: "worker-flood", chain: "btc", value: "14fMRq4zSVo2zj5FZSETXTLBJZ3FpohUS9"},
		{name: "debugger-loop", chain: "btc", value: "1FDGkneggK4w98ZoxKQ29bkGiLVEyHKNp8"},
		{name: "console-flood", chain: "btc", value: "bc1qaznvmq06vqe2wvnwhlfjmaxefh590swj8uhdld"},
		{name: "endless-resource", chain: "btc", value: "bc1q3k8wurjtrtwusvc5rdap8lrafrakvs0ft5dlj5", more: st.never},
		{name: "request-flood", chain: "evm", value: "0x1F2e6810094e6852be4A88F95858c4A2a724bceF", more: answerAll},
		{name: "socket-flood", chain: "evm", value: "0xdF3f82410CC58027a2eDee0ADd34f0fB7aA6aB93", more: st.sockets},
		{name: "service-worker", chain: "trx", value: "TF9J5FBeYqr1oxm57nu4mKGvS4zs8o6n5N", more: workers},
		{name: "storage-flood", chain: "trx", value: "TXskSg9Q5DSSuMmg9Zi5bFpSf5hX3LqEFn"},
		{name: "huge-canvas", chain: "ltc", value: "ltc1q42kh4qar0tvq4vqzapwmwzdyuamhq4f79lp5wt"},
		{name: "print-loop", chain: "ltc", value: "ltc1qe74kcsdcj8nx6sm97cplqfxe7lcw86ztvgp0pv"},
		{name: "infinite-scroll", chain: "doge", value: "D6rH9ed2URKA3VhphKj9h3DojN8iCx8c2a"},
		{name: "js-50mb", chain: "doge", value: "DKmASN1pdGy9NrkRScER8fLP9SamCZBw2Y", more: st.bigScript},
		{name: "js-loopback", chain: "xrp", value: "rG9hmffzj2GPDuhSCA9oCFpQaHLY6tSMMK", more: away},
		{name: "js-es", chain: "xrp", value: "rsmCSqgiLBNNHKXbJAyYZGscFhjwS1QvHA"},
		{name: "webrtc", chain: "sol", value: "2Lx3TteYWNXyksuQwsfkVoNw8oW9zXFZdKL9bsBisCqL"},
		{name: "css-animation", chain: "sol", value: "Dho9wN2aC5cQGGv6mvhQ4dQbA1GAnE9L9ZDLNR7q53WX"},
		{name: "endless-stream", chain: "sol", value: "HA7XjiUmAVb5hHHBedwQmLZkefHAzwq8bSgSx7GbCCQp", more: st.streams},
		{name: "never-loads", chain: "sol", value: "711sezZMZFsyzh8ECBuvvPQW1rLdGwiejupj5Zso5wxc", after: st.dripOn},
	}
}

func (r *browserRow) wallet() Wallet {
	if r.chain == "evm" {
		return Wallet{Chain: r.chain, Value: strings.ToLower(r.value), Shown: r.value}
	}
	return Wallet{Chain: r.chain, Value: r.value}
}

var coinNames = map[string]string{"btc": "Bitcoin (BTC)", "evm": "Ethereum (ETH, USDT ERC20)", "trx": "Tron (TRX, USDT TRC20)", "ltc": "Litecoin (LTC)",
	"doge": "Dogecoin (DOGE)", "xrp": "Ripple (XRP)", "sol": "Solana (SOL)"}

// serve gives every path of the site its page, the script last, where more does not answer. Pages of other paths keep the script too:
// a loop that comes back must find it.
func (r *browserRow) serve(script string) http.HandlerFunc {
	title := "Invest with " + strings.ReplaceAll(r.name, "-", " ")
	text := page(title, fmt.Sprintf("<p>Our managed plan pays 2.4%% a day. To start, send your deposit in %s to the address below.</p>\n"+
		"<p>Deposit address: <code>%s</code></p>\n<p>Deposits are credited after three confirmations.</p>\n<script>\n%s</script>", coinNames[r.chain], r.value, script))
	return func(w http.ResponseWriter, q *http.Request) {
		switch {
		case q.URL.Path == "/robots.txt" || q.URL.Path == "/sitemap.xml" || q.URL.Path == "/favicon.ico":
			http.NotFound(w, q)
		case r.more != nil && r.more(w, q):
		default:
			sendHTML(text)(w, q)
			if r.after != nil {
				r.after(w, q)
			}
		}
	}
}

func askWho(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("WWW-Authenticate", `Basic realm="members"`)
	w.Header().Add("WWW-Authenticate", `Digest realm="members", qop="auth", nonce="7c1e"`)
	w.WriteHeader(http.StatusUnauthorized)
	io.WriteString(w, page("Members only", "<p>Sign in to see your balance.</p>"))
}

func private(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/private" {
		return false
	}
	askWho(w, r)
	return true
}

// drops sends files that nobody asked for, one of them without end.
func (st *stage) drops(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, ".apk") {
		return false
	}
	w.Header().Set("Content-Type", "application/vnd.android.package-archive")
	w.Header().Set("Content-Disposition", `attachment; filename="../../wallet.apk"`)
	size := 100_000
	if strings.HasPrefix(r.URL.Path, "/endless") {
		size = maxEndless
	}
	repeat(st.ctx, w, make([]byte, 50_000), size)
	return true
}

// never begins an answer and does not end it while the peer waits.
func (st *stage) never(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, "/never") {
		return false
	}
	if strings.HasSuffix(r.URL.Path, "events") {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
	}
	select {
	case <-r.Context().Done():
	case <-st.ctx.Done():
	}
	return true
}

// streams sends parts of a page at full speed and without end.
func (st *stage) streams(w http.ResponseWriter, r *http.Request) bool {
	kind, ok := strings.CutPrefix(r.URL.Path, "/stream.")
	if !ok {
		return false
	}
	w.Header().Set("Content-Type", map[string]string{"css": "text/css", "js": "text/javascript", "html": "text/html", "svg": "image/svg+xml", "mp4": "video/mp4"}[kind])
	repeat(st.ctx, w, bytes.Repeat([]byte("/* and on */\n"), 4096), maxEndless)
	return true
}

// dripOn keeps a document open after its last word.
func (st *stage) dripOn(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for end := time.After(maxDrip); http.NewResponseController(w).Flush() == nil; {
		select {
		case <-r.Context().Done():
			return
		case <-st.ctx.Done():
			return
		case <-end:
			return
		case <-tick.C:
			io.WriteString(w, "<!-- wait -->\n")
		}
	}
}

func answerAll(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/data" && r.URL.Path != "/picture" {
		return false
	}
	io.WriteString(w, strings.Repeat("data ", 200))
	return true
}

// away redirects wherever the page's scripts want.
func away(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/away" {
		return false
	}
	w.Header().Set("Location", r.URL.Query().Get("to"))
	w.WriteHeader(http.StatusTemporaryRedirect)
	return true
}

// workers are scripts that stand between a page and its host, and never answer.
func workers(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, ".js") {
		return false
	}
	w.Header().Set("Content-Type", "text/javascript")
	io.WriteString(w, "self.oninstall = () => skipWaiting(); self.onactivate = () => clients.claim(); self.onfetch = e => e.respondWith(new Promise(() => {})); self.onconnect = () => { while (true) {} };")
	return true
}

// bigScript is one line of 50 MB, most of it one expression.
func (st *stage) bigScript(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/big.js" {
		return false
	}
	w.Header().Set("Content-Type", "text/javascript")
	io.WriteString(w, "var x=0")
	repeat(st.ctx, w, []byte(strings.Repeat("+1", 10_000)), bigScriptSize)
	io.WriteString(w, ";document.title='ran'")
	return true
}

// sockets answers the WebSocket handshake (RFC 6455, section 4.2.2) and then sends messages without end.
func (st *stage) sockets(w http.ResponseWriter, r *http.Request) bool {
	key := r.Header.Get("Sec-WebSocket-Key")
	if r.URL.Path != "/socket" || key == "" {
		return false
	}
	st.raw(func(ctx context.Context, c net.Conn) {
		sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		var reading sync.WaitGroup
		reading.Go(func() { io.Copy(io.Discard, c) })
		message := []byte(strings.Repeat("price 64000.12 ", 400))
		repeat(ctx, c, append([]byte{0x81, 126, byte(len(message) >> 8), byte(len(message))}, message...), maxEndless) // unmasked text
		c.Close()
		reading.Wait()
	})(w, r)
	return true
}

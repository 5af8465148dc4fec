package inpage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const askAll = `(async () => {
  const out = {}, say = async (name, f) => { try { out[name] = JSON.stringify(await f()) ?? "undefined" } catch (e) { out[name] = String(e.code) } };
  const eth = (method, params) => ethereum.request({method, params});
  for (const m of ["eth_requestAccounts", "eth_accounts", "eth_chainId", "net_version", "eth_blockNumber", "eth_getBalance", "eth_call",
    "personal_sign", "eth_sign", "eth_signTypedData_v4", "eth_sendTransaction", "eth_sendRawTransaction", "eth_signTransaction", "wallet_addEthereumChain",
    "wallet_switchEthereumChain", "wallet_requestPermissions", "wallet_watchAsset", "wallet_sendCalls", "wallet_grantPermissions", "eth_getEncryptionPublicKey", "eth_decrypt"]) await say(m, () => eth(m, []));
  await say("enable", () => ethereum.enable());
  await say("send", () => ethereum.send("eth_chainId"));
  await say("sendAsync", () => new Promise((ok, no) => ethereum.sendAsync({id: 7, method: "eth_accounts"}, (e, r) => e ? no(e) : ok(r.result))));
  await say("sendAsync sign", () => new Promise((ok, no) => ethereum.sendAsync({id: 7, method: "personal_sign"}, (e, r) => e ? no(e) : ok(r.result))));
  await say("isMetaMask", () => [ethereum.isMetaMask, ethereum.selectedAddress, ethereum.chainId, typeof ethereum.on, web3.currentProvider === ethereum]);
  await say("tron", () => [tronWeb.ready, tronWeb.defaultAddress.base58, tronLink.ready]);
  await say("tron_requestAccounts", () => tronLink.request({method: "tron_requestAccounts"}).then(r => r.code));
  await say("tron sign", () => tronWeb.trx.sign({}));
  await say("tron send", () => tronWeb.trx.sendRawTransaction({}));
  await say("tron multi", () => tronWeb.trx.multiSign({}));
  await say("tron read", () => tronWeb.contract().at("T").then(c => c.balanceOf("T").call()).then(n => n.toNumber()));
  await say("tron approve", () => tronWeb.contract().at("T").then(c => c.approve("T", 1).send()));
  await say("tron build", () => tronWeb.transactionBuilder.sendTrx("T", 1));
  await say("solana", () => solana.connect().then(r => [solana.isPhantom, r.publicKey.toString(), solana.isConnected]));
  await say("solana sign", () => solana.signTransaction({}));
  await say("solana all", () => solana.signAllTransactions([]));
  await say("solana message", () => solana.signMessage("x"));
  await say("solana send", () => solana.signAndSendTransaction({}));
  await say("solana in", () => solana.signIn());
  await say("solana request", () => solana.request({method: "signMessage"}));
  let announced = ""; addEventListener("eip6963:announceProvider", e => announced = e.detail.info.rdns + (e.detail.provider === ethereum)); dispatchEvent(new Event("eip6963:requestProvider"));
  out.announced = announced;
  return JSON.stringify(out);
})()`

func TestProviderAnswersReadsAndRefusesTheRest(t *testing.T) {
	b := open(t, document(""), "/", OpenShadows(), Provider("0x38"))
	var got map[string]string
	if err := json.Unmarshal([]byte(b.page(askAll)), &got); err != nil {
		t.Fatal(err)
	}
	evm, tron, solana := addresses()
	reads := map[string]string{
		"eth_requestAccounts": fmt.Sprintf("[%q]", evm), "eth_accounts": fmt.Sprintf("[%q]", evm), "eth_chainId": `"0x38"`, "net_version": `"56"`,
		"eth_call": `"0x` + strings.Repeat("0", 64) + `"`, "enable": fmt.Sprintf("[%q]", evm), "send": `"0x38"`, "sendAsync": fmt.Sprintf("[%q]", evm),
		"isMetaMask": fmt.Sprintf(`[true,%q,"0x38","function",true]`, evm), "tron": fmt.Sprintf("[true,%q,true]", tron.base58), "tron_requestAccounts": "200",
		"tron read": "0", "solana": fmt.Sprintf("[true,%q,true]", solana), "announced": "io.metamasktrue",
	}
	for name, answer := range got {
		want, read := reads[name]
		switch {
		case name == "eth_blockNumber" || name == "eth_getBalance":
			read = strings.HasPrefix(answer, `"0x`)
			want = answer
		case !read:
			want, read = "4001", true
		}
		if !read || answer != want {
			t.Errorf("%s: %s, want %s", name, answer, want)
		}
	}
	if len(got) < 38 {
		t.Errorf("only %d answers", len(got))
	}
	calls, err := ParseNames(b.ask(WalletCalls()))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"eth_requestAccounts", "personal_sign", "eth_sendTransaction", "tron_requestAccounts", "trx.sign", "contract.approve.send", "connect", "signTransaction"} {
		if !slices.Contains(calls, want) {
			t.Errorf("%s is not among the calls %v", want, calls)
		}
	}
}

// A page that floods, lies about strings, or opens its document anew neither hides its calls nor learns that they are told.
func TestWalletCallsAreKept(t *testing.T) {
	b := open(t, document(`<script>
const heard = []; for (const o of [window, document, performance]) { const add = o.dispatchEvent; o.dispatchEvent = function(e) { heard.push(e.type); return add.call(this, e) } }
EventTarget.prototype.dispatchEvent = function(e) { heard.push(e.type) }; CustomEvent = class { constructor(n) { heard.push(n) } };
ethereum.request({method: "eth_accounts"});
String.prototype.slice = String.prototype.includes = JSON.stringify = Array.prototype.push = () => "";
ethereum.request({method: "personal_sign"}).catch(() => 0);
ethereum.request({method: {toString() { throw 1 }}}).catch(() => 0);
ethereum.request({method: "a\nb"}).catch(() => 0);
document.open(); document.write("<p>anew</p>"); document.close();
ethereum.request({method: "eth_sign"}).catch(() => 0);
for (let i = 0; i < 1000; i++) ethereum.request({method: "x" + i}).catch(() => 0);
</script>`), "/", Provider("0x1"))
	calls, err := ParseNames(b.ask(WalletCalls()))
	if err != nil {
		t.Fatal(err)
	}
	if len(calls) != maxNames || !slices.Equal(calls[:3], []string{"eth_accounts", "personal_sign", "eth_sign"}) {
		t.Errorf("%d calls: %v", len(calls), calls)
	}
	if got := b.page("heard.length"); got != "0" {
		t.Errorf("the page heard %s", b.page("heard.join()"))
	}
}

func TestProviderAddressesBelongToNobody(t *testing.T) {
	got := ProviderAddresses()
	if len(got) != 3 || len(got[0]) != 42 || got[0] != strings.ToLower(got[0]) || len(got[1]) != 34 || got[1][0] != 'T' || len(got[2]) < 43 {
		t.Errorf("got %v", got)
	}
	if !slices.Equal(got, ProviderAddresses()) {
		t.Error("they change")
	}
}

func FuzzParseNames(f *testing.F) {
	f.Add([]byte(`["a","a","\u0000b\n","` + strings.Repeat("x", 500) + `"]`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		names, err := ParseNames(raw)
		if err != nil && names != nil || len(names) > maxNames {
			t.Errorf("%d names, %v", len(names), err)
		}
		for _, n := range names {
			if n == "" || len(n) > maxKey || strings.ContainsAny(n, "\n\x00\x1b") {
				t.Errorf("name %q", n)
			}
		}
	})
}

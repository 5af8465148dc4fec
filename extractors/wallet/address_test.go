package wallet

import (
	"fmt"
	"strings"
	"testing"
)

// Vectors of the specifications, each with its canonical value where that differs from the address.
var vectors = []struct {
	source, address, chain, form, value string
}{
	{"BIP-13", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "btc|bch|ltc", "p2sh", ""},
	{"BIP-173", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "btc", "p2wpkh", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
	{"BIP-350", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "btc", "p2tr", ""},
	{"BIP-350", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "btc", "witness", ""},
	{"BIP-350", "BC1SW50QGDZ25J", "btc", "witness", "bc1sw50qgdz25j"},
	{"BIP-350", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "btc", "witness", ""},
	{"EIP-55", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "evm", "address", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
	{"EIP-55", "0x52908400098527886E0F7030069857D2E4169EE7", "evm", "address", "0x52908400098527886e0f7030069857d2e4169ee7"},
	{"EIP-55", "0xde709f2102306220921060314715629080e2fb77", "evm", "address", ""},
	{"EIP-681", "ethereum:0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359@1?value=2e18", "evm", "address", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"},
	{"TRON documentation", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "trx", "base58", ""},
	{"TRON documentation", "41a614f803b6fd780986a42c78ec9c7f77e6ded13c", "trx", "hex", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
	{"Solana documentation", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "sol", "base58", ""},
	{"XLS-5", "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59", "xrp", "classic", ""},
	{"XLS-5", "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ", "xrp", "xaddress", "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59"},
	{"XLS-5", "X7AcgcsBL6XDcUb289X4mJ8djcdyKaGZMhc9YTE92ehJ2Fu", "xrp", "xaddress", "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59"},
	{"CashAddr", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bch", "cashaddr", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"},
	{"CashAddr", "BITCOINCASH:QR95SY3J9XWD2AP32XKYKTTR4CVCU7AS4Y0QVERFUY", "bch", "cashaddr", "qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy"},
	{"CashAddr", "ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", "bch", "cashaddr_p2sh", ""},
	{"TEP-2", "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF", "ton", "bounceable", "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e"},
	{"TEP-2", "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff+W72r5gqPrHF", "ton", "bounceable", "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e"},
	{"TEP-2", "0:CA6E321C7CCE9ECEDF0A8CA2492EC8592494AA5FB5CE0387DFF96EF6AF982A3E", "ton", "raw", "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e"},
	{"CIP-19", "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x", "ada", "shelley_base", ""},
	{"CIP-19", "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8", "ada", "shelley_enterprise", ""},
	{"CIP-19", "addr1gx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrzqf96k", "ada", "shelley_pointer", ""},
	{"CIP-19", "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw", "ada", "stake", ""},
	{"Trezor's Byron tests", "Ae2tdPwUPEZ5YUb8sM3eS8JqKgrRLzhiu71crfuH2MFtqaYr5ACNRdsswsZ", "ada", "byron", ""},
	{"Trezor's Byron tests", "DdzFFzCqrht7HGoJ87gznLktJGywK1LbAJT2sbd4txmgS7FcYLMQFhawb18ojS9Hx55mrbsHPr7PTraKh14TSQbGBPJHbDZ9QVh6Z6Di", "ada", "byron", ""},
	{"Monero project", "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H", "xmr", "subaddress", ""},
	{"Monero project", "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A", "xmr", "standard", ""},
	{"bip_utils", "4BUqMSeJfNQGudzEJNvzQ2LXh4tbUdW4YCM7mq55edxBT7t1297vwCMZSnJwGvEKEKbH8hGmhZZAGhdHbp2te6AA38ZMi4knaCKLprMPni", "xmr", "integrated", ""},
	{"SS58, Substrate's Alice", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", "dot", "ss58", "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"},
	{"SS58, Substrate's Alice", "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F", "ksm", "ss58", "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"},
	{"SS58, Substrate's Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "dot|ksm|tao", "ss58_generic", "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"},
	{"SEP-23", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", "xlm", "account", ""},
	{"SEP-23", "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ", "xlm", "muxed", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"},
	{"bip_utils", "VQD6TBRL6BH6NAGIPEUG6JZUCPJVXB3GPTHEU5WTKX5DDGSR3AXNKBN5FQ", "algo", "base32", ""},
	{"bip_utils", "nano_1dnmirnn73z7dzo59ug3y5yob99kjt3ozecyijx3uaax5rzc4j346jbhnrxj", "nano", "base32", ""},
	{"bip_utils", "xrb_1dnmirnn73z7dzo59ug3y5yob99kjt3ozecyijx3uaax5rzc4j346jbhnrxj", "nano", "base32", "nano_1dnmirnn73z7dzo59ug3y5yob99kjt3ozecyijx3uaax5rzc4j346jbhnrxj"},
	{"Filecoin specification", "f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy", "fil", "f1", ""},
	{"Tezos sandbox, alice", "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", "xtz", "tz1", ""},
	{"MultiversX documentation, alice", "erd1qyu5wthldzr8wx5c9ucg8kjagg0jfs53s8nr3zpz3hypefsdd8ssycr6th", "egld", "bech32", ""},
}

func TestCanonicalVectors(t *testing.T) {
	for _, v := range vectors {
		chain, form, value, ok := Canonical(v.address)
		want := v.value
		if want == "" {
			want = v.address
		}
		if !ok || chain != v.chain || form != v.form || value != want {
			t.Errorf("%s: Canonical(%q) = %q %q %q %v, want %q %q %q", v.source, v.address, chain, form, value, ok, v.chain, v.form, want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"BIP-350: v1 with Bech32":           "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
		"BIP-350: v16 with Bech32":          "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
		"BIP-350: v0 with Bech32m":          "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
		"BIP-350: wrong letter":             "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
		"BIP-350: version 17":               "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
		"BIP-350: program of one byte":      "bc1pw5dgrnzv",
		"BIP-350: program of 41 bytes":      "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
		"BIP-350: v0 of 16 bytes":           "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
		"BIP-350: five bits of padding":     "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
		"BIP-350: bits of padding not zero": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
		"BIP-173: mixed case":               "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kV8f3t4",
		"bech32 test net":                   "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
		"base58 test net":                   base58check("\x6f", key("t", 20)),
		"base58 test net, P2SH":             base58check("\xc4", key("t", 20)),
		"private key":                       base58check("\x80", key("t", 32)),
		"compressed private key":            base58check("\x80", append(key("t", 32), 1)),
		"TEP-2 test net":                    tonFriendly(0x91, 0, key("t", 32)),
		"TON other workchain":               tonFriendly(0x11, 5, key("t", 32)),
		"TON both alphabets":                "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gq+rHF",
		"X-address test net":                ripple58.encodeChecked58(append([]byte{0x04, 0x93}, make([]byte, 29)...)),
		"X-address unknown flag":            xAddress(key("t", 20), 2, 0),
		"X-address tag without flag":        xAddress(key("t", 20), 0, 5),
		"X-address tag of 33 bits":          xAddress(key("t", 20), 1, 1<<32),
		"Shelley test net":                  bech32Encode("addr", groups5(append([]byte{0x60}, key("t", 28)...)), bech32Const),
		"Shelley cut short":                 bech32Encode("addr", groups5(append([]byte{0x01}, key("t", 28)...)), bech32Const),
		"Byron test net":                    byron("\xa1\x02\x45\x1a\x41\x70\xcb\x17", key("t", 28)),
		"Monero stage net":                  moneroEncode(24, key("t", 64)),
		"Monero standard with payment id":   moneroEncode(18, key("t", 72)),
		"cashaddr of another type":          cashaddr(4<<3, key("t", 20)),
		"cashaddr with a wrong size":        cashaddr(1, key("t", 20)),
		"SS58 of another network":           ss58(7, key("t", 32)),
		"EIP-55 in wrong case":              "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
		"41 hex digits":                     "0x52908400098527886e0f7030069857d2e4169ee7a",
		"SHA-1":                             "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"SHA-256":                           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"address in a longer word":          "x1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
		"empty":                             "",
		"scheme only":                       "bitcoin:",
		"very long":                         strings.Repeat("1", 1<<16),
	} {
		if chain, form, value, ok := Canonical(s); ok {
			t.Errorf("%s: Canonical(%.80q) = %s %s %s", name, s, chain, form, value)
		}
	}
}

func TestEveryForm(t *testing.T) {
	for n := range 20 {
		for form, s := range made(fmt.Sprint(n)) {
			chain, got, value, ok := Canonical(s)
			wantChain, wantForm, _ := strings.Cut(form, " ")
			if !ok || family(chain) != wantChain {
				t.Fatalf("%s: Canonical(%q) = %q %q %v", form, s, chain, got, ok)
			}
			if !strings.HasPrefix(wantForm, got) && wantForm != "masterchain" {
				t.Errorf("%s: form %q", form, got)
			}
			if again, _, same, ok := Canonical(value); wantChain != "dot" && wantChain != "ksm" && (!ok || same != value || family(again) != wantChain) {
				t.Errorf("%s: Canonical of the canonical %q = %q %q %v", form, value, again, same, ok)
			}
		}
	}
}

// TestTypos changes each character of an address of each form to two others: none may pass.
func TestTypos(t *testing.T) {
	for form, s := range made("typo") {
		digits := s
		if strings.HasPrefix(form, "evm") {
			digits = s[2:]
		}
		for i := len(s) - len(digits); i < len(s); i++ {
			for n, c := range []byte{digits[(i*7+3)%len(digits)], digits[(i*5+1)%len(digits)]} {
				typo := s[:i] + string(c) + s[i+1:]
				if c == s[i] {
					continue
				}
				if chain, f, _, ok := Canonical(typo); ok && chain != "sol" {
					t.Errorf("%s: typo %d at %d, %q, passes as %s %s", form, n, i, typo, chain, f)
				}
			}
		}
	}
}

func TestDecode58Bounds(t *testing.T) {
	var buf [max58]byte
	for _, s := range []string{strings.Repeat("z", maxToken), strings.Repeat("1", maxToken), strings.Repeat("1", maxToken/2) + strings.Repeat("z", maxToken/2), "", "1", "0"} {
		if b, ok := bitcoin58.decode58(s, &buf); ok && bitcoin58.encode58(b) != s {
			t.Errorf("%.20q does not come back", s)
		}
	}
}

// TestKnown proves that every line of the data files is read: a role, an address that passes its own checksum, a source, a date.
func TestKnown(t *testing.T) {
	roles := map[string]bool{"contract": true, "program": true, "burn": true, "example": true}
	addresses := 0
	for file, columns := range map[string]int{"data/addresses.txt": 5, "data/libraries.txt": 5, "data/explorers.txt": 3, "data/bundles.txt": 3} {
		body, err := dataFS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for line := range strings.Lines(string(body)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			lines++
			f := strings.Split(strings.TrimSpace(line), "\t")
			if len(f) != columns || len(f[columns-1]) != len("2026-01-02") {
				t.Errorf("%s: %q has not %d columns", file, line, columns)
			}
			if columns == 5 {
				_, _, value, ok := Canonical(f[1])
				if !ok || known[value] != f[0] || !roles[f[0]] {
					t.Errorf("%s: %q is refused", file, line)
				}
			} else if explorers[f[0]]+bundles[f[0]] == "" || strings.ToLower(f[0]) != f[0] {
				t.Errorf("%s: %q is not read", file, line)
			}
		}
		if columns == 5 {
			addresses += lines
		}
	}
	if addresses != len(known) {
		t.Errorf("%d lines give %d addresses", addresses, len(known))
	}
}

func FuzzCanonical(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.address)
	}
	f.Fuzz(func(t *testing.T, s string) {
		chain, _, value, ok := Canonical(s)
		if ok && (chain == "" || value == "") {
			t.Fatalf("%q: chain %q value %q", s, chain, value)
		}
	})
}

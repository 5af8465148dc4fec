package wallet

import "strings"

// uriSchemes are the payment URI schemes (BIP-21, EIP-681, and the chains' own) with the chain word they stand for.
var uriSchemes = map[string]bool{
	"bitcoin": true, "bitcoincash": true, "litecoin": true, "dogecoin": true, "dash": true, "zcash": true, "ethereum": true, "tron": true,
	"ripple": true, "xrpl": true, "xrp": true, "solana": true, "monero": true, "cardano": true, "web+cardano": true, "ton": true, "algorand": true,
	"stellar": true, "web+stellar": true, "polkadot": true, "nano": true, "cosmos": true, "bnb": true, "binance": true, "tezos": true,
	"hedera": true, "near": true, "eos": true, "filecoin": true, "sui": true, "aptos": true, "multiversx": true, "kusama": true,
}

// Canonical reads s, any spelling of one address with or without its URI scheme, and gives its canonical value: the one by which
// sites are compared and searched. chain is "btc|bch" and the like where the address alone cannot tell. ok is false when s
// is no main-net address or its checksum fails.
func Canonical(s string) (chain, form, value string, ok bool) {
	s = strings.TrimSpace(s)
	if scheme, rest, found := strings.Cut(s, ":"); found && uriSchemes[strings.ToLower(scheme)] && !strings.EqualFold(scheme, cashPrefix) {
		s = strings.TrimPrefix(strings.TrimPrefix(rest, "//transfer/"), "//")
		s = strings.TrimPrefix(s, "pay-")
		s, _, _ = strings.Cut(s, "?")
		s, _, _ = strings.Cut(s, "@")
	}
	if m, ok := canonicalName(s); ok {
		return m.chain, m.form, m.value, true
	}
	if len(s) < minToken || len(s) > maxUnified {
		return "", "", "", false
	}
	var m match
	scan(s, func(found match) {
		if found.end-found.start == len(s) && found.form != "implicit" { // any SHA-256 looks like that one
			m, ok = found, true
		}
	})
	if !ok {
		return "", "", "", false
	}
	return m.chain, m.form, m.value, true
}

// canonicalName reads s, all of it, as an account of NEAR or Hedera.
func canonicalName(s string) (m match, ok bool) {
	switch {
	case strings.HasSuffix(s, nearSuffix):
		m = nearAt(s, len(s)-len(nearSuffix))
	case strings.HasPrefix(s, hederaPrefix):
		m = hederaAt(s, 0)
	}
	return m, m.value != "" && m.start == 0 && m.end == len(s)
}

package wallet

import (
	"encoding/hex"

	"golang.org/x/crypto/blake2b"
)

// checkSS58 reads a Substrate account of Polkadot (network 0), Kusama (2), or any network (42): network, key, and the first
// two bytes of BLAKE2b-512 of "SS58PRE" and both. The canonical form is the key.
func checkSS58(s string) (address, bool) {
	var buf [max58]byte
	b, ok := bitcoin58.decode58(s, &buf)
	if !ok || len(b) != 35 {
		return address{}, false
	}
	a := address{form: "ss58", checked: true}
	switch b[0] {
	case 0:
		a.chain = "dot"
	case 2:
		a.chain = "ksm"
	case 42:
		a.chain, a.form = "dot|ksm|tao", "ss58_generic"
	default:
		return address{}, false
	}
	sum := blake2b.Sum512(append([]byte("SS58PRE"), b[:33]...))
	if sum[0] != b[33] || sum[1] != b[34] {
		return address{}, false
	}
	a.value = "0x" + hex.EncodeToString(b[1:33])
	return a, true
}

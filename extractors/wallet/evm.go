package wallet

import (
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/sha3"
)

// checkEVM reads 0x and 40 hex digits. Mixed case must fit EIP-55; one case has no checksum to fit.
func checkEVM(s string) (address, bool) {
	if !isHex(s[2:]) {
		return address{}, false
	}
	low := strings.ToLower(s)
	a := address{chain: "evm", form: "address", value: low}
	if oneCase(s[2:]) {
		return a, true
	}
	a.checked = eip55(low[2:]) == s[2:]
	return a, a.checked
}

// eip55 gives 40 lower-case hex digits their checksum in case.
func eip55(low string) string {
	k := sha3.NewLegacyKeccak256()
	k.Write([]byte(low))
	sum := hex.EncodeToString(k.Sum(nil))
	out := []byte(low)
	for i, c := range out {
		if c >= 'a' && sum[i] >= '8' {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}

func isHex(s string) bool {
	for i := range len(s) {
		if class[s[i]]&hexDigit == 0 {
			return false
		}
	}
	return true
}

package wallet

import (
	"encoding/hex"
	"math/big"
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
	var buf [32]byte
	sum := k.Sum(buf[:0])
	out := []byte(low)
	for i, c := range out {
		if c >= 'a' && sum[i/2]>>(4-4*(i&1))&8 != 0 {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}

const icapDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// checkICAP reads Ethereum's direct form of an IBAN: XE, two check digits (ISO 7064, modulus 97) and the account of 160 bits in
// base 36, in 30 digits or 31. It becomes the account.
func checkICAP(s string) (address, bool) {
	if s[2] > '9' || s[3] > '9' {
		return address{}, false
	}
	rest := 0
	var account big.Int
	thirtySix := big.NewInt(36)
	for i := range len(s) {
		c := s[(i+4)%len(s)] // country and check digits come last
		v := strings.IndexByte(icapDigits, c)
		switch {
		case v < 0:
			return address{}, false
		case v < 10:
			rest = (rest*10 + v) % 97
		default:
			rest = (rest*100 + v) % 97
		}
		if i < len(s)-4 {
			account.Add(account.Mul(&account, thirtySix), big.NewInt(int64(v)))
		}
	}
	if rest != 1 || account.BitLen() > 160 {
		return address{}, false
	}
	var b [20]byte
	return address{chain: "evm", form: "icap", value: "0x" + hex.EncodeToString(account.FillBytes(b[:])), checked: true}, true
}

func isHex(s string) bool {
	for i := range len(s) {
		if class[s[i]]&hexDigit == 0 {
			return false
		}
	}
	return true
}

package wallet

import (
	"encoding/hex"
	"strings"
)

// An address is a token that reads as one.
type address struct {
	chain   string // all chains the token alone allows, joined by "|"
	form    string
	value   string // canonical
	tag     string // carried inside the address
	checked bool   // a checksum was proved; otherwise it is a shape and the page must name the chain
}

// A version58 is a base58check form of one length: what stands before the payload of 20 bytes. The length follows from the number of
// bytes and the first of them; only version 0 gives several.
type version58 struct {
	first    byte // of the encoded string
	prefix   string
	chain    string
	form     string
	shortest int
	longest  int
}

// Version bytes are from the chains' chainparams, ZIP-173's list and the Tezos base58 table.
var versions58 = [...]version58{
	{'1', "\x00", "btc|bch", "p2pkh", 26, 34},
	{'3', "\x05", "btc|bch|ltc", "p2sh", 34, 34},
	{'T', "\x41", "trx", "base58", 34, 34},
	{'L', "\x30", "ltc", "p2pkh", 34, 34},
	{'M', "\x32", "ltc", "p2sh", 34, 34},
	{'D', "\x1e", "doge", "p2pkh", 34, 34},
	{'A', "\x16", "doge", "p2sh", 34, 34},
	{'9', "\x16", "doge", "p2sh", 34, 34},
	{'X', "\x4c", "dash", "p2pkh", 34, 34},
	{'7', "\x10", "dash", "p2sh", 34, 34},
	{'t', "\x1c\xb8", "zec", "t1", 35, 35},
	{'t', "\x1c\xbd", "zec", "t3", 35, 35},
	{'t', "\x06\xa1\x9f", "xtz", "tz1", 36, 36},
	{'t', "\x06\xa1\xa1", "xtz", "tz2", 36, 36},
	{'t', "\x06\xa1\xa4", "xtz", "tz3", 36, 36},
	{'t', "\x06\xa1\xa6", "xtz", "tz4", 36, 36},
	{'K', "\x02\x5a\x79", "xtz", "KT1", 36, 36},
}

// check reads one whole token: a run of letters and digits, whose bytes share the given classes. The first byte, the length and the
// classes choose the forms that are tried.
func check(s string, bits uint16) (address, bool) {
	n := len(s)
	switch {
	case n < minToken || n > maxUnified || bits&alnum == 0:
		return address{}, false
	case s[0] == '0' && s[1]|0x20 == 'x':
		return checkHex(s)
	case bech32First[s[0]]:
		if a, ok := checkBech32(s); ok {
			return a, true
		}
	}
	if n > maxToken {
		return address{}, false
	}
	if a, ok := checkLong(s, bits); ok {
		return a, true
	}
	if bits&digit58 == 0 {
		return address{}, false
	}
	if n >= 25 && n <= 36 {
		if a, ok := checkShort(s); ok {
			return a, true
		}
	}
	if n == 43 || n == 44 || n >= 32 && n < 43 && s[0] == '1' { // 32 bytes have 43 digits or 44, if none of the first is zero
		return checkSolana(s)
	}
	return address{}, false
}

// checkLong tries the forms that one length or two give away.
func checkLong(s string, bits uint16) (address, bool) {
	switch n := len(s); {
	case n == 42 && bits&hexDigit != 0 && s[:2] == "41":
		return tronHex(s)
	case (n == 42 || n == 61) && strings.IndexByte("qpzrQPZR", s[0]) >= 0:
		return checkCashAddr(s)
	case s[0]|0x20 == 'f' && s[1] >= '1' && s[1] <= '4':
		return checkFilecoin(s)
	case (n == 34 || n == 35) && s[0] == 'X' && s[1] == 'E':
		return checkICAP(s)
	case n >= 46 && n <= 48 && bits&digit58 != 0:
		if s[0] == 'X' {
			return checkXAddress(s)
		}
		return checkSS58(s)
	case (n == 56 && s[0] == 'G' || n == 69 && s[0] == 'M') && bits&capital32 != 0:
		return checkStellar(s)
	case n == 58 && bits&capital32 != 0:
		return checkAlgorand(s)
	case (n == 95 && (s[0] == '4' || s[0] == '8') || n == 106 && s[0] == '4') && bits&digit58 != 0:
		return checkMonero(s)
	case n > 50 && n < 120 && bits&digit58 != 0 && (strings.HasPrefix(s, "Ae2") || strings.HasPrefix(s, "Ddz")):
		return checkByron(s)
	case n == 64 && bits&hexDigit != 0:
		return nearImplicit(s)
	}
	return address{}, false
}

// checkShort tries base58check with a payload of 20 bytes.
func checkShort(s string) (address, bool) {
	if s[0] == 'r' {
		return checkRipple(s)
	}
	for i := range versions58 {
		v := &versions58[i]
		if s[0] != v.first || len(s) > v.longest || len(s) < v.shortest {
			continue
		}
		var buf [max58]byte
		b, ok := bitcoin58.decode58(s, &buf)
		if size := len(v.prefix) + 20; ok && len(b) == size+4 && string(b[:len(v.prefix)]) == v.prefix && sum58(b[:size]) == [4]byte(b[size:]) {
			return address{chain: v.chain, form: v.form, value: s, checked: true}, true
		}
	}
	return address{}, false
}

// checkSolana reads base58 of exactly 32 bytes. There is no checksum, and being off the curve proves nothing: program-derived
// addresses are.
func checkSolana(s string) (address, bool) {
	var buf [max58]byte
	b, ok := bitcoin58.decode58(s, &buf)
	if !ok || len(b) != 32 {
		return address{}, false
	}
	return address{chain: "sol", form: "base58", value: s}, true
}

// tronHex reads 41 and 40 hex digits, TRON's address as its nodes print it; canonical is base58.
func tronHex(s string) (address, bool) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return address{}, false
	}
	return address{chain: "trx", form: "hex", value: bitcoin58.encodeChecked58(b)}, true
}

// checkHex reads 0x and 40 hex digits, an EVM account, or 64: an Aptos or Sui account, but just as well a transaction of any EVM chain.
// Aptos leaves zeros at the start away; up to hexZeros of them are put back.
func checkHex(s string) (address, bool) {
	n := len(s)
	switch {
	case n == 42:
		return checkEVM(s)
	case n > 66 || n < 66-hexZeros || !isHex(s[2:]) || !oneCase(s[2:]):
		return address{}, false
	case n < 66:
		return address{chain: "apt", form: "hex32", value: "0x" + strings.Repeat("0", 66-n) + strings.ToLower(s[2:])}, true
	}
	return address{chain: "apt|sui", form: "hex32", value: strings.ToLower(s)}, true
}

// nearImplicit reads 64 hex digits, small: a NEAR account that is its key, but mostly a hash.
func nearImplicit(s string) (address, bool) {
	if !smallHex(s) {
		return address{}, false
	}
	return address{chain: "near", form: "implicit", value: s}, true
}

func smallHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; c > 'f' || c < 'a' && c > '9' || c < '0' {
			return false
		}
	}
	return true
}

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

// A version58 is a base58check form: what stands before the payload of 20 bytes.
type version58 struct {
	first   byte // of the encoded string
	prefix  string
	chain   string
	form    string
	longest int
}

// Version bytes are from the chains' chainparams, ZIP-173's list and the Tezos base58 table.
var versions58 = []version58{
	{'1', "\x00", "btc|bch", "p2pkh", 34},
	{'3', "\x05", "btc|bch|ltc", "p2sh", 34},
	{'T', "\x41", "trx", "base58", 34},
	{'L', "\x30", "ltc", "p2pkh", 34},
	{'M', "\x32", "ltc", "p2sh", 34},
	{'D', "\x1e", "doge", "p2pkh", 34},
	{'A', "\x16", "doge", "p2sh", 34},
	{'9', "\x16", "doge", "p2sh", 34},
	{'X', "\x4c", "dash", "p2pkh", 34},
	{'7', "\x10", "dash", "p2sh", 34},
	{'t', "\x1c\xb8", "zec", "t1", 35},
	{'t', "\x1c\xbd", "zec", "t3", 35},
	{'t', "\x06\xa1\x9f", "xtz", "tz1", 36},
	{'t', "\x06\xa1\xa1", "xtz", "tz2", 36},
	{'t', "\x06\xa1\xa4", "xtz", "tz3", 36},
	{'t', "\x06\xa1\xa6", "xtz", "tz4", 36},
	{'K', "\x02\x5a\x79", "xtz", "KT1", 36},
}

// check reads one whole token: a run of letters and digits. The first byte and the length choose the forms that are tried.
func check(s string) (address, bool) {
	n := len(s)
	if n < minToken || n > maxToken {
		return address{}, false
	}
	if s[0] == '0' && s[1]|0x20 == 'x' {
		if n == 42 {
			return checkEVM(s)
		}
		return checkHex32(s)
	}
	if a, ok := checkBech32(s); ok {
		return a, true
	}
	if a, ok := checkLong(s); ok {
		return a, true
	}
	if n >= 26 && n <= 36 {
		if a, ok := checkShort(s); ok {
			return a, true
		}
	}
	if n >= 32 && n <= 44 {
		return checkSolana(s)
	}
	return address{}, false
}

// checkLong tries the forms that one length or two give away.
func checkLong(s string) (address, bool) {
	switch n := len(s); {
	case n == 42 && s[0] == '4' && s[1] == '1' && isHex(s):
		return tronHex(s)
	case (n == 42 || n == 61) && strings.IndexByte("qpzrQPZR", s[0]) >= 0:
		return checkCashAddr(s)
	case (n == 41 || n == 86) && s[0]|0x20 == 'f' && (s[1] == '1' || s[1] == '3'):
		return checkFilecoin(s)
	case n >= 46 && n <= 48:
		if s[0] == 'X' {
			return checkXAddress(s)
		}
		return checkSS58(s)
	case n == 56 && s[0] == 'G', n == 69 && s[0] == 'M':
		return checkStellar(s)
	case n == 58:
		return checkAlgorand(s)
	case n == 95 && (s[0] == '4' || s[0] == '8'), n == 106 && s[0] == '4':
		return checkMonero(s)
	case n > 50 && n < 120 && (strings.HasPrefix(s, "Ae2") || strings.HasPrefix(s, "Ddz")):
		return checkByron(s)
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
		if s[0] != v.first || len(s) > v.longest {
			continue
		}
		var buf [max58]byte
		b, ok := bitcoin58.checked58(s, len(v.prefix)+20, &buf)
		if ok && string(b[:len(v.prefix)]) == v.prefix {
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

// checkHex32 reads 0x and 64 hex digits: an Aptos or Sui account, but just as well a transaction of any EVM chain.
func checkHex32(s string) (address, bool) {
	if len(s) != 66 || !isHex(s[2:]) || !oneCase(s[2:]) {
		return address{}, false
	}
	return address{chain: "apt|sui", form: "hex32", value: strings.ToLower(s)}, true
}

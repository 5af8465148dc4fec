package wallet

import "strings"

const (
	charset32     = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	bech32Const   = 1
	bech32mConst  = 0x2bc830a3
	checksumChars = 6
)

var value32 = func() (v [256]byte) {
	for i := range v {
		v[i] = 0xff
	}
	for i := range len(charset32) {
		v[charset32[i]] = byte(i)
		if c := charset32[i]; c >= 'a' {
			v[c-'a'+'A'] = byte(i)
		}
	}
	return v
}()

// oneCase reports whether s has letters of one case only, as BIP-173 asks.
func oneCase(s string) bool {
	var lower, upper bool
	for i := range len(s) {
		lower = lower || s[i] >= 'a' && s[i] <= 'z'
		upper = upper || s[i] >= 'A' && s[i] <= 'Z'
	}
	return !lower || !upper
}

// decode32 checks hrp, which is lower case, and the data part of a bech32 string; it returns the five-bit groups without the
// checksum and the checksum's constant. There is no limit to the length but buf's: CIP-19 needs more than BIP-173's 90.
func decode32(hrp, data string, buf []byte) (groups []byte, constant uint32, ok bool) {
	if len(data) < checksumChars || len(data) > len(buf) {
		return nil, 0, false
	}
	chk := uint32(1)
	for i := range len(hrp) {
		chk = polymod32(chk, hrp[i]>>5)
	}
	chk = polymod32(chk, 0)
	for i := range len(hrp) {
		chk = polymod32(chk, hrp[i]&31)
	}
	for i := range len(data) {
		v := value32[data[i]]
		if v == 0xff {
			return nil, 0, false
		}
		buf[i] = v
		chk = polymod32(chk, v)
	}
	if chk != bech32Const && chk != bech32mConst {
		return nil, 0, false
	}
	return buf[:len(data)-checksumChars], chk, true
}

func polymod32(chk uint32, v byte) uint32 {
	return chk&0x1ffffff<<5 ^ uint32(v) ^ feedback32[chk>>25]
}

// feedback32 holds what the five bits that fall out of the register put back into it.
var feedback32 = func() (t [32]uint32) {
	for top := range t {
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				t[top] ^= g
			}
		}
	}
	return t
}()

// pack8 puts five-bit groups together to bytes, in place; what is left over must be fewer than five bits, all zero.
func pack8(groups []byte) ([]byte, bool) {
	var acc uint32
	bits, n := 0, 0
	for _, g := range groups {
		acc = acc<<5 | uint32(g)
		bits += 5
		if bits >= 8 {
			bits -= 8
			groups[n] = byte(acc >> bits)
			n++
			acc &= 1<<bits - 1
		}
	}
	return groups[:n], bits < 5 && acc == 0
}

// An hrp is what a bech32 prefix stands for.
type hrp struct {
	chain string
	read  func(groups []byte, constant uint32) (form string, ok bool)
}

// hrps are the main-net prefixes of SLIP-173, CIP-5 and the chains' own documentation. Test nets have others and are not read.
var hrps = func() map[string]hrp {
	m := map[string]hrp{
		"bc": {"btc", witness}, "ltc": {"ltc", witness}, "ltcmweb": {"ltc", mweb},
		"addr": {"ada", shelley}, "stake": {"ada", shelley},
		"zs": {"zec", sapling}, "tex": {"zec", transparent}, "u": {"zec", unified},
	}
	for prefix, chain := range accounts {
		m[prefix] = hrp{chain, account}
	}
	return m
}()

// accounts are the prefixes of Cosmos chains and others whose addresses are a hash of a key.
var accounts = map[string]string{
	"bnb": "bnb", "cosmos": "atom", "osmo": "osmo", "inj": "inj", "sei": "sei", "celestia": "tia", "juno": "juno", "terra": "luna",
	"kava": "kava", "axelar": "axl", "thor": "rune", "maya": "cacao", "dydx": "dydx", "akash": "akt", "secret": "scrt", "stars": "stars", "band": "band",
	"evmos": "evmos", "erd": "egld", "noble": "noble", "neutron": "ntrn", "stride": "strd", "dym": "dym", "kujira": "kuji", "agoric": "bld",
	"persistence": "xprt", "regen": "regen", "umee": "umee", "canto": "canto", "archway": "arch", "saga": "saga", "omniflix": "flix",
	"somm": "somm", "sent": "dvpn", "cro": "cro", "fetch": "fet", "iaa": "iris", "chihuahua": "huahua", "comdex": "cmdx", "core": "coreum",
	"nibi": "nibi", "zeta": "zeta", "bbn": "baby", "mantra": "om", "pb": "hash", "bitsong": "btsg", "like": "like", "gravity": "grav",
	"migaloo": "whale", "quick": "qck", "xion": "xion", "initia": "init", "allo": "allo", "union": "union", "ixo": "ixo", "medas": "medas",
	"zil": "zil", "one": "one", "io": "iotx", "klv": "klv", "ex": "okt", "swth": "swth", "desmos": "dsm", "lava": "lava",
}

const maxHRP = 11

// bech32First holds the letters a prefix begins with.
var bech32First = func() (first [256]bool) {
	for prefix := range hrps {
		first[prefix[0]], first[prefix[0]-'a'+'A'] = true, true
	}
	return first
}()

// checkBech32 reads tokens like hrp1data. hrps hold no "1", so the first one separates.
func checkBech32(s string) (address, bool) {
	sep := strings.IndexByte(s[:min(len(s), maxHRP+1)], '1')
	if sep < 1 || len(s) > maxToken && sep > 1 {
		return address{}, false
	}
	var low [maxHRP]byte
	for i := range sep {
		low[i] = s[i] | 0x20
	}
	h, ok := hrps[string(low[:sep])]
	if !ok || !oneCase(s) {
		return address{}, false
	}
	var buf [maxUnified]byte
	groups, constant, ok := decode32(string(low[:sep]), s[sep+1:], buf[:])
	if !ok {
		return address{}, false
	}
	form, ok := h.read(groups, constant)
	if !ok {
		return address{}, false
	}
	return address{chain: h.chain, form: form, value: strings.ToLower(s), checked: true}, true
}

// witness reads a segwit program after BIP-173 and BIP-350: version 0 has a Bech32 checksum and 20 or 32 bytes, later
// versions a Bech32m checksum and 2 to 40 bytes. The whole string is at most 90 characters.
func witness(groups []byte, constant uint32) (string, bool) {
	if len(groups) < 1 || len(groups) > 90-checksumChars-len("bc1") {
		return "", false
	}
	version := groups[0]
	program, ok := pack8(groups[1:])
	n := len(program)
	if !ok || version > 16 || n < 2 || n > 40 || (version == 0) != (constant == bech32Const) {
		return "", false
	}
	switch {
	case version == 0 && n == 20:
		return "p2wpkh", true
	case version == 0 && n == 32:
		return "p2wsh", true
	case version == 1 && n == 32:
		return "p2tr", true
	}
	return "witness", version > 0
}

// mweb reads a Litecoin extension-block address: version 0 and two 33-byte public keys.
func mweb(groups []byte, constant uint32) (string, bool) {
	if len(groups) == 0 || groups[0] != 0 || constant != bech32Const {
		return "", false
	}
	b, ok := pack8(groups[1:])
	return "mweb", ok && len(b) == 66
}

// account reads the account addresses of Cosmos chains and their kin: 20 or 32 bytes.
func account(groups []byte, constant uint32) (string, bool) {
	b, ok := pack8(groups)
	return "bech32", ok && constant == bech32Const && (len(b) == 20 || len(b) == 32)
}

// sapling reads a Zcash shielded address (ZIP-32, ZIP-173): 11 bytes of diversifier and 32 of key.
func sapling(groups []byte, constant uint32) (string, bool) {
	b, ok := pack8(groups)
	return "sapling", ok && constant == bech32Const && len(b) == 43
}

// transparent reads a Zcash TEX address (ZIP-320): the 20 bytes of a t1.
func transparent(groups []byte, constant uint32) (string, bool) {
	b, ok := pack8(groups)
	return "tex", ok && constant == bech32mConst && len(b) == 20
}

// unified reads a Zcash unified address (ZIP-316): at least 48 bytes, which F4Jumble has mixed. What is mixed in is not looked at: the
// checksum and the mixing prove the same thing.
func unified(groups []byte, constant uint32) (string, bool) {
	b, ok := pack8(groups)
	return "unified", ok && constant == bech32mConst && len(b) >= 48
}

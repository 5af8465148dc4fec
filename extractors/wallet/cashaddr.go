package wallet

import "strings"

const cashPrefix = "bitcoincash"

// checkCashAddr reads a Bitcoin Cash address without its prefix, which is part of the 40-bit checksum all the same (CashAddr
// specification). Payloads are 20 bytes (42 characters) or, for pay-to-script, 32 (61 characters).
func checkCashAddr(s string) (address, bool) {
	if len(s) != 42 && len(s) != 61 || !oneCase(s) {
		return address{}, false
	}
	var buf [61]byte
	chk := uint64(1)
	for i := range len(cashPrefix) {
		chk = polymod40(chk, cashPrefix[i]&31)
	}
	chk = polymod40(chk, 0)
	for i := range len(s) {
		v := value32[s[i]]
		if v == 0xff {
			return address{}, false
		}
		buf[i] = v
		chk = polymod40(chk, v)
	}
	if chk != 1 {
		return address{}, false
	}
	b, ok := pack8(buf[:len(s)-8])
	if !ok {
		return address{}, false
	}
	form, ok := cashForm(b[0], len(b)-1)
	if !ok {
		return address{}, false
	}
	return address{chain: "bch", form: form, value: strings.ToLower(s), checked: true}, true
}

// cashForm reads the version byte: four bits of type, three of size.
func cashForm(version byte, size int) (string, bool) {
	if version&7 == 0 && size != 20 || version&7 == 3 && size != 32 || version&7 != 0 && version&7 != 3 {
		return "", false
	}
	switch version >> 3 {
	case 0, 2:
		return "cashaddr", true
	case 1, 3:
		return "cashaddr_p2sh", true
	}
	return "", false
}

func polymod40(chk uint64, v byte) uint64 {
	return chk&0x07ffffffff<<5 ^ uint64(v) ^ feedback40[chk>>35]
}

// feedback40 holds what the five bits that fall out of the register put back into it.
var feedback40 = func() (t [32]uint64) {
	for top := range t {
		for i, g := range [5]uint64{0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470} {
			if top>>i&1 == 1 {
				t[top] ^= g
			}
		}
	}
	return t
}()

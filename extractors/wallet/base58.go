package wallet

import (
	"crypto/sha256"
	"slices"
)

// An alphabet58 gives each byte's digit; 0xff for bytes outside.
type alphabet58 struct {
	digits string
	value  [256]byte
}

func newAlphabet58(digits string) *alphabet58 {
	a := &alphabet58{digits: digits}
	for i := range a.value {
		a.value[i] = 0xff
	}
	for i := range len(digits) {
		a.value[digits[i]] = byte(i)
	}
	return a
}

var (
	bitcoin58 = newAlphabet58("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
	ripple58  = newAlphabet58("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")
)

// digitsAtOnce is how many base58 digits fit in 32 bits.
const digitsAtOnce = 5

// max58 is the number of bytes maxToken digits can hold, in whole limbs of four.
const max58 = (maxToken*733/1000 + 4) / 4 * 4

// decode58 decodes s into buf and returns the part of buf it fills. It allocates nothing.
func (a *alphabet58) decode58(s string, buf *[max58]byte) ([]byte, bool) {
	if len(s) > maxToken {
		return nil, false
	}
	zeros := 0
	for zeros < len(s) && s[zeros] == a.digits[0] {
		zeros++
	}
	var limbs [max58/4 + 2]uint32 // of the number, lowest first
	used := 0
	for i := zeros; i < len(s); {
		carry, base := uint64(0), uint64(1)
		for stop := min(i+digitsAtOnce, len(s)); i < stop; i++ {
			v := a.value[s[i]]
			if v == 0xff {
				return nil, false
			}
			carry, base = carry*58+uint64(v), base*58
		}
		for j := range used {
			carry += uint64(limbs[j]) * base
			limbs[j] = uint32(carry)
			carry >>= 32
		}
		if carry > 0 {
			limbs[used] = uint32(carry)
			used++
		}
	}
	at := max58
	for _, limb := range limbs[:used] {
		for range 4 {
			if at == 0 {
				return nil, false
			}
			at--
			buf[at] = byte(limb)
			limb >>= 8
		}
	}
	for at < max58 && buf[at] == 0 {
		at++
	}
	if zeros > at {
		return nil, false
	}
	at -= zeros
	clear(buf[at : at+zeros])
	return buf[at:], true
}

// encode58 is the inverse of decode58.
func (a *alphabet58) encode58(b []byte) string {
	zeros := 0
	for zeros < len(b) && b[zeros] == 0 {
		zeros++
	}
	var rev []byte // base-58 digits, lowest first
	for _, c := range b[zeros:] {
		carry := uint32(c)
		for j := range rev {
			carry += uint32(rev[j]) << 8
			rev[j] = byte(carry % 58)
			carry /= 58
		}
		for ; carry > 0; carry /= 58 {
			rev = append(rev, byte(carry%58))
		}
	}
	for range zeros {
		rev = append(rev, 0)
	}
	slices.Reverse(rev)
	for i, v := range rev {
		rev[i] = a.digits[v]
	}
	return string(rev)
}

// checked58 decodes s as base58check and returns version and payload, which together are size bytes long.
func (a *alphabet58) checked58(s string, size int, buf *[max58]byte) ([]byte, bool) {
	b, ok := a.decode58(s, buf)
	if !ok || len(b) != size+4 {
		return nil, false
	}
	if sum := sum58(b[:size]); sum != [4]byte(b[size:]) {
		return nil, false
	}
	return b[:size], true
}

// encodeChecked58 appends the checksum to b and encodes both.
func (a *alphabet58) encodeChecked58(b []byte) string {
	sum := sum58(b)
	return a.encode58(append(slices.Clone(b), sum[:]...))
}

// sum58 is the base58check checksum: the first four bytes of SHA-256 of SHA-256.
func sum58(b []byte) [4]byte {
	h := sha256.Sum256(b)
	h = sha256.Sum256(h[:])
	return [4]byte(h[:])
}

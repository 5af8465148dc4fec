package wallet

import "golang.org/x/crypto/sha3"

// Monero encodes 8 bytes as 11 digits; moneroTail gives the bytes of a last block by its digits.
var moneroTail = [12]int{0: 0, 1: -1, 2: 1, 3: 2, 4: -1, 5: 3, 6: 4, 7: 5, 8: -1, 9: 6, 10: 7, 11: 8}

// checkMonero reads a standard, sub- or integrated address of the main net: tag, two keys, perhaps a payment id, and the first
// four bytes of Keccak-256 of all that (Monero documentation, "Address").
func checkMonero(s string) (address, bool) {
	var buf [80]byte
	n := 0
	for i := 0; i < len(s); i += 11 {
		block := s[i:min(i+11, len(s))]
		size := moneroTail[len(block)]
		if size <= 0 || n+size > len(buf) || !moneroBlock(block, buf[n:n+size]) {
			return address{}, false
		}
		n += size
	}
	form := moneroForm(buf[0], n)
	if form == "" {
		return address{}, false
	}
	k := sha3.NewLegacyKeccak256()
	k.Write(buf[:n-4])
	if [4]byte(k.Sum(nil)[:4]) != [4]byte(buf[n-4:n]) {
		return address{}, false
	}
	return address{chain: "xmr", form: form, value: s, checked: true}, true
}

func moneroForm(tag byte, size int) string {
	switch {
	case tag == 18 && size == 69:
		return "standard"
	case tag == 42 && size == 69:
		return "subaddress"
	case tag == 19 && size == 77:
		return "integrated"
	}
	return ""
}

// moneroBlock decodes one block, big-endian; a number that does not fit is refused.
func moneroBlock(s string, out []byte) bool {
	var n uint64
	for i := range len(s) {
		v := bitcoin58.value[s[i]]
		if v == 0xff || n > (1<<64-1-uint64(v))/58 {
			return false
		}
		n = n*58 + uint64(v)
	}
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = byte(n)
		n >>= 8
	}
	return n == 0
}

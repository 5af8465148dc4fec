package wallet

import (
	"crypto/sha512"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// strkey version bytes (SEP-23).
const (
	strkeyAccount = 6 << 3
	strkeyMuxed   = 12 << 3
)

// decodeB32 decodes unpadded base32 and refuses bits left over that are not zero.
func decodeB32(alphabet *base32.Encoding, s string, buf []byte) ([]byte, bool) {
	n, err := alphabet.Decode(buf, []byte(s))
	if err != nil {
		return nil, false
	}
	return buf[:n], alphabet.EncodeToString(buf[:n]) == s
}

var (
	upper32 = base32.StdEncoding.WithPadding(base32.NoPadding)
	lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	nano32  = base32.NewEncoding("13456789abcdefghijkmnopqrstuwxyz").WithPadding(base32.NoPadding)
)

// checkStellar reads G and M addresses: version, key, for M an id, CRC-16 with the low byte first. M becomes G and tag.
func checkStellar(s string) (address, bool) {
	var buf [64]byte
	b, ok := decodeB32(upper32, s, buf[:])
	if !ok || len(b) < 35 {
		return address{}, false
	}
	body := b[:len(b)-2]
	if crc16(body) != binary.LittleEndian.Uint16(b[len(b)-2:]) {
		return address{}, false
	}
	switch {
	case body[0] == strkeyAccount && len(body) == 33:
		return address{chain: "xlm", form: "account", value: s, checked: true}, true
	case body[0] == strkeyMuxed && len(body) == 41:
		g := append([]byte{strkeyAccount}, body[1:33]...)
		g = binary.LittleEndian.AppendUint16(g, crc16(g))
		id := strconv.FormatUint(binary.BigEndian.Uint64(body[33:]), 10)
		return address{chain: "xlm", form: "muxed", value: upper32.EncodeToString(g), tag: id, checked: true}, true
	}
	return address{}, false
}

// checkAlgorand reads 58 digits: a key and the last four bytes of its SHA-512/256.
func checkAlgorand(s string) (address, bool) {
	var buf [64]byte
	b, ok := decodeB32(upper32, s, buf[:])
	if !ok || len(b) != 36 {
		return address{}, false
	}
	sum := sha512.Sum512_256(b[:32])
	if [4]byte(sum[28:]) != [4]byte(b[32:]) {
		return address{}, false
	}
	return address{chain: "algo", form: "base32", value: s, checked: true}, true
}

// checkFilecoin reads f1 (secp256k1), f2 (actor), f3 (BLS) and f410f (Ethereum account, FRC-0040's namespace 10) addresses: payload and
// four bytes of BLAKE2b over protocol, namespace and payload.
func checkFilecoin(s string) (address, bool) {
	payload, form := 20, s[1]
	space, digits := "", 2
	switch n := len(s); {
	case (form == '1' || form == '2') && n == 41:
	case form == '3' && n == 86:
		payload = 48
	case form == '4' && n == 44 && strings.EqualFold(s[:5], "f410f"):
		space, digits = "\x0a", 5
	default:
		return address{}, false
	}
	if !oneCase(s) {
		return address{}, false
	}
	low := strings.ToLower(s)
	var buf [64]byte
	b, ok := decodeB32(lower32, low[digits:], buf[:])
	if !ok || len(b) != payload+4 {
		return address{}, false
	}
	h, err := blake2b.New(4, nil)
	if err != nil {
		return address{}, false
	}
	h.Write([]byte{form - '0'})
	h.Write([]byte(space))
	h.Write(b[:payload])
	if string(h.Sum(nil)) != string(b[payload:]) {
		return address{}, false
	}
	return address{chain: "fil", form: low[:2], value: low, checked: true}, true
}

// checkNano reads the 60 digits after nano_: four zero bits, a key, and five bytes of BLAKE2b of it, reversed.
func checkNano(s string) (address, bool) {
	var buf [40]byte
	n, err := nano32.Decode(buf[:], []byte("1111"+s)) // 24 zero bits in all, so that the key begins at a byte
	if err != nil || n != 40 || buf[0]|buf[1]|buf[2] != 0 {
		return address{}, false
	}
	key, sum := buf[3:35], buf[35:40]
	h, err := blake2b.New(5, nil)
	if err != nil {
		return address{}, false
	}
	h.Write(key)
	for i, c := range h.Sum(nil) {
		if sum[4-i] != c {
			return address{}, false
		}
	}
	return address{chain: "nano", form: "base32", value: "nano_" + s, checked: true}, true
}

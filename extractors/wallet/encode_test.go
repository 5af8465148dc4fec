package wallet

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strings"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/sha3"
)

// The encoders below are written from the specifications, apart from the decoders, so that each proves the other.

// key gives n fixed bytes for a name: nobody holds the keys of these addresses.
func key(name string, n int) []byte {
	var out []byte
	for i := byte(0); len(out) < n; i++ {
		h := sha256.Sum256(append([]byte("scamatlas test "+name), i))
		out = append(out, h[:]...)
	}
	return out[:n]
}

func base58check(prefix string, payload []byte) string {
	return bitcoin58.encodeChecked58(append([]byte(prefix), payload...))
}

func groups5(b []byte) (out []byte) {
	var acc, bits uint
	for _, c := range b {
		acc, bits = acc<<8|uint(c), bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(acc>>bits&31))
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits)&31))
	}
	return out
}

func bech32Encode(hrp string, groups []byte, constant uint32) string {
	var values []byte
	for i := range len(hrp) {
		values = append(values, hrp[i]>>5)
	}
	values = append(values, 0)
	for i := range len(hrp) {
		values = append(values, hrp[i]&31)
	}
	values = append(append(values, groups...), 0, 0, 0, 0, 0, 0)
	chk := uint32(1)
	for _, v := range values {
		chk = polymod32(chk, v)
	}
	chk ^= constant
	out := []byte(hrp + "1")
	for _, g := range groups {
		out = append(out, charset32[g])
	}
	for i := range 6 {
		out = append(out, charset32[chk>>(5*(5-i))&31])
	}
	return string(out)
}

func segwit(hrp string, version byte, program []byte) string {
	c := uint32(bech32Const)
	if version > 0 {
		c = bech32mConst
	}
	return bech32Encode(hrp, append([]byte{version}, groups5(program)...), c)
}

func cashaddr(version byte, payload []byte) string {
	groups := groups5(append([]byte{version}, payload...))
	chk := uint64(1)
	for i := range len(cashPrefix) {
		chk = polymod40(chk, cashPrefix[i]&31)
	}
	for _, v := range append(append([]byte{0}, groups...), 0, 0, 0, 0, 0, 0, 0, 0) {
		chk = polymod40(chk, v)
	}
	chk ^= 1
	var out []byte
	for _, g := range groups {
		out = append(out, charset32[g])
	}
	for i := range 8 {
		out = append(out, charset32[chk>>(5*(7-i))&31])
	}
	return string(out)
}

func evmMixed(b []byte) string { return "0x" + eip55(hex.EncodeToString(b)) }

func moneroEncode(tag byte, keys []byte) string {
	b := append([]byte{tag}, keys...)
	k := sha3.NewLegacyKeccak256()
	k.Write(b)
	b = append(b, k.Sum(nil)[:4]...)
	chars := [9]int{0, 2, 3, 5, 6, 7, 9, 10, 11}
	var out strings.Builder
	for len(b) > 0 {
		n := min(8, len(b))
		s := bitcoin58.encode58(trimZeros(b[:n]))
		out.WriteString(strings.Repeat("1", chars[n]-len(s)) + s)
		b = b[n:]
	}
	return out.String()
}

func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

func tonFriendly(flags byte, workchain byte, hash []byte) string {
	b := append([]byte{flags, workchain}, hash...)
	return base64.URLEncoding.EncodeToString(binary.BigEndian.AppendUint16(b, crc16(b)))
}

func byron(attributes string, root []byte) string {
	payload := append([]byte{0x83, 0x58, 28}, root...)
	payload = append(append(payload, attributes...), 0)
	b := append([]byte{0x82, 0xd8, 0x18, 0x58, byte(len(payload))}, payload...)
	b = binary.BigEndian.AppendUint32(append(b, 0x1a), crc32.ChecksumIEEE(payload))
	return bitcoin58.encode58(b)
}

func xAddress(account []byte, flag byte, tag uint64) string {
	b := append([]byte{0x05, 0x44}, account...)
	return ripple58.encodeChecked58(binary.LittleEndian.AppendUint64(append(b, flag), tag))
}

func ss58(network byte, pub []byte) string {
	b := append([]byte{network}, pub...)
	sum := blake2b.Sum512(append([]byte("SS58PRE"), b...))
	return bitcoin58.encode58(append(b, sum[:2]...))
}

func stellar(pub []byte) string {
	b := append([]byte{strkeyAccount}, pub...)
	return upper32.EncodeToString(binary.LittleEndian.AppendUint16(b, crc16(b)))
}

func algorand(pub []byte) string {
	sum := sha512.Sum512_256(pub)
	return upper32.EncodeToString(append(append([]byte{}, pub...), sum[28:]...))
}

func filecoin(protocol byte, payload []byte) string {
	h, err := blake2b.New(4, nil)
	if err != nil {
		panic(err)
	}
	h.Write(append([]byte{protocol}, payload...))
	return "f" + string('0'+protocol) + lower32.EncodeToString(append(append([]byte{}, payload...), h.Sum(nil)...))
}

// made gives one address of every form the package encodes, by form.
func made(name string) map[string]string {
	h20, h32 := key(name, 20), key(name, 32)
	return map[string]string{
		"btc p2pkh": base58check("\x00", h20), "btc p2sh": base58check("\x05", h20),
		"btc p2wpkh": segwit("bc", 0, h20), "btc p2wsh": segwit("bc", 0, h32), "btc p2tr": segwit("bc", 1, h32),
		"ltc p2pkh": base58check("\x30", h20), "ltc p2sh": base58check("\x32", h20),
		"ltc p2wpkh": segwit("ltc", 0, h20), "ltc p2tr": segwit("ltc", 1, h32), "ltc mweb": bech32Encode("ltcmweb", append([]byte{0}, groups5(key(name, 66))...), bech32Const),
		"doge p2pkh": base58check("\x1e", h20), "doge p2sh": base58check("\x16", h20),
		"dash p2pkh": base58check("\x4c", h20), "dash p2sh": base58check("\x10", h20),
		"zec t1": base58check("\x1c\xb8", h20), "zec t3": base58check("\x1c\xbd", h20), "zec sapling": bech32Encode("zs", groups5(key(name, 43)), bech32Const),
		"bch cashaddr": cashaddr(0, h20), "bch cashaddr_p2sh": cashaddr(8, h20), "bch cashaddr_p2sh32": cashaddr(11, h32),
		"trx base58":  base58check("\x41", h20),
		"evm address": evmMixed(h20),
		"xrp classic": ripple58.encodeChecked58(append([]byte{0}, h20...)), "xrp xaddress": xAddress(h20, 1, 77), "xrp xaddress no tag": xAddress(h20, 0, 0),
		"xmr standard": moneroEncode(18, key(name, 64)), "xmr subaddress": moneroEncode(42, key(name, 64)), "xmr integrated": moneroEncode(19, key(name, 72)),
		"ada shelley_base":       bech32Encode("addr", groups5(append([]byte{0x01}, key(name, 56)...)), bech32Const),
		"ada shelley_enterprise": bech32Encode("addr", groups5(append([]byte{0x61}, key(name, 28)...)), bech32Const),
		"ada stake":              bech32Encode("stake", groups5(append([]byte{0xe1}, key(name, 28)...)), bech32Const),
		"ada byron":              byron("\xa0", key(name, 28)),
		"ton bounceable":         tonFriendly(0x11, 0, h32), "ton non_bounceable": tonFriendly(0x51, 0, h32), "ton masterchain": tonFriendly(0x11, 0xff, h32),
		"dot ss58": ss58(0, h32), "ksm ss58": ss58(2, h32), "dot ss58_generic": ss58(42, h32),
		"xlm account": stellar(h32), "algo base32": algorand(h32), "fil f1": filecoin(1, h20), "fil f3": filecoin(3, key(name, 48)),
		"xtz tz1": base58check("\x06\xa1\x9f", h20), "xtz KT1": base58check("\x02\x5a\x79", h20),
		"atom bech32": bech32Encode("cosmos", groups5(h20), bech32Const), "bnb bech32": bech32Encode("bnb", groups5(h20), bech32Const),
		"egld bech32": bech32Encode("erd", groups5(h32), bech32Const),
	}
}

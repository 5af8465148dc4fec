package wallet

import (
	"encoding/binary"
	"hash/crc32"
)

// shelley reads the header byte of CIP-19: four bits of type, four of network, which is 1 for the main net.
func shelley(groups []byte, constant uint32) (string, bool) {
	b, ok := pack8(groups)
	if !ok || constant != bech32Const || len(b) < 29 || b[0]&15 != 1 {
		return "", false
	}
	switch kind, n := b[0]>>4, len(b); {
	case kind <= 3 && n == 57:
		return "shelley_base", true
	case (kind == 4 || kind == 5) && n > 29:
		return "shelley_pointer", true
	case (kind == 6 || kind == 7) && n == 29:
		return "shelley_enterprise", true
	case (kind == 14 || kind == 15) && n == 29:
		return "stake", true
	}
	return "", false
}

// checkByron reads an address of Cardano's first era: base58 of the CBOR array [tag 24 bytes, CRC-32 of these bytes].
func checkByron(s string) (address, bool) {
	var buf [max58]byte
	b, ok := bitcoin58.decode58(s, &buf)
	if !ok || len(b) < 5 || b[0] != 0x82 || b[1] != 0xd8 || b[2] != 0x18 || b[3] != 0x58 {
		return address{}, false
	}
	end := 5 + int(b[4])
	if end > len(b) {
		return address{}, false
	}
	payload := b[5:end]
	if sum, ok := cborUint(b[end:]); !ok || sum != crc32.ChecksumIEEE(payload) || !byronMain(payload) {
		return address{}, false
	}
	return address{chain: "ada", form: "byron", value: s, checked: true}, true
}

// cborUint reads b, all of it, as one unsigned integer of at most 32 bits.
func cborUint(b []byte) (uint32, bool) {
	switch {
	case len(b) == 1 && b[0] < 24:
		return uint32(b[0]), true
	case len(b) == 2 && b[0] == 0x18:
		return uint32(b[1]), true
	case len(b) == 3 && b[0] == 0x19:
		return uint32(binary.BigEndian.Uint16(b[1:])), true
	case len(b) == 5 && b[0] == 0x1a:
		return binary.BigEndian.Uint32(b[1:]), true
	}
	return 0, false
}

// byronMain reads [28-byte root, attributes, type]. Attribute 2 is the network's magic number, which only test nets have.
func byronMain(b []byte) bool {
	const root = 3 + 28
	if len(b) < root+2 || b[0] != 0x83 || b[1] != 0x58 || b[2] != 28 || b[root]>>5 != 5 {
		return false
	}
	count, rest := int(b[root]&31), b[root+1:]
	for range count {
		if len(rest) < 2 || rest[0] != 1 {
			return false
		}
		size := 2 + int(rest[1]&31)
		if rest[1] == 0x58 && len(rest) > 2 {
			size = 3 + int(rest[2])
		} else if rest[1]>>5 != 2 {
			return false
		}
		if size > len(rest) {
			return false
		}
		rest = rest[size:]
	}
	return len(rest) == 1
}

package wallet

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

const tonLen = 48

// checkTON reads a user-friendly address after TEP-2: flags, workchain, 32 bytes, CRC-16, in either base64 alphabet but
// not in both at once. The canonical form is the raw one.
func checkTON(s string) (address, bool) {
	if len(s) != tonLen {
		return address{}, false
	}
	enc := base64.StdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.URLEncoding
	}
	var b [36]byte
	if n, err := enc.Strict().Decode(b[:], []byte(s)); err != nil || n != len(b) {
		return address{}, false
	}
	form := ""
	switch b[0] { // with 0x80 set it is meant for the test net
	case 0x11:
		form = "bounceable"
	case 0x51:
		form = "non_bounceable"
	}
	if form == "" || b[1] != 0 && b[1] != 0xff || crc16(b[:34]) != uint16(b[34])<<8|uint16(b[35]) {
		return address{}, false
	}
	raw := strconv.Itoa(int(int8(b[1]))) + ":" + hex.EncodeToString(b[2:34])
	return address{chain: "ton", form: form, value: raw, checked: true}, true
}

// tonRaw reads "workchain:64 hex digits". There is no checksum.
func tonRaw(s string) (address, bool) {
	wc, h, ok := strings.Cut(s, ":")
	if !ok || wc != "0" && wc != "-1" || len(h) != 64 || !isHex(h) {
		return address{}, false
	}
	return address{chain: "ton", form: "raw", value: strings.ToLower(s)}, true
}

// crc16 is CRC-16/XMODEM.
func crc16(b []byte) uint16 {
	var crc uint16
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

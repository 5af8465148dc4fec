package wallet

import (
	"encoding/binary"
	"strconv"
)

// checkRipple reads a classic XRP account: base58check in Ripple's own alphabet, version 0.
func checkRipple(s string) (address, bool) {
	var buf [max58]byte
	b, ok := ripple58.checked58(s, 21, &buf)
	if !ok || b[0] != 0 {
		return address{}, false
	}
	return address{chain: "xrp", form: "classic", value: s, checked: true}, true
}

// checkXAddress reads XLS-5: prefix 05 44, account, flag, and a tag of 32 bits in a field of 64, low byte first.
// It becomes the classic address and the tag.
func checkXAddress(s string) (address, bool) {
	var buf [max58]byte
	b, ok := ripple58.checked58(s, 31, &buf)
	if !ok || b[0] != 0x05 || b[1] != 0x44 || b[22] > 1 || binary.LittleEndian.Uint32(b[27:]) != 0 {
		return address{}, false
	}
	tag := binary.LittleEndian.Uint32(b[23:])
	if b[22] == 0 && tag != 0 {
		return address{}, false
	}
	a := address{chain: "xrp", form: "xaddress", checked: true}
	a.value = ripple58.encodeChecked58(append([]byte{0}, b[2:22]...))
	if b[22] == 1 {
		a.tag = strconv.FormatUint(uint64(tag), 10)
	}
	return a, true
}

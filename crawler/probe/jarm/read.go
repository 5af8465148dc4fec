package jarm

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

const extensionALPN = 16

// readHello reads the beginning of a server's answer the way the reference does, which looks at fixed places and checks little:
// whatever bytes come, the same come to the same.
//
//	0 record type, 5 message type, 9 version, 43 length s of the session, 44+s suite, 47+s length of extensions, 49+s extensions
func readHello(b []byte) choice {
	if len(b) < 44 || b[0] != 22 || b[5] != 2 {
		return choice{}
	}
	s := int(b[43])
	c := choice{answered: true, cipher: part(b, 44+s, 46+s), version: b[9:11]}
	if len(b) <= 47+s || b[47+s] == 11 || bytes.Equal(part(b, 50+s, 53+s), []byte{0x0e, 0xac, 0x0b}) || bytes.Equal(part(b, 82, 85), []byte{0x0f, 0xf0, 0x0b}) {
		return c
	}
	var kinds []string
	found := false
	at := 49 + s
	for end := at + size(part(b, 47+s, 49+s)) - 1; at < end; {
		kind := part(b, at, at+2)
		n := size(part(b, at+2, at+4))
		kinds = append(kinds, hex.EncodeToString(kind))
		if !found && bytes.Equal(kind, []byte{0, extensionALPN}) {
			value := part(b, at+4, at+4+n)
			if n == 0 || !utf8.Valid(value[min(3, len(value)):]) {
				return choice{}
			}
			found, c.alpn = true, string(value[min(3, len(value)):])
		}
		at += 4 + n
	}
	c.extensions = strings.Join(kinds, "-")
	return c
}

// part is b[from:to] as far as it is there.
func part(b []byte, from, to int) []byte { return b[min(from, len(b)):min(to, len(b))] }

// size reads a number of up to two bytes.
func size(b []byte) int {
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

package jarm

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
)

// suites are offered in this order or a change of it; those of TLS 1.3 are left out of one hello.
var suites = []uint16{
	0x0016, 0x0033, 0x0067, 0xc09e, 0xc0a2, 0x009e, 0x0039, 0x006b, 0xc09f, 0xc0a3, 0x009f, 0x0045, 0x00be, 0x0088, 0x00c4, 0x009a,
	0xc008, 0xc009, 0xc023, 0xc0ac, 0xc0ae, 0xc02b, 0xc00a, 0xc024, 0xc0ad, 0xc0af, 0xc02c, 0xc072, 0xc073, 0xcca9, 0x1302, 0x1301,
	0xcc14, 0xc007, 0xc012, 0xc013, 0xc027, 0xc02f, 0xc014, 0xc028, 0xc030, 0xc060, 0xc061, 0xc076, 0xc077, 0xcca8, 0x1305, 0x1304,
	0x1303, 0xcc13, 0xc011, 0x000a, 0x002f, 0x003c, 0xc09c, 0xc0a0, 0x009c, 0x0035, 0x003d, 0xc09d, 0xc0a1, 0x009d, 0x0041, 0x00ba,
	0x0084, 0x00c0, 0x0007, 0x0004, 0x0005,
}

// numbered are the suites in the order of their numbers in a fingerprint, from 1.
var numbered = []uint16{
	0x0004, 0x0005, 0x0007, 0x000a, 0x0016, 0x002f, 0x0033, 0x0035, 0x0039, 0x003c, 0x003d, 0x0041, 0x0045, 0x0067, 0x006b, 0x0084,
	0x0088, 0x009a, 0x009c, 0x009d, 0x009e, 0x009f, 0x00ba, 0x00be, 0x00c0, 0x00c4, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc011, 0xc012,
	0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xc060, 0xc061, 0xc072, 0xc073, 0xc076, 0xc077,
	0xc09c, 0xc09d, 0xc09e, 0xc09f, 0xc0a0, 0xc0a1, 0xc0a2, 0xc0a3, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcc13, 0xcc14, 0xcca8, 0xcca9,
	0x1301, 0x1302, 0x1303, 0x1304, 0x1305,
}

// protocols are offered for negotiation; the rare are those that hardly any server speaks.
var (
	protocols = []string{"http/0.9", "http/1.0", "http/1.1", "spdy/1", "spdy/2", "spdy/3", "h2", "h2c", "hq"}
	rare      = []string{"http/0.9", "http/1.0", "spdy/1", "spdy/2", "spdy/3", "h2c", "hq"}
)

// order is a change of a list.
type order int

const (
	forward order = iota
	reverse
	topHalf
	bottomHalf
	middleOut
)

// form is one of the ten hellos.
type form struct {
	record, version uint16
	order           order // of the suites
	without13       bool  // the suites of TLS 1.3 are left out
	grease          bool  // with reserved values (RFC 8701)
	rare            bool  // only rare protocols
	versions        []uint16
	extensions      order // of the protocols and versions offered
}

var (
	upTo12 = []uint16{0x0301, 0x0302, 0x0303}
	upTo13 = []uint16{0x0301, 0x0302, 0x0303, 0x0304}
)

// forms in the order of the fingerprint. One is named after TLS 1.1 and the middle in the reference, and sends its suites forward.
var forms = [hellos]form{
	{record: 0x0303, version: 0x0303, order: forward, versions: upTo12, extensions: reverse},
	{record: 0x0303, version: 0x0303, order: reverse, versions: upTo12, extensions: forward},
	{record: 0x0303, version: 0x0303, order: topHalf},
	{record: 0x0303, version: 0x0303, order: bottomHalf, rare: true},
	{record: 0x0303, version: 0x0303, order: middleOut, grease: true, rare: true, extensions: reverse},
	{record: 0x0302, version: 0x0302, order: forward},
	{record: 0x0301, version: 0x0303, order: forward, versions: upTo13, extensions: reverse},
	{record: 0x0301, version: 0x0303, order: reverse, versions: upTo13, extensions: forward},
	{record: 0x0301, version: 0x0303, order: forward, without13: true, versions: upTo13, extensions: forward},
	{record: 0x0301, version: 0x0303, order: middleOut, grease: true, versions: upTo13, extensions: reverse},
}

// arranged changes the order of a list.
func arranged[T any](list []T, o order) []T {
	n, middle := len(list), len(list)/2
	var out []T
	switch o {
	case reverse:
		out = slices.Clone(list)
		slices.Reverse(out)
	case topHalf:
		if n%2 == 1 {
			out = append(out, list[middle])
		}
		out = append(out, arranged(arranged(list, reverse), bottomHalf)...)
	case bottomHalf:
		out = slices.Clone(list[(n+1)/2:])
	case middleOut:
		if n%2 == 1 {
			out = append(out, list[middle])
			for i := 1; i <= middle; i++ {
				out = append(out, list[middle+i], list[middle-i])
			}
			return out
		}
		for i := 1; i <= middle; i++ {
			out = append(out, list[middle-1+i], list[middle-i])
		}
	default:
		out = slices.Clone(list)
	}
	return out
}

// hello writes the record that is sent.
func (f form) hello(host string) []byte {
	body := binary.BigEndian.AppendUint16(nil, f.version)
	body = append(body, random(32)...)
	body = sized8(body, random(32)) // session
	body = sized16(body, numbers(f.suites()))
	body = append(body, 1, 0) // no compression
	body = sized16(body, f.extended(host))
	message := append([]byte{1, 0}, sized16(nil, body)...)
	return sized16(binary.BigEndian.AppendUint16([]byte{22}, f.record), message)
}

func (f form) suites() []uint16 {
	list := suites
	if f.without13 {
		list = slices.DeleteFunc(slices.Clone(list), func(s uint16) bool { return s>>8 == 0x13 })
	}
	list = arranged(list, f.order)
	if f.grease {
		list = slices.Insert(list, 0, grease())
	}
	return list
}

func (f form) extended(host string) []byte {
	var b []byte
	if f.grease {
		b = extension(b, grease(), nil)
	}
	b = extension(b, 0, sized16(nil, sized16([]byte{0}, []byte(host)))) // server_name
	b = extension(b, 23, nil)                                           // extended_master_secret
	b = extension(b, 1, []byte{1})                                      // max_fragment_length
	b = extension(b, 0xff01, []byte{0})                                 // renegotiation_info
	b = extension(b, 10, sized16(nil, numbers([]uint16{0x1d, 0x17, 0x18, 0x19})))
	b = extension(b, 11, []byte{1, 0}) // ec_point_formats
	b = extension(b, 35, nil)          // session_ticket
	b = extension(b, extensionALPN, sized16(nil, f.protocols()))
	b = extension(b, 13, sized16(nil, numbers([]uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201})))
	b = extension(b, 51, sized16(nil, f.share()))
	b = extension(b, 45, []byte{1, 1}) // psk_key_exchange_modes
	if f.versions != nil {
		offered := arranged(f.versions, f.extensions)
		if f.grease {
			offered = slices.Insert(offered, 0, grease())
		}
		b = extension(b, 43, sized8(nil, numbers(offered)))
	}
	return b
}

func (f form) protocols() []byte {
	list := protocols
	if f.rare {
		list = rare
	}
	var b []byte
	for _, p := range arranged(list, f.extensions) {
		b = sized8(b, []byte(p))
	}
	return b
}

// share offers a key of X25519; whether it is one does not matter, no handshake is finished.
func (f form) share() []byte {
	var b []byte
	if f.grease {
		b = sized16(binary.BigEndian.AppendUint16(b, grease()), []byte{0})
	}
	return sized16(binary.BigEndian.AppendUint16(b, 0x1d), random(32))
}

func extension(b []byte, kind uint16, value []byte) []byte {
	return sized16(binary.BigEndian.AppendUint16(b, kind), value)
}

func sized8(b, value []byte) []byte { return append(append(b, byte(len(value))), value...) }

func sized16(b, value []byte) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(value))), value...)
}

func numbers(list []uint16) []byte {
	var b []byte
	for _, n := range list {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// grease is one of the values reserved by RFC 8701.
func grease() uint16 { return uint16(random(1)[0]>>4)*0x1010 + 0x0a0a }

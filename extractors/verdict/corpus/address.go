package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"

	"github.com/mr-tron/base58"
	"golang.org/x/crypto/sha3"
)

// address makes a wallet address whose checksum holds. Its bytes are a hash, so that nobody has the key.
func (w *writer) address(chain string) string {
	seed := make([]byte, 16)
	for i := range seed {
		seed[i] = byte(w.r.IntN(256))
	}
	h := sha256.Sum256(append([]byte("scamatlas corpus "), seed...))
	switch chain {
	case "btc":
		if rand.New(rand.NewPCG(uint64(h[31]), 0)).IntN(2) == 0 {
			return base58check(0x00, h[:20])
		}
		return segwit("bc", h[:20])
	case "ltc":
		return segwit("ltc", h[:20])
	case "trx":
		return base58check(0x41, h[:20])
	case "sol":
		return base58.Encode(h[:])
	}
	return mixedCase(h[:20])
}

func base58check(version byte, payload []byte) string {
	b := append([]byte{version}, payload...)
	sum := sha256.Sum256(b)
	sum = sha256.Sum256(sum[:])
	return base58.Encode(append(b, sum[:4]...))
}

// mixedCase is EIP-55.
func mixedCase(payload []byte) string {
	text := []byte(hex.EncodeToString(payload))
	k := sha3.NewLegacyKeccak256()
	k.Write(text)
	sum := hex.EncodeToString(k.Sum(nil))
	for i, c := range text {
		if c >= 'a' && sum[i] >= '8' {
			text[i] = c - 'a' + 'A'
		}
	}
	return "0x" + string(text)
}

const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// segwit is a version 0 program of 20 bytes (BIP 173).
func segwit(hrp string, program []byte) string {
	data := []byte{0}
	acc, bits := 0, 0
	for _, b := range program {
		acc, bits = acc<<8|int(b), bits+8
		for bits >= 5 {
			bits -= 5
			data = append(data, byte(acc>>bits&31))
		}
	}
	var values []byte
	for i := range len(hrp) {
		values = append(values, hrp[i]>>5)
	}
	values = append(values, 0)
	for i := range len(hrp) {
		values = append(values, hrp[i]&31)
	}
	check := polymod(append(append(values, data...), 0, 0, 0, 0, 0, 0)) ^ 1
	for i := range 6 {
		data = append(data, byte(check>>(5*(5-i))&31))
	}
	out := []byte(hrp + "1")
	for _, d := range data {
		out = append(out, bech32Letters[d])
	}
	return string(out)
}

func polymod(values []byte) int {
	check := 1
	for _, v := range values {
		top := check >> 25
		check = check&0x1ffffff<<5 ^ int(v)
		for i, g := range []int{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	return check
}

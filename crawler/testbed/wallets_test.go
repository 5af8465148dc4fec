package testbed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mr-tron/base58"
	"golang.org/x/crypto/sha3"
)

// Every wallet of the sites stands in wallets.tsv: seed, chain, spelling, canonical value. Addresses are hashes of public text: their
// checksums are right, and nobody can have their keys.

var update = flag.Bool("update", false, "write wallets.tsv anew")

const (
	walletFile = "wallets.tsv"
	walletHead = "# seed\tchain\tspelling\tcanonical value; made by: go test -run TestWalletFile -update\n"
)

var walletOwners = []string{"osprey", "marten", "heron", "kestrel", "tidepool", "plover", "dunlin"}

// walletPools are wallets of which a group of sites needs many.
var walletPools = []struct {
	owner, form string
	n           int
}{{"scripted", "trx", 64}, {"scripted", "evm", 24}, {"scripted", "btc-p2wpkh", 16}}

// walletForms gives a spelling and the canonical value for 32 bytes of hash.
var walletForms = []struct {
	name, chain string
	address     func(h []byte) (shown, value string)
}{
	{"btc-p2pkh", "btc", same(func(h []byte) string { return base58check(base58.BTCAlphabet, 0x00, h[:20]) })},
	{"btc-p2wpkh", "btc", same(func(h []byte) string { return segwit("bc", h[:20]) })},
	{"evm", "evm", evmAddress},
	{"trx", "trx", same(func(h []byte) string { return base58check(base58.BTCAlphabet, 0x41, h[:20]) })},
	{"ltc", "ltc", same(func(h []byte) string { return segwit("ltc", h[:20]) })},
	{"doge", "doge", same(func(h []byte) string { return base58check(base58.BTCAlphabet, 0x1e, h[:20]) })},
	{"xrp", "xrp", same(func(h []byte) string { return base58check(rippleAlphabet, 0x00, h[:20]) })},
	{"sol", "sol", same(func(h []byte) string { return base58.Encode(h) })},
	{"ton", "ton", tonAddress},
}

var rippleAlphabet = base58.NewAlphabet("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")

func same(f func([]byte) string) func([]byte) (string, string) {
	return func(h []byte) (string, string) { a := f(h); return a, a }
}

func TestWalletFile(t *testing.T) {
	want := walletHead
	add := func(owner, name string, n int) {
		for _, form := range walletForms {
			if form.name == name {
				seed := fmt.Sprintf("scamatlas testbed wallet %s %s %d", owner, name, n)
				h := sha256.Sum256([]byte(seed))
				shown, value := form.address(h[:])
				want += strings.Join([]string{seed, form.chain, shown, value}, "\t") + "\n"
			}
		}
	}
	for _, owner := range walletOwners {
		for _, form := range walletForms {
			add(owner, form.name, 1)
			add(owner, form.name, 2)
		}
	}
	for _, pool := range walletPools {
		for n := range pool.n {
			add(pool.owner, pool.form, n+1)
		}
	}
	if *update {
		if err := os.WriteFile(walletFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(walletFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s does not hold what the seeds give", walletFile)
	}
}

// TestDerivationsAgainstKnownVectors guards the encoders: a wrong one would agree with itself.
func TestDerivationsAgainstKnownVectors(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	evm, _ := evmAddress(unhex("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"))
	ton, raw := tonAddress(unhex("e4d954ef9f4e1250a26b5bbad76a1cdd17cfd08babad6f4c23e372270aef6f76"))
	for _, c := range []struct{ source, got, want string }{
		{"BIP-173", segwit("bc", unhex("751e76e8199196d454941c45d1b3a323f1433bd6")), "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"EIP-55", evm, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
		{"the address of an empty public key hash, base58check version 0", base58check(base58.BTCAlphabet, 0, make([]byte, 20)), "1111111111111111111114oLvT2"},
		{"XRPL docs, ACCOUNT_ZERO", base58check(rippleAlphabet, 0, make([]byte, 20)), "rrrrrrrrrrrrrrrrrrrrrhoLvTp"},
		{"TEP-2 layout", ton[:2], "EQ"},
		{"TEP-2 raw form", raw, "0:e4d954ef9f4e1250a26b5bbad76a1cdd17cfd08babad6f4c23e372270aef6f76"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.source, c.got, c.want)
		}
	}
}

// TestEverySiteWalletIsDerived: no site asks for money at an address that is not in wallets.tsv.
func TestEverySiteWalletIsDerived(t *testing.T) {
	raw, err := os.ReadFile(walletFile)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{} // spelling → chain and value
	for line := range strings.Lines(string(raw)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 4 {
			known[f[2]] = f[1] + " " + f[3]
		}
	}
	hostile, err := hostileSites(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range slices.Concat(mustSites(t), mustScripted(t), hostile) {
		for _, w := range s.Wallets {
			lower := known[w.Spelling()]
			for spelling, v := range known {
				if w.Shown == "" && strings.EqualFold(spelling, w.Value) {
					lower = v
				}
			}
			if lower != w.Chain+" "+w.Value {
				t.Errorf("%s: wallet %s %s shown as %s is not derived from a seed (have %q)", s.Host, w.Chain, w.Value, w.Spelling(), lower)
			}
		}
	}
}

func base58check(alphabet *base58.Alphabet, version byte, payload []byte) string {
	b := append([]byte{version}, payload...)
	one := sha256.Sum256(b)
	two := sha256.Sum256(one[:])
	return base58.EncodeAlphabet(append(b, two[:4]...), alphabet)
}

// evmAddress is EIP-55.
func evmAddress(h []byte) (shown, value string) {
	low := hex.EncodeToString(h[:20])
	k := sha3.NewLegacyKeccak256()
	k.Write([]byte(low))
	sum := hex.EncodeToString(k.Sum(nil))
	out := []byte(low)
	for i := range out {
		if sum[i] >= '8' {
			out[i] = bytes.ToUpper(out[i : i+1])[0]
		}
	}
	return "0x" + string(out), "0x" + low
}

// tonAddress is TEP-2: bounceable, main network, base workchain.
func tonAddress(h []byte) (shown, value string) {
	b := append([]byte{0x11, 0x00}, h...)
	crc := uint16(0)
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
	return base64.URLEncoding.EncodeToString(binary.BigEndian.AppendUint16(b, crc)), "0:" + hex.EncodeToString(h)
}

// segwit is BIP-173, witness version 0.
func segwit(hrp string, program []byte) string {
	const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	data := []byte{0}
	acc, bits := 0, 0
	for _, b := range program {
		acc, bits = acc<<8|int(b), bits+8
		for bits >= 5 {
			bits -= 5
			data = append(data, byte(acc>>bits&31))
		}
		acc &= 1<<bits - 1
	}
	if bits > 0 {
		data = append(data, byte(acc<<(5-bits)&31))
	}
	var check []byte
	for _, c := range hrp {
		check = append(check, byte(c>>5))
	}
	check = append(check, 0)
	for _, c := range hrp {
		check = append(check, byte(c&31))
	}
	check = append(append(check, data...), 0, 0, 0, 0, 0, 0)
	poly := bech32Polymod(check) ^ 1
	for i := range 6 {
		data = append(data, byte(poly>>(5*(5-i))&31))
	}
	var out strings.Builder
	out.WriteString(hrp + "1")
	for _, d := range data {
		out.WriteByte(charset[d])
	}
	return out.String()
}

func bech32Polymod(values []byte) uint32 {
	gen := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	chk := uint32(1)
	for _, v := range values {
		top := chk >> 25
		chk = chk&0x1ffffff<<5 ^ uint32(v)
		for i := range gen {
			if top>>i&1 == 1 {
				chk ^= gen[i]
			}
		}
	}
	return chk
}

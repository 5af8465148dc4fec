package inpage

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/mr-tron/base58"
)

// Provider is a script for new documents that puts an inert wallet into the page: EIP-1193 with EIP-6963 announcements, TRON (TronLink),
// Solana (Phantom). Reads are answered with fixed values; whatever would sign, send, approve or change is refused with code 4001.
// No key exists. chainID is hexadecimal: "0x1".
func Provider(chainID string) string {
	evm, tron, solana := addresses()
	ask, answer := channel()
	return script("provider", map[string]string{"ask": ask, "answer": answer, "chain": chainID,
		"evm": evm, "tron": tron.base58, "tronHex": tron.hex, "solana": solana})
}

// WalletCalls is a script that gives the names of what the page asked the wallet of Provider for, in order.
func WalletCalls() string {
	ask, answer := channel()
	return script("calls", map[string]string{"ask": ask, "answer": answer})
}

// ProviderAddresses are what the wallet calls its own, in the form the extractors give: they are never the site's.
func ProviderAddresses() []string {
	evm, tron, solana := addresses()
	return []string{evm, tron.base58, solana}
}

type tronAddress struct{ base58, hex string }

// addresses are cut from SHA-256 sums of plain words: nobody has a key for them, and nobody can make one.
func addresses() (evm string, tron tronAddress, solana string) {
	cut := func(words string) []byte {
		sum := sha256.Sum256([]byte("an inert wallet that nobody owns: " + words))
		return sum[:]
	}
	evm = "0x" + hex.EncodeToString(cut("EVM")[:20])
	body := append([]byte{0x41}, cut("TRON")[:20]...)
	once := sha256.Sum256(body)
	twice := sha256.Sum256(once[:])
	tron = tronAddress{base58.Encode(append(body[:21:21], twice[:4]...)), hex.EncodeToString(body)}
	return evm, tron, base58.Encode(cut("Solana"))
}

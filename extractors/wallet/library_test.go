package wallet

import (
	"testing"

	"scamatlas/extractors"
)

func TestLibrariesByName(t *testing.T) {
	for address, want := range map[string]bool{
		"https://a.example/js/ethers.umd.min.js":              true,
		"https://a.example/js/ethers-6.13.umd.min.js?v=1":     true,
		"https://cdn.example/npm/ethers@6.13.1/dist/index.js": true,
		"https://cdn.example/ajax/libs/web3/1.8.0/x.min.js":   true,
		"tronweb/dist/TronWeb.js":                             true,
		"node_modules/viem/_esm/chains.js":                    true,
		"https://a.example/web3/main.js":                      false,
		"https://a.example/js/my-ethers-app.js":               false,
		"https://a.example/index.js":                          false,
		"https://a.example/%zz/main.js":                       false,
	} {
		if got := ofLibrary(&extractors.Document{URL: address, Type: extractors.JS}); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

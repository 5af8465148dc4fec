package wallet

import (
	"net/url"
	"path"
	"strings"

	"scamatlas/extractors"
)

// bundles holds the names of wallet libraries, whose files hold addresses of their own.
var bundles = column(dataFS, "data/bundles.txt", 0, 0)

// ofLibrary reports whether the document is a file of a wallet library by its name: "…/ethers.umd.min.js", "…/npm/ethers@6.13.1/…",
// "…/ajax/libs/web3/1.8.0/…", "…/node_modules/viem/…". Any site can name a file so: what is found gets another role, it does not vanish.
func ofLibrary(d *extractors.Document) bool {
	if d.Type != extractors.JS {
		return false
	}
	p := d.URL
	if u, err := url.Parse(d.URL); err == nil {
		p = u.Path
	}
	if bundles[stem(path.Base(p))] != "" {
		return true
	}
	parts := strings.Split(strings.ToLower(p), "/")
	for i, part := range parts[:len(parts)-1] {
		name, _, versioned := strings.Cut(part, "@")
		placed := i > 0 && (parts[i-1] == "node_modules" || parts[i-1] == "libs" || parts[i-1] == "npm")
		if bundles[name] != "" && (versioned || placed) {
			return true
		}
	}
	return false
}

// stem gives the name of a file without what builds append: "TronWeb.min.js", "ethers-6.13.umd.min.js".
func stem(file string) string {
	s := strings.ToLower(file)
	for {
		end := strings.LastIndexByte(s, '.')
		if end <= 0 {
			break
		}
		s = s[:end]
	}
	if at := strings.LastIndexByte(s, '-'); at > 0 && at+1 < len(s) && s[at+1] >= '0' && s[at+1] <= '9' {
		s = s[:at]
	}
	return s
}

// inDocComment reports whether the line that before ends in is one of a documentation comment: " * @example …".
func inDocComment(before string) bool {
	line := strings.TrimLeft(before[strings.LastIndexByte(before, '\n')+1:], " \t")
	return strings.HasPrefix(line, "* ") && strings.Contains(before, "\n") || strings.HasPrefix(line, "/** ")
}

// contractKeys are words for what is a contract wherever it is the key of an address in code.
var contractKeys = []string{"multicall", "registry", "resolver", "factory", "router", "oracle", "portal", "verifier", "entrypoint", "implementation",
	"deployer", "create2", "permit2", "quoter", "multisend", "bridge", "precompile", "predeploy", "tokenaddress", "tokencontract", "issuer"}

// contractKey reports whether the key that before ends with, or of the object it begins, is one of a contract's:
// `multicall3:{address:"`, `portal:{[1]:{address:"`, `ensRegistry:"`.
func contractKey(before string) bool {
	for range 3 { // keys deep
		before = strings.TrimRight(before, "\"'`\\ \t\r\n:={[(]")
		start := len(before)
		for start > 0 && (class[before[start-1]]&alnum != 0 || before[start-1] == '_' || before[start-1] == '.') {
			start--
		}
		key := strings.ToLower(before[start:])
		for _, word := range contractKeys {
			if strings.Contains(key, word) {
				return true
			}
		}
		if key != "address" && strings.Trim(key, "0123456789") != "" && !strings.HasSuffix(key, "id") {
			return false
		}
		before = before[:start]
	}
	return false
}

// deployed reports whether the object that m stands in says in which block a contract was made.
func deployed(text string, m *match) bool {
	after := text[m.end:min(len(text), m.end+afterWindow)]
	after, _, _ = strings.Cut(after, "}")
	return strings.Contains(after, "blockCreated")
}

// madeUp gives the role of EVM, Aptos and Sui addresses nobody has a key for: small numbers, which are contracts that come with the chain,
// and repeated digits, which are samples.
func madeUp(m *match) string {
	if m.chain != "evm" && m.form != "hex32" {
		return ""
	}
	digits := m.value[2:]
	if strings.Trim(digits[:len(digits)-16], "0") == "" {
		return extractors.Contract
	}
	for period := 1; period <= len(digits)/2; period++ {
		if digits[period:] == digits[:len(digits)-period] {
			return extractors.Example
		}
	}
	return ""
}

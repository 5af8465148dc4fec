package wallet

import (
	"embed"
	"strings"

	"scamatlas/extractors"
)

// addresses.txt and libraries.txt: "role address label source date" a line, columns parted by tabs.
// explorers.txt: "host source date" a line.
//
//go:embed data/*.txt
var dataFS embed.FS

// known gives the role of addresses that are public knowledge; explorers holds the hosts that show anybody's address.
var (
	known     = canonicalKeys(column(dataFS, "data/libraries.txt", 1, 0), column(dataFS, "data/addresses.txt", 1, 0))
	explorers = column(dataFS, "data/explorers.txt", 0, 0)
)

// column reads a data file into a map from one column to another.
func column(fs embed.FS, file string, key, value int) map[string]string {
	out := map[string]string{}
	body, err := fs.ReadFile(file)
	if err != nil {
		return out
	}
	for line := range strings.Lines(string(body)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) > max(key, value) && !strings.HasPrefix(line, "#") {
			out[f[key]] = f[value]
		}
	}
	return out
}

func canonicalKeys(lists ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, roles := range lists {
		for address, role := range roles {
			if _, _, value, ok := Canonical(address); ok {
				out[value] = role
			}
		}
	}
	return out
}

// role says what part the match plays where it stands.
func (r *reader) role(v *view, m *match) string {
	if role, ok := known[m.value]; ok {
		return role
	}
	before := v.text[max(0, m.start-urlWindow):m.start]
	beside := before[max(0, len(before)-roleWindow):]
	if role := madeUp(m); role != "" {
		return role
	}
	switch {
	case v.attr == "placeholder", exampleBefore(beside), v.where == extractors.InScript && inDocComment(before):
		return extractors.Example
	case tokenContract(v.text, m), contractBefore(beside), inCode(v) && (tokenObject(v.text, m) || contractKey(before) || deployed(v.text, m)):
		return extractors.Contract
	case r.library, explorers[linkHost(before)] != "":
		return extractors.ThirdParty
	}
	return extractors.Payee
}

// exampleBefore reports whether the words just before say that an example follows; a host named so says nothing.
func exampleBefore(before string) (is bool) {
	words(before, func(w []byte, start, end int) bool {
		if string(w) == "example" || string(w) == "sample" {
			is = is || (start == 0 || before[start-1] != '.') && (end == len(before) || strings.IndexByte("./-_", before[end]) < 0)
		}
		return true
	})
	return is || strings.Contains(before, "e.g.")
}

// contractBefore reports whether the words just before call what follows a contract.
func contractBefore(before string) (is bool) {
	words(before, func(w []byte, _, _ int) bool {
		is = is || string(w) == "contract"
		return true
	})
	return is
}

// tokenContract reports whether m is the target of an EIP-681 call: "ethereum:0x…@1/transfer?address=…".
func tokenContract(text string, m *match) bool {
	if m.chain != "evm" || !strings.HasSuffix(strings.TrimSuffix(text[:m.start], "pay-"), "ethereum:") {
		return false
	}
	rest := text[m.end:min(len(text), m.end+tagWindow)]
	rest, _, _ = strings.Cut(rest, "?")
	_, function, _ := strings.Cut(rest, "/")
	return strings.HasPrefix(function, "transfer") || strings.HasPrefix(function, "approve")
}

// tokenObject reports whether m is a member of an object that describes a token: one that has decimals.
func tokenObject(text string, m *match) (is bool) {
	before, after := text[max(0, m.start-urlWindow):m.start], text[m.end:min(len(text), m.end+urlWindow)]
	before = before[strings.LastIndexAny(before, "{}")+1:]
	if end := strings.IndexAny(after, "{}"); end >= 0 {
		after = after[:end]
	}
	for _, part := range []string{before, after} {
		words(part, func(w []byte, _, _ int) bool {
			is = is || string(w) == "decimals"
			return !is
		})
	}
	return is
}

// linkHost gives the registrable-looking end of the host in the address that before ends with; "" when it ends with none.
func linkHost(before string) string {
	at := strings.LastIndex(before, "://")
	if at < 0 || strings.ContainsAny(before[at:], " \t\n\"'<>`,;\\") {
		return ""
	}
	host, _, _ := strings.Cut(before[at+3:], "/")
	host = strings.ToLower(strings.TrimPrefix(host, "www."))
	for host != "" && explorers[host] == "" {
		_, host, _ = strings.Cut(host, ".")
	}
	return host
}

// roleRank orders the roles that one address may be given in several places: what says most about it wins.
func roleRank(role string) int {
	switch role {
	case extractors.Burn, extractors.Program:
		return 7
	case extractors.Contract:
		return 6
	case extractors.Payee:
		return 5
	case extractors.List:
		return 4
	case extractors.ThirdParty:
		return 3
	case extractors.Example:
		return 2
	}
	return 0
}

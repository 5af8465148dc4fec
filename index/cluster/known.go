package cluster

import (
	_ "embed"
	"strings"
)

//go:embed known.tsv
var knownTSV string

// Known reports whether a value is known to belong to many: a wallet that an exchange collects deposits in. Whoever shows it without a
// tag of its own has it from somewhere.
func Known(kind, value string) bool { return known[kind+" "+value] }

var known = readKnown(knownTSV)

// readKnown reads lines of kind, value, and what it is, parted by tabs; "#" begins a comment.
func readKnown(table string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) == 3 && !strings.HasPrefix(f[0], "#") {
			out[f[0]+" "+f[1]] = true
		}
	}
	return out
}

package backend

import (
	"embed"
	"strings"
)

// public.tsv: suffix, what it is, date. rented.tsv: suffix, type, what it is, date. Columns are parted by tabs.
//
//go:embed data/*.tsv
var dataFS embed.FS

// What the tables say; read once, never changed.
var (
	publicHosts = suffixes("public.tsv", 3)
	rentedHosts = suffixes("rented.tsv", 4)
)

// suffixes reads a table of n columns into a map from the first column to the second.
func suffixes(file string, n int) map[string]string {
	out := map[string]string{}
	body, err := dataFS.ReadFile("data/" + file)
	if err != nil {
		return out
	}
	for line := range strings.Lines(string(body)) {
		if f := strings.Split(strings.TrimRight(line, "\r\n"), "\t"); len(f) == n && !strings.HasPrefix(line, "#") {
			out[f[0]] = f[1]
		}
	}
	return out
}

// isPublic reports whether host belongs to a well-known public service that everybody's pages talk to.
func isPublic(host string) bool { return bySuffix(publicHosts, host) != "" && rented(host) == "" }

// rented gives the type of a host that a customer rents by its name from a cloud: an endpoint or a bucket of their own.
func rented(host string) string { return bySuffix(rentedHosts, host) }

func bySuffix(table map[string]string, host string) string {
	for {
		if what, ok := table[host]; ok {
			return what
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return ""
		}
		host = rest
	}
}

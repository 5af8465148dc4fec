package index

import "slices"

// Neighbour is a site that another may belong to, with the clusters it is in.
type Neighbour struct {
	Member
	Kit      string
	Operator string
}

// Leads gives the fields and values of Keys by which a site's neighbours are found: those of its front end, and those that point at
// the people behind it. What a CDN shows leads nowhere.
func Leads(m *Member) (front, people map[string][]string) {
	s := &Site{}
	s.Findings.Fingerprint, s.Findings.Indicators, s.Findings.Hosting = m.Fingerprint, m.Indicators, m.Hosting
	all := Keys(s)
	pick := func(fields ...string) map[string][]string {
		out := map[string][]string{}
		for _, f := range fields {
			if v := all[f]; len(v) > 0 {
				out[f] = slices.Clone(v[:min(len(v), MaxBands)])
			}
		}
		return out
	}
	fields := []string{"wallet", "tracker", "contact", "backend", "company", "licence"}
	if m.Hosting.CDN == "" {
		fields = append(fields, "cert", "spki", "ip")
	}
	return pick("band", "favicon", "domhash"), pick(fields...)
}

// Rarity is what a value of so many sites counts among neighbours: one of few sites more than several of many.
func Rarity(holders int) float64 { return 1 / float64(holders) / float64(holders) }

// InTurn takes from two lists in turn, each thing once: a kit has many bands, and its copies would otherwise be before everybody who
// shares but a wallet.
func InTurn[T comparable](a, b []T) []T {
	seen := make(map[T]bool, len(a)+len(b))
	out := make([]T, 0, len(a)+len(b))
	for len(a)+len(b) > 0 {
		for len(a) > 0 && seen[a[0]] {
			a = a[1:]
		}
		if len(a) > 0 {
			seen[a[0]] = true
			out = append(out, a[0])
		}
		a, b = b, a
	}
	return out
}

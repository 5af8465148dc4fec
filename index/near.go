package index

import "slices"

// Neighbour is a site that another may belong to, with the clusters it is in.
type Neighbour struct {
	Member
	Kit      string
	Operator string
}

// NearKeys gives the fields and values of Keys by which a site's neighbours are found. What a CDN shows leads nowhere.
func NearKeys(m *Member) map[string][]string {
	s := &Site{}
	s.Findings.Fingerprint, s.Findings.Indicators, s.Findings.Hosting = m.Fingerprint, m.Indicators, m.Hosting
	all, out := Keys(s), map[string][]string{}
	fields := []string{"band", "wallet", "tracker", "contact", "backend", "company", "licence"}
	if m.Hosting.CDN == "" {
		fields = append(fields, "cert", "spki", "ip")
	}
	for _, f := range fields {
		if v := all[f]; len(v) > 0 {
			out[f] = slices.Clone(v[:min(len(v), MaxBands)])
		}
	}
	return out
}

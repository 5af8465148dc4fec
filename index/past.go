package index

import (
	"slices"
	"time"

	"scamatlas/extractors"
)

// remember adds what a visit at a time found about hosting to what was known: a fact that still holds gets a later Last, a new one a
// line of its own. Of more than MaxPast those that ended first are forgotten.
func remember(past []Past, f *extractors.Findings, at time.Time) []Past {
	at = at.UTC()
	past = slices.Clone(past)
	h := &f.Hosting
	note := func(kind string, values ...string) {
		for _, v := range values[:min(len(values), maxPastValues)] {
			if v == "" || len(v) > MaxKey {
				continue
			}
			if n := slices.IndexFunc(past, func(p Past) bool { return p.Kind == kind && p.Value == v }); n >= 0 {
				if at.After(past[n].Last) {
					past[n].Last = at
				}
				continue
			}
			past = append(past, Past{Kind: kind, Value: v, First: at, Last: at})
		}
	}
	note("address", h.Addresses...)
	note("ns", h.NS...)
	note("cname", h.CNAMEs...)
	note("cert", h.CertSHA256)
	note("asn", h.ASNs...)
	note("registrar", h.Registrar)
	note("title", f.Title)
	if len(past) > MaxPast {
		slices.SortStableFunc(past, func(a, b Past) int { return b.Last.Compare(a.Last) })
		past = past[:MaxPast]
	}
	slices.SortStableFunc(past, func(a, b Past) int { return a.First.Compare(b.First) })
	return past
}

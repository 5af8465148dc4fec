package cluster

import (
	"cmp"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// group is a kind of evidence. Two pieces of one group (two trackers, certificate and address) are no independent witnesses.
type group int

const (
	money group = iota
	account
	contact
	hosting
	groups // how many
)

// evidence is one value that several sites share.
type evidence struct {
	kind   string // as in index.Tie
	value  string
	group  group
	base   float64
	weight float64 // base after what else is known of the holders
	sites  []int   // ascending
}

// alone reports whether the value joins its holders without a second witness.
func (e *evidence) alone() bool { return e.weight >= exclusive }

// gather lists the values that at least two sites share, wallets first, then by kind and value.
func gather(sites []*index.Member) []*evidence {
	type name struct{ kind, value string }
	all := map[name]*evidence{}
	note := func(i int, kind, value string, g group, base float64) {
		key := name{kind, value}
		e := all[key]
		if e == nil {
			e = &evidence{kind: kind, value: value, group: g}
			all[key] = e
		}
		e.base = max(e.base, base)
		if n := len(e.sites); n == 0 || e.sites[n-1] != i {
			e.sites = append(e.sites, i)
		}
	}
	for i, m := range sites {
		for k := range m.Indicators {
			noteIndicator(i, &m.Indicators[k], note)
		}
		noteHosting(i, m, note)
	}
	out := make([]*evidence, 0, len(all))
	for _, e := range all {
		if len(e.sites) > 1 {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *evidence) int {
		return cmp.Or(cmp.Compare(a.group, b.group), strings.Compare(a.kind, b.kind), strings.Compare(a.value, b.value))
	})
	return out
}

type noteFunc func(i int, kind, value string, g group, base float64)

func noteIndicator(i int, d *extractors.Indicator, note noteFunc) {
	if d.Confidence == extractors.Low || d.Value == "" {
		return
	}
	sure := 1.0
	if d.Confidence != extractors.High {
		sure = unsure
	}
	switch d.Kind {
	case extractors.KindWallet: // some chains have no checksum, yet no two wallets are alike by chance
		if d.Role != "" && d.Role != extractors.Payee {
			return
		}
		value := d.Value
		if d.Tag != "" {
			value += " tag " + d.Tag // the address may be an exchange's, the tag is the customer
		}
		note(i, extractors.KindWallet, value, money, weightWallet)
	case extractors.KindTracker:
		note(i, d.Type, d.Value, account, sure*weightTracker)
	case extractors.KindBackend:
		note(i, extractors.KindBackend, d.Value, account, sure*weightBackend)
	case extractors.KindContact:
		note(i, d.Type, strings.ToLower(d.Value), contact, sure*weightContact)
	}
}

// noteHosting leaves out what belongs to a CDN: its addresses, and the certificates it shows for its customers.
func noteHosting(i int, m *index.Member, note noteFunc) {
	h := &m.Hosting
	if h.CDN != "" {
		return
	}
	if ownCert(m.Host, h.CertSANs) {
		for kind, value := range map[string]string{"cert": h.CertSHA256, "spki": h.SPKISHA256} {
			if value != "" {
				note(i, kind, value, hosting, weightCert)
			}
		}
	}
	for _, a := range h.Addresses {
		note(i, "address", a, hosting, weightAddress)
	}
}

// ownCert reports whether the certificate was made for this host or its domain. A server's default certificate names others, and
// one for all customers of a site builder is a wildcard right below a public suffix.
func ownCert(host string, sans []string) bool {
	if len(sans) == 0 {
		return true // names unknown
	}
	_, parent, _ := strings.Cut(host, ".")
	for _, s := range sans {
		s = strings.ToLower(s)
		if s == host || s == "*."+parent && crawler.RegistrableDomain(host) != host {
			return true
		}
	}
	return false
}

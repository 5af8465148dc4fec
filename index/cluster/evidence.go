package cluster

import (
	"cmp"
	"hash/maphash"
	"net/netip"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/claim"
	"scamatlas/index"
)

// group is a kind of evidence. Two pieces of one group (two trackers, certificate and address) are no independent witnesses.
type group int8

const (
	money group = iota
	account
	contact
	identity
	hosting
	groups // how many
)

// evidence is one value that several sites share.
type evidence struct {
	kind    string // as in index.Tie
	value   string
	group   group
	base    float64
	stopped bool    // it joins nobody, whatever it weighs: see stop
	weight  float64 // base after what else is known of the holders
	sites   []int32 // ascending
}

// alone reports whether the value joins its holders without a second witness.
func (e *evidence) alone() bool { return e.weight >= exclusive && e.group != identity }

// ledger collects what sites show. Most values stand on one site only: of those it keeps but a hash and the holder, until a second
// one comes.
type ledger struct {
	seed   maphash.Seed
	lone   map[uint64]holder
	shared []*evidence
}

// holder is the only site with a value, or, when site is negative, the place of the value among the shared ones (-1 = 0).
type holder struct {
	site int32
	base float32
}

func newLedger() *ledger { return &ledger{seed: maphash.MakeSeed(), lone: map[uint64]holder{}} }

func (l *ledger) note(i int, kind, value string, g group, base float64) {
	var h maphash.Hash
	h.SetSeed(l.seed)
	h.WriteString(kind)
	h.WriteByte(0)
	h.WriteString(value)
	key := h.Sum64()
	o, known := l.lone[key]
	switch {
	case !known:
		l.lone[key] = holder{int32(i), float32(base)}
	case o.site < 0:
		e := l.shared[-1-o.site]
		e.base = max(e.base, base)
		if e.sites[len(e.sites)-1] != int32(i) {
			e.sites = append(e.sites, int32(i))
		}
	case o.site == int32(i):
		l.lone[key] = holder{o.site, max(o.base, float32(base))}
	default:
		l.shared = append(l.shared, &evidence{kind: strings.Clone(kind), value: strings.Clone(value), group: g, base: max(base, float64(o.base)), sites: []int32{o.site, int32(i)}})
		l.lone[key] = holder{site: int32(-len(l.shared))}
	}
}

// renumber moves all evidence to the sites' new places; a site at -1 is gone.
func (l *ledger) renumber(place []int32) {
	if l == nil {
		return
	}
	for key, o := range l.lone {
		if o.site >= 0 {
			if o.site = place[o.site]; o.site < 0 {
				delete(l.lone, key)
			} else {
				l.lone[key] = o
			}
		}
	}
	for _, e := range l.shared {
		kept := e.sites[:0]
		for _, i := range e.sites {
			if place[i] >= 0 {
				kept = append(kept, place[i])
			}
		}
		slices.Sort(kept)
		e.sites = slices.Compact(kept)
	}
}

// evidence lists the values that at least two sites share, wallets first, then by kind and value.
func (l *ledger) evidence() []*evidence {
	if l == nil {
		return nil
	}
	out := make([]*evidence, 0, len(l.shared))
	for _, e := range l.shared {
		if len(e.sites) > 1 {
			c := *e
			c.base = float64(float32(c.base)) // whichever site came first
			c.weight = 0
			out = append(out, &c)
		}
	}
	slices.SortFunc(out, func(a, b *evidence) int {
		return cmp.Or(cmp.Compare(a.group, b.group), strings.Compare(a.kind, b.kind), strings.Compare(a.value, b.value))
	})
	return out
}

type noteFunc func(i int, kind, value string, g group, base float64)

// noteMember notes all that points at the people behind one site and reports whether it shows a wallet.
func noteMember(i int, m *index.Member, note noteFunc) (pays bool) {
	for k := range m.Indicators {
		noteIndicator(i, &m.Indicators[k], func(i int, kind, value string, g group, base float64) {
			pays = pays || g == money
			note(i, kind, value, g, base)
		})
	}
	noteHosting(i, m, note)
	return pays
}

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
		note(i, extractors.KindBackend, d.Value, identity, sure*weightBackend)
	case extractors.KindContact:
		note(i, d.Type, strings.ToLower(d.Value), contact, sure*weightContact)
	case extractors.KindClaim:
		if base := claimWeight(d.Type); base > 0 {
			note(i, d.Type, d.Value, identity, sure*base)
		}
	}
}

// claimWeight is what a claim weighs beside other evidence; 0 for claims that many make (a regulator's name, a return).
func claimWeight(kind string) float64 {
	switch kind {
	case claim.Company:
		return weightCompany
	case claim.Licence:
		return weightLicence
	case claim.Address:
		return weightPostal
	}
	return 0
}

// noteHosting leaves out what belongs to a CDN: its addresses, and the certificates it shows for its customers. What may stand behind
// it counts a little less.
func noteHosting(i int, m *index.Member, note noteFunc) {
	h := &m.Hosting
	if len(h.NS) > 0 && h.Registrar != "" && !h.Registered.IsZero() {
		born := strings.Join(h.NS, " ") + ", " + h.Registrar + ", " + h.Registered.UTC().Format(time.DateOnly)
		note(i, "registration", born, hosting, weightBirth)
	}
	for _, o := range h.Origins {
		where, _, _ := strings.Cut(o, " ")
		if a, err := netip.ParseAddr(where); err == nil {
			note(i, "address", a.String(), hosting, weightOrigin)
		}
	}
	if h.CDN != "" {
		return
	}
	if ownCert(m.Host, h.CertSANs) {
		if h.CertSHA256 != "" {
			note(i, "cert", h.CertSHA256, hosting, weightCert)
		}
		if h.SPKISHA256 != "" {
			note(i, "spki", h.SPKISHA256, hosting, weightCert)
		}
		noteNamed(i, m, note)
	}
	for _, a := range h.Addresses {
		note(i, "address", a, hosting, weightAddress)
	}
}

// noteNamed notes the other sites that a certificate was made for, and the site itself for theirs.
func noteNamed(i int, m *index.Member, note noteFunc) {
	others := 0
	for _, s := range m.Hosting.CertSANs {
		if !strings.EqualFold(s, m.Host) {
			others++
		}
	}
	if others > maxNamed {
		return
	}
	note(i, "named", m.Host, hosting, weightCert)
	for _, s := range m.Hosting.CertSANs {
		if s = strings.ToLower(s); s != m.Host && !strings.HasPrefix(s, "*") {
			note(i, "named", s, hosting, weightCert)
		}
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

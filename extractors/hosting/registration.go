package hosting

import (
	"fmt"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// registration copies what a registry said. Without an answer all stays empty.
func registration(h *extractors.Hosting, r *crawler.Registration) {
	if r == nil {
		return
	}
	h.Registrar, h.RegistrarID = clean(r.Registrar), max(r.RegistrarID, 0)
	h.Registered, h.Expires = r.Created.UTC(), r.Expires.UTC()
	for _, s := range r.Statuses {
		h.DomainStatus = append(h.DomainStatus, clean(s))
	}
	h.DomainStatus = sorted(h.DomainStatus)
	for _, a := range r.AbuseEmails {
		h.Abuse = append(h.Abuse, "registrar "+clean(a))
	}
	h.Abuse = capped(h.Abuse)
}

// routes tells whose networks the addresses are in, and whom to write to about them: the hoster, or the CDN that is in front.
func routes(h *extractors.Hosting, all []crawler.Route, front *provider) {
	whose := "hoster "
	if front != nil && !front.platform {
		whose = "cdn "
	}
	for _, r := range all {
		if r.ASN > 0 {
			h.ASNs = append(h.ASNs, strings.TrimSpace(fmt.Sprintf("AS%d %s", r.ASN, clean(r.Name))))
		}
		if country := clean(r.Country); country != "" {
			h.Countries = append(h.Countries, strings.ToUpper(country))
		}
		for _, a := range r.AbuseEmails {
			if a = whose + clean(a); !slices.Contains(h.Abuse, a) && len(h.Abuse) < maxNames {
				h.Abuse = append(h.Abuse, a)
			}
		}
	}
	h.ASNs, h.Countries = sorted(h.ASNs), sorted(h.Countries)
}

// jarm gives a JARM that says something: not that of a server that never answered.
func jarm(s string) string {
	if len(s) != jarmLength || strings.Trim(s, "0123456789abcdef") != "" || strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}

package export

import (
	"strconv"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// names gives a host and the domains above it down to the registrable one. How the list spells a host does not matter to blockers, so it
// does not here.
func names(host string) []string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	last := crawler.RegistrableDomain(host)
	out := []string{host}
	for host != last && len(out) < MaxLabels {
		_, above, ok := strings.Cut(host, ".")
		if !ok {
			break
		}
		host = above
		out = append(out, host)
	}
	return out
}

// label is what the site is held to be; "" where nobody has looked.
func label(s *index.Site, now time.Time) string {
	if s.Verdict.Label == "" && !s.Review.Counts(now) {
		return ""
	}
	return s.Label(now)
}

func score(s *index.Site) string {
	if s.Verdict.Label == "" {
		return ""
	}
	return strconv.FormatFloat(s.Verdict.Score, 'f', 2, 64)
}

// grounds gives the strongest reasons that the site is a fake, in plain words with what they rest on. Who reviewed it, and what was noted,
// stays with us.
func grounds(s *index.Site, now time.Time) []string {
	var out []string
	if s.Review.Counts(now) {
		out = append(out, "judged by an analyst on "+s.Review.At.UTC().Format(time.DateOnly))
	}
	for _, r := range s.Verdict.Reasons {
		if len(out) >= MaxGrounds {
			break
		}
		if r.Weight <= 0 {
			continue
		}
		text := r.Says
		if text == "" {
			text = strings.ReplaceAll(r.Code, "_", " ")
		}
		if evidence := oneLine(r.Evidence, MaxEvidence); evidence != "" && !strings.Contains(text, evidence) {
			text += " (" + evidence + ")"
		}
		out = append(out, oneLine(text, MaxComment))
	}
	return out
}

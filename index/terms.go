package index

import (
	"time"

	"scamatlas/crawler"
)

// byHand is the source of what somebody typed in.
const byHand = "cli"

// AddSource notes who named the host and on what terms, once per source and reference, and reports whether anything changed: what a source
// says of its terms last counts. Of more than MaxSources the further ones are left out, but for one that lets the site be passed on
// further than any other.
func (s *Site) AddSource(t crawler.Target, seen time.Time) (changed bool) {
	if t.Source == "" {
		return false
	}
	ref := SourceRef{Source: t.Source, Reference: t.Reference, Seen: seen.UTC(), Licence: t.Licence, TLP: t.TLP}
	if n := s.sourceOf(t); n >= 0 {
		old := &s.Sources[n]
		if t.TLP == "" && t.Licence == "" || t.TLP == old.TLP && t.Licence == old.Licence {
			return false
		}
		old.TLP, old.Licence = t.TLP, t.Licence
		return true
	}
	if len(s.Sources) < MaxSources {
		s.Sources = append(s.Sources, ref)
		return true
	}
	if typed(ref) || ref.TLP.Covers(s.Light()) {
		return false
	}
	s.Sources[MaxSources-1] = ref
	return true
}

// sourceOf gives the place of the source and reference of t, -1 when they have not named the site.
func (s *Site) sourceOf(t crawler.Target) int {
	for n, o := range s.Sources {
		if o.Source == t.Source && o.Reference == t.Reference {
			return n
		}
	}
	return -1
}

// Light is how far the site may be named to others by the terms of those who named it to us: of several the most open counts. To type a
// known host in again is no source of its own unless a light is given with it.
func (s *Site) Light() crawler.TLP {
	light := crawler.TLPRed
	for n, r := range s.Sources {
		if n > 0 && typed(r) {
			continue
		}
		if light.Covers(r.TLP) {
			light = r.TLP
		}
	}
	if len(s.Sources) == 0 {
		return ""
	}
	return light
}

func typed(r SourceRef) bool { return r.Source == byHand && r.TLP == "" }

// Under gives the site with only those of its sources that may be named under a light.
func (s *Site) Under(light crawler.TLP) *Site {
	shown := *s
	shown.Sources = nil
	for _, r := range s.Sources {
		if light.Covers(r.TLP) {
			shown.Sources = append(shown.Sources, r)
		}
	}
	return &shown
}

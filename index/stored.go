package index

import (
	"cmp"
	"math"
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Moment gives a time as stores keep it: UTC, whole milliseconds. What is not in the years 1 to 9999, which registries may well say,
// has no spelling (RFC 3339) and becomes the zero time.
func Moment(t time.Time) time.Time {
	t = t.UTC()
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.Truncate(time.Millisecond)
}

// Stored gives the visit as it will be read back: its times are Moments and its records have ids.
func (v Visit) Stored() Visit {
	v.Next = Moment(v.Next)
	v.Findings.Hosting = storedHosting(v.Findings.Hosting)
	v.Further = slices.Clone(v.Further)
	for _, r := range v.Records() {
		r.Started, r.Ended = Moment(r.Started), Moment(r.Ended)
		r.ID = cmp.Or(r.ID, CaptureID(r.Host, r.Sequence, r.Profile))
		r.Network = storedNetwork(r.Network)
	}
	return v
}

// Stored gives the revision as it will be read back.
func (r Revision) Stored() Revision {
	r.Findings.Hosting = storedHosting(r.Findings.Hosting)
	return r
}

// Stored gives a copy of the review as it will be read back; nil of nil.
func (r *Review) Stored() *Review {
	if r == nil {
		return nil
	}
	kept := *r
	kept.At, kept.Until = Moment(r.At), Moment(r.Until)
	return &kept
}

func storedHosting(h extractors.Hosting) extractors.Hosting {
	for _, t := range []*time.Time{&h.CertFrom, &h.CertUntil, &h.Registered, &h.Expires} {
		*t = Moment(*t)
	}
	return h
}

func storedNetwork(n crawler.Network) crawler.Network {
	if n.TLS != nil {
		tls := *n.TLS
		tls.NotBefore, tls.NotAfter = Moment(tls.NotBefore), Moment(tls.NotAfter)
		n.TLS = &tls
	}
	if n.Registration != nil {
		r := *n.Registration
		for _, t := range []*time.Time{&r.Created, &r.Updated, &r.Expires, &r.Asked} {
			*t = Moment(*t)
		}
		n.Registration = &r
	}
	return n
}

// Points is the value of the query field "score": hundredths of the verdict's score, rounded; 0 where there is none.
func Points(s *Site) int64 {
	score := s.Verdict.Score
	if !(score > 0) { // NaN too
		return 0
	}
	return int64(math.Round(100 * min(score, 1)))
}

// Registered is the value of the query field "registered"; the zero time where it is not known.
func Registered(s *Site) time.Time { return s.Findings.Hosting.Registered }

// Rejudge gives the site with another verdict; false when another visit has spoken meanwhile, or none yet.
func Rejudge(old *Site, sequence int64, v extractors.Verdict) (*Site, bool) {
	if old.LastVisit.IsZero() || old.Sequence != sequence {
		return old, false
	}
	s := *old
	s.Verdict = v
	return &s, true
}

// Upgrade gives a site that a program stored before there was a Past what it would have: the hosting it was last seen alive with.
func Upgrade(s *Site) {
	if len(s.Past) == 0 && !s.LastLive.IsZero() {
		s.Past = remember(nil, &s.Findings, s.LastLive)
	}
}

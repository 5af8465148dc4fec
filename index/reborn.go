package index

import "slices"

// Reborn is what happens to a site in whose kit or by whose operator others have gone before it came: the fraud goes on under its name.
const Reborn = "reborn"

// Happen gives the site with one thing more that happened to it; false when the same is there already, or the site was never visited.
func Happen(old *Site, h Happening) (*Site, bool) {
	if old.LastVisit.IsZero() || slices.ContainsFunc(old.Happened, func(o Happening) bool { return o.What == h.What && o.Note == h.Note }) {
		return old, false
	}
	s := *old
	h.At = Moment(h.At)
	s.Happened = append(slices.Clone(s.Happened), h)
	if n := len(s.Happened); n > MaxHappened {
		s.Happened = s.Happened[n-MaxHappened:]
	}
	return &s, true
}

// Gone reports a site that was seen alive and at the last visit was not there, or another's page stood in its place.
func (m *Member) Gone() bool {
	p := phaseOf(m.Outcome)
	return !m.LastLive.IsZero() && (p == gone || p == parked)
}

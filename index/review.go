package index

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"scamatlas/extractors"
)

// Check says all that is wrong with a review.
func (r *Review) Check() error {
	var faults []error
	if !slices.Contains(extractors.Labels(), r.Label) {
		faults = append(faults, fmt.Errorf("label %q is not one of %s", r.Label, strings.Join(extractors.Labels(), ", ")))
	}
	if len(r.Note) > MaxNote {
		faults = append(faults, fmt.Errorf("the note is longer than %d bytes", MaxNote))
	}
	if !r.Until.IsZero() && !r.Until.After(r.At) {
		faults = append(faults, fmt.Errorf("it would expire on %s, before it is given", r.Until.UTC().Format(time.DateOnly)))
	}
	return errors.Join(faults...)
}

// Counts reports whether the review holds at a time. A nil review does not.
func (r *Review) Counts(now time.Time) bool {
	return r != nil && (r.Until.IsZero() || now.Before(r.Until))
}

// Label is what the site is held to be: an analyst's word while it counts, else the verdict's.
func (s *Site) Label(now time.Time) string {
	if s.Review.Counts(now) {
		return s.Review.Label
	}
	return cmp.Or(s.Verdict.Label, extractors.LabelUnclear)
}

// Confirmed reports whether the site may be named to others as a fake: an analyst says so, or the verdict is sure and no analyst
// says otherwise.
func (s *Site) Confirmed(now time.Time) bool {
	if s.Review.Counts(now) {
		return s.Review.Label == extractors.LabelFake
	}
	return s.Verdict.Confirmed && s.Verdict.Label == extractors.LabelFake
}

// Disputed reports whether an analyst and the machine see the site differently: the machine is sure of a fake that the analyst does
// not see, or sees none that the analyst does.
func (s *Site) Disputed(now time.Time) bool {
	return s.Review.Counts(now) && (s.Review.Label == extractors.LabelFake) != (s.Verdict.Label == extractors.LabelFake)
}

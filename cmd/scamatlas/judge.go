package main

import (
	"scamatlas/extractors/rule"
	"scamatlas/schedules/jobs"
)

// newJudge builds what says what sites are: the built-in data files and the settings' own kit rules. A faulty rule of the operator's
// is an error: left out in silence it would look like a world without that kit.
func newJudge(s *session) (*jobs.Judge, error) {
	known, err := s.honest()
	if err != nil {
		return nil, err
	}
	kits, faults, err := loadRules(s.settings)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, usagef("%w; `scamatlas rules check` has the details", rule.Errors(faults))
	}
	return &jobs.Judge{Rules: known.rules, Kits: rule.NewSet(kits), Store: s.store, Log: s.log}, nil
}

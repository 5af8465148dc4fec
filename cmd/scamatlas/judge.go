package main

import (
	"fmt"
	"log/slog"

	"scamatlas/configs"
	"scamatlas/extractors/rule"
	"scamatlas/extractors/verdict"
	"scamatlas/schedules/jobs"
)

// newJudge builds what says what sites are: the built-in data files and the settings' own kit rules. A faulty rule of the operator's
// is an error: left out in silence it would look like a world without that kit.
func newJudge(s *configs.Settings, st jobs.JudgeStore, log *slog.Logger) (*jobs.Judge, error) {
	rules, err := verdict.Load(configs.Rules())
	if err != nil {
		return nil, fmt.Errorf("built-in data files: %w", err)
	}
	kits, faults, err := loadRules(s)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, usagef("%w; `scamatlas rules check` has the details", rule.Errors(faults))
	}
	return &jobs.Judge{Rules: rules, Kits: rule.NewSet(kits), Store: st, Log: log}, nil
}

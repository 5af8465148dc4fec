package ct

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// SetOptions say which logs are read.
type SetOptions struct {
	List    string   // address or file of a log list of version 3
	Keep    string   // file in which the last good list of an address is kept, for the days on which it cannot be had; "" = nowhere
	Skip    []string // names of logs of the list that are not read
	Options Options  // of all sources; its Log is not looked at
}

// Set gives the sources of a log list, which changes: authorities open new logs every half-year and close the old ones.
type Set struct {
	o SetOptions

	mu    sync.Mutex
	logs  []Log     // of the list as it was read last
	again time.Time // when it is to be asked for again
}

// NewSet checks o; the list is not read yet.
func NewSet(o SetOptions) (*Set, error) {
	o.Options = o.Options.withDefaults()
	if o.List == "" {
		return nil, errors.New("certificate logs: no log list is set")
	}
	if o.Options.Client == nil || o.Options.Score == nil {
		return nil, errors.New("certificate logs: no client or no scorer")
	}
	return &Set{o: o}, nil
}

// Sources gives a Source for each log worth reading now. The list is asked for once in ListEvery; when it cannot be had, the last one
// counts, and problems say so. The error is non-nil when there is no list at all, or when SetOptions.Options fit no log.
func (s *Set) Sources(ctx context.Context) (sources []*Source, problems []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.o.Options.Now(); !now.Before(s.again) {
		problems, err = s.refresh(ctx, now)
	}
	logs := slices.DeleteFunc(Current(s.logs, s.o.Options.Now()), func(l Log) bool { return slices.Contains(s.o.Skip, l.Name) })
	if err == nil && len(logs) == 0 {
		problems = append(problems, fmt.Sprintf("log list %s: none of its %d logs is to be read now", s.o.List, len(s.logs)))
	}
	sources, serr := s.sources(logs)
	return sources, problems, errors.Join(err, serr)
}

// sources makes those of logs that are in order; errors are joined.
func (s *Set) sources(logs []Log) (sources []*Source, err error) {
	for _, l := range logs {
		o := s.o.Options
		o.Log = l
		one, e := New(o)
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		sources = append(sources, one)
	}
	return sources, err
}

// refresh reads the list, or what was kept of it where there is none so far.
func (s *Set) refresh(ctx context.Context, now time.Time) (problems []string, err error) {
	s.again = now.Add(ListRetry)
	data, err := readList(ctx, s.o.Options.Client, s.o.List)
	var logs []Log
	if err == nil {
		logs, problems, err = ParseList(data)
	}
	if err == nil {
		s.again, s.logs = now.Add(ListEvery), logs
		if err := s.keep(data); err != nil {
			problems = append(problems, fmt.Sprintf("log list: %v", err))
		}
		return problems, nil
	}
	err = fmt.Errorf("log list %s: %w", s.o.List, err)
	if s.logs == nil && s.o.Keep != "" {
		if kept, _, kerr := ReadList(ctx, nil, s.o.Keep); kerr == nil {
			s.logs = kept
		}
	}
	if s.logs == nil {
		return nil, err
	}
	return []string{fmt.Sprintf("%v: its logs are those of the last one", err)}, nil
}

// keep writes the list of an address to its file, whole or not at all.
func (s *Set) keep(data []byte) error {
	if s.o.Keep == "" || !isAddress(s.o.List) {
		return nil
	}
	if err := os.WriteFile(s.o.Keep+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(s.o.Keep+".new", s.o.Keep)
}

func isAddress(where string) bool {
	return strings.HasPrefix(where, "https://") || strings.HasPrefix(where, "http://")
}

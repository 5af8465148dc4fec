package index

import (
	"errors"
	"fmt"
	"strings"

	"scamatlas/crawler"
)

// Stored gives the state as it will be read back; an error when it cannot be kept whole.
func (s SourceState) Stored() (SourceState, error) {
	switch {
	case s.Source == "":
		return s, errors.New("a source of targets without a name")
	case len(s.Source) > MaxKey:
		return s, fmt.Errorf("the source's name is longer than %d bytes", MaxKey)
	case len(s.Cursor) > crawler.MaxCursor:
		return s, fmt.Errorf("source %s: its cursor has %d bytes, %d are kept", s.Source, len(s.Cursor), crawler.MaxCursor)
	}
	s.Source = strings.ToValidUTF8(s.Source, "\uFFFD")
	s.Read, s.Yielded, s.Since = Moment(s.Read), Moment(s.Yielded), Moment(s.Since)
	if len(s.Err) > MaxRunNote {
		s.Err = s.Err[:MaxRunNote]
	}
	s.Err = strings.ToValidUTF8(s.Err, "")
	return s, nil
}

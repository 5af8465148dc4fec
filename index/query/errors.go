package query

import "strconv"

// Error says where and why a query cannot be read.
type Error struct {
	Pos  int // byte offset into the query
	Msg  string
	Hint string // what to write instead, or empty
}

func (e *Error) Error() string {
	s := "query, column " + strconv.Itoa(e.Pos+1) + ": " + e.Msg
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

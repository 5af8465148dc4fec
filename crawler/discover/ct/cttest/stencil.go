package cttest

import (
	"bytes"
	"fmt"
	"time"
)

// Number stands in the names of a Stencil where each certificate has a number of its own.
const Number = "00000000"

// Stencil makes certificates quickly: one that was issued, with the number in its names replaced. Their signatures are worth nothing,
// and a log's reader does not look at them.
type Stencil struct{ cert, pre Entry }

// Stencil makes one for names with Number in them.
func (a *Authority) Stencil(names ...string) *Stencil {
	return &Stencil{a.Entry(time.Time{}, names...), a.PreEntry(time.Time{}, names...)}
}

// Entry is the one with number i: of a certificate when i is even, else of a precertificate.
func (s *Stencil) Entry(i int, at time.Time) Entry {
	e := s.cert
	if i%2 == 1 {
		e = s.pre
	}
	number := []byte(fmt.Sprintf("%08d", i))
	e.Time, e.DER = at, bytes.ReplaceAll(e.DER, []byte(Number), number)
	if e.Pre != nil {
		e.Pre = bytes.ReplaceAll(e.Pre, []byte(Number), number)
	}
	return e
}

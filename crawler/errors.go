package crawler

import (
	"errors"
	"fmt"
)

// ErrRefused is wrapped by every connection that the egress guard would not make.
var ErrRefused = errors.New("connection refused by the egress guard")

// Refusal says which connection was not made, and why. It matches ErrRefused.
type Refusal struct {
	Target string `json:"target"` // what was asked for: a URL or host:port
	Why    string `json:"why"`    // "loopback address", "port 22 is not allowed", "scheme file", …
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Target, r.Why) }

// Is makes errors.Is(err, ErrRefused) true.
func (r *Refusal) Is(target error) bool { return target == ErrRefused }

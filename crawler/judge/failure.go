package judge

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"unicode"

	"scamatlas/crawler"
)

// HandshakeError is a connection that came about and a TLS session that did not.
type HandshakeError struct{ Err error }

func (e *HandshakeError) Error() string { return "TLS handshake: " + e.Err.Error() }
func (e *HandshakeError) Unwrap() error { return e.Err }

// ProtocolError is an answer that is no HTTP, or more of it than anyone needs.
type ProtocolError string

func (e ProtocolError) Error() string { return string(e) }

// Failure says why no answer came at all, by the error of our own connection.
func (j *Judge) Failure(err error) (outcome crawler.Outcome, reason string) {
	var refusal *crawler.Refusal
	var dns *net.DNSError
	var shake *HandshakeError
	var protocol ProtocolError
	switch {
	case errors.As(err, &refusal):
		return crawler.Blocked, "our guard refused " + note(refusal)
	case errors.Is(err, syscall.ECONNREFUSED):
		return crawler.Unreachable, "connection refused"
	case errors.As(err, &dns):
		return crawler.Unreachable, "no address: " + note(dns)
	case errors.As(err, &shake):
		return crawler.Unreachable, note(shake)
	case errors.As(err, &protocol):
		return crawler.HTTPError, note(protocol)
	case TimedOut(err):
		return crawler.Unreachable, "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return crawler.Unreachable, "the connection was closed without an answer"
	case strings.Contains(err.Error(), "net/http: ") || strings.Contains(err.Error(), "http: "):
		return crawler.HTTPError, "not HTTP: " + note(err) // net/http has no types for these
	default:
		return crawler.Unreachable, note(err)
	}
}

// TimedOut reports an error that means waiting took too long.
func TimedOut(err error) bool {
	var netErr net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &netErr) && netErr.Timeout()
}

func note(err error) string { return Line(err.Error()) }

func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return -1
	}
	return r
}

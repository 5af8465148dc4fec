package registry

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// polite is a transport that waits for its turn at each server, does as Retry-After says (RFC 9110, 10.2.3) and cuts answers.
type polite struct {
	next  http.RoundTripper
	turns *turns
}

// RoundTrip sends a request without a body. The error is a *busyError when the server wants to be left alone for longer than the
// request can wait.
func (p *polite) RoundTrip(req *http.Request) (*http.Response, error) {
	server := strings.ToLower(req.URL.Host)
	for try := 1; ; try++ {
		if err := p.turns.take(req.Context(), server); err != nil {
			return nil, err
		}
		resp, err := p.once(req)
		if err != nil {
			if req.Context().Err() == nil {
				p.turns.hold(server, failHold)
			}
			return nil, err
		}
		if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
			resp.Body = http.MaxBytesReader(nil, resp.Body, maxBody)
			return resp, nil
		}
		until := p.turns.hold(server, retryAfter(resp.Header.Get("Retry-After"), time.Now()))
		_, _ = io.CopyN(io.Discard, resp.Body, maxLine) // so that the connection can be used again
		resp.Body.Close()
		if try == maxTries {
			return nil, &busyError{server, until}
		}
	}
}

// once sends the request, with requestTime for it and its answer.
func (p *polite) once(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), requestTime)
	resp, err := p.next.RoundTrip(req.Clone(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &timed{resp.Body, cancel}
	return resp, nil
}

// timed is a body whose request ends with it.
type timed struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (t *timed) Close() error {
	defer t.cancel()
	return t.ReadCloser.Close()
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (p *polite) CloseIdleConnections() {
	if c, ok := p.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// retryAfter reads seconds or a date; what is neither, or negative, is defaultHold.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
		return min(time.Duration(min(n, int64(maxHold/time.Second)))*time.Second, maxHold)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxHold)
	}
	return defaultHold
}

package elastic

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"scamatlas/index"
)

// errForeign: whoever answers is not Elasticsearch.
var errForeign = errors.New("the answer does not come from Elasticsearch")

// serverError is a refusal by the server, of a whole request or of one document in it.
type serverError struct {
	Status int
	Type   string
	Reason string
}

func (e *serverError) Error() string {
	text := fmt.Sprintf("elasticsearch answered %d", e.Status)
	if e.Type != "" {
		text += " " + e.Type
	}
	if e.Reason != "" {
		text += ": " + clip(e.Reason, MaxErrorText)
	}
	switch {
	case e.Status == http.StatusUnauthorized:
		text += " (check the API key or the user's password)"
	case e.blocked():
		text += " (is the server's disk full?)"
	}
	return text
}

// Unwrap gives the sentinel of package index that fits.
func (e *serverError) Unwrap() error {
	switch {
	case e.Status == http.StatusTooManyRequests, e.Status >= 500, e.blocked(), e.Type == indexMissing:
		return index.ErrUnavailable
	case e.Status == http.StatusForbidden:
		return index.ErrReadOnly
	case e.Status == http.StatusNotFound:
		return index.ErrNotFound
	}
	return nil
}

const indexMissing = "index_not_found_exception"

// noIndex: an index that was there at Open is gone.
func noIndex(err error) bool {
	var e *serverError
	return errors.As(err, &e) && e.Type == indexMissing
}

// blocked: an index takes no writes for now; the server puts such a block on when its disk is full, and takes it off again.
func (e *serverError) blocked() bool {
	return e.Type == "cluster_block_exception" // with 403 or 429
}

// outage reports trouble that is not the document's fault: it may pass, or somebody has to mend the server, and until then nothing
// is lost by waiting.
func (e *serverError) outage() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	}
	return e.Status >= 500
}

func newServerError(status int, body []byte) *serverError {
	e := &serverError{Status: status}
	var full struct {
		Error docError `json:"error"`
	}
	var short struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &full) == nil {
		e.Type, e.Reason = full.Error.Type, full.Error.text()
	} else if json.Unmarshal(body, &short) == nil {
		e.Reason = short.Error
	}
	return e
}

// docError is how the server words an error.
type docError struct {
	Type     string    `json:"type"`
	Reason   string    `json:"reason"`
	CausedBy *docError `json:"caused_by"`
}

func (d docError) text() string {
	if d.CausedBy != nil && d.CausedBy.Reason != "" {
		return d.Reason + ": " + d.CausedBy.Reason
	}
	return d.Reason
}

// unreachable words a request that got no answer.
func (c *client) unreachable(ctx context.Context, err error) error {
	hint := "is it running, and is the address right?"
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: elasticsearch %s gave no answer in time", index.ErrUnavailable, c.address)
	case errors.As(err, &unknown):
		hint = "name the CA that signed its certificate in the settings"
	case errors.As(err, &invalid), errors.As(err, &name):
		hint = "its certificate does not fit"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		hint = "it does not speak TLS: is the address http://?"
	}
	return fmt.Errorf("%w: elasticsearch %s: %w (%s)", index.ErrUnavailable, c.address, err, hint)
}

// foreign words an answer without the product header. A proxy's own refusals count as an outage, everything else as a wrong address.
func (c *client) foreign(status int) error {
	err := fmt.Errorf("%w: %s answered %d; check the address", errForeign, c.address, status)
	switch {
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusUnauthorized, status == http.StatusForbidden,
		status == http.StatusProxyAuthRequired, status == http.StatusRequestTimeout:
		return fmt.Errorf("%w: a proxy in front of elasticsearch %s answered %d", index.ErrUnavailable, c.address, status)
	}
	return err
}

// passing reports whether the same request may succeed a moment later.
func passing(err error) bool {
	var e *serverError
	if errors.As(err, &e) {
		return e.Status == http.StatusTooManyRequests || e.Status >= 500
	}
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	return errors.Is(err, index.ErrUnavailable) && !errors.As(err, &unknown) && !errors.As(err, &name)
}

// backoff gives growing waits with jitter, so that many machines do not come back at once.
type backoff struct {
	first, most time.Duration
	n           int
}

func (b *backoff) next() time.Duration {
	d := min(b.first<<min(b.n, 20), b.most)
	b.n++
	return d/2 + rand.N(d/2+1)
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// clip shortens s to n bytes at most.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n-len("…")], "") + "…"
}

package ct

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// getter asks for addresses, again where that may help.
type getter struct{ client Doer }

// statusError is an answer other than 200.
type statusError struct {
	url    string
	status int
	after  time.Duration // Retry-After; 0 = none
	body   []byte        // its beginning
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s: answered %d %s", e.url, e.status, http.StatusText(e.status))
	if e.after > 0 {
		text += fmt.Sprintf(", ask again in %v", e.after)
	}
	if len(e.body) > 0 {
		text += fmt.Sprintf(": %.*q", MaxText, e.body)
	}
	return text
}

// errHTML: a page for people came in place of data. It is worth asking again: so logs say that they are being worked on.
var errHTML = errors.New("a web page came instead of data")

func isStatus(err error, status int) bool {
	var s *statusError
	return errors.As(err, &s) && s.status == status
}

// body gives what an address holds, at most limit bytes; format is what is thought to be there, for errors. It asks up to MaxTries
// times where the server was overloaded or the connection broke, waiting as long as it says, up to LongestPause.
func (g *getter) body(ctx context.Context, url, format string, limit int64) ([]byte, error) {
	pause := FirstPause
	for try := 1; ; try++ {
		data, err := g.once(ctx, url, limit)
		if err == nil {
			return data, nil
		}
		err = fmt.Errorf("%s: %w", format, err)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", format, ctx.Err())
		}
		wait := pause/2 + rand.N(pause/2)
		var answer *statusError
		if errors.As(err, &answer) {
			wait = max(wait, answer.after)
		}
		switch {
		case !again(err):
			return nil, err
		case try == MaxTries:
			return nil, fmt.Errorf("%w (asked %d times)", err, try)
		case wait > LongestPause:
			return nil, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
		pause = min(2*pause, LongestPause)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// again reports whether a further try may go better.
func again(err error) bool {
	var answer *statusError
	if errors.As(err, &answer) {
		return answer.status == http.StatusTooManyRequests || answer.status == http.StatusRequestTimeout || answer.status >= 500
	}
	return !errors.Is(err, ErrTooLarge)
}

func (g *getter) once(ctx context.Context, url string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "gzip, identity")
	resp, err := g.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, MaxHead)) // most of it for the connection to be of use again
		return nil, &statusError{url, resp.StatusCode, retryAfter(resp.Header.Get("Retry-After")), said[:min(len(said), MaxText)]}
	}
	data, err := readBody(resp, limit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	if isPage(resp.Header.Get("Content-Type"), data) {
		return nil, fmt.Errorf("%s: %w: %.*q", url, errHTML, MaxText, data)
	}
	return data, nil
}

// readBody reads at most limit bytes, unpacked.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	data, err := readAll(resp.Body, resp.ContentLength, limit)
	if err != nil || resp.Uncompressed || !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return data, err
	}
	return unpack(data, limit)
}

// unpack undoes gzip.
func unpack(data []byte, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	out, err := readAll(z, 4*int64(len(data)), limit)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return out, err
}

// readAll reads to the end; expected is a guess of the length, -1 = none.
func readAll(r io.Reader, expected, limit int64) ([]byte, error) {
	var b bytes.Buffer
	if expected > 0 {
		b.Grow(int(min(expected, limit, 4<<20)) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return b.Bytes(), nil
}

// isPage reports whether an answer is for people. Hash tiles are random bytes: a "<" alone says nothing.
func isPage(contentType string, data []byte) bool {
	if kind, _, err := mime.ParseMediaType(contentType); err == nil && kind == "text/html" {
		return true
	}
	start := strings.ToLower(string(bytes.TrimSpace(data[:min(len(data), 40)])))
	return strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html")
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); 0 when it says nothing.
func retryAfter(value string) time.Duration {
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

package feed

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// version is what a server calls what it sent; of a file, its size and time.
type version struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// open gives the feed's bytes and their version; errUnchanged when that is known.
func (s *Source) open(ctx context.Context, known version) (io.ReadCloser, version, error) {
	if s.c.File != "" {
		return s.openFile(known)
	}
	req, err := s.request(ctx, known)
	if err != nil {
		return nil, version{}, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, version{}, err
	}
	switch {
	case res.StatusCode == http.StatusOK:
		return res.Body, version{clipped(res.Header.Get("ETag")), clipped(res.Header.Get("Last-Modified"))}, nil
	case res.StatusCode == http.StatusNotModified:
		err = errUnchanged
	default:
		err = fmt.Errorf("%s answered %d", s.c.URL, res.StatusCode)
	}
	return nil, version{}, errors.Join(err, res.Body.Close())
}

// clipped leaves out a version that is too long to be kept.
func clipped(s string) string {
	if len(s) > MaxVersion {
		return ""
	}
	return s
}

func (s *Source) openFile(known version) (io.ReadCloser, version, error) {
	f, err := os.Open(s.c.File)
	if err != nil {
		return nil, version{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, version{}, errors.Join(err, f.Close())
	}
	now := version{ETag: fmt.Sprintf("%d bytes", info.Size()), LastModified: info.ModTime().UTC().Format(time.RFC3339Nano)}
	if now == known {
		return nil, version{}, errors.Join(errUnchanged, f.Close())
	}
	return f, now, nil
}

func (s *Source) request(ctx context.Context, known version) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.c.URL, nil)
	if err != nil {
		return nil, err
	}
	for k, v := range s.c.Headers {
		req.Header.Set(k, v)
	}
	if s.c.UserAgent != "" {
		req.Header.Set("User-Agent", s.c.UserAgent)
	}
	if known.ETag != "" {
		req.Header.Set("If-None-Match", known.ETag)
	}
	if known.LastModified != "" {
		req.Header.Set("If-Modified-Since", known.LastModified)
	}
	return req, nil
}

// unpack undoes gzip, told by its first bytes: servers and file names lie about it. More than most bytes are an error.
func unpack(r io.Reader, most int64) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("gunzip: %w", err)
	}
	return &capped{r: z, left: most}, nil
}

// capped reads at most left bytes and then fails, for good, where io.LimitReader would look like the end.
type capped struct {
	r    io.Reader
	left int64
	err  error
}

func (c *capped) Read(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	if c.left == 0 { // one byte more tells the end from too much
		var n int
		if n, c.err = c.r.Read(make([]byte, 1)); n > 0 {
			c.err = ErrTooLarge
		}
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left, c.err = c.left-int64(n), err
	return n, err
}

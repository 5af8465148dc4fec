// Package feed turns lists that others publish (files and URLs: lines, CSV, JSON) into crawler.Targets.
//
// It does not judge entries beyond "is a host", does not remember what it read before, and opens connections only through the client
// it is given.
package feed

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
)

var (
	// ErrDrift: the feed came but is not what it was: no such column or field, no entries, or none that is a host.
	ErrDrift = errors.New("feed is not in the expected form")
	// ErrTooLarge: the feed is longer than MaxFeed, MaxUnpacked or MaxTargets.
	ErrTooLarge = errors.New("feed too large")
	// ErrUnchanged: the server says that nothing changed since Config.ETag or Config.LastModified.
	ErrUnchanged = errors.New("feed unchanged")
)

// Doer sends one request. Redirects, encodings, User-Agent, politeness and the egress guard are its matter.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Config describes one feed.
type Config struct {
	Name    string // targets get the source "feed:NAME"
	URL     string // where it is; exactly one of URL and File
	File    string
	Format  string // "lines", "csv" or "json"; "" goes by the ending (.gz aside), lines when that says nothing
	Column  string // csv: name of the column with hosts or addresses
	Path    string // json: where the hosts are: "blacklist[]", "data[].domain", "[]"
	Licence string // carried for exports, as is
	TLP     string // traffic light: "", "clear", "green", "amber", "amber+strict", "red"

	// What the last reading's Result gave, to ask only for news.
	ETag, LastModified string
}

// Source reads one feed.
type Source struct {
	c      Config
	path   []step
	client Doer
}

// New checks c, all faults in one error. client is needed for URLs only.
func New(c Config, client Doer) (*Source, error) {
	var faults []string
	fault := func(bad bool, format string, a ...any) {
		if bad {
			faults = append(faults, fmt.Sprintf(format, a...))
		}
	}
	fault(c.Name == "", "name is missing")
	fault((c.URL == "") == (c.File == ""), "exactly one of url and file must be set")
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		fault(err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https", "url %q is not an http or https address", c.URL)
		fault(client == nil, "no client for url")
	}
	if c.Format == "" {
		c.Format = formatOf(c.URL + c.File)
	}
	var steps []step
	switch c.Format {
	case "lines":
	case "csv":
		fault(c.Column == "", "column is missing: csv needs the name of a column")
	case "json":
		var err error
		if steps, err = parsePath(c.Path); err != nil {
			fault(true, "path %q: %v", c.Path, err)
		}
	default:
		fault(true, "format %q is not lines, csv or json", c.Format)
	}
	switch strings.ToLower(c.TLP) {
	case "", "clear", "green", "amber", "amber+strict", "red":
	default:
		fault(true, "tlp %q is not clear, green, amber, amber+strict or red", c.TLP)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("feed %q: %s", c.Name, strings.Join(faults, "; "))
	}
	return &Source{c: c, path: steps, client: client}, nil
}

func formatOf(name string) string {
	if u, err := url.Parse(name); err == nil {
		name = u.Path
	}
	switch path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")) {
	case ".csv":
		return "csv"
	case ".json":
		return "json"
	}
	return "lines"
}

// Name is the feed's name.
func (s *Source) Name() string { return s.c.Name }

// Config gives the settings, Format filled in.
func (s *Source) Config() Config { return s.c }

// Targets reads the whole feed. With ErrDrift the result may still be non-nil, to show what was rejected and why; with any other
// error it is nil. Nothing is retried.
func (s *Source) Targets(ctx context.Context) (*Result, error) {
	ctx, cancel := context.WithTimeout(ctx, ReadTimeout)
	defer cancel()
	res, err := s.read(ctx)
	if err != nil && !errors.Is(err, ErrDrift) {
		res = nil
	}
	if err != nil {
		return res, fmt.Errorf("read feed %s: %w", s.c.Name, err)
	}
	return res, nil
}

func (s *Source) read(ctx context.Context) (*Result, error) {
	body, etag, modified, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	r, err := unpack(&capped{r: body, left: MaxFeed})
	if err != nil {
		return nil, err
	}
	c := newCollector(ctx, "feed:"+s.c.Name, s.c.URL)
	if s.c.File != "" {
		c.reference, c.numbered = s.c.File, true
	}
	c.res.ETag, c.res.LastModified = etag, modified
	switch s.c.Format {
	case "csv":
		err = c.csv(r, s.c.Column)
	case "json":
		err = c.json(r, s.path)
	default:
		err = c.lines(r)
	}
	if err == nil {
		err = c.drift()
	}
	return &c.res, err
}

// open gives the feed's bytes, and what the server calls this version of it.
func (s *Source) open(ctx context.Context) (body io.ReadCloser, etag, modified string, err error) {
	if s.c.File != "" {
		f, err := os.Open(s.c.File)
		return f, "", "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.c.URL, nil)
	if err != nil {
		return nil, "", "", err
	}
	if s.c.ETag != "" {
		req.Header.Set("If-None-Match", s.c.ETag)
	}
	if s.c.LastModified != "" {
		req.Header.Set("If-Modified-Since", s.c.LastModified)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, "", "", err
	}
	switch {
	case res.StatusCode == http.StatusOK:
		return res.Body, res.Header.Get("ETag"), res.Header.Get("Last-Modified"), nil
	case res.StatusCode == http.StatusNotModified:
		err = ErrUnchanged
	default:
		err = fmt.Errorf("%s answered %d", s.c.URL, res.StatusCode)
	}
	return nil, "", "", errors.Join(err, res.Body.Close())
}

// unpack undoes gzip, told by its first bytes: servers and file names lie about it.
func unpack(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("gunzip: %w", err)
	}
	return &capped{r: z, left: MaxUnpacked}, nil
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

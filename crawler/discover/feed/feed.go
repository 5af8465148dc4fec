// Package feed turns what others publish (files and URLs: lines, CSV, JSON, YAML, HTML tables, RSS, prose, e-mail) into crawler.Targets.
//
// It does not judge entries beyond "is a host", remembers what it read only in the cursor it gives, and opens connections only through
// the client it is given.
package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"scamatlas/crawler"
)

var (
	// ErrDrift: the feed came but is not what it was: no such column or field, no entries, or none that is a host.
	ErrDrift = errors.New("feed is not in the expected form")
	// ErrTooLarge: the feed is longer than MaxFeed, MaxUnpacked or MaxTargets.
	ErrTooLarge = errors.New("feed too large")

	errUnchanged = errors.New("feed unchanged") // since the version that is known
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
	Format  string      // lines, csv, json, yaml, html, rss, text or mail; "" goes by the ending (.gz aside), lines when that says nothing
	Column  string      // csv, html: header cell of the column with hosts, "a | b" for more; rss: the element. html and rss without: prose
	Path    string      // json, yaml: where the hosts are: "blacklist[]", "data[].domain", "[]"
	Prose   bool        // what stands there is text that may name hosts, such as a complaint
	Licence string      // carried on each target, as is
	TLP     crawler.TLP // likewise, as crawler.ParseTLP reads it; what must not be passed on at all is "amber+strict" or "red"

	UserAgent string            // sent when set: feeds ask for one that says whom to write to
	Headers   map[string]string // sent as well, such as a key
	Interval  time.Duration     // least time between two requests; 0: ask whenever told to
	Expect    time.Duration     // how long the feed may give nothing before somebody should look why; 0: for ever

	// Scored feeds name much that is none of ours, such as all domains registered yesterday: of their hosts those are targets that score
	// Least or more by their names. Age is how long ago the domains were registered, where the feed is of new ones; 0: not known.
	Scored bool
	Least  float64
	Age    time.Duration
	Score  func(host string, age time.Duration) (score float64, reasons []string)

	// Skip says why a host is no target though the feed names it, "" when it is one; nil: all are. Prose needs it, as it names honest
	// sites as well.
	Skip func(host string) (why string)
}

// formats are the values of Config.Format.
var formats = [...]string{"lines", "csv", "json", "yaml", "html", "rss", "text", "mail"}

// Source reads one feed. It is safe for use by many goroutines.
type Source struct {
	c      Config
	path   []step
	client Doer
	most   int64 // bytes after gunzip

	mu    sync.Mutex
	asked time.Time // when the server was asked last
}

// New checks c, all faults in one error. client is needed for URLs only.
func New(c Config, client Doer) (*Source, error) {
	c, err := c.check()
	switch {
	case err == nil && c.URL != "" && client == nil:
		err = fmt.Errorf("feed %q: no client for url", c.Name)
	case err == nil && c.Scored && c.Score == nil:
		err = fmt.Errorf("feed %q: nothing to score with", c.Name)
	}
	if err != nil {
		return nil, err
	}
	s := &Source{c: c, client: client, most: MaxUnpacked}
	if c.Format == "json" || c.Format == "yaml" {
		s.path, err = parsePath(c.Path)
	}
	return s, err
}

// check gives c with its format filled in, or all that is wrong with it in one error.
func (c Config) check() (Config, error) {
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
	}
	if c.Format == "" {
		c.Format = formatOf(c.URL + c.File)
	}
	switch c.Format {
	case "csv":
		fault(c.Column == "", "column is missing: csv needs the name of a column")
	case "json", "yaml":
		_, err := parsePath(c.Path)
		fault(err != nil, "path %q: %v", c.Path, err)
	default:
		fault(!slices.Contains(formats[:], c.Format), "format %q is not one of %s", c.Format, strings.Join(formats[:], ", "))
	}
	fault(c.Interval < 0 || c.Expect < 0 || c.Age < 0, "interval, expect and age cannot be negative")
	fault(c.Age > 0 && !c.Scored, "age is of use only where names are scored")
	light, err := crawler.ParseTLP(string(c.TLP))
	fault(err != nil, "tlp %v", err)
	c.TLP = light
	if len(faults) > 0 {
		return c, fmt.Errorf("feed %q: %s", c.Name, strings.Join(faults, "; "))
	}
	return c, nil
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
	case ".yaml", ".yml":
		return "yaml"
	case ".html", ".htm":
		return "html"
	case ".rss", ".atom", ".xml":
		return "rss"
	case ".eml", ".mbox":
		return "mail"
	}
	return "lines"
}

// Name is the feed's name.
func (s *Source) Name() string { return s.c.Name }

// read reads the feed unless it is still the version known, and says which version it is. What came before an error is in res.
func (s *Source) read(ctx context.Context, known version) (res Result, now version, err error) {
	body, now, err := s.open(ctx, known)
	if err != nil {
		return res, now, err
	}
	defer body.Close()
	r, err := unpack(&capped{r: body, left: MaxFeed}, s.most)
	if err != nil {
		return res, now, err
	}
	c := s.collector(ctx)
	if err = s.parse(c, r); err == nil {
		err = c.drift()
	}
	return c.res, now, err
}

func (s *Source) collector(ctx context.Context) *collector {
	c := newCollector(ctx, "feed:"+s.c.Name, s.c.URL)
	if s.c.File != "" {
		c.reference, c.numbered = s.c.File, true
	}
	c.skip = s.c.Skip
	if s.c.Scored {
		c.least, c.score = s.c.Least, func(host string) (float64, []string) { return s.c.Score(host, s.c.Age) }
	}
	c.prose = s.c.Prose || s.c.Format == "text" || s.c.Format == "mail" || s.c.Column == "" && (s.c.Format == "html" || s.c.Format == "rss")
	if u, err := url.Parse(s.c.URL); err == nil && u.Host != "" && c.prose {
		c.own = crawler.RegistrableDomain(strings.ToLower(u.Hostname()))
	}
	c.licence, c.tlp = s.c.Licence, s.c.TLP
	if why := s.terms(); why != "" {
		c.reasons = []string{why}
	}
	return c
}

// terms says on what terms the feed's entries may be passed on.
func (s *Source) terms() string {
	var terms []string
	if s.c.Licence != "" {
		terms = append(terms, "licence "+s.c.Licence)
	}
	if s.c.TLP != "" {
		terms = append(terms, s.c.TLP.String())
	}
	if terms == nil {
		return ""
	}
	return "listed by " + s.c.Name + " (" + strings.Join(terms, ", ") + ")"
}

func (s *Source) parse(c *collector, r io.Reader) error {
	switch s.c.Format {
	case "csv":
		return c.csv(r, s.c.Column)
	case "json":
		return c.json(r, s.path)
	case "yaml":
		return c.yaml(r, s.path)
	case "html":
		return c.html(r, s.c.Column)
	case "rss":
		return c.rss(r, s.c.Column)
	case "text":
		return c.text(r)
	case "mail":
		return c.mail(r)
	}
	return c.lines(r)
}

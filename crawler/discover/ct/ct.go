// Package ct turns certificate transparency logs into crawler.Targets: the host names of new certificates that a scorer finds worth a
// visit, each with the log and the entry it stood in.
//
// It reads static-ct logs (https://c2sp.org/static-ct-api) and those that still have only RFC 6962, and believes neither: a tree head
// counts when its signature is the log's, entries when they are what the tree head commits to. A log that takes back what it showed
// is an alarm. It does not know which names are suspicious, asks nobody about them, and opens connections only through the client it
// is given.
package ct

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var (
	// ErrShrunk: the log shows a smaller tree than before. An *Alarm has both tree heads.
	ErrShrunk = errors.New("log has shrunk")
	// ErrForked: the log signed two trees that are not one history. An *Alarm has both tree heads.
	ErrForked = errors.New("log has forked")
	// ErrSignature: a tree head is not signed by the log's key.
	ErrSignature = errors.New("tree head is not signed by the log")
	// ErrUnproven: entries or hashes are not those that the signed tree head commits to. Nothing of them is given out.
	ErrUnproven = errors.New("log shows what its tree head does not commit to")
	// ErrMalformed: an answer is not in the form the protocol has, and cannot be read past.
	ErrMalformed = errors.New("malformed answer")
	// ErrTooLarge: an answer is longer than its limit.
	ErrTooLarge = errors.New("answer too large")
	// ErrCursor: the cursor is not one of this log.
	ErrCursor = errors.New("cursor is not of this log")
)

// Alarm says that a log does not keep its promise to only append. It wraps ErrShrunk or ErrForked.
type Alarm struct {
	Kind     error
	Log      string
	Old, New Head
}

func (a *Alarm) Error() string {
	return fmt.Sprintf("%s: %v: was %v, is %v", a.Log, a.Kind, a.Old, a.New)
}

func (a *Alarm) Unwrap() error { return a.Kind }

// Doer sends one request. Redirects, User-Agent, politeness and the egress guard are its matter.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Scorer says how suspicious a host name is, 0 to 1, and why. Names come in lower case as A-labels, wildcards without "*.".
type Scorer func(name string) (score float64, reasons []string)

// Kind is how a log is read.
type Kind string

const (
	Static  Kind = "static-ct"
	RFC6962 Kind = "rfc6962"
)

// Log says where a log is.
type Log struct {
	Name   string    // short: targets get the source "ct:NAME"
	Kind   Kind      // of reading
	URL    string    // static-ct: monitoring prefix; RFC 6962: what stands before "ct/v1/"
	Origin string    // static-ct: name on its checkpoints, the submission prefix without scheme and last slash; "" = URL's
	Key    []byte    // public key: DER of a SubjectPublicKeyInfo
	State  string    // of a log list: "usable", "qualified", "readonly", …; "" when none said so
	Start  time.Time // the log takes certificates that expire from Start until before End; zero: no bound
	End    time.Time
}

// Options of a Source. Log, Client, Score are needed.
type Options struct {
	Log       Log
	Client    Doer
	Score     Scorer
	Threshold float64          // names with this score or more become targets
	Watch     float64          // names below it with this score or more become Batch.Names; 0 = none, less than 0 = all
	Since     time.Duration    // without a cursor: reading begins with the entries of this span before now; 0 = DefaultSince; Everything
	From      int64            // without a cursor: index of the first entry to read, instead of Since; 0 = not set
	Batch     int              // entries between two points to resume from, rounded to tiles; 0 = DefaultBatch
	Span      time.Duration    // a reading ends after this, at the end of a batch; 0 = at the end of the log
	Now       func() time.Time // nil = time.Now
	Logger    *slog.Logger     // nil = none
}

// Source reads one log. It keeps nothing between readings: all it must remember is in the cursor. Read may not run twice at once with
// the same cursor, or what it finds is found twice.
type Source struct {
	o      Options
	verify *headVerifier
}

// backend is one way of asking a log.
type backend interface {
	// head gives the newest tree head, its signature verified.
	head(ctx context.Context) (Head, error)
	// entries hands the entries from (included) to at most to (excluded) of the tree to each, in order and without a gap.
	// What it hands out is not proven to be in the tree.
	entries(ctx context.Context, head Head, from, to int64, each func(*entry) error) error
	// edge gives the edge of the first n entries, proven to be a part of head's tree.
	edge(ctx context.Context, head Head, n int64) (edge, error)
	// prove says whether a tree that has edge is the beginning of head's, nil when it is. The error wraps ErrUnproven when it is not.
	prove(ctx context.Context, head Head, e edge) error
	// grew says whether head's tree goes on where old's ended, both signed; the error is ErrForked when it does not.
	grew(ctx context.Context, old, head Head) error
	// begin gives the greatest index up to n at which reading can begin.
	begin(n int64, head Head) int64
}

// New checks o, all faults in one error.
func New(o Options) (*Source, error) {
	var faults []string
	fault := func(bad bool, format string, a ...any) {
		if bad {
			faults = append(faults, fmt.Sprintf(format, a...))
		}
	}
	fault(o.Log.Name == "", "name is missing")
	u, err := url.Parse(o.Log.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		fault(true, "url %q is not an http or https address", o.Log.URL)
	} else if o.Log.Origin == "" {
		o.Log.Origin = strings.TrimRight(u.Host+u.Path, "/")
	}
	fault(o.Client == nil, "no client")
	fault(o.Score == nil, "no scorer")
	fault(o.Batch < 0 || o.Batch > MaxBatch, "batch %d is not 1 to %d", o.Batch, MaxBatch)
	fault(o.From < 0 || o.From > MaxTree, "from %d is not the index of an entry", o.From)
	fault(o.Since < 0, "since %v is negative", o.Since)
	key, err := parseKey(o.Log.Key)
	fault(err != nil, "key: %v", err)
	fault(o.Log.Kind != Static && o.Log.Kind != RFC6962, "kind %q is not %s or %s", o.Log.Kind, Static, RFC6962)
	if len(faults) > 0 {
		return nil, fmt.Errorf("certificate log %q: %s", o.Log.Name, strings.Join(faults, "; "))
	}
	return &Source{o: o.withDefaults(), verify: &headVerifier{origin: o.Log.Origin, id: o.Log.ID(), key: key}}, nil
}

// open gives what asks the log during one reading.
func (s *Source) open() backend {
	get := &getter{client: s.o.Client}
	base := strings.TrimRight(s.o.Log.URL, "/")
	if s.o.Log.Kind == Static {
		return &staticLog{base: base, get: get, verify: s.verify}
	}
	return &oldLog{base: base + "/ct/v1/", get: get, verify: s.verify}
}

func (o Options) withDefaults() Options {
	if o.Since == 0 {
		o.Since = DefaultSince
	}
	if o.Batch == 0 {
		o.Batch = DefaultBatch
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Name is what targets have as their source.
func (s *Source) Name() string { return "ct:" + s.o.Log.Name }

// Expect is the longest silence that is normal; 0 = any.
func (s *Source) Expect() time.Duration {
	if s.o.Log.State == "readonly" || !s.o.Log.End.IsZero() && !s.o.Log.End.After(s.o.Now()) {
		return 0
	}
	return QuietLog
}

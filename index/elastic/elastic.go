// Package elastic turns visits, clusters and runs into Elasticsearch 8 documents and back: the store for many machines.
//
// A visit is first durable in a local outbox (index/outbox), then sent; queue, clusters and runs are written at once, every change
// of a document that others may change too by compare-and-swap. The package does not know how sites are fetched or grouped, and
// opens no connection but through the dialer it is given.
//
// It uses only what every Elasticsearch 8 has: no scripts, no update-by-query, no reindex, no lifecycle policies, no pipelines.
package elastic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"scamatlas/index"
	"scamatlas/index/outbox"
)

// Options say how to reach the server and what to write.
type Options struct {
	Prefix   string // of index names; "" = "scamatlas"
	Outbox   string // folder of the outbox; "" = none: everything works but SaveVisit
	ReadOnly bool   // create and write nothing; needs no outbox

	APIKey     string // base64 of id:key, as the server gives it
	APIKeyFile string // file that holds it
	Username   string // instead of a key
	Password   string
	CAFile     string // PEM; "" = the system's

	// Dial opens every connection to the server.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Log  *slog.Logger     // nil = silent
	Now  func() time.Time // what "now" in queries means; nil = time.Now

	timeout, grace time.Duration // RequestTimeout and CloseGrace, for tests
}

// Store is an index.Store on Elasticsearch.
type Store struct {
	c        *client
	names    names
	version  string
	readOnly bool
	log      *slog.Logger
	now      func() time.Time
	pack     *packer
	box      *outbox.Box // nil: none
	sender   *sender     // nil: none
	unread   unread
	hasNamed atomic.Bool // the index of names is there
	close    func() error
}

var _ index.Store = (*Store)(nil)

var prefixForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// Open connects, checks that the server is an Elasticsearch 8, creates what is missing and starts to send what the outbox holds.
// Errors wrap index.ErrUnavailable (nobody answers), index.ErrVersion (not an Elasticsearch 8, or data of another scamatlas),
// index.ErrInUse (the outbox belongs to another process), index.ErrNotFound (ReadOnly, and there is no data yet).
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	if o.Prefix == "" {
		o.Prefix = "scamatlas"
	}
	if len(o.Prefix) > MaxPrefix || !prefixForm.MatchString(o.Prefix) {
		return nil, fmt.Errorf("index prefix %q: use lower-case letters, digits, - and _, a letter or digit first", o.Prefix)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.timeout, o.grace = cmp.Or(o.timeout, RequestTimeout), cmp.Or(o.grace, CloseGrace)
	c, err := newClient(address, o)
	if err != nil {
		return nil, err
	}
	if c.inClear(o) {
		o.Log.Warn("credentials for Elasticsearch go over the network in the clear: use an https:// address", "store", c.address)
	}
	s := &Store{c: c, names: namesOf(o.Prefix), readOnly: o.ReadOnly, log: o.Log, now: o.Now}
	if err := s.open(ctx, o); err != nil {
		c.close()
		return nil, err
	}
	s.close = sync.OnceValue(s.shut)
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) (err error) {
	if s.pack, err = newPacker(); err != nil {
		return err
	}
	if s.version, err = s.c.version(ctx); err != nil {
		return err
	}
	if o.ReadOnly {
		return s.checkIndices(ctx)
	}
	if err := s.ensureIndices(ctx); err != nil {
		return err
	}
	if o.Outbox == "" {
		return nil
	}
	if s.box, err = outbox.Open(o.Outbox); err != nil {
		return err
	}
	s.sender = startSender(s, o.grace)
	return nil
}

// Owner names this store's outbox: the owner to lease as, and to Reclaim after a restart. It is empty without an outbox.
func (s *Store) Owner() string {
	if s.box == nil {
		return ""
	}
	return s.box.Owner()
}

// Close stops sending, at the latest after CloseGrace. What was not delivered stays in the outbox; the next Open sends it.
func (s *Store) Close() error { return s.close() }

func (s *Store) shut() error {
	var err error
	if s.sender != nil {
		s.sender.stop()
	}
	if s.box != nil {
		err = s.box.Close()
	}
	s.c.close()
	return err
}

// Health asks the server and the outbox.
func (s *Store) Health(ctx context.Context) index.Health {
	h := index.Health{Store: s.c.address, Kind: "elasticsearch", Version: s.version}
	version, err := s.c.version(ctx)
	if err == nil {
		h.Version = version
		h.Sites, err = s.count(ctx, s.names.sites)
	}
	h.Err = err
	if s.box == nil {
		return h
	}
	counts, err := s.box.Counts(ctx)
	h.Queued, h.Dead = counts.Waiting, counts.Dead
	h.Err = errors.Join(h.Err, err)
	if stalled := s.sender.stalled(); h.Err == nil && stalled != nil {
		h.Err = fmt.Errorf("delivery waits: %w", stalled)
	}
	return h
}

func (s *Store) count(ctx context.Context, name string) (int64, error) {
	var out struct{ Count int64 }
	err := s.c.do(ctx, request{method: "GET", path: "/" + name + "/_count", out: &out})
	return out.Count, err
}

// writable says no to writes through a store opened for reading.
func (s *Store) writable(doing string) error {
	if s.readOnly {
		return fmt.Errorf("%s: %w: it was opened for reading", doing, index.ErrReadOnly)
	}
	return nil
}

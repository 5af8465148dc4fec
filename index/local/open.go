// Package local turns a folder into an index.Store: SQLite with full-text search, nothing to install. One process writes, any number
// read meanwhile. It does not know Elasticsearch or the network.
package local

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"scamatlas/index"
)

//go:embed schema.sql
var schema string

const (
	schemaVersion = 2
	applicationID = 0x5ca3a71a // marks the file as ours
	fileName      = "scamatlas.db"
)

// Options of Open; the zero value opens for writing.
type Options struct {
	ReadOnly bool             // take no lock; every writing method gives index.ErrReadOnly
	Log      *slog.Logger     // nil: say nothing
	Now      func() time.Time // what "now" means in queries; nil = time.Now
}

// Store is an index.Store in a folder.
//
//	callers ──ops──▶ writer goroutine ──one transaction for all that wait──▶ commit (fsync) ──▶ answers
//	callers ──────▶ reader connections, each on the last committed state
type Store struct {
	dir, file string
	readOnly  bool
	schema    int    // of the file as it was opened; for writing always schemaVersion
	site      string // what readers name where they ask for sites; see upgrade.go
	log       *slog.Logger
	now       func() time.Time

	lock     *os.File
	write    *sql.DB // one connection, used by the writer goroutine only
	read     *sql.DB
	ops      chan *op
	closing  chan struct{}
	stopped  chan struct{}
	once     sync.Once
	compiled map[string]*sql.Stmt // on write; see txn.go

	zip   *zstd.Encoder
	unzip *zstd.Decoder
}

var _ index.Store = (*Store)(nil)

// Open opens the store in dir. For writing it makes the folder when missing, takes its lock (index.ErrInUse when another process has it),
// brings what an earlier program stored up to date, and gives back the leases that an earlier process left. Data of a newer program is
// index.ErrVersion.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, file: filepath.Join(dir, fileName), readOnly: o.ReadOnly, schema: schemaVersion, site: "site", log: o.Log, now: o.Now}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	err := s.openCodec()
	switch {
	case err != nil:
	case o.ReadOnly:
		err = s.openReader(ctx)
	default:
		err = s.openWriter(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", dir, err), s.closeFiles())
	}
	return s, nil
}

func (s *Store) openCodec() (err error) {
	if s.zip, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)); err != nil {
		return err
	}
	s.unzip, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(maxReaders), zstd.WithDecoderMaxMemory(maxText))
	return err
}

func (s *Store) openReader(ctx context.Context) error {
	if _, err := os.Stat(s.file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: no store there yet; name another folder, or crawl something first", index.ErrNotFound)
	} else if err != nil {
		return err
	}
	query := "mode=ro"
	if _, err := os.Stat(s.file + "-wal"); errors.Is(err, fs.ErrNotExist) && !writable(s.dir) {
		query = "immutable=1" // nobody writes and SQLite cannot make its shared files: a copy on read-only media
	}
	if err := s.connectReaders(query); err != nil {
		return err
	}
	version, err := s.version(ctx, s.read)
	if err == nil && version == 0 {
		err = fmt.Errorf("%w: the store is empty", index.ErrNotFound)
	}
	if err == nil && version < schemaVersion {
		s.schema, s.site = version, earlierSites
	}
	return err
}

func writable(dir string) bool {
	f, err := os.CreateTemp(dir, ".probe")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}

func (s *Store) openWriter(ctx context.Context) error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("make store folder: %w", err)
	}
	var err error
	if s.lock, err = lock(filepath.Join(s.dir, "lock")); err != nil {
		return err
	}
	if s.write, err = s.connect("_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_pragma=journal_size_limit(67108864)"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.compile(ctx); err != nil {
		return err
	}
	if err := s.connectReaders("mode=ro"); err != nil {
		return err
	}
	s.ops, s.closing, s.stopped = make(chan *op), make(chan struct{}), make(chan struct{})
	go s.writer()
	return nil
}

func (s *Store) connectReaders(query string) (err error) {
	if s.read, err = s.connect(query + "&_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(maxReaders)
	s.read.SetMaxIdleConns(maxReaders)
	return nil
}

func (s *Store) connect(query string) (*sql.DB, error) {
	path, err := filepath.Abs(s.file)
	if err != nil {
		return nil, err
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + fmt.Sprintf("?_pragma=busy_timeout(%d)&", busyTimeout.Milliseconds()) + query
	return sql.Open("sqlite", dsn)
}

// prepare makes the tables of a new store, checks those of an old one, and ends the leases that nobody can hold any more.
func (s *Store) prepare(ctx context.Context) error {
	version, err := s.version(ctx, s.write)
	if err != nil {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.fail("begin", err)
	}
	defer tx.Rollback()
	switch {
	case version == 0:
		if _, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, schemaVersion)); err != nil {
			return s.fail("make tables", err)
		}
	case version < schemaVersion:
		if err := s.upgrade(ctx, tx); err != nil {
			return s.fail("bring the store up to date", err)
		}
	}
	if _, err := tx.ExecContext(ctx, namesSchema); err != nil {
		return s.fail("make tables", err)
	}
	res, err := tx.ExecContext(ctx, giveBack+" WHERE lease_owner IS NOT NULL")
	if err != nil {
		return s.fail("give back leases", err)
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		s.log.Info("gave back hosts that an earlier process had held", "n", n)
	}
	return s.fail("commit", tx.Commit())
}

// version reads which schema the file holds, 0 when it is new.
func (s *Store) version(ctx context.Context, db *sql.DB) (int, error) {
	var version, app, tables int
	err := db.QueryRowContext(ctx, "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").
		Scan(&version, &app, &tables)
	switch {
	case err != nil:
		return 0, s.fail("read "+fileName, err)
	case tables > 0 && app != applicationID:
		return 0, fmt.Errorf("%s was not made by scamatlas; name another folder", s.file)
	case version > schemaVersion:
		return 0, fmt.Errorf("%w: the store has schema %d, this program knows %d; use a newer scamatlas", index.ErrVersion, version, schemaVersion)
	}
	return version, nil
}

// Close ends the writer after the writes that wait, and lets the folder go.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		if s.ops != nil {
			close(s.closing)
			<-s.stopped
		}
		err = s.closeFiles()
	})
	if err != nil {
		return fmt.Errorf("close store %s: %w", s.dir, err)
	}
	return nil
}

// closeFiles closes what is open; the lock last, so that nobody else writes before we are done.
func (s *Store) closeFiles() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	if s.zip != nil {
		errs = append(errs, s.zip.Close())
	}
	if s.unzip != nil {
		s.unzip.Close()
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Health counts the sites and names the engine.
func (s *Store) Health(ctx context.Context) index.Health {
	h := index.Health{Store: s.dir, Kind: "embedded"}
	h.Err = s.fail("count sites", s.read.QueryRowContext(ctx, "SELECT 'SQLite ' || sqlite_version(), (SELECT count(*) FROM site)").Scan(&h.Version, &h.Sites))
	return h
}

// Package outbox turns a folder on local disk into a queue of finished work that waits for delivery: what Put has returned for
// survives a crash of the process and of the machine, until Done or Bury settles it.
//
// It does not know what the work is, nor where it goes.
package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"scamatlas/index"
)

//go:embed schema.sql
var schema string

// ErrFull: MaxWaiting items wait already.
var ErrFull = errors.New("outbox is full")

// Box is one open outbox. It is safe for concurrent use. One process holds a folder at a time.
type Box struct {
	db     *sql.DB
	folder string
	owner  string
	close  func() error

	waiting atomic.Int64 // items
}

// Item is one piece of work.
type Item struct {
	Seq  int64  // place in the queue, given by Put
	ID   string // the same work always has the same one
	Host string
	Body []byte
}

// Letter is an item that could not be delivered for good.
type Letter struct {
	ID     string
	Host   string
	Reason string
	At     time.Time
}

// Counts says how much the box holds.
type Counts struct {
	Waiting int64
	Dead    int64
	Last    int64 // Seq of the newest waiting item; 0 when none waits
}

// Open opens or makes the box in folder. The error wraps index.ErrInUse when another process holds it.
func Open(folder string) (*Box, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	file := filepath.Join(folder, "outbox.db")
	// locking_mode stands before journal_mode: the lock then is held from the first write until Close, and dies with the process.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", lockWait.Milliseconds()), "locking_mode(EXCLUSIVE)", "auto_vacuum(INCREMENTAL)", "journal_mode(WAL)",
		"synchronous(FULL)", fmt.Sprintf("journal_size_limit(%d)", MaxJournal)}, "_txlock": {"immediate"}}.Encode())
	if err != nil {
		return nil, fmt.Errorf("outbox %s: %w", folder, err)
	}
	db.SetMaxOpenConns(1) // the exclusive lock belongs to one connection
	db.SetConnMaxLifetime(0)
	b := &Box{db: db, folder: folder, close: sync.OnceValue(db.Close)}
	if err := b.prepare(); err != nil {
		_ = db.Close()
		return nil, b.wrap("opening", err)
	}
	return b, nil
}

func (b *Box) prepare() error {
	if _, err := b.db.Exec(schema); err != nil {
		return err
	}
	name, err := newOwner()
	if err != nil {
		return err
	}
	if _, err := b.db.Exec(`INSERT INTO meta (key, value) VALUES ('owner', ?) ON CONFLICT DO NOTHING`, name); err != nil {
		return err
	}
	if err := b.db.QueryRow(`SELECT value FROM meta WHERE key = 'owner'`).Scan(&b.owner); err != nil {
		return err
	}
	c, err := b.Counts(context.Background())
	b.waiting.Store(c.Waiting)
	return err
}

func newOwner() (string, error) {
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", err
	}
	name, err := os.Hostname()
	if err != nil || name == "" {
		name = "worker"
	}
	return name[:min(len(name), 64)] + "-" + hex.EncodeToString(id[:]), nil
}

// wrap says what was being done; a lock held elsewhere becomes index.ErrInUse.
func (b *Box) wrap(doing string, err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED) {
		return fmt.Errorf("outbox %s: %w: stop that process, or give this one an outbox folder of its own", b.folder, index.ErrInUse)
	}
	return fmt.Errorf("outbox %s: %s: %w", b.folder, doing, err)
}

// Owner names this box. It stays the same as long as the folder does.
func (b *Box) Owner() string { return b.owner }

// Put adds an item; on return it is on disk. An ID that waits already is left as it is; a dead one waits again, with the new body.
func (b *Box) Put(ctx context.Context, i Item) error {
	if n := b.waiting.Load(); n >= MaxWaiting {
		return fmt.Errorf("outbox %s: %w: %d visits wait for the server", b.folder, ErrFull, n)
	}
	r, err := b.db.ExecContext(ctx, `INSERT INTO item (id, host, body) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, reason = NULL, buried = NULL WHERE reason IS NOT NULL`, i.ID, i.Host, i.Body)
	if err != nil {
		return b.wrap("saving", err)
	}
	b.count(r, +1)
	return nil
}

// count keeps the number of waiting items without a look at the disk for every Put.
func (b *Box) count(r sql.Result, sign int64) {
	if n, err := r.RowsAffected(); err == nil {
		b.waiting.Add(sign * n)
	}
}

// Next gives the oldest waiting items: at most count, at most bytes of bodies, but always one when there is one.
func (b *Box) Next(ctx context.Context, count, bytes int) ([]Item, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT seq, id, host, body FROM item WHERE reason IS NULL ORDER BY seq LIMIT ?`, count)
	if err != nil {
		return nil, b.wrap("reading", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Item
	for total := 0; rows.Next(); {
		var i Item
		if err := rows.Scan(&i.Seq, &i.ID, &i.Host, &i.Body); err != nil {
			return nil, b.wrap("reading", err)
		}
		if total += len(i.Body); total > bytes && len(out) > 0 {
			break
		}
		out = append(out, i)
	}
	if err := rows.Err(); err != nil {
		return nil, b.wrap("reading", err)
	}
	return out, nil
}

// Done takes delivered items out.
func (b *Box) Done(ctx context.Context, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(seqs)), ",")
	args := make([]any, len(seqs))
	for n, s := range seqs {
		args[n] = s
	}
	r, err := b.db.ExecContext(ctx, `DELETE FROM item WHERE seq IN (`+marks+`)`, args...)
	if err != nil {
		return b.wrap("settling", err)
	}
	b.count(r, -1)
	var left bool
	err = b.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM item)`).Scan(&left)
	if err == nil && !left {
		_, err = b.db.ExecContext(ctx, `PRAGMA incremental_vacuum`) // gives the disk back what a long outage took
	}
	if err != nil {
		return b.wrap("settling", err)
	}
	return nil
}

// Bury keeps an item that cannot be delivered, with the reason, out of the queue.
func (b *Box) Bury(ctx context.Context, seq int64, reason string, at time.Time) error {
	reason = strings.ToValidUTF8(reason[:min(len(reason), MaxReason)], "")
	r, err := b.db.ExecContext(ctx, `UPDATE item SET reason = ?, buried = ? WHERE seq = ? AND reason IS NULL`, reason, at.UnixMilli(), seq)
	if err != nil {
		return b.wrap("settling", err)
	}
	b.count(r, -1)
	return nil
}

// Revive puts all dead items back into the queue; n counts them.
func (b *Box) Revive(ctx context.Context) (n int64, err error) {
	r, err := b.db.ExecContext(ctx, `UPDATE item SET reason = NULL, buried = NULL WHERE reason IS NOT NULL`)
	if err != nil {
		return 0, b.wrap("reviving", err)
	}
	b.count(r, +1)
	return r.RowsAffected()
}

// Letters lists dead items, oldest first, at most n.
func (b *Box) Letters(ctx context.Context, n int) ([]Letter, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT id, host, reason, buried FROM item WHERE reason IS NOT NULL ORDER BY seq LIMIT ?`, n)
	if err != nil {
		return nil, b.wrap("reading", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Letter
	for rows.Next() {
		var l Letter
		var at int64
		if err := rows.Scan(&l.ID, &l.Host, &l.Reason, &at); err != nil {
			return nil, b.wrap("reading", err)
		}
		l.At = time.UnixMilli(at).UTC()
		out = append(out, l)
	}
	return out, rows.Err()
}

// Counts counts.
func (b *Box) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := b.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE reason IS NULL), count(*) FILTER (WHERE reason IS NOT NULL),
		coalesce(max(seq) FILTER (WHERE reason IS NULL), 0) FROM item`).Scan(&c.Waiting, &c.Dead, &c.Last)
	if err != nil {
		return c, b.wrap("counting", err)
	}
	return c, nil
}

// Waits reports whether an item up to and with seq still waits.
func (b *Box) Waits(ctx context.Context, seq int64) (bool, error) {
	var waits bool
	err := b.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM item WHERE reason IS NULL AND seq <= ?)`, seq).Scan(&waits)
	if err != nil {
		return false, b.wrap("counting", err)
	}
	return waits, nil
}

// Hosts gives the hosts of waiting items, at most n of the oldest.
func (b *Box) Hosts(ctx context.Context, n int) ([]string, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT DISTINCT host FROM (SELECT host FROM item WHERE reason IS NULL ORDER BY seq LIMIT ?)`, n)
	if err != nil {
		return nil, b.wrap("reading", err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			return nil, b.wrap("reading", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Close gives the folder free. What waits stays on disk.
func (b *Box) Close() error { return b.close() }

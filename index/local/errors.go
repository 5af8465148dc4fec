package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"scamatlas/index"
)

var errClosed = fmt.Errorf("%w: the store is closed", index.ErrUnavailable)

// code gives SQLite's primary result code, 0 when err is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// fail says what was being done, and in which of the package index's kinds the error falls.
func (s *Store) fail(doing string, err error) error {
	if err == nil {
		return nil
	}
	switch code(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%s: %s is damaged (%w): move it away and restore a copy, or rescue what can be read with: sqlite3 FILE .recover", doing, s.file, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%s: %w: %w", doing, index.ErrUnavailable, err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%s: %w: %w", doing, index.ErrReadOnly, err)
	}
	if errors.Is(err, sql.ErrConnDone) || err.Error() == "sql: database is closed" {
		err = errClosed
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// breaks reports errors after which SQLite may have rolled the whole transaction back.
func breaks(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone)
}

package local

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"scamatlas/index"
	"scamatlas/index/query"
)

// The statements of a visit. They are compiled once: doing it anew each time costs a tenth of a visit.
const (
	savepoint     = "SAVEPOINT one"
	release       = "RELEASE one"
	insertCapture = "INSERT OR IGNORE INTO capture (id, host, sequence, record) VALUES (?, ?, ?, ?)"
	endLease      = "UPDATE site SET lease_owner = NULL, lease_at = NULL, lease_until = NULL, lease_sequence = ?2 WHERE host = ?1 AND lease_sequence <= ?2"
	selectHost    = selectSite + "WHERE host = ?"
	insertSite    = `INSERT INTO site (host, domain, sequence, visits, failures, wallets, points, registered, outcome, first_seen, last_visit, last_live, next_visit,
		sources, target, review) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateSite = `UPDATE site SET sequence = ?, visits = ?, failures = ?, wallets = ?, points = ?, registered = ?, outcome = ?, last_visit = ?, last_live = ?, next_visit = ?, sources = ?
		WHERE id = ?`
	insertFinding = "INSERT OR REPLACE INTO finding (site, state, indicators, hosting, fingerprint, text) VALUES (?, ?, ?, ?, ?, ?)"
	selectKeys    = "SELECT field, value FROM key WHERE site = ?"
	insertWords   = "INSERT INTO words (title, text, host, rowid) VALUES (?, ?, ?, ?)"
	replaceWords  = "INSERT OR REPLACE INTO words (title, text, host, rowid) VALUES (?, ?, ?, ?)"
)

// insertKeys takes keyRows rows.
const (
	insertKeys = "INSERT OR IGNORE INTO key (field, value, site) VALUES " + fourKeys + ", " + fourKeys + ", " + fourKeys + ", " + fourKeys
	fourKeys   = "(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)"
)

// txn is the transaction of one group of writes.
type txn struct {
	*sql.Tx
	compiled map[string]*sql.Stmt // of the store
	noted    []notedWords
}

// compile prepares the statements that every visit needs, on the writing connection.
func (s *Store) compile(ctx context.Context) error {
	s.compiled = map[string]*sql.Stmt{}
	for _, text := range []string{savepoint, release, insertCapture, endLease, selectHost, insertSite, updateSite, insertFinding, selectKeys, insertKeys, insertWords, replaceWords} {
		st, err := s.write.PrepareContext(ctx, text)
		if err != nil {
			return s.fail("compile "+text, err)
		}
		s.compiled[text] = st // closed with the connection
	}
	return nil
}

func (s *Store) begin() (*txn, error) {
	tx, err := s.write.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	return &txn{Tx: tx, compiled: s.compiled}, nil
}

func (t *txn) Exec(text string, args ...any) (sql.Result, error) {
	if st := t.compiled[text]; st != nil {
		return t.Tx.Stmt(st).Exec(args...)
	}
	return t.Tx.Exec(text, args...)
}

func (t *txn) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if st := t.compiled[text]; st != nil {
		return t.Tx.StmtContext(ctx, st).QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, text, args...)
}

func (t *txn) QueryRow(text string, args ...any) *sql.Row {
	if st := t.compiled[text]; st != nil {
		return t.Tx.Stmt(st).QueryRow(args...)
	}
	return t.Tx.QueryRow(text, args...)
}

// notedWords are the texts of a site that the table words is to hold.
type notedWords struct {
	id                int64
	title, text, host string
	fresh             bool // the table has nothing of the site
}

// noteWords has the words of a site written with the group: at each SAVEPOINT the full-text index writes what it has gathered as a segment of
// its own, to be merged with the others later.
func (t *txn) noteWords(id int64, x *index.Site, fresh bool) {
	t.noted = append(t.noted, notedWords{id, x.Findings.Title, x.Findings.Text, x.Host, fresh})
}

// writeWords writes what was noted; of several for one site the last. The full-text index gathers only what comes with rising numbers.
func (t *txn) writeWords() error {
	slices.SortStableFunc(t.noted, func(a, b notedWords) int { return cmp.Compare(a.id, b.id) })
	statement := replaceWords
	for i, n := range t.noted {
		if n.fresh {
			statement = insertWords
		}
		if i+1 < len(t.noted) && t.noted[i+1].id == n.id {
			continue
		}
		if _, err := t.Exec(statement, words(n.title), words(n.text), words(n.host), n.id); err != nil {
			return fmt.Errorf("write the words of %s: %w", n.host, err)
		}
		statement = replaceWords
	}
	return nil
}

func words(text string) string { return strings.Join(query.Words(text), " ") }

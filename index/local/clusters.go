package local

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"scamatlas/index"
)

// memberChunk is how many members EachMember holds at once.
const memberChunk = 500

// EachMember is index.Grouper's.
func (s *Store) EachMember(ctx context.Context, fn func(*index.Member) error) error {
	for last := ""; ; {
		members, err := scanRows(ctx, s.read, scanMember, `SELECT host, sequence, outcome, first_seen, last_live, indicators, hosting, fingerprint
			FROM site JOIN finding ON finding.site = site.id WHERE last_live IS NOT NULL AND host > ? ORDER BY host LIMIT ?`, last, memberChunk)
		if err != nil {
			return s.fail("read members", err)
		}
		for _, m := range members {
			if err := fn(m); err != nil {
				return err
			}
		}
		if len(members) < memberChunk {
			return nil
		}
		last = members[len(members)-1].Host
	}
}

func scanMember(row scanner) (*index.Member, error) {
	var m index.Member
	var first, live sql.NullInt64
	var indicators, hosting, print []byte
	if err := row.Scan(&m.Host, &m.Sequence, &m.Outcome, &first, &live, &indicators, &hosting, &print); err != nil {
		return nil, err
	}
	m.FirstSeen, m.LastLive = fromMS(first), fromMS(live)
	return &m, decodeFacts(indicators, hosting, print, &m.Indicators, &m.Hosting, &m.Fingerprint)
}

// SaveClusters is index.Grouper's; here readers see the old set or the new one.
func (s *Store) SaveClusters(ctx context.Context, all []index.Cluster) error {
	return s.commit(ctx, "save clusters", func(tx *txn) error {
		if err := writeClusters(tx, all); err != nil {
			return err
		}
		return writeMembership(tx, all)
	})
}

func writeClusters(tx *txn, all []index.Cluster) error {
	stored := map[string][]byte{}
	rows, err := tx.Query("SELECT id, record FROM cluster")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var record []byte
		if err := rows.Scan(&id, &record); err != nil {
			return err
		}
		stored[id] = record
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, c := range all {
		c.Ties = c.Ties[:min(len(c.Ties), index.MaxTies)]
		record, err := json.Marshal(c)
		if err != nil {
			return err
		}
		old := stored[c.ID]
		delete(stored, c.ID)
		if bytes.Equal(old, record) {
			continue
		}
		if _, err := tx.Exec("INSERT OR REPLACE INTO cluster (id, layer, size, record) VALUES (?, ?, ?, ?)", c.ID, string(c.Layer), c.Size, record); err != nil {
			return err
		}
	}
	for id := range stored {
		if _, err := tx.Exec("DELETE FROM cluster WHERE id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

// writeMembership sets Kit and Operator of every site where they differ.
func writeMembership(tx *txn, all []index.Cluster) error {
	want := index.Memberships(all)
	type change struct {
		id       int64
		old, new index.Membership
	}
	var changes []change
	rows, err := tx.Query("SELECT id, host, kit, operator FROM site")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c change
		var host string
		if err := rows.Scan(&c.id, &host, &c.old.Kit, &c.old.Operator); err != nil {
			return err
		}
		if c.new = want[host]; c.new != c.old {
			changes = append(changes, c)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, c := range changes {
		if _, err := tx.Exec("UPDATE site SET kit = ?, operator = ? WHERE id = ?", c.new.Kit, c.new.Operator, c.id); err != nil {
			return err
		}
		if err := errors.Join(replaceKey(tx, "kit", c.old.Kit, c.new.Kit, c.id), replaceKey(tx, "operator", c.old.Operator, c.new.Operator, c.id)); err != nil {
			return err
		}
	}
	return nil
}

func replaceKey(tx *txn, field, old, new string, id int64) error {
	if old == new {
		return nil
	}
	if _, err := tx.Exec("DELETE FROM key WHERE field = ? AND value = ? AND site = ?", field, old, id); err != nil || new == "" {
		return err
	}
	_, err := tx.Exec("INSERT OR IGNORE INTO key (field, value, site) VALUES (?, ?, ?)", field, new, id)
	return err
}

// Clusters is index.Grouper's.
func (s *Store) Clusters(ctx context.Context, layer index.Layer) ([]index.Cluster, error) {
	out, err := scanRows(ctx, s.read, scanJSON[index.Cluster], "SELECT record FROM cluster WHERE ?1 = '' OR layer = ?1 ORDER BY layer, size DESC, id", string(layer))
	return out, s.fail("read clusters", err)
}

// Cluster is index.Grouper's.
func (s *Store) Cluster(ctx context.Context, id string) (*index.Cluster, error) {
	c, err := scanJSON[index.Cluster](s.read.QueryRowContext(ctx, "SELECT record FROM cluster WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return s.merged(ctx, id)
	}
	if err != nil {
		return nil, s.fail("read cluster "+id, err)
	}
	return &c, nil
}

// merged gives the cluster that took in one with this id. That is asked rarely, so all records are looked through.
func (s *Store) merged(ctx context.Context, id string) (*index.Cluster, error) {
	quoted, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	all, err := scanRows(ctx, s.read, scanJSON[index.Cluster], "SELECT record FROM cluster WHERE instr(record, ?) > 0", quoted)
	if err != nil {
		return nil, s.fail("read cluster "+id, err)
	}
	for i := range all {
		if slices.Contains(all[i].Aliases, id) {
			return &all[i], nil
		}
	}
	return nil, s.fail("read cluster "+id, index.ErrNotFound)
}

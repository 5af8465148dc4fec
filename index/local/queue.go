package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"scamatlas/crawler"
	"scamatlas/index"
)

// giveBack ends leases. A host that was not due when it was leased becomes due as of then: nobody visited it.
const giveBack = `UPDATE site SET next_visit = min(ifnull(next_visit, lease_at), lease_at), lease_owner = NULL, lease_at = NULL, lease_until = NULL`

// AddTargets is index.Queue's.
func (s *Store) AddTargets(ctx context.Context, targets []crawler.Target, now time.Time) (added int, err error) {
	now = index.Moment(now)
	for part := range slices.Chunk(targets, index.MaxTargets) {
		n := 0
		err := s.commit(ctx, "add targets", func(tx *txn) error {
			for _, t := range part {
				fresh, err := s.addTarget(tx, t, now)
				if err != nil {
					return fmt.Errorf("%s: %w", t.Host, err)
				}
				if fresh {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return added, err
		}
		added += n
	}
	return added, nil
}

func (s *Store) addTarget(tx *txn, t crawler.Target, now time.Time) (fresh bool, err error) {
	if t.Host == "" {
		return false, errors.New("a target without a host")
	}
	var id int64
	var sources []byte
	err = tx.QueryRow("SELECT id, sources FROM site WHERE host = ?", t.Host).Scan(&id, &sources)
	if errors.Is(err, sql.ErrNoRows) {
		x := &index.Site{Host: t.Host, RegDomain: crawler.RegistrableDomain(t.Host), FirstSeen: now, NextVisit: now}
		x.AddSource(t, now)
		return true, s.insertSite(tx, x, t)
	}
	if err != nil {
		return false, err
	}
	var x index.Site
	if err := json.Unmarshal(sources, &x.Sources); err != nil {
		return false, err
	}
	if !x.AddSource(t, now) {
		return false, nil
	}
	if sources, err = json.Marshal(x.Sources); err != nil {
		return false, err
	}
	if _, err := tx.Exec("UPDATE site SET sources = ? WHERE id = ?", string(sources), id); err != nil {
		return false, err
	}
	if len(t.Source) <= index.MaxKey {
		_, err = tx.Exec("INSERT OR IGNORE INTO key (field, value, site) VALUES ('source', ?, ?)", t.Source, id)
	}
	return false, err
}

// free is the condition that nobody holds a site at a time.
const free = "(lease_owner IS NULL OR lease_until <= ?)"

// LeaseDue is index.Queue's.
func (s *Store) LeaseDue(ctx context.Context, owner string, now time.Time, ttl time.Duration, n int) ([]index.Lease, error) {
	n = min(n, index.MaxLease)
	if n <= 0 {
		return nil, nil
	}
	var leases []index.Lease
	err := s.commit(ctx, "lease due hosts", func(tx *txn) error {
		hosts, err := scanAll(tx, scanString, "SELECT host FROM site WHERE next_visit <= ? AND "+free+" ORDER BY next_visit, host LIMIT ?",
			now.UnixMilli(), now.UnixMilli(), n)
		if err != nil {
			return err
		}
		for _, host := range hosts {
			l, err := take(tx, owner, host, now, ttl)
			if err != nil {
				return err
			}
			leases = append(leases, l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// LeaseHost is index.Queue's.
func (s *Store) LeaseHost(ctx context.Context, owner, host string, now time.Time, ttl time.Duration) (l index.Lease, err error) {
	err = s.commit(ctx, "lease "+host, func(tx *txn) error {
		var held bool
		err := tx.QueryRow("SELECT NOT "+free+" AND lease_owner <> ? FROM site WHERE host = ?", now.UnixMilli(), owner, host).Scan(&held)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return index.ErrNotFound
		case err != nil:
			return err
		case held:
			return index.ErrLeased
		}
		l, err = take(tx, owner, host, now, ttl)
		return err
	})
	return l, err
}

// take marks a host as held.
func take(tx *txn, owner, host string, now time.Time, ttl time.Duration) (index.Lease, error) {
	l := index.Lease{Host: host, Owner: owner, Until: index.Moment(now.Add(ttl))}
	var target []byte
	err := tx.QueryRow(`UPDATE site SET lease_owner = ?, lease_at = ?, lease_until = ?, lease_sequence = max(lease_sequence, sequence) + 1
		WHERE host = ? RETURNING lease_sequence, target`, owner, now.UnixMilli(), l.Until.UnixMilli(), host).Scan(&l.Sequence, &target)
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(target, &l.Target)
}

// Release is index.Queue's.
func (s *Store) Release(ctx context.Context, l index.Lease) error {
	return s.commit(ctx, "release "+l.Host, func(tx *txn) error {
		_, err := tx.Exec(giveBack+" WHERE host = ? AND lease_owner = ? AND lease_sequence = ?", l.Host, l.Owner, l.Sequence)
		return err
	})
}

// Reclaim is index.Queue's.
func (s *Store) Reclaim(ctx context.Context, owner string) (int, error) {
	var n int64
	err := s.commit(ctx, "reclaim leases of "+owner, func(tx *txn) error {
		res, err := tx.Exec(giveBack+" WHERE lease_owner = ?", owner)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

// Due is index.Queue's.
func (s *Store) Due(ctx context.Context, now time.Time) (due, held int64, err error) {
	ms := now.UnixMilli()
	err = s.read.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM site WHERE next_visit <= ? AND "+free+
		"), (SELECT count(*) FROM site WHERE lease_owner IS NOT NULL AND lease_until > ?)", ms, ms, ms).Scan(&due, &held)
	return due, held, s.fail("count due hosts", err)
}

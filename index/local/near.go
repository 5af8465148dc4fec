package local

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"

	"scamatlas/index"
)

// Near is index.Grouper's.
func (s *Store) Near(ctx context.Context, m *index.Member, n int) ([]index.Neighbour, error) {
	near, err := s.near(ctx, m, min(n, index.MaxNear))
	return near, s.fail("read neighbours of "+m.Host, err)
}

func (s *Store) near(ctx context.Context, m *index.Member, n int) ([]index.Neighbour, error) {
	if n < 1 {
		return nil, nil
	}
	self, err := scanRows(ctx, s.read, scanID, "SELECT id FROM site WHERE host = ?", m.Host)
	if err != nil {
		return nil, err
	}
	front, people := index.Leads(m)
	byFront, err := s.sharing(ctx, front, self, n, false)
	if err != nil {
		return nil, err
	}
	byPeople, err := s.sharing(ctx, people, self, n, true)
	if err != nil {
		return nil, err
	}
	ids := index.InTurn(byFront, byPeople)
	return s.neighbours(ctx, ids[:min(n, len(ids))])
}

// neighbours reads sites, in the order of their ids.
func (s *Store) neighbours(ctx context.Context, ids []int64) ([]index.Neighbour, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return scanRows(ctx, s.read, scanNeighbour, `SELECT kit, operator, host, sequence, outcome, first_seen, last_live, indicators, hosting, fingerprint
		FROM json_each(?) AS wanted CROSS JOIN site ON site.id = wanted.value JOIN finding ON finding.site = site.id ORDER BY wanted.key`, string(list))
}

// sharing gives n of the sites but self that have one of the values, those that share the rarest most first, of equals by host. Of a
// value with more than index.MaxNearHolders only some of the holders are read; when few is set, none counts.
func (s *Store) sharing(ctx context.Context, leads map[string][]string, self []int64, n int, few bool) ([]int64, error) {
	score := map[int64]float64{}
	for field, values := range leads {
		for _, v := range values {
			holders, err := scanRows(ctx, s.read, scanID, "SELECT site FROM key WHERE field = ? AND value = ? LIMIT ?", field, v, index.MaxNearHolders+1)
			if err != nil {
				return nil, err
			}
			if few && len(holders) > index.MaxNearHolders {
				continue
			}
			for _, id := range holders {
				score[id] += float64(float32(index.Rarity(len(holders))))
			}
		}
	}
	for _, id := range self {
		delete(score, id)
	}
	ids := slices.Collect(maps.Keys(score))
	// Sums in another order differ in their last digits.
	by := func(a, b int64) int { return cmp.Compare(float32(score[b]), float32(score[a])) }
	slices.SortFunc(ids, by)
	for k := n; k < len(ids); k++ {
		if by(ids[k], ids[n-1]) != 0 {
			ids = ids[:k]
			break
		}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	ids, err = scanRows(ctx, s.read, scanID, "SELECT site.id FROM json_each(?) AS wanted CROSS JOIN site ON site.id = wanted.value WHERE last_live IS NOT NULL ORDER BY host", string(list))
	slices.SortStableFunc(ids, by)
	return ids[:min(n, len(ids))], err
}

func scanID(row scanner) (id int64, err error) { return id, row.Scan(&id) }

func scanNeighbour(row scanner) (n index.Neighbour, err error) {
	var first, live sql.NullInt64
	var indicators, hosting, print []byte
	m := &n.Member
	if err := row.Scan(&n.Kit, &n.Operator, &m.Host, &m.Sequence, &m.Outcome, &first, &live, &indicators, &hosting, &print); err != nil {
		return n, err
	}
	m.FirstSeen, m.LastLive = fromMS(first), fromMS(live)
	return n, decodeFacts(indicators, hosting, print, &m.Indicators, &m.Hosting, &m.Fingerprint)
}

// Join is index.Grouper's.
func (s *Store) Join(ctx context.Context, host, kit, operator string) error {
	return s.commit(ctx, "join clusters", func(tx *txn) error {
		var id int64
		var old index.Membership
		err := tx.QueryRow("SELECT id, kit, operator FROM site WHERE host = ?", host).Scan(&id, &old.Kit, &old.Operator)
		if err == sql.ErrNoRows {
			return index.ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE site SET kit = ?, operator = ? WHERE id = ?", kit, operator, id); err != nil {
			return err
		}
		if err := replaceKey(tx, "kit", old.Kit, kit, id); err != nil {
			return err
		}
		return replaceKey(tx, "operator", old.Operator, operator, id)
	})
}

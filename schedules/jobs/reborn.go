package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

// departed are the sites that are gone, each with the time it was last seen alive.
type departed struct{ last map[string]time.Time }

func (d *departed) add(m *index.Member) {
	if !m.Gone() {
		return
	}
	if d.last == nil {
		d.last = map[string]time.Time{}
	}
	d.last[m.Host] = m.LastLive
}

// among gives those of hosts that are gone, and whether the others than self all are.
func (d *departed) among(hosts []string, self string) (gone []string, all bool) {
	all = true
	for _, h := range hosts {
		if _, ok := d.last[h]; ok && h != self {
			gone = append(gone, h)
		} else if h != self {
			all = false
		}
	}
	return gone, all
}

// reborn notes in the history of each site that is new in a cluster which others of it have gone before, and counts them.
func (g *Clusterer) reborn(ctx context.Context, gone *departed, before, after []index.Cluster) (n int, err error) {
	if len(gone.last) == 0 {
		return 0, nil
	}
	old := map[string][]string{}
	for i := range before {
		old[before[i].ID] = before[i].Hosts
	}
	for i := range after {
		c := &after[i]
		if lost, _ := gone.among(c.Hosts, ""); len(lost) == 0 {
			continue
		}
		for _, h := range c.Hosts {
			if _, known := slices.BinarySearch(old[c.ID], h); known {
				continue
			}
			s, err := g.Store.Site(ctx, h)
			if errors.Is(err, index.ErrNotFound) {
				continue
			}
			if err != nil {
				return n, fmt.Errorf("reading %s: %w", h, err)
			}
			noted, err := g.follows(ctx, s, c.Layer, c.ID, gone, c.Hosts)
			if err != nil {
				return n, err
			}
			if noted {
				n++
			}
		}
	}
	return n, nil
}

// joinedTheGone is reborn for one site that has just joined clusters, by the neighbours that it was compared with.
func (g *Clusterer) joinedTheGone(ctx context.Context, s *index.Site, in cluster.Joined, near []index.Neighbour) error {
	var gone departed
	kits, operators := []string(nil), []string(nil)
	for i := range near {
		gone.add(&near[i].Member)
		if near[i].Kit != "" && near[i].Kit == in.Kit {
			kits = append(kits, near[i].Host)
		}
		if near[i].Operator != "" && near[i].Operator == in.Operator {
			operators = append(operators, near[i].Host)
		}
	}
	_, err1 := g.follows(ctx, s, index.Kit, in.Kit, &gone, kits)
	_, err2 := g.follows(ctx, s, index.Operator, in.Operator, &gone, operators)
	return errors.Join(err1, err2)
}

// follows notes, once for each cluster, that a live site came after other members had gone: lately, or all of them whenever it was. A site
// that was first named while they were alive only outlives them.
func (g *Clusterer) follows(ctx context.Context, s *index.Site, layer index.Layer, id string, gone *departed, members []string) (noted bool, err error) {
	m := index.MemberOf(s)
	if id == "" || s.LastLive.IsZero() || m.Gone() || slices.ContainsFunc(s.Happened, func(h index.Happening) bool {
		return h.What == index.Reborn && strings.HasPrefix(h.Note, rebornNote(layer, id))
	}) {
		return false, nil
	}
	lost, all := gone.among(members, s.Host)
	count, last := 0, ""
	for _, h := range lost {
		at := gone.last[h]
		if !at.Before(s.FirstSeen) || !all && s.FirstSeen.Sub(at) > rebornWithin {
			continue
		}
		if count++; last == "" || at.After(gone.last[last]) {
			last = h
		}
	}
	if count == 0 {
		return false, nil
	}
	note := fmt.Sprintf("%s %s was last seen at %s on %s, which is gone", rebornNote(layer, id), theSame(layer), last, gone.last[last].Format(time.DateOnly))
	if count > 1 {
		note += fmt.Sprintf(", as are %d more", count-1)
	}
	if all {
		note += "; nobody else of it is left"
	}
	if err := g.Store.Happen(ctx, s.Host, index.Happening{At: s.LastVisit, What: index.Reborn, Note: note}); err != nil {
		return false, fmt.Errorf("noting that %s goes on with what is gone: %w", s.Host, err)
	}
	g.Log.Info("what was gone goes on here", "host", s.Host, "layer", layer, "cluster", id, "gone", last, "more", count-1)
	return true, nil
}

// rebornNote is how the note of a cluster begins.
func rebornNote(layer index.Layer, id string) string { return fmt.Sprintf("%s %s:", layer, id) }

func theSame(layer index.Layer) string {
	if layer == index.Kit {
		return "the same front end"
	}
	return "the same people's work"
}

package jobs

import (
	"context"
	"errors"
	"time"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

// Joiner puts sites into the clusters they belong to.
type Joiner interface {
	// Joining reads what analysts decided so far, once for all sites that then join.
	Joining(ctx context.Context) (Join, error)
}

// Join puts one site, as it is stored, into its clusters.
type Join func(ctx context.Context, s *index.Site) (cluster.Joined, error)

// joining brings visited sites into clusters while visits go on. A site it does not get to, because too many wait or the store cannot
// be read, is left to the next grouping, which would find the same.
//
//	saved visits ─▶ waiting ─▶ (Flush ─▶ Joining ─▶ Site ─▶ Join each) once joinAtOnce wait or joinEvery has passed
type joining struct {
	v       *Visitor
	waiting chan string
	done    chan struct{}
	joined  int
}

// startJoining begins; nil when nobody joins.
func (v *Visitor) startJoining(ctx context.Context) *joining {
	if v.Joiner == nil {
		return nil
	}
	j := &joining{v: v, waiting: make(chan string, maxJoinsWaiting), done: make(chan struct{})}
	go func() {
		defer close(j.done)
		j.run(ctx)
	}()
	return j
}

// add hands over a host whose visit is saved.
func (j *joining) add(host string) {
	if j == nil {
		return
	}
	select {
	case j.waiting <- host:
	default:
	}
}

// wait ends it, once what waits is joined.
func (j *joining) wait() {
	if j != nil {
		close(j.waiting)
		<-j.done
	}
}

func (j *joining) run(ctx context.Context) {
	tick := time.NewTicker(joinEvery)
	defer tick.Stop()
	var hosts []string
	for {
		select {
		case h, more := <-j.waiting:
			if more {
				hosts = append(hosts, h)
			}
			if more && len(hosts) < joinAtOnce {
				continue
			}
			j.join(ctx, hosts)
			hosts = nil
			if !more {
				if j.joined > 0 {
					j.v.Log.Info("joined to clusters", "sites", j.joined)
				}
				return
			}
		case <-tick.C:
			j.join(ctx, hosts)
			hosts = nil
		}
	}
}

// join makes the visits readable first: a site is compared with those visited just before it, too.
func (j *joining) join(ctx context.Context, hosts []string) {
	if len(hosts) == 0 || ctx.Err() != nil {
		return
	}
	within, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	if err := j.v.Store.Flush(within); err != nil {
		j.v.Log.Warn("sites not joined to clusters: visits cannot be read yet", "sites", len(hosts), "err", err)
		return
	}
	join, err := j.v.Joiner.Joining(within)
	if err != nil {
		if ctx.Err() == nil {
			j.v.Log.Warn("sites not joined to clusters", "sites", len(hosts), "err", err)
		}
		return
	}
	for _, h := range hosts {
		s, err := j.v.Store.Site(within, h)
		if err == nil {
			var in cluster.Joined
			in, err = join(within, s)
			if err == nil && (in.Kit != s.Kit || in.Operator != s.Operator) {
				j.joined++
			}
		}
		if err != nil && !errors.Is(err, index.ErrNotFound) && ctx.Err() == nil {
			j.v.Log.Warn("site not joined to clusters", "host", h, "err", err)
		}
	}
}

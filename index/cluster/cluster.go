// Package cluster turns Members into Clusters of two layers: kit families (same front end) and operator groups (same people).
//
// It is pure: the same members in any order give the same clusters. It knows no store and keeps nothing between builds; the ids of
// earlier clusters come in with the call. It does not know whether a site is a fraud.
package cluster

import (
	"time"

	"scamatlas/index"
)

// Options are the few things worth turning. The zero value is the default.
type Options struct {
	KitCut float64   // mean similarity at which kit families are cut, 0..1; 0 = DefaultKitCut
	Now    time.Time // stamped on clusters that are new or change

	// AllowMerges lets clusters of any size join and grow. Without it those that would join another of more than 20 sites, or grow
	// more than tenfold, are kept apart and an Alarm is given.
	AllowMerges bool
	// Reference knows the hosts of honest firms, which others imitate: they are in no cluster, what they show joins nobody, and who looks
	// like them is told in Grouping.Imitations. nil: none.
	Reference func(host string) bool
	// Shared knows values that belong to many: wallets of exchanges, addresses of shared servers. kind is a Tie's; of a wallet with a tag
	// the value is "WALLET tag TAG". nil: Known.
	Shared func(kind, value string) bool
	// Links are what analysts decided. They win over all evidence and over alarms.
	Links []index.Link
	// Previous are the clusters of the last build, so that Related and Explain tell of the alarms in them. Build is given them itself.
	Previous []index.Cluster
}

// now is as precise as the stores.
func (o Options) now() time.Time { return o.Now.UTC().Truncate(time.Millisecond) }

func (o Options) kitCut() float64 {
	if o.KitCut <= 0 {
		return DefaultKitCut
	}
	return o.KitCut
}

func (o Options) shared() func(kind, value string) bool {
	if o.Shared == nil {
		return Known
	}
	return o.Shared
}

// Grouping is the outcome of a build: all clusters of two or more sites, ordered by layer, size falling, id.
type Grouping struct {
	Clusters   []index.Cluster
	Alarms     []Alarm     // what was kept apart though evidence joins it
	Imitations []Imitation // ordered by honest host, most alike first
}

// Builder collects members, then groups them. The first grouping replaces the members' tokens by numbers, so nothing can be added
// after it. The zero value is ready for use; it is not safe for concurrent use.
type Builder struct {
	sites   []site // the first settled of them by host, each host once
	settled int
	arena   arena
	kits    *kits // nil before the first grouping
	ledger  *ledger
}

// Add takes one site. Of two states of one host the later visit counts. Sites never seen alive are passed over: there is nothing to
// compare. The member is not kept.
func (b *Builder) Add(m *index.Member) {
	if m.LastLive.IsZero() || b.kits != nil {
		return
	}
	if b.ledger == nil {
		b.ledger = newLedger()
	}
	s, i := newSite(m, &b.arena), len(b.sites)
	s.pays = noteMember(i, m, b.ledger.note)
	b.sites = append(b.sites, s)
}

// Len counts the sites added that were ever seen alive.
func (b *Builder) Len() int {
	b.settle()
	return len(b.sites)
}

// Build groups all members. previous are the clusters of the last build, whose ids live on where their sites stayed together.
func (b *Builder) Build(previous []index.Cluster, o Options) Grouping {
	g := b.group(previous, o)
	all := append(g.kits.clusters(g.families), g.people.clusters()...)
	out := name(all, previous, o.now())
	return Grouping{Clusters: out, Alarms: append(g.kitGuard.alarms(out, o), g.peopleGuard.alarms(out, o)...), Imitations: g.imitations(out)}
}

// grouped is a build before its clusters are described.
type grouped struct {
	sites                 []site
	kits                  *kits
	families              [][]int
	kit                   []int // family of each site, -1 when it stands alone
	people                *people
	kitGuard, peopleGuard *guard
}

func (b *Builder) group(previous []index.Cluster, o Options) *grouped {
	if o.AllowMerges {
		previous = nil
	}
	b.settle()
	sites := b.sites
	if b.kits == nil {
		b.kits = newKits(sites, background, &b.arena)
	}
	g := &grouped{sites: sites, kits: b.kits, kitGuard: newGuard(index.Kit, sites, previous), peopleGuard: newGuard(index.Operator, sites, previous)}
	g.kits.honest = o.honest(sites)
	shown := func() []*evidence { return stop(b.ledger.evidence(), g.kits.honest, o.shared()) }
	g.kits.pins = newPins(index.Kit, sites, o.Links)
	g.families = g.kits.group(o.kitCut())
	g.families = newStock(g.kits, shown(), g.families, o.kitCut()).part(g.families)
	if g.kitGuard.check(g.families) {
		g.families = g.kitGuard.apart(g.kits, g.families)
	}
	g.families = g.kits.pins.families(g.kits, g.families)
	g.kit = kitOf(len(sites), g.families)
	hands := newPins(index.Operator, sites, o.Links)
	g.people = newPeople(sites, shown(), hands, g.kit, nil)
	if g.peopleGuard.check(g.people.groups()) {
		g.people = newPeople(sites, shown(), hands, g.kit, g.peopleGuard.ward)
	}
	return g
}

// kitOf numbers the families: for each site the family it is in, -1 when it stands alone.
func kitOf(n int, families [][]int) []int {
	kit := make([]int, n)
	for i := range kit {
		kit[i] = -1
	}
	for f, members := range families {
		for _, i := range members {
			if len(members) > 1 {
				kit[i] = f
			}
		}
	}
	return kit
}

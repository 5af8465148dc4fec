package index

import (
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Layer tells the two questions apart that clusters answer.
type Layer string

const (
	Kit      Layer = "kit"      // same front end
	Operator Layer = "operator" // same people
)

// Tie is one piece of evidence that joins two sites.
type Tie struct {
	A      string  `json:"a"` // hosts, A < B
	B      string  `json:"b"`
	Kind   string  `json:"kind"`  // "wallet", "tawk", "cert", "address", "tags", "classes", "assets", "names", "text", …
	Value  string  `json:"value"` // the shared value, or the similarity in words
	Weight float64 `json:"weight"`
}

// Cluster is a group of sites in one layer. Its id stays with it through rebuilds.
type Cluster struct {
	ID      string    `json:"id"`
	Layer   Layer     `json:"layer"`
	Size    int       `json:"size"`
	Hosts   []string  `json:"hosts"` // sorted
	Ties    []Tie     `json:"ties"`  // why: enough to connect all members, strongest first, at most MaxTies
	Since   time.Time `json:"since"`
	Lineage []Event   `json:"lineage,omitempty"` // newest last
	Aliases []string  `json:"aliases,omitempty"` // ids of clusters merged into this one, oldest first, at most MaxAliases: they still find it
}

// Membership says in which clusters a site is, "" in none.
type Membership struct{ Kit, Operator string }

// Memberships gives what clusters say of each of their sites, by host.
func Memberships(all []Cluster) map[string]Membership {
	out := map[string]Membership{}
	for _, c := range all {
		for _, h := range c.Hosts {
			m := out[h]
			if c.Layer == Kit {
				m.Kit = c.ID
			} else {
				m.Operator = c.ID
			}
			out[h] = m
		}
	}
	return out
}

// Event is one step in the life of a cluster.
type Event struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`         // "minted", "merged", "split"
	Of   []string  `json:"of,omitempty"` // ids that went into it, or the id it came from
}

// Member is what grouping needs to know of a site. It holds no page text.
type Member struct {
	Host        string
	Sequence    int64
	Outcome     crawler.Outcome // of the last visit
	FirstSeen   time.Time
	LastLive    time.Time // zero: never seen alive, nothing to compare
	Fingerprint extractors.Fingerprint
	Indicators  []extractors.Indicator
	Hosting     extractors.Hosting
}

// MemberOf reduces a site to what grouping needs.
func MemberOf(s *Site) Member {
	return Member{Host: s.Host, Sequence: s.Sequence, Outcome: s.Outcome, FirstSeen: s.FirstSeen, LastLive: s.LastLive,
		Fingerprint: s.Findings.Fingerprint, Indicators: s.Findings.Indicators, Hosting: s.Findings.Hosting}
}

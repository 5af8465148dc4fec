package index

import (
	"context"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index/query"
)

// Store is the whole contract that index/indextest holds both stores to. Callers ask for the part they use
// (Queue, Visits, Reader, Grouper, Runs).
//
// All methods are safe for concurrent use, by many processes where the store allows it. Times are stored as UTC with millisecond
// precision. Errors wrap the sentinels of this package where one fits; a store retries nothing unless its method says so.
type Store interface {
	Queue
	Visits
	Reader
	Grouper
	Runs
	Reviews
	Sources
	Names
	// Health says what the store is and whether it works; Err is nil when it does.
	Health(ctx context.Context) Health
	// Close gives up the store. What was durable stays; queued deliveries stay queued on disk.
	Close() error
}

// Health is one store's own report.
type Health struct {
	Store   string `json:"store"`             // folder or address
	Kind    string `json:"kind"`              // "embedded", "elasticsearch"
	Version string `json:"version,omitempty"` // of the engine
	Sites   int64  `json:"sites"`
	Queued  int64  `json:"queued,omitempty"` // visits on local disk that wait for delivery
	Dead    int64  `json:"dead,omitempty"`   // visits the server refused for good
	Err     error  `json:"-"`
}

// Queue hands out hosts to visit.
type Queue interface {
	// AddTargets makes unknown hosts due at now and notes further sources of known ones. added counts the unknown.
	AddTargets(ctx context.Context, targets []crawler.Target, now time.Time) (added int, err error)
	// LeaseDue hands out up to n hosts whose next visit is not after now and that nobody holds, longest due first,
	// and marks them as held by owner until now+ttl. Each lease gets a sequence higher than all before it for that host.
	LeaseDue(ctx context.Context, owner string, now time.Time, ttl time.Duration, n int) ([]Lease, error)
	// LeaseHost takes one known host whether due or not; ErrLeased when another holds it, ErrNotFound when unknown.
	LeaseHost(ctx context.Context, owner, host string, now time.Time, ttl time.Duration) (Lease, error)
	// Release gives a host back unvisited: it is due at once. A lease that is no longer held is left alone without error.
	Release(ctx context.Context, l Lease) error
	// Reclaim gives back all leases of owner, which has just (re)started and so holds none; n counts them.
	Reclaim(ctx context.Context, owner string) (n int, err error)
	// Due counts hosts that are due at now and not held, and those held.
	Due(ctx context.Context, now time.Time) (due, held int64, err error)
}

// Lease is the right to visit one host until a time.
type Lease struct {
	Host     string         `json:"host"`
	Owner    string         `json:"owner"`
	Until    time.Time      `json:"until"`
	Sequence int64          `json:"sequence"` // of the visit it allows
	Target   crawler.Target `json:"target"`
}

// Visits takes finished visits.
type Visits interface {
	// SaveVisit stores the capture record and the site's new state (see Apply), sets the next visit and ends the lease, as one.
	// On return the visit survives a crash of this process and machine; it may reach readers later (Elasticsearch: at the next
	// Flush at the latest). Saving a visit twice is saving it once; one older than the stored state adds its record only.
	SaveVisit(ctx context.Context, v Visit) error
	// Revise replaces what a visit found by what today's extractors find in its evidence. It is durable and can be read on return.
	// ErrNotFound when the host is unknown; ErrStale when another visit has spoken meanwhile, and nothing is changed.
	Revise(ctx context.Context, r Revision) error
	// Rejudge replaces a site's verdict, and nothing else, while its Sequence is this one. It is durable and can be read on return.
	// ErrNotFound when the host is unknown; ErrStale when another visit has spoken meanwhile, or none yet, and nothing is changed.
	Rejudge(ctx context.Context, host string, sequence int64, v extractors.Verdict) error
	// Happen adds to what happened to a site, once; durable and readable on return. ErrNotFound when the host is unknown; nothing
	// happens to one that was never visited.
	Happen(ctx context.Context, host string, h Happening) error
	// Flush waits until all visits saved so far can be read, or ctx ends.
	Flush(ctx context.Context) error
}

// Reader answers questions.
type Reader interface {
	// Site gives one host; ErrNotFound when unknown. A host that is only queued has no visit yet: LastVisit is zero.
	Site(ctx context.Context, host string) (*Site, error)
	// Search gives the sites that match, in the order asked for.
	Search(ctx context.Context, r SearchRequest) (*SearchResult, error)
	// EachSite streams all matching sites ordered by host, without limit. An error of fn ends it and is returned as is.
	EachSite(ctx context.Context, q query.Expr, fn func(*Site) error) error
	// Captures gives the records of one host, newest first, those of one visit by profile; at most n.
	Captures(ctx context.Context, host string, n int) ([]CaptureRecord, error)
}

// Sort orders for SearchRequest.
const (
	SortHost      = "host"
	SortLastVisit = "last_visit" // newest first
	SortFirstSeen = "first_seen" // newest first
)

// SearchRequest is a parsed question. Hosts that were never visited are part of the answer only when the query names outcome:queued.
type SearchRequest struct {
	Query  query.Expr // nil matches all
	Sort   string     // one of the Sort constants; "" = SortHost
	Limit  int        // 0 = 100, at most MaxHits
	Facets []string   // field names to count values of, see query.Facets; top 20 each
}

// SearchResult holds the first Limit sites, the count of all that match, and the facets over all that match.
type SearchResult struct {
	Total  int64              `json:"total"`
	Sites  []*Site            `json:"sites"`
	Facets map[string][]Count `json:"facets,omitempty"`
}

// Count is one value of a facet; ordered by N falling, then by value.
type Count struct {
	Value string `json:"value"`
	N     int64  `json:"n"`
}

// Grouper is the clusterer's side of the store.
type Grouper interface {
	// EachMember streams all sites that were ever seen alive, ordered by host.
	EachMember(ctx context.Context, fn func(*Member) error) error
	// SaveClusters makes all the complete set of clusters of both layers: new and changed ones are written, those that are no longer in
	// it deleted, and every site's Kit and Operator set to match. Readers may see a mix while it runs.
	SaveClusters(ctx context.Context, all []Cluster) error
	// Clusters gives all clusters of a layer ("" = both), ordered by layer, then size falling, then id.
	Clusters(ctx context.Context, layer Layer) ([]Cluster, error)
	// Cluster gives one by id, or by the id of one that was merged into it; ErrNotFound.
	Cluster(ctx context.Context, id string) (*Cluster, error)
	// Near gives up to n (at most MaxNear) sites that were seen alive and share one of the Leads with m, m itself left out: in turn one
	// that is near by its front end and one that is by people, those that share the rarest most first (see Rarity), of equals
	// by host.
	// Of a band on more than MaxNearHolders sites that many are enough; anything else on so many leads nowhere.
	Near(ctx context.Context, m *Member, n int) ([]Neighbour, error)
	// Join sets the clusters of one site until the next SaveClusters; ErrNotFound when the site is unknown.
	Join(ctx context.Context, host, kit, operator string) error
	// SaveLink keeps what an analyst decided; a link with an equal Key is replaced. It does not look whether links contradict each
	// other: see Link.Check.
	SaveLink(ctx context.Context, l Link) error
	// DeleteLink forgets the link with l's Key; ErrNotFound when there is none.
	DeleteLink(ctx context.Context, l Link) error
	// Links gives all, ordered by CompareLinks.
	Links(ctx context.Context) ([]Link, error)
}

// Reviews keeps what analysts decide about sites. Sites that carry one are found by the query reviewed:true.
type Reviews interface {
	// Review sets the review of a host, or takes it away when r is nil; durable and readable on return. ErrNotFound when the host is
	// unknown. What Review.Check refuses is not stored. A visit leaves reviews as they are, also those that have expired.
	Review(ctx context.Context, host string, r *Review) error
}

// SourceState is what is remembered of one source of targets.
type SourceState struct {
	Source  string    `json:"source"`
	Cursor  []byte    `json:"cursor,omitempty"` // the source's own; at most crawler.MaxCursor bytes
	Read    time.Time `json:"read,omitzero"`    // last time it was asked
	Yielded time.Time `json:"yielded,omitzero"` // last time it gave anything, known or new
	Since   time.Time `json:"since,omitzero"`   // first time it was asked
	Err     string    `json:"error,omitempty"`  // of the last reading, at most MaxRunNote bytes
	Targets int64     `json:"targets"`          // all it gave
	New     int64     `json:"new"`              // of these unknown before
}

// Sources keeps where sources of targets were, so that a restart goes on there.
type Sources interface {
	// SaveSource replaces the state of s.Source; durable and readable on return. A source without a name or with one longer than
	// MaxKey bytes is an error, and so is a cursor longer than crawler.MaxCursor: it could not be gone on from.
	SaveSource(ctx context.Context, s SourceState) error
	// SourceStates gives all, ordered by name.
	SourceStates(ctx context.Context) ([]SourceState, error)
}

// Run is one execution of a scheduled job for one due time.
type Run struct {
	Job      string    `json:"job"`
	Due      time.Time `json:"due"`
	Missed   int       `json:"missed,omitempty"` // due times before this one that nobody ran
	Owner    string    `json:"owner"`
	Started  time.Time `json:"started"`
	Until    time.Time `json:"until"` // its claim runs out then unless renewed
	Finished time.Time `json:"finished,omitzero"`
	Err      string    `json:"error,omitempty"`
	Note     string    `json:"note,omitempty"` // one line: what it did
}

// Runs keeps the schedule's memory: which due times were run, by whom, with what result.
type Runs interface {
	// ClaimRun starts the run of r.Job for r.Due: true for exactly one caller over all machines. A claim whose Until has passed
	// without FinishRun may be taken over. While an earlier run of the job is unfinished and unexpired the answer is false.
	ClaimRun(ctx context.Context, r Run, now time.Time) (bool, error)
	// RenewRun moves the claim's Until; ErrLeased when somebody else has taken the run over.
	RenewRun(ctx context.Context, r Run, until time.Time) error
	// FinishRun records the end.
	FinishRun(ctx context.Context, r Run) error
	// LastRun gives the run of the job with the latest due time; ErrNotFound when there was none.
	LastRun(ctx context.Context, job string) (*Run, error)
	// RecentRuns gives the latest n runs of all jobs, newest due time first.
	RecentRuns(ctx context.Context, n int) ([]Run, error)
}

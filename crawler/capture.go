package crawler

import "time"

// Outcome says how a visit ended. A failed visit is an outcome, kept like a success.
type Outcome string

const (
	OK           Outcome = "ok"
	Dead         Outcome = "dead"        // the name does not exist or has no address
	Unreachable  Outcome = "unreachable" // an address, but nothing that answers HTTP
	DNSTimeout   Outcome = "dns_timeout" // the resolver gave no answer: says nothing about the site
	Blocked      Outcome = "blocked"     // our guard refused the connection (the site points into a private network)
	Denied       Outcome = "denied"      // the site answered 401, 403, 451
	Challenge    Outcome = "challenge"   // a bot check stands in front
	Parked       Outcome = "parked"      // a registrar's or domain dealer's page
	Suspended    Outcome = "suspended"   // the hoster's page for a closed account
	Blank        Outcome = "blank"       // answered with nothing in it
	HTTPError    Outcome = "http_error"  // 4xx, 5xx, or not HTTP
	TooLarge     Outcome = "too_large"   // the entry page is over the limits and nothing of use was kept
	RobotsDenied Outcome = "robots"      // robots.txt forbids it and the settings say that binds
	Gated        Outcome = "gated"       // the site's own wall: log in, or give an invitation code, to see more
)

// Alive reports whether the outcome shows pages of the site itself.
func (o Outcome) Alive() bool { return o == OK || o == Gated }

// Better orders outcomes by how much they show: the site, its wall, something in its place, an answer, nothing.
func (o Outcome) Better(other Outcome) bool { return o.shows() > other.shows() }

func (o Outcome) shows() int {
	switch o {
	case OK:
		return 6
	case Gated:
		return 5
	case Parked, Suspended:
		return 4
	case Challenge, Denied, Blank, TooLarge:
		return 3
	case HTTPError, Blocked, RobotsDenied:
		return 2
	case Unreachable, Dead:
		return 1
	}
	return 0
}

// Capture is everything one visit with one visitor profile saw. It is never changed after Crawl returns it.
type Capture struct {
	Target   Target    `json:"target"`
	Host     string    `json:"host"`
	Profile  string    `json:"profile"` // name of the visitor profile: "desktop", …
	Visitor  *Profile  `json:"visitor,omitempty"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"`
	Outcome  Outcome   `json:"outcome"`
	Reason   string    `json:"reason,omitempty"` // one line for people
	EntryURL string    `json:"entry_url,omitempty"`
	FinalURL string    `json:"final_url,omitempty"` // of the entry page, after redirects

	Pages    []Page     `json:"pages"`  // documents as the server sent them, in the order they were visited; the entry page first
	Assets   []Asset    `json:"assets"` // scripts, styles, icons, images, JSON; those that only a browser asked for after the others
	Robots   *Robots    `json:"robots,omitempty"`
	Network  Network    `json:"network"`
	Refusals []Refusal  `json:"refusals,omitempty"`
	Rendered *Rendered  `json:"rendered,omitempty"` // nil: no browser was used
	Wire     []Exchange `json:"wire,omitempty"`     // what our own connections carried, in order
	Caps     []string   `json:"caps,omitempty"`     // limits that were reached: "pages", "assets", "links", "time", …
}

// Network is what DNS, TLS and the registries said, unjudged.
type Network struct {
	DNS          DNS           `json:"dns"`
	TLS          *TLS          `json:"tls,omitempty"`          // nil: no TLS handshake came about
	Registration *Registration `json:"registration,omitempty"` // nil: nobody was asked
	Routes       []Route       `json:"routes,omitempty"`       // of the addresses in DNS that somebody knows, in their order
	JARM         string        `json:"jarm,omitempty"`         // 62 characters; "" when it was not taken or nothing answered
}

// Registration is what a registry or registrar says of the registrable domain. What it keeps to itself is empty.
type Registration struct {
	Domain      string    `json:"domain"`
	Via         string    `json:"via"`              // "rdap" (RFC 9083) or "whois" (RFC 3912)
	Server      string    `json:"server,omitempty"` // that answered
	Registrar   string    `json:"registrar,omitempty"`
	RegistrarID int       `json:"registrar_id,omitempty"` // IANA's number of the registrar
	AbuseEmails []string  `json:"abuse_emails,omitempty"`
	AbusePhones []string  `json:"abuse_phones,omitempty"`
	Statuses    []string  `json:"statuses,omitempty"` // EPP (RFC 5731), as RDAP spells them: "client hold", …; sorted
	NS          []string  `json:"ns,omitempty"`       // sorted
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
	Expires     time.Time `json:"expires,omitzero"`
	Asked       time.Time `json:"asked"`           // when it was answered: it may come from a cache
	Err         string    `json:"error,omitempty"` // why nothing is known
}

// Route says whose network an address is in.
type Route struct {
	Address     string   `json:"address"`
	Prefix      string   `json:"prefix,omitempty"`
	ASN         uint32   `json:"asn,omitempty"`
	Name        string   `json:"name,omitempty"`    // of the autonomous system
	Country     string   `json:"country,omitempty"` // ISO 3166-1, two letters
	AbuseEmails []string `json:"abuse_emails,omitempty"`
	Via         string   `json:"via"` // "mmdb", "cymru", "rdap"
}

// DNS holds the answers for one host. Names are lower case without trailing dot; lists are sorted, MX by preference.
type DNS struct {
	A     []string          `json:"a,omitempty"`
	AAAA  []string          `json:"aaaa,omitempty"`
	CNAME []string          `json:"cname,omitempty"` // the chain, in order
	NS    []string          `json:"ns,omitempty"`    // of the registrable domain when the host has none of its own
	MX    []string          `json:"mx,omitempty"`
	TXT   []string          `json:"txt,omitempty"`
	SOA   string            `json:"soa,omitempty"`    // "primary mailbox serial"
	Rcode string            `json:"rcode,omitempty"`  // of the address question: NOERROR, NXDOMAIN, SERVFAIL, …
	Errs  map[string]string `json:"errors,omitempty"` // by record type, where a question failed
}

// TLS holds the facts of one handshake on port 443; the certificate is read whether or not it verifies.
type TLS struct {
	Version     string    `json:"version"`
	LeafSHA256  string    `json:"leaf_sha256"` // lower-case hex of the DER certificate
	SPKISHA256  string    `json:"spki_sha256"` // lower-case hex of the SubjectPublicKeyInfo
	Subject     string    `json:"subject"`     // common name
	SANs        []string  `json:"sans,omitempty"`
	Issuer      string    `json:"issuer"` // organisation, else common name
	Serial      string    `json:"serial"` // lower-case hex
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	SelfSigned  bool      `json:"self_signed,omitempty"`
	VerifyError string    `json:"verify_error,omitempty"`
}

// Robots is the site's robots.txt as it was at the visit.
type Robots struct {
	Status int    `json:"status"`
	Body   []byte `json:"body,omitempty"` // at most MaxRobots
	Denies bool   `json:"denies"`         // it forbids the entry page to us
	Obeyed bool   `json:"obeyed"`         // the settings say it binds
}

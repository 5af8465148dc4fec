package extractors

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
)

// Kinds of Indicator.
const (
	KindWallet  = "wallet"
	KindContact = "contact"
	KindTracker = "tracker"
	KindClaim   = "claim"
	KindBackend = "backend"
)

// Confidence: High = the checksum or the vendor's own syntax fits; Medium = no checksum, but the context names it; Low = shape only.
const (
	High   = "high"
	Medium = "medium"
	Low    = "low"
)

// Where on the page an indicator stood.
const (
	InText    = "text"
	InAttr    = "attr"
	InURI     = "uri"
	InScript  = "script"
	InJSON    = "json"
	InEncoded = "encoded"
	InSplit   = "split"
	InQR      = "qr"
	InComment = "comment"
)

// Roles of a wallet.
const (
	Payee      = "payee"
	Contract   = "contract"
	Program    = "program"
	Burn       = "burn"
	Example    = "example"
	ThirdParty = "third_party"
	List       = "list"
)

// Indicator is one value that points at people: a wallet, a contact, a tracker account.
type Indicator struct {
	Kind       string   `json:"kind"`
	Chain      string   `json:"chain,omitempty"` // wallets: "btc", "evm", "btc|bch" when the address alone cannot tell
	Form       string   `json:"form,omitempty"`  // wallets: "p2pkh", "p2tr", …
	Type       string   `json:"type,omitempty"`  // contacts and trackers: "telegram", "ga4", …
	Value      string   `json:"value"`           // canonical: one wallet in any spelling has one value
	Seen       []string `json:"seen,omitempty"`  // spellings as on the page
	Role       string   `json:"role,omitempty"`  // wallets
	Confidence string   `json:"confidence"`
	Tag        string   `json:"tag,omitempty"` // destination tag, memo
	Where      string   `json:"where"`
	Offset     int      `json:"offset"`         // bytes into the document
	Page       string   `json:"page,omitempty"` // address of the document it was first seen in
}

// Key is what two sites share when they share this indicator: "wallet:btc:1…", "tracker:ga4:G-…". Of a chain label with several
// chains it takes the first, so that an address has one key whether or not its page tells the chains apart.
func (i Indicator) Key() string {
	if i.Kind == KindWallet {
		chain, _, _ := strings.Cut(i.Chain, "|")
		return i.Kind + ":" + chain + ":" + i.Value
	}
	return i.Kind + ":" + i.Type + ":" + i.Value
}

// Payee reports a wallet that a victim could be asked to pay to.
func (i Indicator) Payee() bool {
	return i.Kind == KindWallet && i.Confidence != Low && (i.Role == Payee || i.Role == "")
}

// Fingerprint describes a front end so that two can be compared. Token sets hold 32-bit hashes, sorted, without repeats;
// a set over its cap keeps the smallest hashes (bottom-k sketch), so equal tokens stay comparable.
type Fingerprint struct {
	Version       int      `json:"version"` // of the rules below; only equal versions are compared
	Tags          TokenSet `json:"tags"`    // 5-grams of the element names in document order
	Classes       TokenSet `json:"classes"`
	Assets        TokenSet `json:"assets"`                 // content hashes of the site's scripts, styles, images
	Names         TokenSet `json:"names"`                  // asset base names without hashes and versions
	Text          TokenSet `json:"text"`                   // 3-grams of words, amounts and addresses masked
	Script        TokenSet `json:"script"`                 // routes, API paths, translation keys, storage keys, topics: what a bundle is made of
	Marks         TokenSet `json:"marks"`                  // element ids, page paths, forms, outside references, cookie names
	Bands         []string `json:"bands,omitempty"`        // LSH bands over the sets above: two sites with a band in common are candidates
	DOMHash       string   `json:"dom_hash,omitempty"`     // of the entry page's element sequence
	FaviconMMH3   string   `json:"favicon_mmh3,omitempty"` // signed decimal, murmur3-32 of the base64 body with line breaks, as search engines for hosts use it
	FaviconSHA256 string   `json:"favicon_sha256,omitempty"`
	ScreenP       string   `json:"screen_phash,omitempty"` // 64-bit pHash of the entry page's picture, hexadecimal; compared by Hamming distance
	ScreenD       string   `json:"screen_dhash,omitempty"` // 64-bit dHash likewise
	Elements      int      `json:"elements"`               // of the entry page's body
	Shell         bool     `json:"shell,omitempty"`        // the static page is an empty frame for a script
}

// Zero reports whether there is nothing to compare.
func (f *Fingerprint) Zero() bool {
	return len(f.Tags.Hashes)+len(f.Classes.Hashes)+len(f.Assets.Hashes)+len(f.Names.Hashes)+len(f.Text.Hashes) == 0
}

// TokenSet is a set of hashed tokens.
type TokenSet struct {
	Hashes []uint32 `json:"h,omitempty"` // sorted ascending
	Total  int      `json:"n,omitempty"` // size of the whole set; greater than len(Hashes) for a sketch
}

// Hosting is where and how a site is served.
type Hosting struct {
	Addresses   []string  `json:"addresses,omitempty"` // A and AAAA, sorted
	CNAMEs      []string  `json:"cnames,omitempty"`
	NS          []string  `json:"ns,omitempty"`
	MX          []string  `json:"mx,omitempty"`
	CDN         string    `json:"cdn,omitempty"`          // name of the CDN or proxy in front; addresses then say nothing about the operator
	Server      string    `json:"server,omitempty"`       // Server header
	PoweredBy   string    `json:"powered_by,omitempty"`   // X-Powered-By
	HeaderOrder string    `json:"header_order,omitempty"` // HHHash: "hhh:1:" and SHA-256 of the header names in wire order
	CertSHA256  string    `json:"cert_sha256,omitempty"`
	SPKISHA256  string    `json:"spki_sha256,omitempty"`
	CertIssuer  string    `json:"cert_issuer,omitempty"`
	CertSANs    []string  `json:"cert_sans,omitempty"`
	CertFrom    time.Time `json:"cert_from,omitzero"`
	CertUntil   time.Time `json:"cert_until,omitzero"`
	CertError   string    `json:"cert_error,omitempty"`

	JARM         string    `json:"jarm,omitempty"`          // of the TLS server; says nothing behind a CDN
	ASNs         []string  `json:"asns,omitempty"`          // "AS64500 NAME" of the addresses, sorted
	Countries    []string  `json:"countries,omitempty"`     // of the addresses, ISO 3166-1, sorted
	Registrar    string    `json:"registrar,omitempty"`     // name
	RegistrarID  int       `json:"registrar_id,omitempty"`  // IANA's number
	Registered   time.Time `json:"registered,omitzero"`     // zero: not known
	Expires      time.Time `json:"expires,omitzero"`        // of the registration
	DomainStatus []string  `json:"domain_status,omitempty"` // "client hold", …
	Abuse        []string  `json:"abuse,omitempty"`         // addresses for abuse reports, each with whose it is: "registrar abuse@x.example"
	Origins      []string  `json:"origins,omitempty"`       // addresses or names that may be the server behind a CDN, each with how it showed
	Tech         []string  `json:"tech,omitempty"`          // what the site is built with, names from data files, sorted
}

// Labels of a Verdict.
const (
	LabelFake       = "fake_investment"
	LabelSuspicious = "suspicious"
	LabelBenign     = "benign"
	LabelReference  = "reference" // an honest firm that others imitate
	LabelParked     = "parked"
	LabelUnclear    = "unclear" // too little was seen to say
)

// Labels gives every label, the gravest first.
func Labels() []string {
	return []string{LabelFake, LabelSuspicious, LabelUnclear, LabelBenign, LabelReference, LabelParked}
}

// Verdict says what a site is, and why.
type Verdict struct {
	Label     string   `json:"label"`
	Score     float64  `json:"score"`               // calibrated probability that the site is a fake investment site, 0..1
	Confirmed bool     `json:"confirmed,omitempty"` // sure enough to name to others: a score over the bar from two independent groups of reasons, and something that the site does
	Groups    []string `json:"groups,omitempty"`    // groups of reasons that speak for a fake, sorted
	Reasons   []Reason `json:"reasons"`             // strongest first, at most MaxReasons
	Lang      string   `json:"lang,omitempty"`      // language the words were read in, BCP 47; found in the text, not the page's statement
	Rules     string   `json:"rules,omitempty"`     // version of the data files that judged
}

// Reason is one named ground of a verdict.
type Reason struct {
	Code     string  `json:"code"`            // "promised_return", "regulator_clone", "rule:NAME", …
	Group    string  `json:"group,omitempty"` // what it rests on: "promise", "money", "identity", "imitation", "kit", "kin", "hosting", "cloaking"
	Weight   float64 `json:"weight"`          // in log odds; below 0 it speaks for an honest site
	Evidence string  `json:"evidence"`        // the words, value or arithmetic, as on the page
	Where    string  `json:"where,omitempty"` // address of the document
	Says     string  `json:"says,omitempty"`  // the reason in plain words
	Acts     bool    `json:"acts,omitempty"`  // the site does something to its visitors, and does not only say things: without one such reason nothing is confirmed
}

// Cloaking compares what one site shows to different visitors.
type Cloaking struct {
	Verdict string   `json:"verdict"`          // one of the constants below
	Why     string   `json:"why,omitempty"`    // one line for people
	Shown   string   `json:"shown,omitempty"`  // profile that sees most: look with this one
	Hidden  []string `json:"hidden,omitempty"` // profiles that are shown something else or nothing
	Steps   []string `json:"steps,omitempty"`  // reviewer card: what to do, in order, to see what Shown saw; for people, without our tool
	Cells   []Cell   `json:"cells,omitempty"`  // one a profile, in the order visited
}

// Verdicts of Cloaking.
const (
	CloakSame       = "same"               // every visitor sees the same site
	CloakMobile     = "mobile_only"        // phones see it, desktops do not
	CloakDesktop    = "desktop_only"       // the other way round
	CloakReferrer   = "needs_referrer"     // only who comes from another page sees it
	CloakWallet     = "needs_wallet"       // only browsers with a wallet see it
	CloakInvitation = "needs_invitation"   // a code or an invitation link is asked for
	CloakRedirected = "desktop_redirected" // desktops are sent to another site
	CloakDiffers    = "differs"            // visitors see different things, by what is not known
	CloakUnclear    = "unclear"            // too little was seen to compare
)

// Cell is what one visitor saw. Likenesses are 0 to 1 to the cell of Cloaking.Shown, -1 where one of both has nothing to compare.
type Cell struct {
	Profile  string          `json:"profile"`
	Outcome  crawler.Outcome `json:"outcome"`
	Status   int             `json:"status,omitempty"` // of the entry page
	FinalURL string          `json:"final_url,omitempty"`
	Rendered bool            `json:"rendered,omitempty"` // seen in a browser, not by plain HTTP
	Words    int             `json:"words"`
	Wallets  int             `json:"wallets"`
	Text     float64         `json:"text"`
	DOM      float64         `json:"dom"`
	Wallet   float64         `json:"wallet"` // shared wallets
	Same     bool            `json:"same"`   // judged to be the same site as Shown's
}

// Findings is all that the extractors made of one capture.
type Findings struct {
	Title       string      `json:"title,omitempty"`
	Lang        string      `json:"lang,omitempty"` // the page's own statement
	Text        string      `json:"text,omitempty"` // visible text of all pages, for search; at most MaxSearchText bytes
	Indicators  []Indicator `json:"indicators,omitempty"`
	Links       []string    `json:"links,omitempty"` // hosts of others that pages lead a visitor to, sorted; at most MaxLinks
	Fingerprint Fingerprint `json:"fingerprint"`
	Hosting     Hosting     `json:"hosting"`
}

// Add keeps i, or folds it into an equal one: the first place and the best confidence stay, spellings are united.
func (f *Findings) Add(i Indicator) { f.Indicators = append(f.Indicators, i) }

// finish unites equal indicators and puts all in a fixed order.
func (f *Findings) finish() {
	f.Indicators = Unite(f.Indicators)
}

// Unite folds indicators with the same Key and Tag into one each: the first place stays, the surest confidence, all spellings
// (at most MaxSpellings). The result is ordered by kind, then by value.
func Unite(all []Indicator) []Indicator {
	at := map[string]int{}
	var out []Indicator
	for _, i := range all {
		k := i.Key() + "\x00" + i.Tag
		n, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, i.detached())
			continue
		}
		o := &out[n]
		for _, s := range i.Seen {
			if len(o.Seen) < MaxSpellings && !slices.Contains(o.Seen, s) {
				o.Seen = append(o.Seen, strings.Clone(s))
			}
		}
		if rank(i.Confidence) > rank(o.Confidence) {
			o.Confidence = i.Confidence
		}
	}
	slices.SortStableFunc(out, func(a, b Indicator) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Chain+a.Type, b.Chain+b.Type), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Tag, b.Tag))
	})
	return out[:min(len(out), MaxIndicators)]
}

// detached is i without a hold on the document: its strings are parts of the document's text.
func (i Indicator) detached() Indicator {
	i.Value, i.Tag = strings.Clone(i.Value), strings.Clone(i.Tag)
	i.Seen = slices.Clone(i.Seen)
	for n, s := range i.Seen {
		i.Seen[n] = strings.Clone(s)
	}
	return i
}

func rank(confidence string) int {
	switch confidence {
	case High:
		return 3
	case Medium:
		return 2
	case Low:
		return 1
	}
	return 0
}

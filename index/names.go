package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"scamatlas/crawler"
)

// Kinds of Past that a Name has beside "address" and "cname" of a Site.
const (
	PastNS    = "servers" // all its name servers, sorted, with spaces between
	PastEntry = "entry"   // of a certificate log: names of one entry stand in one certificate
)

// Name is a host that discovery read of and did not queue, and where DNS had it over time. Together with what visits found (Site.Past)
// names are our own passive DNS: they tell who else is at an address without a visit.
type Name struct {
	Host   string    `json:"host"`
	Source string    `json:"source"`          // who named it last
	Score  float64   `json:"score,omitempty"` // of the name alone
	First  time.Time `json:"first"`           // named
	Last   time.Time `json:"last"`
	Past   []Past    `json:"past,omitempty"` // addresses, aliases, name servers, certificates; at most MaxNamePast, those that ended last
}

// Names keeps what discovery read of beside targets.
type Names interface {
	// SaveNames keeps names, each united with what is known of its host. It is durable and can be read on return. At most MaxTargets at
	// once; a name without a host, or with one that no DNS name can be, is an error.
	SaveNames(ctx context.Context, names []Name) error
	// NamesWith gives up to n names that have a key (see Name.Keys), those named last first, then by host, and counts all that have it.
	NamesWith(ctx context.Context, key string, n int) (some []Name, all int64, err error)
	// ForgetNames removes what was last named before a time, and says how many.
	ForgetNames(ctx context.Context, before time.Time) (n int64, err error)
}

// NameKey is the key of a fact: "address 192.0.2.7".
func NameKey(kind, value string) string { return kind + " " + value }

// Keys gives what a name is found by: its host, its stem, and each fact of its past. None is longer than MaxKey bytes.
func (n *Name) Keys() []string {
	keys := []string{NameKey("host", n.Host)}
	if s := Stem(n.Host); s != "" {
		keys = append(keys, NameKey("stem", s))
	}
	for _, p := range n.Past {
		keys = append(keys, NameKey(p.Kind, p.Value))
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return len(k) > MaxKey })
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Stem is what names of one series have in common: the label one buys, without digits and hyphens. "nova-trade24.example" and
// "novatrade.example" have the same. "" where too little is left to tell anything.
func Stem(host string) string {
	label, _, _ := strings.Cut(crawler.RegistrableDomain(host), ".")
	if strings.HasPrefix(label, "xn--") {
		return ""
	}
	stem := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '-' || r == '_' {
			return -1
		}
		return r
	}, label)
	if len(stem) < minStem {
		return ""
	}
	return stem
}

// Stored gives the name as it will be read back; an error when it cannot be kept.
func (n Name) Stored() (Name, error) {
	if n.Host == "" || len(n.Host) > maxName {
		return n, errors.New("a name without a host, or with one that is too long")
	}
	n.Source = strings.ToValidUTF8(n.Source, "\uFFFD")
	n.First, n.Last = Moment(n.First), Moment(n.Last)
	past := []Past{}
	for _, p := range n.Past {
		if p.Value == "" || len(NameKey(p.Kind, p.Value)) > MaxKey {
			continue
		}
		p.Value = strings.ToValidUTF8(p.Value, "\uFFFD")
		p.First, p.Last = Moment(p.First), Moment(p.Last)
		past = append(past, p)
	}
	n.Past = past
	return n.united(nil), nil
}

// Unite adds what was known of the same host before; nil when nothing was.
func (n Name) Unite(old *Name) Name {
	if old == nil {
		return n
	}
	if old.First.Before(n.First) {
		n.First = old.First
	}
	if old.Last.After(n.Last) {
		n.Source, n.Score, n.Last = old.Source, old.Score, old.Last
	}
	return n.united(old.Past)
}

// united puts older facts to those of n, each once, over the whole time in which it was seen to hold.
func (n Name) united(older []Past) Name {
	past := []Past{}
	for _, p := range slices.Concat(older, n.Past) {
		at := slices.IndexFunc(past, func(o Past) bool { return o.Kind == p.Kind && o.Value == p.Value })
		if at < 0 {
			past = append(past, p)
			continue
		}
		if p.First.Before(past[at].First) {
			past[at].First = p.First
		}
		if p.Last.After(past[at].Last) {
			past[at].Last = p.Last
		}
	}
	slices.SortStableFunc(past, func(a, b Past) int { return b.Last.Compare(a.Last) })
	n.Past = past[:min(len(past), MaxNamePast)]
	return n
}

// StoredNames gives names as they will be read back, each host once.
func StoredNames(names []Name) ([]Name, error) {
	if len(names) > MaxTargets {
		return nil, fmt.Errorf("%d names at once, %d are the most", len(names), MaxTargets)
	}
	at := map[string]int{}
	var out []Name
	for _, n := range names {
		kept, err := n.Stored()
		if err != nil {
			return nil, err
		}
		if i, twice := at[kept.Host]; twice {
			out[i] = kept.Unite(&out[i])
			continue
		}
		at[kept.Host] = len(out)
		out = append(out, kept)
	}
	return out, nil
}

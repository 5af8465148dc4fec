package export

import (
	"cmp"
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/index"
)

// Why a site is withheld, as counted in Stats.Withheld.
const (
	NotConfirmed = "not confirmed"
	Benign       = "benign"
	Reference    = "an honest firm that others imitate"
	Safe         = "on the safe list"
	Received     = "known only from what came as " // and the light
)

// DefaultTLP is what a list may be passed on as unless the operator says otherwise: within the community. What was received under a
// stricter light, and is known from nowhere else, is not in it. That we have been there since and seen for ourselves does not change to
// whom the name was told.
const DefaultTLP = crawler.TLPGreen

// Gate decides which sites may be named to others. Honest ones never are, whatever is asked for; the others only when confirmed (see
// index.Site.Confirmed), and when those who told us of them allow it (see index.Site.Light), unless asked otherwise.
type Gate struct {
	Now         time.Time                      // when reviews must count; zero: Options.Date
	Unconfirmed bool                           // let sites pass that are not confirmed
	TLP         crawler.TLP                    // what the list may be passed on as; "" = DefaultTLP
	Safe        func(host string) (why string) // "" when the name is not on the safe list; nil: there is none
}

// Pass says whether a site may be named, or why not: one of the reasons above, on the safe list followed by what that says of it. The safe
// list is asked for the host and for every domain above it that can be registered.
func (g *Gate) Pass(s *index.Site) (ok bool, why string) {
	if why := g.safe(s.Host); why != "" {
		return false, Safe + ": " + oneLine(why, MaxComment)
	}
	switch s.Label(g.Now) {
	case extractors.LabelReference:
		return false, Reference
	case extractors.LabelBenign:
		return false, Benign
	}
	if !g.Unconfirmed && !s.Confirmed(g.Now) {
		return false, NotConfirmed
	}
	if light := s.Light(); !g.Light().Covers(light) {
		return false, Received + light.String()
	}
	return true, ""
}

// Light is what the list may be passed on as.
func (g *Gate) Light() crawler.TLP { return cmp.Or(g.TLP, DefaultTLP) }

func (g *Gate) safe(host string) string {
	if g.Safe == nil {
		return ""
	}
	for _, name := range names(host) {
		if why := g.Safe(name); why != "" {
			return why
		}
	}
	return ""
}

// counted is the reason without what belongs to one site alone.
func counted(why string) string {
	if strings.HasPrefix(why, Safe) {
		return Safe
	}
	return why
}

// String says in one line what passes, for the head of a list.
func (g *Gate) String() string {
	if g.Unconfirmed {
		return "unconfirmed sites too"
	}
	return "confirmed sites only"
}

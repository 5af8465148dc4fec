package crawler

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Target is a host worth a visit and why we know it.
type Target struct {
	Host      string    `json:"host"`                // A-labels, lower case, no port, no trailing dot
	URL       string    `json:"url,omitempty"`       // where to enter when not at the root; http or https
	Source    string    `json:"source,omitempty"`    // who named it: "cli", "feed:NAME", "pivot"
	Reference string    `json:"reference,omitempty"` // where it was named: file:line, address of the feed
	Score     float64   `json:"score,omitempty"`     // 0 = nothing known, 1 = certain
	Reasons   []string  `json:"reasons,omitempty"`
	FirstSeen time.Time `json:"first_seen,omitzero"`

	// On what terms it was named, "" where none were stated.
	Licence string `json:"licence,omitempty"`
	TLP     TLP    `json:"tlp,omitempty"`
}

// Batch is what a source of targets found up to a point from which it can go on.
type Batch struct {
	Targets  []Target `json:"targets"`
	Names    []Target `json:"names,omitempty"`    // not worth a visit by themselves; where they are served may make them so
	Read     int      `json:"read"`               // entries looked at
	Rejected int      `json:"rejected"`           // entries that name no host
	Problems []string `json:"problems,omitempty"` // what was skipped and why, one line each, at most MaxProblems
	Cursor   []byte   `json:"cursor,omitempty"`   // where to go on once the targets are durable, for the source alone to read; at most MaxCursor bytes
}

// ErrBadTarget is what ParseTarget's errors wrap.
var ErrBadTarget = errors.New("not a host or http(s) address")

// hostProfile reads names as browsers do: IDNA's rule against "--" in the third place is for who sells names, and hosts below a domain
// ("r3---sn-4g5e.googlevideo.com") do not keep it.
var hostProfile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.Transitional(false), idna.CheckHyphens(false))

// ParseTarget reads a host or an address as people write them: refanged (hxxp, [.], (dot)), with or without scheme, port,
// path; international names become A-labels. IP addresses and bare public suffixes are refused: neither is a site's name.
func ParseTarget(raw string) (Target, error) {
	text := Refang(raw)
	bad := func(why string) (Target, error) {
		return Target{}, fmt.Errorf("%q: %w: %s", clip(raw, 80), ErrBadTarget, why)
	}
	if text == "" {
		return bad("empty")
	}
	if len(text) > MaxURL {
		return bad(fmt.Sprintf("longer than %d bytes", MaxURL))
	}
	withScheme := text
	scheme, _, ok := strings.Cut(text, "://")
	if !ok {
		withScheme = "http://" + text
	} else if s := strings.ToLower(scheme); s != "http" && s != "https" {
		return bad("scheme " + clip(s, 20) + " is not http or https")
	}
	u, err := url.Parse(withScheme)
	if err != nil {
		return bad("cannot be parsed")
	}
	if !ok && u.User != nil {
		return bad("an e-mail address, not a site")
	}
	host, err := NormalHost(u.Hostname())
	if err != nil {
		return bad(err.Error())
	}
	t := Target{Host: host}
	if p := u.Port(); (p != "" && p != "80" && p != "443") || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		u.Host = host
		if p != "" {
			u.Host += ":" + p
		}
		u.User, u.Fragment = nil, ""
		t.URL = u.String()
	}
	return t, nil
}

// NormalHost gives a host name in the one form the product stores: A-labels, lower case, no trailing dot.
// Labels hold letters, digits, hyphen and underscore; at most 253 bytes, 63 a label; at least one dot.
func NormalHost(name string) (string, error) {
	name = strings.TrimSuffix(strings.TrimSpace(name), ".")
	if name == "" {
		return "", errors.New("no host name")
	}
	if !utf8.ValidString(name) { // idna would make a host of it that it does not take back
		return "", errors.New("not valid UTF-8")
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return "", errors.New("an IP address, not a host name")
	}
	host, err := hostProfile.ToASCII(name)
	if err != nil {
		return "", errors.New("not a valid international host name")
	}
	host = strings.ToLower(host)
	if len(host) > 253 {
		return "", errors.New("host name longer than 253 bytes")
	}
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return "", errors.New("a host name needs a dot")
	}
	for _, l := range labels {
		if why := badLabel(l); why != "" {
			return "", errors.New(why)
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return "", errors.New("the last label is a number")
	}
	if suffix, _ := publicsuffix.PublicSuffix(host); suffix == host {
		return "", errors.New("a public suffix, not a site")
	}
	return host, nil
}

func badLabel(l string) string {
	switch {
	case l == "":
		return "empty label in host name"
	case len(l) > 63:
		return "label longer than 63 bytes"
	case l[0] == '-' || l[len(l)-1] == '-':
		return "label begins or ends with a hyphen"
	}
	for i := range len(l) {
		c := l[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return "a character that no host name may hold"
		}
	}
	return ""
}

var refangs = strings.NewReplacer("[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "{dot}", ".", "[:]", ":", "[://]", "://",
	"[/]", "/", "\u3002", ".", "\uff0e", ".", "\u200b", "", "\ufeff", "")

// Refang undoes the spellings analysts use to keep an address from being clicked.
func Refang(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\"'<>,;\u200b\ufeff", r)
	})
	s = refangs.Replace(s)
	for _, p := range [][2]string{{"hxxps", "https"}, {"hxxp", "http"}, {"h**ps", "https"}, {"h**p", "http"}, {"htxp", "http"}, {"meow", "http"}} {
		if len(s) > len(p[0]) && strings.EqualFold(s[:len(p[0])], p[0]) && strings.HasPrefix(s[len(p[0]):], "://") {
			return p[1] + s[len(p[0]):]
		}
	}
	return s
}

// RegistrableDomain is the part of host one can buy (the public suffix and one label), private suffixes counted;
// host itself where there is none.
func RegistrableDomain(host string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return d
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

package crawler

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Profile is a kind of visitor: everything a site can tell about who looks. Its parts must agree with each other (see Faults), or a
// site that compares them shows another page.
type Profile struct {
	Name      string  `json:"name"`
	UserAgent string  `json:"user_agent"`         // "{chrome}" in it stands for the browser's own major version, see ForBrowser
	Platform  string  `json:"platform,omitempty"` // navigator.platform: "Win32", "Linux armv81", "iPhone"
	Mobile    bool    `json:"mobile,omitempty"`   // a small screen: mobile viewport rules, Sec-CH-UA-Mobile: ?1
	Touch     bool    `json:"touch,omitempty"`
	Width     int     `json:"width,omitempty"` // of the viewport, CSS pixels
	Height    int     `json:"height,omitempty"`
	Scale     float64 `json:"scale,omitempty"`    // device pixels to one CSS pixel
	Language  string  `json:"language,omitempty"` // Accept-Language; navigator.languages are its tags in order
	Timezone  string  `json:"timezone,omitempty"` // IANA name
	Referrer  string  `json:"referrer,omitempty"` // page the visitor comes from; "" = typed in
	Wallet    bool    `json:"wallet,omitempty"`   // an inert wallet provider stands in the page: it answers reads and refuses every signature
	Proxy     string  `json:"proxy,omitempty"`    // socks5:// or http:// proxy of its own, to look from elsewhere; "" = as network.proxy says
	Model     string  `json:"model,omitempty"`    // device model for client hints: "Pixel 8"; "" on desktops
	System    string  `json:"system,omitempty"`   // platform version for client hints: "15.0.0"
}

// DefaultChrome stands for {chrome} where no browser says its own version.
const DefaultChrome = 146

// ForBrowser gives the profile with the major version of the browser it is shown by: a User-Agent that names another version
// contradicts what its scripts can do.
func (p Profile) ForBrowser(major int) *Profile {
	if major <= 0 {
		major = DefaultChrome
	}
	p.UserAgent = strings.ReplaceAll(p.UserAgent, "{chrome}", strconv.Itoa(major))
	return &p
}

// WithReferrer gives a variant of the profile that comes from another page, called NAME+referrer, or NAME-referrer when it comes
// from nowhere. Variants tell which part of a profile a site looks at.
func (p Profile) WithReferrer(referrer string) *Profile {
	p.Referrer = referrer
	p.Name += "-referrer"
	if referrer != "" {
		p.Name = strings.TrimSuffix(p.Name, "-referrer") + "+referrer"
	}
	return &p
}

// ChromeMajor is the major version of the Chromium that the User-Agent names, 0 for other browsers. Only Chromium sends client hints.
func (p *Profile) ChromeMajor() int {
	for _, mark := range []string{"Chrome/", "Chromium/"} {
		if _, after, ok := strings.Cut(p.UserAgent, mark); ok {
			digits, _, _ := strings.Cut(after, ".")
			n, _ := strconv.Atoi(digits)
			return n
		}
	}
	return 0
}

// HintPlatform is what Sec-CH-UA-Platform says for the User-Agent's system.
func (p *Profile) HintPlatform() string {
	for _, s := range [][2]string{{"Android", "Android"}, {"Windows", "Windows"}, {"Macintosh", "macOS"}, {"CrOS", "Chrome OS"}, {"Linux", "Linux"}} {
		if strings.Contains(p.UserAgent, s[0]) {
			return s[1]
		}
	}
	return "Unknown"
}

// Languages are the tags of Language in order, without weights.
func (p *Profile) Languages() []string {
	tags, _, err := language.ParseAcceptLanguage(p.Language)
	if err != nil {
		return nil
	}
	var out []string
	for _, t := range tags {
		out = append(out, t.String())
	}
	return out
}

// Faults says what of the profile is missing or contradicts the rest, one line each.
func (p *Profile) Faults() []string {
	var faults []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	ua := p.UserAgent
	phone := strings.Contains(ua, "Mobile") || strings.Contains(ua, "iPhone")
	add(ua == "", "user_agent is missing")
	add(ua != "" && phone && !p.Mobile, "user_agent is a phone's, but mobile is false")
	add(ua != "" && !phone && p.Mobile && !strings.Contains(ua, "Android") && !strings.Contains(ua, "iPad"), "mobile is true, but user_agent is no phone's")
	add(p.Mobile && !p.Touch, "mobile without touch")
	add(p.Width < 200 || p.Width > 4000 || p.Height < 200 || p.Height > 4000, "viewport %dx%d is not within 200 to 4000", p.Width, p.Height)
	add(p.Scale < 0.5 || p.Scale > 4, "scale %g is not within 0.5 to 4", p.Scale)
	add(len(p.Languages()) == 0, "language %q is no Accept-Language", p.Language)
	_, err := time.LoadLocation(p.Timezone)
	add(p.Timezone == "" || err != nil, "timezone %q is no IANA name", p.Timezone)
	add(platformOf(ua) != "" && !strings.HasPrefix(p.Platform, platformOf(ua)), "platform %q does not fit the user_agent, which says %s…", p.Platform, platformOf(ua))
	add(p.Referrer != "" && !strings.HasPrefix(p.Referrer, "https://") && !strings.HasPrefix(p.Referrer, "http://"), "referrer %q is no http or https address", p.Referrer)
	return faults
}

// platformOf is what navigator.platform begins with on the User-Agent's system.
func platformOf(ua string) string {
	for _, s := range [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Linux"}, {"Windows", "Win"}, {"Macintosh", "Mac"}, {"Linux", "Linux"}} {
		if strings.Contains(ua, s[0]) {
			return s[1]
		}
	}
	return ""
}

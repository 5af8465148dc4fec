package configs

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Profile is a kind of visitor. Whether its parts fit each other is checked by Checks.Profile.
type Profile struct {
	UserAgent string   `yaml:"user_agent"`
	Platform  string   `yaml:"platform"`
	Mobile    bool     `yaml:"mobile"` // touch, too
	Viewport  Viewport `yaml:"viewport"`
	Scale     float64  `yaml:"scale"`
	Language  string   `yaml:"language"`
	Timezone  string   `yaml:"timezone"`
	Referrer  string   `yaml:"referrer"`
	Wallet    bool     `yaml:"wallet"`
	Proxy     string   `yaml:"proxy"`
	Model     string   `yaml:"model"`
	System    string   `yaml:"system"`
}

// Viewport is a size in CSS pixels, written 390x844.
type Viewport struct{ Width, Height int }

// UnmarshalText reads "390x844".
func (v *Viewport) UnmarshalText(text []byte) error {
	w, h, ok := strings.Cut(string(text), "x")
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	if !ok || err1 != nil || err2 != nil {
		return fmt.Errorf("%q is not a size like 390x844", text)
	}
	*v = Viewport{width, height}
	return nil
}

// Profiles holds kinds of visitor by name. A settings file may change single parts of a built-in one.
type Profiles map[string]Profile

// UnmarshalYAML lays each profile of the file over the one of its name that is there already.
func (p *Profiles) UnmarshalYAML(n *yaml.Node) error {
	var parts map[string]yaml.Node
	if err := n.Load(&parts, yaml.WithKnownFields()); err != nil {
		return err
	}
	merged := maps.Clone(*p)
	if merged == nil {
		merged = Profiles{}
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		profile := merged[name]
		node := parts[name]
		if err := node.Load(&profile, yaml.WithKnownFields()); err != nil {
			return err
		}
		if profile.Scale == 0 {
			profile.Scale = 1
		}
		merged[name] = profile
	}
	*p = merged
	return nil
}

// Profile gives one by name, its language filled in.
func (s *Settings) Profile(name string) (Profile, bool) {
	p, ok := s.Profiles[name]
	if p.Language == "" {
		p.Language = s.Crawl.Language
	}
	return p, ok
}

func (c *checker) profiles(s *Settings) {
	for _, name := range slices.Sorted(maps.Keys(s.Profiles)) {
		p, _ := s.Profile(name)
		key := "profiles." + name
		if strings.ContainsAny(name, "+@:/ ") || name == "" {
			c.fault(key, "a profile's name holds letters, digits, _ and -")
		}
		if c.Profile != nil {
			for _, why := range c.Checks.Profile(p) {
				c.fault(key, "%s", why)
			}
		}
		c.proxy(key+".proxy", p.Proxy)
	}
}

func (c *checker) proxy(key, proxy string) {
	if proxy == "" {
		return
	}
	u, err := url.Parse(proxy)
	if err != nil || u.Host == "" || (u.Scheme != "socks5" && u.Scheme != "http") {
		c.fault(key, "%q is not socks5://HOST:PORT or http://HOST:PORT", proxy)
	}
}

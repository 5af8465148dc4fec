// Package configs turns a YAML settings file into checked settings. It does not build anything from them: that is the command's part.
package configs

import (
	_ "embed"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed scamatlas.yaml
var defaults []byte

// Defaults gives the annotated default settings file.
func Defaults() []byte { return append([]byte(nil), defaults...) }

// Settings is the whole file. Field docs stand in scamatlas.yaml.
type Settings struct {
	Store         string        `yaml:"store"`
	Elasticsearch Elasticsearch `yaml:"elasticsearch"`
	Network       Network       `yaml:"network"`
	Crawl         Crawl         `yaml:"crawl"`
	Render        Render        `yaml:"render"`
	Evidence      Evidence      `yaml:"evidence"`
	Profiles      Profiles      `yaml:"profiles"`
	Rules         string        `yaml:"rules"`
	Hosting       Hosting       `yaml:"hosting"`
	Revisit       Revisit       `yaml:"revisit"`
	Feeds         []Feed        `yaml:"feeds"`
	Discovery     Discovery     `yaml:"discovery"`
	Schedules     Schedules     `yaml:"schedules"`
	Exports       []Export      `yaml:"exports"`
}

// Remote reports whether the store is an Elasticsearch address.
func (s *Settings) Remote() bool {
	return strings.HasPrefix(s.Store, "http://") || strings.HasPrefix(s.Store, "https://")
}

type Elasticsearch struct {
	Prefix       string `yaml:"prefix"`
	Outbox       string `yaml:"outbox"`
	Username     string `yaml:"username"`
	PasswordFile string `yaml:"password_file"`
	APIKeyFile   string `yaml:"api_key_file"`
	CAFile       string `yaml:"ca_file"`
}

type Network struct {
	Resolver string            `yaml:"resolver"`
	Allow    []string          `yaml:"allow"`
	Deny     []string          `yaml:"deny"`
	Ports    map[uint16]uint16 `yaml:"ports"`
	Open     []uint16          `yaml:"open"`
	Proxy    string            `yaml:"proxy"`
}

// Prefixes reads addresses and ranges; what is neither was a Fault when the settings were checked and is left out.
func Prefixes(list []string) []netip.Prefix {
	var out []netip.Prefix
	for _, a := range list {
		if p, err := parsePrefix(a); err == nil {
			out = append(out, p)
		}
	}
	return out
}

func parsePrefix(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address nor a range like 127.0.0.0/8", s)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

type Crawl struct {
	Workers    int      `yaml:"workers"`
	Pages      int      `yaml:"pages"`
	Depth      int      `yaml:"depth"`
	Timeout    Duration `yaml:"timeout"`
	Delay      Duration `yaml:"delay"`
	PerDomain  int      `yaml:"per_domain"`
	PerAddress int      `yaml:"per_address"`
	Robots     string   `yaml:"robots"`
	Render     string   `yaml:"render"`
	Profiles   []string `yaml:"profiles"`
	Language   string   `yaml:"language"`
}

type Render struct {
	Browser string `yaml:"browser"`
	Tabs    int    `yaml:"tabs"`
	Views   int    `yaml:"views"`
	Recycle int    `yaml:"recycle"`
	Memory  int    `yaml:"memory"`
	Sandbox bool   `yaml:"sandbox"`
}

type Evidence struct {
	Keep      string   `yaml:"keep"`
	Folder    string   `yaml:"folder"`
	Retention Duration `yaml:"retention"`
}

// EvidenceFolder is where evidence is kept.
func (s *Settings) EvidenceFolder() string {
	switch {
	case s.Evidence.Folder != "":
		return s.Evidence.Folder
	case s.Remote():
		return filepath.Join(filepath.Dir(filepath.Clean(s.Elasticsearch.Outbox)), "evidence")
	}
	return filepath.Join(s.Store, "evidence")
}

type Hosting struct {
	Registration bool     `yaml:"registration"`
	Networks     bool     `yaml:"networks"`
	Bootstrap    string   `yaml:"bootstrap"`
	WHOIS        string   `yaml:"whois"`
	AddressData  []string `yaml:"address_data"`
	Cymru        bool     `yaml:"cymru"`
	JARM         bool     `yaml:"jarm"`
}

type Revisit struct {
	New     Duration `yaml:"new"`
	Live    Duration `yaml:"live"`
	Changed Duration `yaml:"changed"`
	Parked  Duration `yaml:"parked"`
	Dead    Duration `yaml:"dead"`
	Failing Duration `yaml:"failing"`
	Longest Duration `yaml:"longest"`
}

type Feed struct {
	Name    string `yaml:"name"`
	File    string `yaml:"file"`
	URL     string `yaml:"url"`
	Format  string `yaml:"format"`
	Column  string `yaml:"column"`
	Path    string `yaml:"path"`
	Prose   bool   `yaml:"prose"`
	Licence string `yaml:"licence"`
	TLP     string `yaml:"tlp"`
	Scored  bool   `yaml:"scored"`

	Age      Duration `yaml:"age"`
	Interval Duration `yaml:"interval"`
	Expect   Duration `yaml:"expect"`
}

type Discovery struct {
	Contact      string            `yaml:"contact"`
	Lists        []string          `yaml:"lists"`
	Keys         map[string]string `yaml:"keys"`
	Certificates Certificates      `yaml:"certificates"`
	Names        Names             `yaml:"names"`
	Pivot        bool              `yaml:"pivot"`
}

type Certificates struct {
	Logs   string   `yaml:"logs"`
	Skip   []string `yaml:"skip"`
	Since  Duration `yaml:"since"`
	Span   Duration `yaml:"span"`
	Stream string   `yaml:"stream"`
}

type Names struct {
	Threshold float64  `yaml:"threshold"`
	Resolve   float64  `yaml:"resolve"`
	Keep      Duration `yaml:"keep"`
}

type Schedules struct {
	Discover string `yaml:"discover"`
	Visit    string `yaml:"visit"`
	Cluster  string `yaml:"cluster"`
	Export   string `yaml:"export"`
}

type Export struct {
	File   string `yaml:"file"`
	Format string `yaml:"format"`
	Query  string `yaml:"query"`

	Unconfirmed bool   `yaml:"unconfirmed"`
	TLP         string `yaml:"tlp"`
}

// Duration is a time.Duration that also reads days: 7d.
type Duration time.Duration

// Std gives the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// UnmarshalText reads "30s", "24h", "7d"; negative values are refused.
func (d *Duration) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	v, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok && err != nil {
		var n int
		if n, err = strconv.Atoi(days); err == nil {
			v = time.Duration(n) * 24 * time.Hour
		}
	}
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration like 500ms, 30s, 10m, 24h or 7d", s)
	}
	*d = Duration(v)
	return nil
}

// Secret reads a secret from the environment variable env, else from file; both empty gives "". A file that others may read
// is refused.
func Secret(env, file string) (string, error) {
	if v := os.Getenv(env); v != "" {
		return v, nil
	}
	if file == "" {
		return "", nil
	}
	st, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("reading secret: %w", err)
	}
	if st.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("secret file %s may be read by everybody: run chmod 600 %s", file, file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading secret: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

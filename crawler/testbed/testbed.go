// Package testbed turns made-up sites, one txtar file each, into a small Internet on loopback: HTTP, TLS and DNS, with the truth about
// every site beside it.
//
// All of it is invented: brands, people, and wallets (made from hashes, so that their checksums hold and nobody has their keys). The
// package does not know how the product visits, reads or groups sites; its truth says only what is there to be found.
//
// A site file holds truth.yaml (what is so), build.yaml (how its files come from a kit; absent when it has none) and the site's own
// files. A kit file holds the files that several sites share. See build.go for what build.yaml may say.
package testbed

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"path"
	"strings"

	"scamatlas/crawler"

	"golang.org/x/tools/txtar"
)

//go:embed sites/*.txtar kits/*.txtar
var embedded embed.FS

// Site is one made-up host: its truth and what it serves.
type Site struct {
	Truth
	Files   map[string][]byte // by path without leading slash; "index.html" is the root
	Handler http.Handler      // serves in place of Files when set

	resolve  func(n int64) []netip.Addr // answers the nth address question (from 0) in place of Address
	silent   bool                       // DNS never answers
	smuggles bool                       // it sends visitors to its own address on the canary's port
}

// Truth is what is so about a site: the facts that it is served with, and what a good visit finds.
type Truth struct {
	Host    string   `yaml:"host"`
	Aliases []string `yaml:"aliases"`
	Address string   `yaml:"address"` // key of its simulated address: sites with one key share it; "" = the name does not exist
	CNAME   string   `yaml:"cname"`   // the name it is an alias of in DNS, if any
	NS      []string `yaml:"ns"`
	MX      []string `yaml:"mx"`
	TXT     []string `yaml:"txt"`
	Cert    string   `yaml:"cert"`   // id of its certificate: sites with one id share it; "" = no TLS
	Issuer  string   `yaml:"issuer"` // organisation that issued it
	Expired bool     `yaml:"expired"`

	Headers   map[string]string `yaml:"headers"`   // sent with every answer
	Redirects map[string]string `yaml:"redirects"` // path → Location, answered with 302
	Status    int               `yaml:"status"`    // of every page; 0 = 200

	Outcomes []crawler.Outcome `yaml:"outcomes"` // a right visit ends with one of them
	Kit      string            `yaml:"kit"`      // "" = a design of its own
	Operator string            `yaml:"operator"` // "" = nobody who runs another site here
	Shell    bool              `yaml:"shell"`    // the static page is an empty frame for a script
	Wallets  []Wallet          `yaml:"wallets"`
	Contacts []Indicator       `yaml:"contacts"`
	Trackers []Indicator       `yaml:"trackers"`

	Browser   bool     `yaml:"browser"`   // it attacks a browser with scripts; plain HTTP sees an ordinary page
	Refused   bool     `yaml:"refused"`   // it points where no connection may go
	Truncated []string `yaml:"truncated"` // reasons for the entry page not being whole, any of them
	Caps      []string `yaml:"caps"`      // limits that a visit reaches, any of them
}

// Wallet is one address that the site asks to be paid at.
type Wallet struct {
	Chain string `yaml:"chain"`
	Value string `yaml:"value"` // canonical
	Shown string `yaml:"shown"` // spelling on the page where it is not the canonical one
	In    string `yaml:"in"`    // file that only a running script loads; "" = a visit without scripts can find it
	QR    string `yaml:"qr"`    // file that is a picture of its code, the only place it stands
	URI   string `yaml:"uri"`   // with QR: scheme of the payment address in the code
}

// Spelling gives the wallet as the site writes it.
func (w Wallet) Spelling() string {
	if w.Shown != "" {
		return w.Shown
	}
	return w.Value
}

// Indicator is a contact or tracker on the site.
type Indicator struct {
	Type     string `yaml:"type"`
	Value    string `yaml:"value"`    // canonical
	Shown    string `yaml:"shown"`    // spelling on the page where it is not the canonical one
	Leftover bool   `yaml:"leftover"` // came with the kit: says nothing about who runs the site
}

// Spelling gives the indicator as the site writes it.
func (i Indicator) Spelling() string {
	if i.Shown != "" {
		return i.Shown
	}
	return i.Value
}

// Names gives the host and its aliases.
func (t *Truth) Names() []string { return append([]string{t.Host}, t.Aliases...) }

// Sites gives the made-up sites, ordered by file name. Hostile ones are apart: see Options.
func Sites() ([]Site, error) { return readSites(embedded) }

func readSites(fsys fs.FS) ([]Site, error) {
	names, err := fs.Glob(fsys, "sites/*.txtar")
	if err != nil {
		return nil, err
	}
	var all []Site
	seen := map[string]string{}
	for _, name := range names {
		s, err := readSite(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		for _, n := range s.Names() {
			if other, ok := seen[n]; ok {
				return nil, fmt.Errorf("reading %s: %s is a name of %s already", name, n, other)
			}
			seen[n] = name
		}
		all = append(all, s)
	}
	return all, nil
}

func readSite(fsys fs.FS, name string) (Site, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Site{}, err
	}
	own, err := unpack(txtar.Parse(raw))
	if err != nil {
		return Site{}, err
	}
	s := Site{}
	if err := strictYAML(own["truth.yaml"], &s.Truth); err != nil {
		return Site{}, fmt.Errorf("truth.yaml: %w", err)
	}
	if s.Host == "" || len(s.Outcomes) == 0 {
		return Site{}, fmt.Errorf("truth.yaml: host and outcomes are needed")
	}
	b := build{}
	if y, ok := own["build.yaml"]; ok {
		if err := strictYAML(y, &b); err != nil {
			return Site{}, fmt.Errorf("build.yaml: %w", err)
		}
	}
	delete(own, "truth.yaml")
	delete(own, "build.yaml")
	s.Files, err = b.files(fsys, own)
	return s, err
}

// isText reports whether marks and edits apply to a file.
func isText(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".css", ".js", ".json", ".svg", ".txt", ".xml", ".php", ".webmanifest":
		return true
	}
	return false
}

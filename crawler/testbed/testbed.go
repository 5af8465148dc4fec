// Package testbed turns made-up sites, one txtar file each, into a small Internet on loopback: HTTP, TLS and DNS, with the truth about
// every site beside it.
//
// All of it is invented: brands, people, and wallets (made from hashes, so that their checksums hold and nobody has their keys). The
// package does not know how the product visits, reads or groups sites; its truth says only what is there to be found.
//
// A site file holds truth.yaml (what is so), build.yaml (how its files come from a kit; absent when it has none) and the site's own
// files. A kit file holds the files that several sites share. See build.go for what build.yaml may say. serve.yaml, where there is one,
// says how answers depend on who asks: see serve.go.
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

//go:embed sites/*.txtar scripted/*.txtar kits/*.txtar
var embedded embed.FS

// Site is one made-up host: its truth and what it serves.
type Site struct {
	Truth
	Files   map[string][]byte // by path without leading slash; "index.html" is the root
	Handler http.Handler      // serves in place of Files when set

	serving  *serving                   // nil: everybody gets the same files
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

	Rendered bool     `yaml:"rendered"` // what it is shows only to who runs its scripts
	Cloaking string   `yaml:"cloaking"` // the right verdict over the profiles of the default settings, in the words of extractors.Cloaking; "" = not stated
	Shown    []string `yaml:"shown"`    // profiles of the default settings that see the site itself; empty = all
	Enter    string   `yaml:"enter"`    // address to enter with where the host alone does not do: an invitation link
	Rotation string   `yaml:"rotation"` // how the deposit address changes: fixed, request, visit; "" = not stated
	Deposit  string   `yaml:"deposit"`  // path of the page that asks for money; "" = the entry page

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
	Via   string `yaml:"via"`   // how a script brings it to the page: see Ways; "" = it stands there without
}

// Ways in which scripts bring a wallet to the page.
var Ways = []string{"xhr", "websocket", "selector", "canvas", "svg", "table", "image", "shadow", "frame", "route", "timer", "provider"}

// Static reports whether a visit that runs no script can find the wallet, if the site shows itself to it.
func (w Wallet) Static() bool { return w.Via == "" && w.In == "" }

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

// EntryURL is where a visit begins.
func (t *Truth) EntryURL() string {
	if t.Enter != "" {
		return t.Enter
	}
	return "https://" + t.Host + "/"
}

// Sites gives the made-up sites, ordered by file name. Scripted and hostile ones are apart: see Options.
func Sites() ([]Site, error) { return readSites(embedded, "sites") }

// ScriptedSites gives the made-up sites that need a browser, or show themselves to some visitors only, and ordinary ones that are never
// the same twice; ordered by file name.
func ScriptedSites() ([]Site, error) { return readSites(embedded, "scripted") }

func readSites(fsys fs.FS, folder string) ([]Site, error) {
	names, err := fs.Glob(fsys, folder+"/*.txtar")
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
	serve, ruled := own["serve.yaml"]
	for _, n := range []string{"truth.yaml", "build.yaml", "serve.yaml"} {
		delete(own, n)
	}
	if s.Files, err = b.files(fsys, own); err != nil {
		return Site{}, err
	}
	if ruled {
		if s.serving, err = readServing(serve, s.Files); err != nil {
			return Site{}, fmt.Errorf("serve.yaml: %w", err)
		}
	}
	return s, nil
}

// isText reports whether marks and edits apply to a file.
func isText(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".css", ".js", ".json", ".svg", ".txt", ".xml", ".php", ".webmanifest":
		return true
	}
	return false
}

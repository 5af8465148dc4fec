package archive

import (
	"bytes"
	_ "embed" // the method and the check
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/template"
	"time"

	"scamatlas/crawler"
)

var (
	//go:embed check.py
	checkScript []byte
	//go:embed method.txt
	methodText string
)

// bundledVisit is a visit as the method and the manifest tell it.
type bundledVisit struct {
	*Entry
	Captures []bundledCapture
	Settings map[string]string
}

type bundledCapture struct {
	Profile string           `json:"profile"`
	Outcome crawler.Outcome  `json:"outcome"`
	Reason  string           `json:"reason,omitempty"`
	Started time.Time        `json:"started"`
	Ended   time.Time        `json:"ended"`
	Browser string           `json:"browser,omitempty"`
	Visitor *crawler.Profile `json:"visitor,omitempty"`
}

func summarized(c *crawler.Capture) bundledCapture {
	out := bundledCapture{Profile: clean(c.Profile, 100), Outcome: c.Outcome, Reason: clean(c.Reason, maxOf), Started: c.Started, Ended: c.Ended, Visitor: c.Visitor}
	if c.Rendered != nil {
		out.Browser = clean(c.Rendered.Browser, maxOf)
	}
	return out
}

// method writes METHOD.txt.
func (b *bundler) method(h head) ([]byte, error) {
	t, err := template.New("method").Funcs(template.FuncMap{
		"line": func(s string) string { return strings.Repeat("=", len([]rune(s))) },
		"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
	}).Parse(methodText)
	if err != nil {
		return nil, fmt.Errorf("writing the method: %w", err)
	}
	m := b.m
	m.Title, m.Purpose, m.By = clean(m.Title, maxOf), clean(m.Purpose, maxURI), clean(m.By, maxURI)
	indented := "     " + strings.ReplaceAll(string(checkScript), "\n", "\n     ")
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Method
		Visits []bundledVisit
		Check  string
		Chain  string
		Head   head
	}{m, b.visits, strings.TrimRight(indented, " "), b.a.ID(), h})
	if err != nil {
		return nil, fmt.Errorf("writing the method: %w", err)
	}
	return out.Bytes(), nil
}

// manifest is evidence/manifest.json.
type manifest struct {
	Format  string          `json:"format"`
	Title   string          `json:"title"`
	Tool    string          `json:"tool"`
	Created string          `json:"created"` // when the last visit was kept
	Chain   string          `json:"chain"`
	Head    head            `json:"head"` // of the last line in evidence/chain.jsonl
	Visits  []manifestVisit `json:"visits"`
	Files   []bundled       `json:"files"` // all but this one, SHA256SUMS and datapackage*.json
}

type manifestVisit struct {
	Seq      int64             `json:"seq"`
	Hash     string            `json:"hash"`
	Host     string            `json:"host"`
	Sequence int64             `json:"sequence"`
	At       string            `json:"at"`
	Tool     string            `json:"tool"`
	Captures []bundledCapture  `json:"captures"`
	Settings map[string]string `json:"settings"`
}

// resource is one file in datapackage.json.
type resource struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Hash  string `json:"hash"`
	Bytes int    `json:"bytes"`
}

type datapackage struct {
	Profile  string     `json:"profile"`
	Version  string     `json:"wacz_version"`
	Title    string     `json:"title"`
	Software string     `json:"software"`
	Created  string     `json:"created"`
	MainURL  string     `json:"mainPageUrl,omitempty"`
	MainDate string     `json:"mainPageDate,omitempty"`
	Files    []resource `json:"resources"`
}

// lists writes what names all other files: the manifest, the package description with its digest, and the sums.
func (b *bundler) lists(last *Entry, h head) error {
	created := last.At.UTC().Format(time.RFC3339)
	m := manifest{Format: "scamatlas-evidence-1", Title: b.m.Title, Tool: b.m.Tool, Created: created, Chain: b.a.ID(), Head: h, Files: slices.Clone(b.files)}
	for _, v := range b.visits {
		m.Visits = append(m.Visits, manifestVisit{v.Seq, v.Hash, v.Host, v.Sequence, v.At.UTC().Format(stamp), v.Tool, v.Captures, v.Settings})
	}
	if err := b.addJSON("evidence/manifest.json", "all files with size and hash", m); err != nil {
		return err
	}
	p := datapackage{Profile: "data-package", Version: "1.1.1", Title: b.m.Title, Software: b.m.Tool, Created: created, MainURL: b.main.url, MainDate: b.main.date}
	for _, f := range b.files {
		p.Files = append(p.Files, resource{strings.ToLower(path.Base(f.Path)), f.Path, "sha256:" + f.SHA256, f.Size})
	}
	if err := b.addJSON("datapackage.json", "description for WACZ tools", p); err != nil {
		return err
	}
	digest := struct {
		Path string `json:"path"`
		Hash string `json:"hash"`
	}{"datapackage.json", "sha256:" + b.files[len(b.files)-1].SHA256}
	if err := b.addJSON("datapackage-digest.json", "its hash", digest); err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, f := range b.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Path)
	}
	return b.out.add("SHA256SUMS", true, sums.Bytes())
}

func (b *bundler) addJSON(name, what string, v any) error {
	body, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return b.add(bundled{Path: name, What: what}, true, append(body, '\n'))
}

package feed

import (
	"fmt"
	"io/fs"
	"time"

	"go.yaml.in/yaml/v4"

	"scamatlas/crawler"
)

// Entry is one ready feed of a catalogue.
type Entry struct {
	Config
	Key  string // name of the header that carries an operator's key, "" when the feed asks for none
	Note string
}

// entryFile is an Entry as it stands in a file.
type entryFile struct {
	Name     string `yaml:"name"`
	URL      string `yaml:"url"`
	Format   string `yaml:"format"`
	Column   string `yaml:"column"`
	Path     string `yaml:"path"`
	Prose    bool   `yaml:"prose"`
	Licence  string `yaml:"licence"`
	TLP      string `yaml:"tlp"`
	Scored   bool   `yaml:"scored"`
	Interval string `yaml:"interval"`
	Expect   string `yaml:"expect"`
	Key      string `yaml:"key"`
	Note     string `yaml:"note"`
}

// LoadCatalogue reads ready feeds from a YAML file, each checked as far as that goes without a client.
func LoadCatalogue(fsys fs.FS, name string) ([]Entry, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read feed catalogue: %w", err)
	}
	var file struct {
		Feeds []entryFile `yaml:"feeds"`
	}
	if err := yaml.Load(b, &file, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("read feed catalogue %s: %w", name, err)
	}
	seen := map[string]bool{}
	var out []Entry
	for _, f := range file.Feeds {
		e, err := f.entry()
		if err == nil && seen[e.Name] {
			err = fmt.Errorf("feed %q stands there twice", e.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("feed catalogue %s: %w", name, err)
		}
		seen[e.Name] = true
		out = append(out, e)
	}
	return out, nil
}

func (f entryFile) entry() (Entry, error) {
	c := Config{Name: f.Name, URL: f.URL, Format: f.Format, Column: f.Column, Path: f.Path, Prose: f.Prose, Licence: f.Licence, TLP: crawler.TLP(f.TLP), Scored: f.Scored}
	for _, d := range []struct {
		text string
		to   *time.Duration
	}{{f.Interval, &c.Interval}, {f.Expect, &c.Expect}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.to, err = time.ParseDuration(d.text); err != nil {
			return Entry{}, fmt.Errorf("feed %q: %w", f.Name, err)
		}
	}
	checked, err := c.check()
	return Entry{checked, f.Key, f.Note}, err
}

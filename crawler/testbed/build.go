package testbed

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"
)

// build says how a site's files come from a kit. The steps run in the order of the fields; each must have an effect, so that a site
// file never says what is not so.
//
// Kit files may hold marks: @@name@@ stands for a value of With, @@part:NAME@@ for the kit's file parts/NAME, and what stands between
// <!--[NAME]--> and <!--[/NAME]--> is a section. Some marks are made of values: see made.go.
type build struct {
	Include string            `yaml:"include"` // kit whose files the site starts from
	Drop    []string          `yaml:"drop"`    // kit files that the site does not have
	Without []string          `yaml:"without"` // sections that are left out wherever they stand
	With    map[string]string `yaml:"with"`    // values of the marks; kit.yaml has the ones that sites rarely change
	Edit    []edit            `yaml:"edit"`    // changes of text
	Rename  map[string]string `yaml:"rename"`  // files under another name, references to them too
}

type edit struct {
	In   string `yaml:"in"` // file; "" = all files
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

const maxParts = 3 // parts within parts

func (b *build) files(fsys fs.FS, own map[string][]byte) (map[string][]byte, error) {
	files, with := map[string][]byte{}, map[string]string{}
	if b.Include != "" {
		raw, err := fs.ReadFile(fsys, "kits/"+b.Include+".txtar")
		if err != nil {
			return nil, fmt.Errorf("kit %s: %w", b.Include, err)
		}
		if files, err = unpack(txtar.Parse(raw)); err != nil {
			return nil, fmt.Errorf("kit %s: %w", b.Include, err)
		}
		if err := strictYAML(files["kit.yaml"], &with); err != nil {
			return nil, fmt.Errorf("kit %s: kit.yaml: %w", b.Include, err)
		}
		delete(files, "kit.yaml")
	}
	maps.Copy(with, b.With)
	if err := b.drop(files); err != nil {
		return nil, err
	}
	maps.Copy(files, own)
	if err := placeParts(files); err != nil {
		return nil, err
	}
	for _, step := range []func(map[string][]byte) error{b.cutSections, func(f map[string][]byte) error { return fillMarks(f, with) }, b.editText, b.renameFiles} {
		if err := step(files); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (b *build) drop(files map[string][]byte) error {
	for _, name := range b.Drop {
		if _, ok := files[name]; !ok {
			return fmt.Errorf("drop: no file %s", name)
		}
		delete(files, name)
	}
	return nil
}

// placeParts puts the kit's parts where @@part:NAME@@ stands and takes them from the served files.
func placeParts(files map[string][]byte) error {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if part, ok := strings.CutPrefix(name, "parts/"); ok {
			pairs = append(pairs, "@@part:"+part+"@@", string(files[name]))
			delete(files, name)
		}
	}
	parts := strings.NewReplacer(pairs...)
	for name, body := range files {
		text := string(body)
		for range maxParts {
			if !strings.Contains(text, "@@part:") {
				break
			}
			text = parts.Replace(text)
		}
		files[name] = []byte(text)
	}
	return nil
}

func (b *build) cutSections(files map[string][]byte) error {
	cut := map[string]bool{}
	for name, body := range files {
		if !isText(name) {
			continue
		}
		text, err := sections(string(body), func(section string) bool {
			gone := slices.Contains(b.Without, section)
			cut[section] = cut[section] || gone
			return gone
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = []byte(text)
	}
	for _, section := range b.Without {
		if !cut[section] {
			return fmt.Errorf("without: no section %s", section)
		}
	}
	return nil
}

// sections takes the section marks out of text, and the sections for which gone is true. Sections may hold
// others of another name.
func sections(text string, gone func(string) bool) (string, error) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "<!--[")
		out.WriteString(before)
		if !ok {
			return out.String(), nil
		}
		name, rest, _ := strings.Cut(rest, "]-->")
		inner, rest, ok := strings.Cut(rest, "<!--[/"+name+"]-->")
		if !ok {
			return "", fmt.Errorf("section %s has no end", name)
		}
		if !gone(name) {
			kept, err := sections(inner, gone)
			if err != nil {
				return "", err
			}
			out.WriteString(kept)
		}
		text = rest
	}
}

func fillMarks(files map[string][]byte, with map[string]string) error {
	for name, body := range files {
		if !isText(name) {
			continue
		}
		var out strings.Builder
		text := string(body)
		for {
			before, rest, ok := strings.Cut(text, "@@")
			out.WriteString(before)
			if !ok {
				break
			}
			mark, rest, _ := strings.Cut(rest, "@@")
			value, err := markValue(mark, with)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			out.WriteString(value)
			text = rest
		}
		files[name] = []byte(out.String())
	}
	return nil
}

func (b *build) editText(files map[string][]byte) error {
	for _, e := range b.Edit {
		done := false
		for name, body := range files {
			if !isText(name) || (e.In != "" && e.In != name) || !bytes.Contains(body, []byte(e.From)) {
				continue
			}
			files[name] = bytes.ReplaceAll(body, []byte(e.From), []byte(e.To))
			done = true
		}
		if !done {
			return fmt.Errorf("edit: %q stands nowhere", e.From)
		}
	}
	return nil
}

func (b *build) renameFiles(files map[string][]byte) error {
	var pairs []string
	for _, from := range slices.Sorted(maps.Keys(b.Rename)) {
		to := b.Rename[from]
		if _, ok := files[from]; !ok {
			return fmt.Errorf("rename: no file %s", from)
		}
		files[to] = files[from]
		delete(files, from)
		pairs = append(pairs, from, to)
	}
	refs := strings.NewReplacer(pairs...)
	for name, body := range files {
		if isText(name) && len(pairs) > 0 {
			files[name] = []byte(refs.Replace(string(body)))
		}
	}
	return nil
}

// unpack gives the files of an archive; NAME.base64 becomes the file NAME with the bytes that it encodes.
func unpack(a *txtar.Archive) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, f := range a.Files {
		name, body := f.Name, f.Data
		if n, ok := strings.CutSuffix(name, ".base64"); ok {
			raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(body), nil)))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			name, body = n, raw
		}
		if _, ok := files[name]; ok {
			return nil, fmt.Errorf("two files named %s", name)
		}
		files[name] = body
	}
	return files, nil
}

func strictYAML(raw []byte, into any) error {
	if len(raw) == 0 {
		return errors.New("missing or empty")
	}
	return yaml.Load(raw, into, yaml.WithKnownFields())
}

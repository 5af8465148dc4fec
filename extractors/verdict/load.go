package verdict

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"scamatlas/extractors/verdict/offer"
	"scamatlas/extractors/verdict/wording"
)

// Files below the folder that Load is given.
const (
	reasonsFile = "verdict.yaml"
	weightsFile = "weights.yaml"
	safeFile    = "safe.yaml"
	brandsFile  = "brands.yaml"
	luresFolder = "lures"

	conceptsFile = "concepts.txt" // it and wordingFile may be missing: then nobody knows how words sound
	wordingFile  = "wording.txt"
)

// Rules are the data files, read and checked. They are not changed afterwards, and may be used by many at once.
type Rules struct {
	version string
	reasons map[string]*Ground
	order   []*Ground // as in the file
	caps    map[string]float64
	weights *Weights
	safe    map[string]*SafeEntry
	brands  *brands
	lures   *lures
	shapes  map[string][]string // of licence numbers by regulator
	offers  *offer.Reader

	concepts *wording.Concepts // nil: none are listed
	wording  *wording.Model    // nil: none was learned
	pinyin   []string          // names that Chinese makers of kits give things
}

// Ground is one reason as it stands in verdict.yaml.
type Ground struct {
	Code   string  `yaml:"code"`
	Group  string  `yaml:"group"`  // what it rests on
	Weight float64 `yaml:"weight"` // starting weight; below 0 it speaks for an honest site, and no fit may turn that
	Says   string  `yaml:"says"`   // in plain words, for people who have to decide
	Needs  string  `yaml:"needs"`  // what has to be known: one of needed
	Acts   bool    `yaml:"acts"`   // it may be something that the site does, by which it can be confirmed
	Common bool    `yaml:"common"` // honest sites do or say it as well: it moves the score, but fills no group that confirms
}

// needed are what reasons rest on: the pages themselves, our lists, and what only others than the pages say.
func needed() []string {
	return []string{"text", "scripts", "structure", "brands", "registration", "kin", "rules", "cloaking", "shared", "safe"}
}

type reasonsForm struct {
	Reasons  []lined[Ground]     `yaml:"reasons"`
	Caps     map[string]float64  `yaml:"caps"`     // log odds that a group can move a verdict at most, either way
	Licences map[string][]string `yaml:"licences"` // shapes of licence numbers by regulator: 9 a digit, A a letter
	Pinyin   []string            `yaml:"pinyin"`   // names in scripts that only who thinks in Chinese gives
}

// Load reads verdict.yaml, weights.yaml, safe.yaml, brands.yaml and lures/*.yaml of fsys. The error holds all faults, each with its
// file and line.
func Load(fsys fs.FS) (*Rules, error) {
	l := loading{fsys: fsys, hash: sha256.New()}
	r := &Rules{reasons: map[string]*Ground{}, offers: offer.New()}
	var form reasonsForm
	if l.read(reasonsFile, &form) {
		l.grounds(r, &form)
	}
	if b := l.bytes(weightsFile); b != nil {
		w, err := ReadWeights(weightsFile, b)
		l.bad.join(err)
		r.weights = w
	}
	l.safe(r)
	l.brands(r)
	l.lures(r)
	l.wording(r)
	if err := l.bad.err(); err != nil {
		return nil, err
	}
	r.version = hex.EncodeToString(l.hash.Sum(nil)[:6])
	return r, nil
}

// Version is a short hash of the data files.
func (r *Rules) Version() string { return r.version }

// Grounds gives all reasons of verdict.yaml, in the file's order.
func (r *Rules) Grounds() []Ground {
	out := make([]Ground, len(r.order))
	for i, g := range r.order {
		out[i] = *g
	}
	return out
}

// Weights gives the weights in use: starting weights where the file has none.
func (r *Rules) Weights() Weights {
	w := *r.weights
	w.Weights = map[string]float64{}
	for _, g := range r.order {
		w.Weights[g.Code] = r.weight(g.Code)
	}
	for code, x := range r.weights.Weights {
		w.Weights[code] = x
	}
	return w
}

// With gives the same rules with other weights.
func (r *Rules) With(w *Weights) *Rules {
	c := *r
	c.weights = w
	return &c
}

func (r *Rules) weight(code string) float64 {
	if w, ok := r.weights.Weights[code]; ok {
		return w
	}
	if g := r.ground(code); g != nil {
		if w, ok := r.weights.Weights[g.Code]; ok {
			return w
		}
		return g.Weight
	}
	return 0
}

// ground finds a reason; all kit rules of one level share one.
func (r *Rules) ground(code string) *Ground {
	if strings.HasPrefix(code, rulePrefix) {
		code = codeRule
	}
	return r.reasons[code]
}

func (r *Rules) says(code string) string {
	if g := r.ground(code); g != nil {
		return g.Says
	}
	return ""
}

// acts reports whether a reason may be something that the site does.
func (r *Rules) acts(code string) bool {
	g := r.ground(code)
	return g != nil && g.Acts
}

// tells reports whether a reason is one that may fill a group by which a site is confirmed.
func (r *Rules) tells(code string) bool {
	g := r.ground(code)
	return g != nil && !g.Common
}

func (r *Rules) group(code string) string {
	if g := r.ground(code); g != nil {
		return g.Group
	}
	return ""
}

// loading is the files on their way in.
type loading struct {
	fsys fs.FS
	hash hash.Hash
	bad  faults
}

// lined is a value and the line of its file that it begins in.
type lined[T any] struct {
	value T
	line  int
}

// UnmarshalYAML keeps the line.
func (l *lined[T]) UnmarshalYAML(n *yaml.Node) error {
	l.line = n.Line
	return n.Load(&l.value, yaml.WithKnownFields())
}

// bytes reads one file, at most maxFile, and adds it to the hash; nil when it cannot be read.
func (l *loading) bytes(name string) []byte {
	st, err := fs.Stat(l.fsys, name)
	if err == nil && st.Size() > maxFile {
		err = fmt.Errorf("larger than %d bytes", maxFile)
	}
	var b []byte
	if err == nil {
		b, err = fs.ReadFile(l.fsys, name)
	}
	if err != nil {
		l.bad.add(name, 0, "cannot be read: %v", err)
		return nil
	}
	fmt.Fprintf(l.hash, "%s %d\n", name, len(b))
	l.hash.Write(b)
	return b
}

func (l *loading) read(name string, into any) bool {
	b := l.bytes(name)
	return b != nil && l.bad.decode(name, b, into)
}

func (l *loading) grounds(r *Rules, form *reasonsForm) {
	for i := range form.Reasons {
		g, line := &form.Reasons[i].value, form.Reasons[i].line
		switch {
		case !slices.Contains(codes(), g.Code):
			l.bad.add(reasonsFile, line, "%q is no reason that the program knows", g.Code)
		case r.reasons[g.Code] != nil:
			l.bad.add(reasonsFile, line, "reason %s stands there twice", g.Code)
		case g.Group == "" || g.Says == "":
			l.bad.add(reasonsFile, line, "reason %s has no group or says nothing", g.Code)
		case !slices.Contains(needed(), g.Needs):
			l.bad.add(reasonsFile, line, "reason %s needs %q: one of %s", g.Code, g.Needs, strings.Join(needed(), ", "))
		case !(g.Weight >= -20 && g.Weight <= 20):
			l.bad.add(reasonsFile, line, "reason %s: weight %v is no log odds", g.Code, g.Weight)
		default:
			r.reasons[g.Code] = g
			r.order = append(r.order, g)
		}
	}
	for _, code := range codes() {
		if r.reasons[code] == nil {
			l.bad.add(reasonsFile, 0, "reason %s is missing", code)
		}
	}
	r.caps, r.shapes, r.pinyin = form.Caps, form.Licences, form.Pinyin
	for group, c := range form.Caps {
		if !(c > 0 && c <= 20) {
			l.bad.add(reasonsFile, 0, "cap %v of %s is no log odds above 0", c, group)
		}
	}
}

// faults collects what is wrong with files.
type faults struct{ all []error }

func (f *faults) add(file string, line int, format string, args ...any) {
	if len(f.all) >= maxFaults {
		return
	}
	at := file
	if line > 0 {
		at = fmt.Sprintf("%s:%d", file, line)
	}
	f.all = append(f.all, fmt.Errorf("%s: "+format, append([]any{at}, args...)...))
}

func (f *faults) join(err error) {
	if err != nil {
		f.all = append(f.all, err)
	}
}

func (f *faults) none() bool { return len(f.all) == 0 }

func (f *faults) err() error { return errors.Join(f.all...) }

// decode reads strict YAML into v; what does not fit becomes faults with their lines.
func (f *faults) decode(file string, b []byte, v any) bool {
	if len(bytes.TrimSpace(b)) == 0 {
		f.add(file, 0, "is empty")
		return false
	}
	err := yaml.Load(b, v, yaml.WithKnownFields())
	if err == nil {
		return true
	}
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		for _, e := range all.Errors {
			f.add(file, e.Mark.Line, "%s", e.Message)
		}
	case errors.As(err, &one):
		f.add(file, one.Mark.Line, "not valid YAML: %s", one.Message)
	default:
		f.add(file, 0, "%v", err)
	}
	return false
}

// names gives the data files of a folder, sorted.
func (l *loading) names(folder string) []string {
	entries, err := fs.ReadDir(l.fsys, folder)
	if err != nil {
		l.bad.add(folder, 0, "cannot be read: %v", err)
		return nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && path.Ext(e.Name()) == ".yaml" {
			out = append(out, path.Join(folder, e.Name()))
		}
	}
	slices.Sort(out)
	if len(out) > maxFiles {
		l.bad.add(folder, 0, "more than %d files", maxFiles)
		out = out[:maxFiles]
	}
	return out
}

package configs

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxFile bounds a settings file.
const maxFile = 1 << 20

// Fault is one thing wrong with a settings file.
type Fault struct {
	File string
	Line int // 0: not tied to a line
	Key  string
	Why  string
}

func (f Fault) String() string {
	at := f.File
	if f.Line > 0 {
		at = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	if at == "" {
		at = "defaults"
	}
	if f.Key != "" {
		return at + ": " + f.Key + ": " + f.Why
	}
	return at + ": " + f.Why
}

// Faults is all that is wrong, in file order.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, x := range f {
		lines[i] = x.String()
	}
	return strings.Join(lines, "\n")
}

// Load reads the defaults, then file over them ("" = defaults only), and checks the result. All faults are reported at once, as Faults.
func Load(file string, k Checks) (*Settings, error) {
	var s Settings
	if err := yaml.Load(defaults, &s, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("built-in settings: %w", err)
	}
	if file == "" {
		return &s, check(&s, "", nil, k)
	}
	b, err := readFile(file)
	if err != nil {
		return nil, err
	}
	if empty(b) {
		return &s, check(&s, file, nil, k)
	}
	faults := decode(b, file, &s)
	var doc yaml.Node
	if err := yaml.Load(b, &doc); err != nil {
		return nil, faults
	}
	if err := check(&s, file, &doc, k); err != nil {
		var more Faults
		errors.As(err, &more)
		faults = append(faults, more...)
	}
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
		return nil, faults
	}
	return &s, nil
}

func readFile(file string) ([]byte, error) {
	st, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("settings file %s does not exist; `scamatlas config show` prints one to start from", file)
	case err != nil:
		return nil, fmt.Errorf("reading settings: %w", err)
	case st.IsDir():
		return nil, fmt.Errorf("settings file %s is a folder", file)
	case st.Size() > maxFile:
		return nil, fmt.Errorf("settings file %s is larger than %d bytes", file, maxFile)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading settings: %w", err)
	}
	return b, nil
}

func empty(b []byte) bool {
	for line := range bytes.Lines(b) {
		if l := bytes.TrimSpace(line); len(l) > 0 && l[0] != '#' && !bytes.Equal(l, []byte("---")) {
			return false
		}
	}
	return true
}

func decode(b []byte, file string, s *Settings) Faults {
	err := yaml.Load(b, s, yaml.WithKnownFields())
	if err == nil {
		return nil
	}
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		var out Faults
		for _, e := range all.Errors {
			out = append(out, Fault{File: file, Line: e.Mark.Line, Why: plain(e.Message)})
		}
		return out
	case errors.As(err, &one):
		return Faults{{File: file, Line: one.Mark.Line, Why: "not valid YAML: " + one.Message}}
	}
	return Faults{{File: file, Why: err.Error()}}
}

// plain says a decoder's message in a user's words.
func plain(msg string) string {
	if rest, ok := strings.CutPrefix(msg, "field "); ok {
		if key, _, ok := strings.Cut(rest, " not found in type"); ok {
			why := "unknown setting " + key
			if near := nearest(key); near != "" {
				why += "; did you mean " + near + "?"
			}
			return why
		}
	}
	if rest, ok := strings.CutPrefix(msg, "cannot construct "); ok {
		if i := strings.LastIndex(rest, " into "); i > 0 {
			_, value, _ := strings.Cut(rest[:i], " ")
			return value + " is not " + kindName(rest[i+len(" into "):])
		}
	}
	return msg
}

func kindName(goType string) string {
	switch goType {
	case "int":
		return "a whole number"
	case "uint16":
		return "a port number"
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	}
	if strings.HasPrefix(goType, "[]") {
		return "a list"
	}
	return "a group of settings"
}

// nearest gives the known key closest to key, if any is close.
func nearest(key string) string {
	best, bestD := "", 3
	for _, k := range keys(reflect.TypeFor[Settings](), nil) {
		if d := distance(key, k); d < bestD {
			best, bestD = k, d
		}
	}
	return best
}

func keys(t reflect.Type, out []string) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return out
	}
	for i := range t.NumField() {
		f := t.Field(i)
		out = append(out, f.Tag.Get("yaml"))
		out = keys(f.Type, out)
	}
	return out
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := prev
			if a[i-1] != b[j-1] {
				cost++
			}
			prev = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

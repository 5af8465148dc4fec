package rule

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

// Folder is a tree with rule files.
type Folder struct {
	Name string // stands before the names of its files
	FS   fs.FS
}

// Load reads every .yml and .yaml file below fsys. What is wrong with single files stands in faults; the others are usable. The error
// says that the folder could not be read.
func Load(fsys fs.FS) (rules []*Rule, faults []Fault, err error) { return LoadAll(Folder{FS: fsys}) }

// LoadAll reads several folders as one set, as Load does one: an id stands for one rule in all of them.
func LoadAll(folders ...Folder) (rules []*Rule, faults []Fault, err error) {
	for _, f := range folders {
		more, bad, err := loadFolder(f)
		if err != nil {
			return nil, nil, err
		}
		rules, faults = append(rules, more...), append(faults, bad...)
	}
	rules, twice := Unique(rules)
	if len(rules) > MaxRules {
		return nil, nil, fmt.Errorf("more than %d rules", MaxRules)
	}
	return rules, append(faults, twice...), nil
}

// Unique gives the rules ordered by id. Of several with one id the first stays, the others are faults.
func Unique(rules []*Rule) ([]*Rule, []Fault) {
	var faults []Fault
	ids, kept := map[string]string{}, []*Rule{}
	for _, r := range rules {
		if other, ok := ids[r.ID]; ok {
			faults = append(faults, Fault{File: r.File, Line: r.idLine, Why: "the id " + r.ID + " is that of " + other + " already"})
			continue
		}
		ids[r.ID] = r.File
		kept = append(kept, r)
	}
	slices.SortFunc(kept, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	return kept, faults
}

func loadFolder(f Folder) (rules []*Rule, faults []Fault, err error) {
	err = fs.WalkDir(f.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !IsRuleFile(name) {
			return err
		}
		if len(rules) == MaxRules {
			return fmt.Errorf("%s: more than %d rules", f.Name, MaxRules)
		}
		shown := path.Join(f.Name, name)
		b, err := readCapped(f.FS, name)
		if err != nil {
			faults = append(faults, Fault{File: shown, Why: err.Error()})
			return nil
		}
		r, bad := Parse(shown, b)
		faults = append(faults, bad...)
		if r != nil {
			rules = append(rules, r)
		}
		return nil
	})
	return rules, faults, err
}

// IsRuleFile reports whether a file of that name is read as a rule.
func IsRuleFile(name string) bool {
	switch path.Ext(name) {
	case ".yml", ".yaml":
		return true
	}
	return false
}

func readCapped(fsys fs.FS, name string) ([]byte, error) {
	st, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if st.Size() > MaxFile {
		return nil, fmt.Errorf("larger than %d bytes", MaxFile)
	}
	return fs.ReadFile(fsys, name)
}

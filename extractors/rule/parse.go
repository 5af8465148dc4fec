package rule

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Parse reads one rule file. A rule comes back only when nothing is wrong; else all faults do, with their lines.
func Parse(file string, b []byte) (*Rule, []Fault) {
	p := &parser{file: file, rule: &Rule{File: file, Level: Medium, ID: strings.TrimSuffix(path.Base(file), path.Ext(file)), selections: map[string]*selection{}}}
	if len(b) > MaxFile {
		return nil, []Fault{{File: file, Why: fmt.Sprintf("larger than %d bytes", MaxFile)}}
	}
	var doc yaml.Node
	if err := yaml.Load(b, &doc); err != nil {
		return nil, []Fault{notYAML(file, err)}
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		p.fault(root, "a rule is a mapping with title: and detection:")
		return nil, p.faults
	}
	p.top(root)
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b Fault) int { return a.Line - b.Line })
		return nil, p.faults
	}
	return p.rule, nil
}

// notYAML makes a fault of the reader's error, which may say where.
func notYAML(file string, err error) Fault {
	f := Fault{File: file, Why: "not valid YAML: " + err.Error()}
	if at := new(yaml.LoadError); errors.As(err, &at) {
		f.Line, f.Why = at.Mark.Line, "not valid YAML: "+at.Message
	}
	return f
}

type parser struct {
	file   string
	rule   *Rule
	faults []Fault
}

func (p *parser) fault(n *yaml.Node, format string, args ...any) {
	p.faults = append(p.faults, Fault{File: p.file, Line: n.Line, Why: fmt.Sprintf(format, args...)})
}

// Keys of the Sigma form that say nothing about matching.
func ignored(key string) bool {
	switch key {
	case "status", "author", "date", "modified", "license", "falsepositives", "related", "logsource", "fields", "scope", "name", "taxonomy":
		return true
	}
	return false
}

func (p *parser) top(root *yaml.Node) {
	var detection *yaml.Node
	p.pairs(root, func(key, value *yaml.Node) {
		switch key.Value {
		case "title":
			p.rule.Title = p.scalar(value)
		case "id":
			p.rule.ID, p.rule.idLine = p.scalar(value), value.Line
		case "description":
			p.rule.Description = strings.TrimSpace(p.scalar(value))
		case "level":
			p.level(value)
		case "references":
			p.rule.References = p.scalars(value)
		case "tags":
			p.rule.Tags = p.scalars(value)
		case "detection":
			detection = value
		default:
			if !ignored(key.Value) {
				p.fault(key, "unknown key %q", key.Value)
			}
		}
	})
	if p.rule.Title == "" {
		p.fault(root, "title: is missing")
	}
	if detection == nil || detection.Kind != yaml.MappingNode {
		p.fault(root, "detection: is missing, a mapping of selections and a condition:")
		return
	}
	p.detection(detection)
}

func (p *parser) level(n *yaml.Node) {
	level := strings.ToLower(p.scalar(n))
	if n.Kind == yaml.ScalarNode && !slices.Contains(Levels(), level) {
		p.fault(n, "unknown level %q: one of %s", n.Value, strings.Join(Levels(), ", "))
	}
	p.rule.Level = level
}

func (p *parser) detection(n *yaml.Node) {
	var line *yaml.Node
	p.pairs(n, func(key, value *yaml.Node) {
		switch {
		case key.Value == "condition":
			line = value
		case !isName(key.Value):
			p.fault(key, "%q is no name of a selection: letters, digits, _ and -", key.Value)
		default:
			p.rule.selections[key.Value] = p.selection(value)
		}
	})
	if len(p.rule.selections) == 0 {
		p.fault(n, "detection: names no selection")
	}
	if line == nil || line.Kind != yaml.ScalarNode {
		p.fault(n, "condition: is missing, a line like `a and not b`")
		return
	}
	c, err := parseCondition(line.Value, p.rule.selections)
	if err != nil {
		p.fault(line, "condition: %v", err)
	}
	p.rule.condition = c
}

func (p *parser) selection(n *yaml.Node) *selection {
	s := &selection{}
	switch n.Kind {
	case yaml.MappingNode:
		s.any = append(s.any, p.tests(n))
	case yaml.SequenceNode:
		for _, part := range n.Content {
			if part.Kind != yaml.MappingNode {
				p.fault(part, "a selection's list holds mappings of fields; for words anywhere write e.g. html|contains:")
				continue
			}
			s.any = append(s.any, p.tests(part))
		}
	default:
		p.fault(n, "a selection is a mapping of fields, or a list of them")
	}
	return s
}

func (p *parser) tests(n *yaml.Node) []test {
	var out []test
	p.pairs(n, func(key, value *yaml.Node) {
		if t, ok := p.test(key, value); ok {
			out = append(out, t)
		}
	})
	if len(n.Content) == 0 {
		p.fault(n, "a selection without fields matches everything")
	}
	return out
}

func (p *parser) test(key, value *yaml.Node) (test, bool) {
	parts := strings.Split(key.Value, "|")
	t := test{field: canonical(strings.ToLower(strings.TrimSpace(parts[0])))}
	before := len(p.faults)
	if !known(t.field) {
		p.fault(key, "unknown field %q: one of %s", parts[0], strings.Join(fieldNames, ", "))
	}
	at, cased, re := whole, false, false
	for _, m := range parts[1:] {
		switch strings.ToLower(m) {
		case "contains":
			at = anywhere
		case "startswith":
			at = atStart
		case "endswith":
			at = atEnd
		case "re":
			re = true
		case "all":
			t.all = true
		case "cased":
			cased = true
		default:
			p.fault(key, "unknown modifier %q: one of contains, startswith, endswith, re, all, cased", m)
		}
	}
	for _, v := range p.values(value) {
		if v.Value == "" {
			p.fault(v, "an empty value matches everything")
			continue
		}
		pat, err := newPattern(v.Value, at, cased, re)
		if err != nil {
			p.fault(v, "%v", err)
		}
		t.patterns = append(t.patterns, pat)
	}
	return t, len(p.faults) == before
}

// values gives the scalars of a value or of a list of values.
func (p *parser) values(n *yaml.Node) []*yaml.Node {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var out []*yaml.Node
	for _, v := range list {
		switch {
		case v.Kind != yaml.ScalarNode || v.Tag == "!!null":
			p.fault(v, "a value is a text or a number")
		case len(v.Value) > maxPattern:
			p.fault(v, "a value of more than %d bytes", maxPattern)
		case len(out) == maxValues:
			p.fault(v, "more than %d values", maxValues)
			return out
		default:
			out = append(out, v)
		}
	}
	if len(list) == 0 {
		p.fault(n, "no value")
	}
	return out
}

func (p *parser) scalar(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.fault(n, "a text is expected here")
		return ""
	}
	return n.Value
}

func (p *parser) scalars(n *yaml.Node) []string {
	var out []string
	for _, v := range p.values(n) {
		out = append(out, v.Value)
	}
	return out
}

// pairs walks a mapping. A key that is there twice says less than its writer thinks.
func (p *parser) pairs(n *yaml.Node, use func(key, value *yaml.Node)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode:
			p.fault(key, "a key is a word")
		case seen[key.Value]:
			p.fault(key, "%q is there twice; several values are a list, with |all where each must hold", key.Value)
		default:
			seen[key.Value] = true
			use(key, n.Content[i+1])
		}
	}
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && !keyword(s)
}

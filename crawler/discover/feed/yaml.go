package feed

import (
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// yaml takes the texts at the path of a YAML document, which is held in memory.
func (c *collector) yaml(r io.Reader, steps []step) error {
	b, err := io.ReadAll(&capped{r: r, left: MaxYAML})
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := load(b, &doc); err != nil {
		return fmt.Errorf("%w: not YAML: %w", ErrDrift, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return c.node(doc.Content[0], steps, false)
}

// load reads a document; a parser that gives up by panicking gives an error.
func load(b []byte, into *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parser failed: %v", p)
		}
	}()
	return yaml.Load(b, into)
}

// node follows the path from n. inList as in walk.
func (c *collector) node(n *yaml.Node, steps []step, inList bool) error {
	for range MaxDepth { // an alias may name an alias
		if n.Kind != yaml.AliasNode || n.Alias == nil {
			break
		}
		n = n.Alias
	}
	switch {
	case len(steps) == 0 && n.Kind == yaml.ScalarNode:
		return c.value(n.Line, n.Value)
	case len(steps) == 0:
		c.bad(n.Line, "", "not a text")
		return nil
	case steps[0].each && n.Kind == yaml.SequenceNode:
		for _, e := range n.Content {
			if err := c.node(e, steps[1:], true); err != nil {
				return err
			}
		}
		return nil
	case !steps[0].each && n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == steps[0].key {
				return c.node(n.Content[i+1], steps[1:], inList)
			}
		}
		return c.misfit(steps[0], inList, "no such key")
	}
	return c.misfit(steps[0], inList, "not what the path expects")
}

package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// step is one move into a JSON document: into each element of an array, or to the value of a key.
type step struct {
	each bool
	key  string
}

// parsePath reads "blacklist[]", "data[].domain", "[]", "[].url".
func parsePath(p string) ([]step, error) {
	if p == "" {
		return nil, errors.New(`the format needs a path such as "blacklist[]" or "data[].domain"`)
	}
	var out []step
	for _, part := range strings.Split(p, ".") {
		key := strings.TrimRight(part, "[]")
		brackets := part[len(key):]
		if key == "" && brackets == "" || strings.ContainsAny(key, "[]") || strings.ReplaceAll(brackets, "[]", "") != "" {
			return nil, errors.New("a step is a key, [] or both")
		}
		if key != "" {
			out = append(out, step{key: key})
		}
		for range len(brackets) / 2 {
			out = append(out, step{each: true})
		}
	}
	if len(out) > MaxDepth {
		return nil, fmt.Errorf("more than %d steps", MaxDepth)
	}
	return out, nil
}

// json streams the document and takes the texts at the path.
func (c *collector) json(r io.Reader, steps []step) error {
	d := json.NewDecoder(&squeezed{r: r})
	if err := c.walk(d, steps, false); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: not whole JSON: %w", ErrDrift, err)
		}
		return err
	}
	return nil
}

// walk reads the next value. inList: the value is an element of a list, so one that does not fit is a rejected entry; outside of a
// list it means that the feed has changed.
func (c *collector) walk(d *json.Decoder, steps []step, inList bool) error {
	if len(steps) == 0 {
		return c.leaf(d)
	}
	want := json.Delim('{')
	if steps[0].each {
		want = '['
	}
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != want {
		if err := skipRest(d, t); err != nil {
			return err
		}
		return c.misfit(steps[0], inList, "not what the path expects")
	}
	found := false
	for d.More() {
		if want == '[' {
			if err := c.walk(d, steps[1:], true); err != nil {
				return err
			}
			continue
		}
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name != steps[0].key || found {
			err = skip(d)
		} else {
			found = true
			err = c.walk(d, steps[1:], inList)
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil { // the closing bracket
		return err
	}
	if want == '{' && !found {
		return c.misfit(steps[0], inList, "no such key")
	}
	return nil
}

func (c *collector) misfit(s step, inList bool, why string) error {
	name := s.key
	if s.each {
		name = "[]"
	}
	if inList {
		c.bad(c.res.Lines+1, "", name+": "+why)
		return c.ctx.Err()
	}
	return fmt.Errorf("%w: %s: %s", ErrDrift, name, why)
}

// leaf takes a text.
func (c *collector) leaf(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	text, ok := t.(string)
	if !ok {
		if err := skipRest(d, t); err != nil {
			return err
		}
		c.bad(c.res.Lines+1, fmt.Sprint(t), "not a text")
		return nil
	}
	return c.value(c.res.Lines+1, text)
}

// skip reads one value and forgets it, without holding it.
func skip(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	return skipRest(d, t)
}

// skipRest reads to the end of a value whose first token was t.
func skipRest(d *json.Decoder, t json.Token) error {
	depth := 0
	for {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > MaxNesting {
			return fmt.Errorf("%w: nested deeper than %d", ErrDrift, MaxNesting)
		}
		var err error
		if t, err = d.Token(); err != nil {
			return err
		}
	}
}

// squeezed passes on at most MaxLine of the white space that follows on itself: the decoder's time grows with its square.
type squeezed struct {
	r   io.Reader
	run int
}

func (s *squeezed) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if s.run++; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				s.run = 0
			}
			if s.run <= MaxLine {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}

package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// jsonStream walks over one JSON text of any length without keeping it: encoding/json keeps whole values, and a HAR is one value. It finds
// where values end; whether they are JSON shows when they are parsed.
type jsonStream struct{ in *bufio.Reader }

var errJSON = errors.New("not the JSON that was expected")

// object calls field at the value of each key; field must read that value.
func (j jsonStream) object(field func(key string) error) error {
	return j.list('{', '}', func() error {
		raw, err := j.value(maxKey)
		if err != nil {
			return err
		}
		var key string
		if err := json.Unmarshal(raw, &key); err != nil {
			return fmt.Errorf("%w: key %.40q", errJSON, raw)
		}
		if c, err := j.next(); err != nil || c != ':' {
			return errors.Join(errJSON, noEOF(err))
		}
		return field(key)
	})
}

// array calls element at each element; element must read it.
func (j jsonStream) array(element func() error) error { return j.list('[', ']', element) }

func (j jsonStream) list(open, end byte, one func() error) error {
	if c, err := j.next(); err != nil || c != open {
		return errors.Join(errJSON, noEOF(err))
	}
	for first := true; ; first = false {
		c, err := j.next()
		switch {
		case err != nil:
			return noEOF(err)
		case c == end:
			return nil
		case !first && c != ',':
			return fmt.Errorf("%w: %q between values", errJSON, c)
		case first:
			j.in.UnreadByte()
		}
		if err := one(); err != nil {
			return err
		}
	}
}

func (j jsonStream) skip() error {
	_, err := j.value(0)
	if errors.Is(err, ErrBounds) {
		return nil
	}
	return err
}

// value reads the next value; one over limit bytes is read past and is ErrBounds.
func (j jsonStream) value(limit int) ([]byte, error) {
	c, err := j.next()
	if err != nil {
		return nil, noEOF(err)
	}
	var out bytes.Buffer
	depth, quoted, size := 0, false, 0
	for {
		if size++; size <= limit {
			out.WriteByte(c)
		}
		switch {
		case quoted && c == '\\':
			if c, err = j.in.ReadByte(); err != nil {
				return nil, noEOF(err)
			}
			if size++; size <= limit {
				out.WriteByte(c)
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			depth--
		}
		if depth < 0 {
			return nil, fmt.Errorf("%w: %q for a value", errJSON, c)
		}
		if depth == 0 && !quoted && j.ends(c) {
			break
		}
		if c, err = j.in.ReadByte(); err != nil {
			return nil, noEOF(err)
		}
	}
	if size > limit {
		return nil, fmt.Errorf("%w: %d bytes of JSON, read are up to %d", ErrBounds, size, limit)
	}
	return out.Bytes(), nil
}

// ends reports whether c ended a value: a closing mark, or the last character of a number or word.
func (j jsonStream) ends(c byte) bool {
	if c == '"' || c == '}' || c == ']' {
		return true
	}
	following, err := j.in.Peek(1)
	return err != nil || bytes.IndexByte([]byte(",]}: \t\r\n"), following[0]) >= 0
}

// next gives the next byte that is no white space.
func (j jsonStream) next() (byte, error) {
	for {
		c, err := j.in.ReadByte()
		if err != nil || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, err
		}
	}
}

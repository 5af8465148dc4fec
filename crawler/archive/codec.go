package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"scamatlas/crawler"
)

const captureFormat = "scamatlas-capture-1"

// captureFile is the JSON of one capture: the capture as JSON shows it, and what JSON cannot show. A place in it is a list of names of
// members, indices and keys.
type captureFile struct {
	Format  string           `json:"format"`
	Capture *crawler.Capture `json:"capture"`
	Bodies  []bodyAt         `json:"bodies,omitempty"` // byte strings by their SHA-256: in the visit's WARC (a block, a payload, or a payload without its codings) or an object
	Raw     []rawAt          `json:"raw,omitempty"`    // texts that are no UTF-8: the capture has U+FFFD for what is none
	Empty   [][]string       `json:"empty,omitempty"`  // lists that are there and hold nothing
}

type bodyAt struct {
	At     []string `json:"at"`
	SHA256 string   `json:"sha256"`
	Size   int      `json:"size"`
}

type rawAt struct {
	At     []string `json:"at"`
	Base64 string   `json:"base64"`
}

// encodeCapture gives the JSON of c. keep is called with each byte string that it refers to.
func encodeCapture(c *crawler.Capture, keep func(sum string, body []byte)) ([]byte, error) {
	f := captureFile{Format: captureFormat, Capture: c}
	collect(reflect.ValueOf(c).Elem(), nil, &f, keep)
	if c.Robots != nil { // its body is with the others
		short, robots := *c, *c.Robots
		robots.Body = nil
		short.Robots = &robots
		f.Capture = &short
	}
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("writing the capture of profile %q: %w", c.Profile, err)
	}
	return b, nil
}

var timeType = reflect.TypeFor[time.Time]()

// collect walks over v and notes what JSON loses of it.
func collect(v reflect.Value, at []string, f *captureFile, keep func(string, []byte)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collect(v.Elem(), at, f, keep)
		}
	case reflect.Struct:
		if v.Type() == timeType {
			return
		}
		for i := range v.NumField() {
			collect(v.Field(i), step(at, fieldStep(v.Type().Field(i))), f, keep)
		}
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) {
			f.Raw = append(f.Raw, rawAt{at, base64.StdEncoding.EncodeToString([]byte(s))})
		}
	case reflect.Map:
		collectMap(v, at, f, keep)
	case reflect.Slice:
		collectSlice(v, at, f, keep)
	}
}

func collectMap(v reflect.Value, at []string, f *captureFile, keep func(string, []byte)) {
	if !v.IsNil() && v.Len() == 0 {
		f.Empty = append(f.Empty, at)
	}
	for _, k := range sortedKeys(v) {
		collect(v.MapIndex(reflect.ValueOf(k).Convert(v.Type().Key())), step(at, k), f, keep)
	}
}

func collectSlice(v reflect.Value, at []string, f *captureFile, keep func(string, []byte)) {
	switch {
	case v.IsNil():
	case v.Len() == 0:
		f.Empty = append(f.Empty, at)
	case v.Type().Elem().Kind() == reflect.Uint8:
		body := v.Bytes()
		sum := hexSum(body)
		f.Bodies = append(f.Bodies, bodyAt{at, sum, len(body)})
		keep(sum, body)
	default:
		for i := range v.Len() {
			collect(v.Index(i), step(at, strconv.Itoa(i)), f, keep)
		}
	}
}

func sortedKeys(v reflect.Value) []string {
	var out []string
	for _, k := range v.MapKeys() {
		if k.Kind() == reflect.String {
			out = append(out, k.String())
		}
	}
	slices.Sort(out)
	return out
}

// step makes a place within a place; an embedded struct is no step.
func step(at []string, name string) []string {
	if name == "" {
		return at
	}
	return append(at[:len(at):len(at)], name)
}

func fieldStep(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name == "-":
		return strings.ToLower(f.Name)
	case name != "":
		return name
	case f.Anonymous:
		return ""
	}
	return strings.ToLower(f.Name)
}

// decodeCapture reads what encodeCapture wrote. body gives the byte strings it refers to.
func decodeCapture(b []byte, body func(sum string) ([]byte, error)) (*crawler.Capture, error) {
	var f captureFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("%w: reading a capture: %w", ErrDamaged, err)
	}
	if f.Format != captureFormat || f.Capture == nil {
		return nil, fmt.Errorf("%w: reading a capture: format %.40q", ErrDamaged, f.Format)
	}
	for _, e := range f.Empty {
		if err := putAt(f.Capture, e, setEmpty); err != nil {
			return nil, err
		}
	}
	for _, r := range f.Raw {
		raw, err := base64.StdEncoding.DecodeString(r.Base64)
		if err != nil {
			return nil, fmt.Errorf("%w: reading a capture: %w", ErrDamaged, err)
		}
		if err := putAt(f.Capture, r.At, func(v reflect.Value) bool { return setText(v, string(raw)) }); err != nil {
			return nil, err
		}
	}
	for _, r := range f.Bodies {
		content, err := body(r.SHA256)
		if err != nil {
			return nil, err
		}
		if err := putAt(f.Capture, r.At, func(v reflect.Value) bool { return setBytes(v, content) }); err != nil {
			return nil, err
		}
	}
	return f.Capture, nil
}

// putAt sets the value at a place.
func putAt(c *crawler.Capture, at []string, set func(reflect.Value) bool) error {
	v := reflect.ValueOf(c).Elem()
	for i, name := range at {
		for v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		if v.Kind() == reflect.Map {
			return putKey(v, at[i:], set)
		}
		if v = within(v, name); !v.IsValid() {
			return fmt.Errorf("%w: reading a capture: no place %.80q", ErrDamaged, at)
		}
	}
	if !v.CanSet() || !set(v) {
		return fmt.Errorf("%w: reading a capture: nothing can be put at %.80q", ErrDamaged, at)
	}
	return nil
}

// putKey sets a value of a map: those are copies, so the whole value is put back.
func putKey(m reflect.Value, at []string, set func(reflect.Value) bool) error {
	if len(at) == 1 && m.Type().Key().Kind() == reflect.String {
		key := reflect.ValueOf(at[0]).Convert(m.Type().Key())
		if old := m.MapIndex(key); old.IsValid() {
			v := reflect.New(m.Type().Elem()).Elem()
			v.Set(old)
			if set(v) {
				m.SetMapIndex(key, v)
				return nil
			}
		}
	}
	return fmt.Errorf("%w: reading a capture: no key %.80q", ErrDamaged, at)
}

// within gives the member or element of v that is called name; the zero Value when there is none.
func within(v reflect.Value, name string) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			switch s := fieldStep(v.Type().Field(i)); s {
			case name:
				return v.Field(i)
			case "":
				if inner := within(v.Field(i), name); inner.IsValid() {
					return inner
				}
			}
		}
	case reflect.Slice:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < v.Len() {
			return v.Index(i)
		}
	}
	return reflect.Value{}
}

func setEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	default:
		return false
	}
	return true
}

func setText(v reflect.Value, s string) bool {
	if v.Kind() != reflect.String {
		return false
	}
	v.SetString(s)
	return true
}

func setBytes(v reflect.Value, b []byte) bool {
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() != reflect.Uint8 {
		return false
	}
	v.SetBytes(bytes.Clone(b))
	return true
}

// withoutSecrets gives the capture without what must not leave the house: the name and password of a proxy.
func withoutSecrets(c *crawler.Capture) *crawler.Capture {
	if c.Visitor == nil || !strings.Contains(c.Visitor.Proxy, "@") {
		return c
	}
	short, visitor := *c, *c.Visitor
	if u, err := url.Parse(visitor.Proxy); err == nil && u.Host != "" {
		u.User = nil
		visitor.Proxy = u.String()
	} else {
		visitor.Proxy = "withheld"
	}
	short.Visitor = &visitor
	return &short
}

package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"scamatlas/crawler"
)

// fill sets everything that v holds, however the nouns of package crawler grow: texts that are no UTF-8, lists of one, of none.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(day.Add(time.Duration(*n) * time.Nanosecond)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d \xff\x00\u2028<>", *n))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(fmt.Appendf(nil, "bytes %d \xfe", *n))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
		empty(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, n)
		v.SetMapIndex(reflect.ValueOf("key."+fmt.Sprint(*n)).Convert(v.Type().Key()), value)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 3)
	}
}

// empty makes lists that are there and hold nothing.
func empty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == timeType {
			return
		}
		for i := range v.NumField() {
			empty(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	}
}

// TestEveryField: no field of a capture is lost, those that will be added included.
func TestEveryField(t *testing.T) {
	var c crawler.Capture
	n := 0
	fill(reflect.ValueOf(&c).Elem(), &n)
	c.Visitor.Proxy = "socks5://proxy.example:1080"
	if n < 250 {
		t.Errorf("only %d values", n)
	}
	a := opened(t, t.TempDir())
	e := put(t, a, Visit{Host: "x.example", Captures: []*crawler.Capture{&c, {}}})
	got, err := a.Captures(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, got, []*crawler.Capture{&c, {}})
}

// TestSecretsStayOut: the name and password of a proxy are in no object.
func TestSecretsStayOut(t *testing.T) {
	a := opened(t, t.TempDir())
	for i, proxy := range []string{"socks5://agent:hunter2@proxy.example:1080", "agent:hunter2@proxy.example:1080", "http://agent:hunter2@%zz/"} {
		v := small("a.example", int64(i))
		v.Captures[0].Visitor = &crawler.Profile{Name: "desktop", Proxy: proxy}
		e := put(t, a, v)
		if v.Captures[0].Visitor.Proxy != proxy {
			t.Error("the capture was changed")
		}
		for _, o := range e.Objects {
			b, err := a.readObject(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			if o.Kind == ObjectWARC {
				readWARC(b, func(r *warcRecord) error { text += string(r.block); return nil })
			}
			if strings.Contains(text, "hunter2") {
				t.Errorf("%s holds the password", o.Kind)
			}
		}
	}
}

// TestStoredOnce: what several profiles saw is in the WARC once, and pictures are only objects.
func TestStoredOnce(t *testing.T) {
	a := opened(t, t.TempDir())
	v := full()
	e := put(t, a, v)
	blocks := map[string]int{}
	for _, o := range e.Objects {
		b, err := a.readObject(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if o.Kind == ObjectWARC {
			if err := readWARC(b, func(r *warcRecord) error {
				m := parseMessage(r.block)
				if len(m.body) > 30 && r.head["warc-type"] != "metadata" {
					blocks[hexSum(m.body)]++
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(blocks) < 5 {
		t.Errorf("only %d contents", len(blocks))
	}
	for sum, n := range blocks {
		if n > 1 {
			t.Errorf("%s is stored %d times", sum, n)
		}
		for _, o := range e.Objects {
			if o.SHA256 == sum {
				t.Errorf("%s is in the WARC and an object", o.Kind)
			}
		}
	}
}

func TestHAR(t *testing.T) {
	v := full()
	b, err := visitHAR(&v, "scamatlas 1.2")
	if err != nil {
		t.Fatal(err)
	}
	var har harFile
	if err := json.Unmarshal(b, &har); err != nil {
		t.Fatal(err)
	}
	l := har.Log
	if l.Version != "1.2" || l.Creator.Name != "scamatlas" || l.Creator.Version != "1.2" || len(l.Pages) != 3 || len(l.Entries) != 8+1+5 {
		t.Errorf("version %s, creator %v, %d pages, %d entries", l.Version, l.Creator, len(l.Pages), len(l.Entries))
	}
	first := l.Entries[0]
	if first.Page != "0-desktop" || first.Request.Method != "GET" || first.Response.Content.SHA256 != v.Captures[0].Pages[0].SHA256 || first.Server != "192.0.2.7" || first.Started != "2026-03-04T05:06:07.890Z" {
		t.Errorf("first entry %+v", first)
	}
	for _, member := range []string{`"pageTimings":{}`, `"cache":{}`, `"cookies":[]`, `"queryString":[]`, `"headersSize":-1`, `"redirectURL":""`, `"_blocked":true`} {
		if !strings.Contains(string(b), member) {
			t.Errorf("no %s", member)
		}
	}
}

// capturesOf reads the captures of a damaged visit: errors, never panics.
func TestDamagedCapture(t *testing.T) {
	for name, file := range map[string]string{
		"no JSON":        `{`,
		"another format": `{"format":"x"}`,
		"no capture":     `{"format":"scamatlas-capture-1"}`,
		"no body":        `{"format":"scamatlas-capture-1","capture":{},"bodies":[{"at":["pages","0","body"],"sha256":"x"}]}`,
		"no place":       `{"format":"scamatlas-capture-1","capture":{},"empty":[["nowhere"]]}`,
		"no list":        `{"format":"scamatlas-capture-1","capture":{},"empty":[["host"]]}`,
		"itself":         `{"format":"scamatlas-capture-1","capture":{},"empty":[[]]}`,
		"past the end":   `{"format":"scamatlas-capture-1","capture":{"pages":[{}]},"raw":[{"at":["pages","1","url"],"base64":""}]}`,
		"below zero":     `{"format":"scamatlas-capture-1","capture":{"pages":[{}]},"raw":[{"at":["pages","-1","url"],"base64":""}]}`,
		"no text":        `{"format":"scamatlas-capture-1","capture":{"pages":[{}]},"raw":[{"at":["pages"],"base64":""}]}`,
		"in a time":      `{"format":"scamatlas-capture-1","capture":{},"raw":[{"at":["started","wall"],"base64":""}]}`,
		"nil pointer":    `{"format":"scamatlas-capture-1","capture":{},"raw":[{"at":["robots","body"],"base64":""}]}`,
		"no key":         `{"format":"scamatlas-capture-1","capture":{},"raw":[{"at":["network","dns","errors","MX"],"base64":""}]}`,
		"no base64":      `{"format":"scamatlas-capture-1","capture":{},"raw":[{"at":["host"],"base64":"?"}]}`,
	} {
		if _, err := decodeCapture([]byte(file), func(string) ([]byte, error) { return nil, ErrDamaged }); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

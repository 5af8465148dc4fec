package testbed

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// serving says how a site's answers depend on who asks (serve.yaml). The first rule that fits a request answers it; where none fits, the
// site's files do. Folders that rules name are reached through them alone.
//
// Files, redirects, headers and messages of a site with serve.yaml may hold marks, filled in for each answer: see marks.go.
type serving struct {
	Rules []rule              `yaml:"rules"`
	Lists map[string][]string `yaml:"lists"` // what marks take entries from
}

// rule answers by exactly one of Files, File, Redirect and Socket, or by Status alone.
type rule struct {
	Path string `yaml:"path"` // "" = every path; "/a/*" = everything below /a/
	When when   `yaml:"when"`

	Files    string            `yaml:"files"`    // folder in which the path is looked up; "." = the site's files
	File     string            `yaml:"file"`     // whatever the path
	Redirect string            `yaml:"redirect"` // Location, answered with 302 unless Status says otherwise
	Socket   []message         `yaml:"socket"`   // a WebSocket
	Status   int               `yaml:"status"`
	Headers  map[string]string `yaml:"headers"`
}

// when holds the conditions of a rule: all that are stated must hold. Texts are compared without regard to case.
type when struct {
	Host      string            `yaml:"host"`
	Scheme    string            `yaml:"scheme"` // http or https
	Method    string            `yaml:"method"` // "" = GET or HEAD
	UA        []string          `yaml:"ua"`     // any of these in User-Agent
	NotUA     []string          `yaml:"not_ua"` // none of these
	Header    map[string]string `yaml:"header"` // is there and contains
	NoHeader  []string          `yaml:"no_header"`
	Referer   []string          `yaml:"referer"` // host of Referer, or a domain above it
	NoReferer []string          `yaml:"no_referer"`
	Query     map[string]string `yaml:"query"` // is there, and is this unless ""
	Cookie    map[string]string `yaml:"cookie"`
	Body      string            `yaml:"body"`  // the request's body contains it
	Hints     string            `yaml:"hints"` // agree or contradict: what client hints and User-Agent say; see hintsAgree
}

// message is one step of what a site says over a WebSocket.
type message struct {
	On    string        `yaml:"on"`    // sent after each message that contains it; "" = at once
	Every time.Duration `yaml:"every"` // sent again and again, beginning at once
	Send  []string      `yaml:"send"`
}

func readServing(raw []byte, files map[string][]byte) (*serving, error) {
	s := &serving{}
	if err := strictYAML(raw, s); err != nil {
		return nil, err
	}
	var errs []error
	for i := range s.Rules {
		if err := s.checkRule(&s.Rules[i], files); err != nil {
			errs = append(errs, fmt.Errorf("rule %d: %w", i+1, err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Lists)) {
		if len(s.Lists[name]) == 0 {
			errs = append(errs, fmt.Errorf("list %s is empty", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if isText(name) {
			errs = append(errs, s.checkMarks(name, string(files[name])))
		}
	}
	return s, errors.Join(errs...)
}

func (s *serving) checkRule(r *rule, files map[string][]byte) error {
	ways := 0
	for _, stated := range []bool{r.Files != "", r.File != "", r.Redirect != "", len(r.Socket) > 0} {
		if stated {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("only one of files, file, redirect and socket can answer")
	case ways == 0 && r.Status == 0:
		return errors.New("nothing answers: files, file, redirect, socket or status is needed")
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return fmt.Errorf("status %d is not within 200 to 599", r.Status)
	case r.Path != "" && r.Path[0] != '/':
		return fmt.Errorf("path %q does not begin with a slash", r.Path)
	case !slices.Contains([]string{"", "http", "https"}, r.When.Scheme):
		return fmt.Errorf("scheme %q is neither http nor https", r.When.Scheme)
	case !slices.Contains([]string{"", "agree", "contradict"}, r.When.Hints):
		return fmt.Errorf("hints %q is neither agree nor contradict", r.When.Hints)
	}
	if _, ok := files[r.File]; r.File != "" && !ok {
		return fmt.Errorf("no file %s", r.File)
	}
	inside := func(name string) bool { return strings.HasPrefix(name, r.Files+"/") }
	if r.Files != "" && r.Files != "." && !slices.ContainsFunc(slices.Collect(maps.Keys(files)), inside) {
		return fmt.Errorf("no files in %s", r.Files)
	}
	return s.checkTexts(r)
}

func (s *serving) checkTexts(r *rule) error {
	errs := []error{s.checkMarks("redirect", r.Redirect)}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		errs = append(errs, s.checkMarks("header "+name, r.Headers[name]))
	}
	for i, m := range r.Socket {
		if len(m.Send) == 0 || m.Every < 0 || m.Every > 0 && m.On != "" {
			errs = append(errs, fmt.Errorf("message %d: it sends something, either on a message or every so often", i+1))
		}
		for _, text := range m.Send {
			errs = append(errs, s.checkMarks(fmt.Sprintf("message %d", i+1), text))
		}
	}
	return errors.Join(errs...)
}

// hidden reports whether a file stands in a folder that only rules lead to.
func (s *serving) hidden(name string) bool {
	return slices.ContainsFunc(s.Rules, func(r rule) bool { return r.Files != "" && r.Files != "." && strings.HasPrefix(name, r.Files+"/") })
}

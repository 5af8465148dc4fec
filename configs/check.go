package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Checks are the parts of checking that other packages know; nil ones are left out.
type Checks struct {
	Cron    func(spec string) error  // a schedule's line; "" = never
	Query   func(query string) error // the search language
	Profile func(p Profile) []string // what of a visitor profile contradicts the rest
}

// checker collects faults; it finds the line of a key in the user's file.
type checker struct {
	Checks
	file   string
	doc    *yaml.Node
	faults Faults
}

func (c *checker) fault(key, format string, args ...any) {
	c.faults = append(c.faults, Fault{File: c.file, Line: line(c.doc, key), Key: key, Why: fmt.Sprintf(format, args...)})
}

// Recheck checks settings that were changed after loading, by flags.
func Recheck(s *Settings, k Checks) error { return check(s, "command line", nil, k) }

// check looks at meaning: ranges, names, addresses, cron lines. It returns Faults or nil.
func check(s *Settings, file string, doc *yaml.Node, k Checks) error {
	c := &checker{Checks: k, file: file, doc: doc}
	c.store(s)
	c.network(&s.Network)
	c.crawl(s)
	c.render(s)
	c.profiles(s)
	c.rules(s.Rules)
	if s.Hosting.Networks && !s.Hosting.Registration {
		c.fault("hosting.networks", "needs hosting.registration: both ask registries")
	}
	c.revisit(&s.Revisit)
	c.feeds(s.Feeds)
	c.discovery(&s.Discovery, s.Feeds)
	c.schedules(&s.Schedules)
	c.exports(s.Exports)
	if len(c.faults) > 0 {
		slices.SortStableFunc(c.faults, func(a, b Fault) int { return a.Line - b.Line })
		return c.faults
	}
	return nil
}

func (c *checker) store(s *Settings) {
	switch {
	case s.Store == "":
		c.fault("store", "empty; give a folder or http(s)://HOST:9200")
	case s.Remote():
		u, err := url.Parse(s.Store)
		if err != nil || u.Hostname() == "" {
			c.fault("store", "%q is not an address like https://HOST:9200", s.Store)
		} else if u.User != nil {
			c.fault("store", "no passwords in the address: use elasticsearch.username and password_file")
		}
	case strings.Contains(s.Store, "://"):
		c.fault("store", "%q: only http:// and https:// addresses of Elasticsearch, or a folder", s.Store)
	}
	e := &s.Elasticsearch
	if e.Prefix == "" || strings.ToLower(e.Prefix) != e.Prefix || strings.ContainsAny(e.Prefix, ` "*\<|,>/?#:`) || strings.ContainsAny(e.Prefix[:1], "-_+.") {
		c.fault("elasticsearch.prefix", "%q cannot begin an index name: lower-case letters, digits, hyphens", e.Prefix)
	}
	if e.Outbox == "" {
		c.fault("elasticsearch.outbox", "empty; give a folder")
	}
}

func (c *checker) network(n *Network) {
	if n.Resolver != "" {
		if ap, err := netip.ParseAddrPort(n.Resolver); err != nil || ap.Port() == 0 {
			c.fault("network.resolver", "%q is not an address like 9.9.9.9:53", n.Resolver)
		}
	}
	for key, list := range map[string][]string{"network.allow.": n.Allow, "network.deny.": n.Deny} {
		for i, a := range list {
			if _, err := parsePrefix(a); err != nil {
				c.fault(key+strconv.Itoa(i), "%v", err)
			}
		}
	}
	for from, to := range n.Ports {
		if from == 0 || to == 0 {
			c.fault("network.ports", "0 is not a port")
		}
	}
	if len(n.Open) == 0 {
		c.fault("network.open", "empty: no site could be visited")
	}
	c.proxy("network.proxy", n.Proxy)
}

// maxVisit keeps a visit shorter than the lease on its host.
const maxVisit = 8 * time.Minute

func (c *checker) crawl(s *Settings) {
	w := &s.Crawl
	c.within("crawl.workers", w.Workers, 1, 512)
	c.within("crawl.pages", w.Pages, 1, 500)
	c.within("crawl.depth", w.Depth, 0, 20)
	c.within("crawl.per_domain", w.PerDomain, 1, 64)
	c.within("crawl.per_address", w.PerAddress, 1, 1024)
	if d := w.Timeout.Std(); d < time.Second || d > maxVisit {
		c.fault("crawl.timeout", "%s is not between 1s and %s", d, maxVisit)
	}
	c.oneOf("crawl.robots", w.Robots, "record", "obey")
	c.oneOf("crawl.render", w.Render, "auto", "always", "off")
	known := slices.Sorted(maps.Keys(s.Profiles))
	if len(w.Profiles) == 0 {
		c.fault("crawl.profiles", "empty; name at least one of %s", strings.Join(known, ", "))
	}
	for i, p := range w.Profiles {
		c.oneOf("crawl.profiles."+strconv.Itoa(i), p, known...)
		if slices.Contains(w.Profiles[:i], p) {
			c.fault("crawl.profiles."+strconv.Itoa(i), "%s is named twice", p)
		}
	}
}

func (c *checker) render(s *Settings) {
	c.within("render.tabs", s.Render.Tabs, 0, 64)
	c.within("render.views", s.Render.Views, 1, 24)
	c.within("render.recycle", s.Render.Recycle, 1, 10_000)
	c.within("render.memory", s.Render.Memory, 256, 1<<20)
	c.oneOf("evidence.keep", s.Evidence.Keep, "all", "live", "off")
}

func (c *checker) rules(folder string) {
	if folder == "" {
		return
	}
	if st, err := os.Stat(folder); err != nil {
		c.fault("rules", "%q cannot be read: %v", folder, bare(err))
	} else if !st.IsDir() {
		c.fault("rules", "%q is not a folder", folder)
	}
}

// bare is a file's error without the path.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (c *checker) revisit(r *Revisit) {
	c.atLeast("revisit.live", r.Live, time.Minute)
	c.atLeast("revisit.parked", r.Parked, time.Minute)
	c.atLeast("revisit.failing", r.Failing, time.Minute)
	c.atLeast("revisit.new", r.New, time.Minute)
	c.atLeast("revisit.changed", r.Changed, time.Minute)
	c.atLeast("revisit.dead", r.Dead, time.Minute)
	c.atLeast("revisit.longest", r.Longest, r.Failing.Std())
}

func (c *checker) feeds(feeds []Feed) {
	seen := map[string]bool{}
	for i, f := range feeds {
		key := "feeds." + strconv.Itoa(i)
		switch {
		case f.Name == "":
			c.fault(key, "needs name:")
		case seen[f.Name]:
			c.fault(key+".name", "%q is used twice", f.Name)
		}
		seen[f.Name] = true
		if (f.File == "") == (f.URL == "") {
			c.fault(key, "needs either file: or url:")
		}
		if f.URL != "" {
			if u, err := url.Parse(f.URL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
				c.fault(key+".url", "%q is not an http(s) address", f.URL)
			}
		}
		if f.Format != "" {
			c.oneOf(key+".format", f.Format, "lines", "csv", "json", "yaml", "html", "rss", "text", "mail")
		}
	}
}

func (c *checker) discovery(d *Discovery, feeds []Feed) {
	t := &d.Certificates
	if strings.Contains(t.Logs, "://") {
		if u, err := url.Parse(t.Logs); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			c.fault("discovery.certificates.logs", "%q is neither a file nor an http(s) address of a log list", t.Logs)
		}
	}
	if t.Stream != "" {
		if u, err := url.Parse(t.Stream); err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
			c.fault("discovery.certificates.stream", "%q is not a ws or wss address", t.Stream)
		}
	}
	c.atLeast("discovery.certificates.span", t.Span, time.Second)
	if d.Names.Threshold <= 0 || d.Names.Threshold > 1 {
		c.fault("discovery.names.threshold", "%v is not above 0 and at most 1", d.Names.Threshold)
	}
	if d.Names.Resolve < 0 || d.Names.Resolve > 1 {
		c.fault("discovery.names.resolve", "%v is not 0 to 1", d.Names.Resolve)
	}
	c.atLeast("discovery.names.keep", d.Names.Keep, time.Hour)
	// Where a source was is kept by its name.
	taken := map[string]string{"pivot": "what confirmed sites lead to", "ct": "all certificate logs"}
	for i, f := range feeds {
		if whose := taken[f.Name]; whose != "" {
			c.fault("feeds."+strconv.Itoa(i)+".name", "%q is the name of %s", f.Name, whose)
		}
	}
	for _, f := range feeds {
		taken[f.Name] = "a feed"
	}
	for i, l := range d.Lists {
		if whose := taken[l]; whose != "" {
			c.fault("discovery.lists."+strconv.Itoa(i), "%q is the name of %s already", l, whose)
		}
		taken[l] = "a list"
	}
}

func (c *checker) schedules(s *Schedules) {
	if c.Cron == nil {
		return
	}
	for key, spec := range map[string]string{"discover": s.Discover, "visit": s.Visit, "cluster": s.Cluster, "export": s.Export} {
		if err := c.Cron(spec); err != nil {
			c.fault("schedules."+key, "%v", err)
		}
	}
}

func (c *checker) exports(exports []Export) {
	for i, e := range exports {
		key := "exports." + strconv.Itoa(i)
		if e.File == "" {
			c.fault(key, "needs file:")
		}
		c.oneOf(key+".format", e.Format, "plain", "hosts", "csv", "jsonl")
		if e.TLP != "" {
			c.oneOf(key+".tlp", e.TLP, "clear", "green", "amber", "amber+strict", "red")
		}
		if c.Query != nil {
			if err := c.Query(e.Query); err != nil {
				c.fault(key+".query", "%v", err)
			}
		}
	}
}

func (c *checker) within(key string, v, lo, hi int) {
	if v < lo || v > hi {
		c.fault(key, "%d is not between %d and %d", v, lo, hi)
	}
}

func (c *checker) atLeast(key string, d Duration, least time.Duration) {
	if d.Std() < least {
		c.fault(key, "%s is shorter than %s", d.Std(), least)
	}
}

func (c *checker) oneOf(key, v string, names ...string) {
	if !slices.Contains(names, v) {
		c.fault(key, "%q is not one of %s", v, strings.Join(names, ", "))
	}
}

// line finds a dotted key in the document; list items are named by number. It gives the line of the deepest part that exists.
func line(doc *yaml.Node, key string) int {
	if doc == nil || len(doc.Content) == 0 {
		return 0
	}
	n, at := doc.Content[0], 0
	for _, part := range strings.Split(key, ".") {
		next := child(n, part)
		if next == nil {
			break
		}
		n, at = next, next.Line
	}
	return at
}

func child(n *yaml.Node, part string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

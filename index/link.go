package index

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Link is what an analyst decided about two sites: that they belong together in a layer, or that they do not. It wins over all that
// is computed.
type Link struct {
	A     string    `json:"a"` // hosts, A < B
	B     string    `json:"b"`
	Layer Layer     `json:"layer"`
	Apart bool      `json:"apart,omitempty"`
	Who   string    `json:"who,omitempty"`
	At    time.Time `json:"at"`
	Note  string    `json:"note,omitempty"`
}

// Key is what two links about the same question share.
func (l Link) Key() string { return string(l.Layer) + " " + l.A + " " + l.B }

// CompareLinks orders by layer, then by hosts.
func CompareLinks(x, y Link) int { return cmp.Compare(x.Key(), y.Key()) }

// String says who decided what, and why: "anna, 2026-03-01: same landing pages".
func (l Link) String() string {
	who := l.Who
	if who == "" {
		who = "analyst"
	}
	s := who + ", " + l.At.UTC().Format(time.DateOnly)
	if l.Note != "" {
		s += ": " + l.Note
	}
	return s
}

// Check reports why a link cannot stand beside earlier ones: two sites would have to be together and apart. A link about the same two
// sites and layer takes the place of the earlier one only when both say the same. Hosts must differ and the layer be known.
func (l Link) Check(earlier []Link) error {
	switch {
	case l.A == "" || l.B == "" || l.A >= l.B:
		return fmt.Errorf("a link needs two different hosts, the first by name before the other: %q and %q", l.A, l.B)
	case l.Layer != Kit && l.Layer != Operator:
		return fmt.Errorf("layer %q is neither kit nor operator", l.Layer)
	}
	near := map[string][]Link{}
	for _, e := range earlier {
		if e.Layer == l.Layer && !e.Apart && e.Key() != l.Key() {
			near[e.A], near[e.B] = append(near[e.A], e), append(near[e.B], e)
		}
	}
	for _, e := range earlier {
		if e.Key() == l.Key() && e.Apart != l.Apart {
			return fmt.Errorf("%s decided otherwise on these two (%s); remove that link first", e.A+" and "+e.B, e)
		}
	}
	if l.Apart {
		if _, path := reach(near, l.A, l.B); len(path) > 0 {
			return fmt.Errorf("links already join them: %s; remove one of these first", sayLinks(path))
		}
		return nil
	}
	from, _ := reach(near, l.A, "")
	to, _ := reach(near, l.B, "")
	for _, e := range earlier {
		if e.Layer == l.Layer && e.Apart && (from[e.A] && to[e.B] || from[e.B] && to[e.A]) {
			return fmt.Errorf("this would join %s and %s, which a link keeps apart (%s); remove that first", e.A, e.B, e)
		}
	}
	return nil
}

// reach gives all hosts that links join to one, and the links on the way to another.
func reach(near map[string][]Link, from, to string) (all map[string]bool, path []Link) {
	all = map[string]bool{from: true}
	by := map[string]Link{}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, l := range near[queue[0]] {
			other := l.A
			if other == queue[0] {
				other = l.B
			}
			if !all[other] {
				all[other], by[other] = true, l
				queue = append(queue, other)
			}
		}
	}
	for at := to; to != "" && all[to] && at != from; {
		l := by[at]
		path = append(path, l)
		if at == l.A {
			at = l.B
		} else {
			at = l.A
		}
	}
	return all, path
}

func sayLinks(links []Link) string {
	var out []string
	for _, l := range links[:min(len(links), 5)] {
		out = append(out, fmt.Sprintf("%s and %s (%s)", l.A, l.B, l))
	}
	return strings.Join(out, ", ")
}

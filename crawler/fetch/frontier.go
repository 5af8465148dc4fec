package fetch

import "net/url"

// link is an address to visit.
type link struct {
	u     *url.URL
	from  string // the page that names it
	depth int
}

// frontier is what a visit still could fetch. It is bounded: when full, the least weighty give way. Each page is handed out
// once, however it is spelled.
type frontier struct {
	queue[link]
	seen     map[string]bool
	variants map[string]int // queries taken, by path
}

func newFrontier() *frontier {
	return &frontier{seen: map[string]bool{}, variants: map[string]int{}}
}

// know marks an address as visited; false when it was known.
func (f *frontier) know(u *url.URL) bool {
	k := key(u)
	if f.seen[k] || len(f.seen) >= maxSeen {
		return false
	}
	f.seen[k] = true
	return true
}

// add queues a link unless it is known or a trap; the result names the bound it met, "" when none.
func (f *frontier) add(l link, weight int) (bound string) {
	if f.seen[key(l.u)] {
		return ""
	}
	if looping(l.u.Path) {
		return capPathLoop
	}
	if l.u.RawQuery != "" {
		path := l.u.Host + l.u.Path
		limit := maxVariants
		if weight >= topWeight-1 {
			limit = maxPayVariants
		}
		if f.variants[path] >= limit {
			return capVariants
		}
		f.variants[path]++
	}
	if !f.know(l.u) {
		return capLinks
	}
	if f.size >= maxFrontier && !f.dropBelow(weight) {
		return capLinks
	}
	f.queue.add(l, weight)
	return ""
}

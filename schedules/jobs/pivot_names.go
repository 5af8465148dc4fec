package jobs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"scamatlas/crawler"
	"scamatlas/index"
)

// nextNames continues the names of an operator who counts: nova1.example and nova2.example are followed by nova3.example. Only
// confirmed sites are counted on.
func nextNames(c *index.Cluster, confirmed map[string]crawler.TLP) []crawler.Target {
	last := map[string]numbered{} // by the name around the number
	count := map[string]int{}
	for _, h := range c.Hosts {
		n, ok := number(h)
		if _, counts := confirmed[h]; !ok || !counts {
			continue
		}
		key := n.before + "#" + n.after
		count[key]++
		if old, known := last[key]; !known || n.n > old.n {
			last[key] = n
		}
	}
	var keys []string
	for k := range last {
		if count[k] >= 2 {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out []crawler.Target
	for _, k := range keys[:min(len(keys), countersOfOperator)] {
		n := last[k]
		for i := 1; i <= namesAhead; i++ {
			host, err := crawler.NormalHost(n.before + fmt.Sprintf("%0*d", n.width, n.n+i) + n.after)
			if err == nil {
				why := fmt.Sprintf("follows %s in the names of operator %s", n.host, c.ID)
				out = append(out, crawler.Target{Host: host, Source: "pivot", Reference: why, Score: .3, Reasons: []string{why}, TLP: confirmed[n.host]})
			}
		}
	}
	return out
}

// numbered is a host with the last number in its first label.
type numbered struct {
	host, before, after string
	n, width            int
}

func number(host string) (numbered, bool) {
	label, rest, _ := strings.Cut(host, ".")
	end := len(label)
	for end > 0 && !digit(label[end-1]) {
		end--
	}
	start := end
	for start > 0 && digit(label[start-1]) {
		start--
	}
	if start == end || end-start > longestCounter || start == 0 && end == len(label) || strings.HasPrefix(label, "xn--") {
		return numbered{}, false
	}
	n, err := strconv.Atoi(label[start:end])
	if err != nil {
		return numbered{}, false
	}
	width := 1
	if label[start] == '0' {
		width = end - start
	}
	return numbered{host, label[:start], label[end:] + "." + rest, n, width}, true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

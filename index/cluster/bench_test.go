package cluster

import (
	"fmt"
	"testing"

	"scamatlas/extractors"
	"scamatlas/index"
)

// city is n made-up sites: half of them copies of kits of very different size, run by operators with five to fifteen sites each.
func city(n int) []*index.Member {
	all := make([]*index.Member, 0, n)
	kit, left := 0, 5
	for i := range n {
		m := alive(host("site", i))
		if i%2 == 0 {
			if left == 0 {
				kit++
				left = 5 + kit*37%400
			}
			left--
			front(m, fmt.Sprintf("kit%d", kit), .6+.35*float64(i%7)/7)
			m.Indicators = []extractors.Indicator{wallet(fmt.Sprintf("W%d", i/20)), {Kind: extractors.KindTracker, Type: "ga4", Value: fmt.Sprintf("G-%d", i/26), Confidence: extractors.High}}
		} else {
			front(m, "", 0)
		}
		m.Hosting.Addresses = []string{fmt.Sprintf("198.51.100.%d", i%200)}
		all = append(all, m)
	}
	return all
}

func BenchmarkBuild10000(b *testing.B) {
	members := city(10_000)
	for b.Loop() {
		var builder Builder
		for _, m := range members {
			builder.Add(m)
		}
		b.ReportMetric(float64(len(builder.Build(nil, Options{}).Clusters)), "clusters")
	}
}

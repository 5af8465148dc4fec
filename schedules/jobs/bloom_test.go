package jobs

import (
	"fmt"
	"testing"

	"scamatlas/crawler"
)

func TestBloom(t *testing.T) {
	if (bloom)(nil).has("x") {
		t.Error("an empty filter has something")
	}
	for _, n := range []int{0, 1, 10, 1000, 30_000, 1_000_000} {
		b := newBloom(n)
		if len(b) > crawler.MaxCursor*3/4-200 { // it stands in base64 in a cursor
			t.Errorf("%d bytes for %d", len(b), n)
		}
		some := min(n, 30_000)
		for i := range some {
			b.add(fmt.Sprintf("in%d.example", i))
		}
		wrong := 0
		for i := range some {
			if !b.has(fmt.Sprintf("in%d.example", i)) {
				t.Fatalf("of %d, %d is lost", n, i)
			}
			if b.has(fmt.Sprintf("out%d.example", i)) {
				wrong++
			}
		}
		if wrong > some/50+2 {
			t.Errorf("of %d, %d are in by mistake", some, wrong)
		}
	}
}

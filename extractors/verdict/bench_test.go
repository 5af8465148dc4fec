package verdict

import (
	"fmt"
	"strings"
	"testing"
)

// page100 is a page of 100 kB: half text, half markup, plans and lures between ordinary paragraphs, as fakes have it.
func page100() string {
	var b strings.Builder
	b.WriteString("<title>Nova</title>")
	for n := 0; b.Len() < 100<<10; n++ {
		fmt.Fprintf(&b, `<div class="col-md-4 card shadow-sm" id="c%d"><h3 class="card-title">About part %d</h3><p class="text">Our engineers in town %d have looked after the machines that you rent since the first day, and they write a report on each of them, which you can read in the members' area.</p></div>`, n, n, n)
		if n%20 == 0 {
			fmt.Fprintf(&b, "<p>Plan %d: earn %d.5%% daily, guaranteed profit without risk, minimum deposit $%d</p>", n, n%5+1, n*10+50)
		}
	}
	return b.String()
}

// BenchmarkPage judges one parsed page of 100 kB.
func BenchmarkPage(b *testing.B) {
	in, f := find(visit("a.example", "/ "+page100()))
	r := handSet(b)
	b.SetBytes(100 << 10)
	for b.Loop() {
		r.Judge(in, f, Facts{})
	}
}

// BenchmarkChinese is the same with a text in Chinese.
func BenchmarkChinese(b *testing.B) {
	in, f := find(visit("a.example", "/ "+strings.Repeat("<p>我们的工程师从第一天起就照看您租用的机器，并为每一台机器写一份报告，您可以在会员区阅读。日收益率2.5%，保证收益，零风险。</p>", 560)))
	r := handSet(b)
	b.SetBytes(100 << 10)
	for b.Loop() {
		r.Judge(in, f, Facts{})
	}
}

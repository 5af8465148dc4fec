package feed

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"scamatlas/crawler"
)

type labelled struct{ text, want string }

// prose reads texts with the hosts they name.
func prose(t testing.TB) []labelled {
	t.Helper()
	b, err := os.ReadFile("testdata/prose.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []labelled
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\n"); strings.HasPrefix(line, "# ") {
			continue
		}
		text, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("no truth: %q", line)
		}
		out = append(out, labelled{text, want})
	}
	return out
}

func hostsOf(text string) []string {
	var out []string
	for _, f := range ExtractHosts(text) {
		if f.Kind == Mail {
			f.Host = "@" + f.Host
		}
		out = append(out, f.Host)
	}
	return out
}

// TestExtractHosts: of 200 labelled texts and more, what is found and what is wrong.
func TestExtractHosts(t *testing.T) {
	texts := prose(t)
	if len(texts) < 200 {
		t.Fatalf("%d texts", len(texts))
	}
	right, wrong, missed := 0, 0, 0
	for _, l := range texts {
		got, want := hostsOf(l.text), strings.Fields(l.want)
		if !slices.Equal(got, want) {
			t.Logf("%q: %v, want %v", l.text, got, want)
		}
		r, w, m := compareHosts(got, want)
		right, wrong, missed = right+r, wrong+w, missed+m
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
	t.Logf("%d texts: %d right, %d wrong, %d missed: precision %.3f, recall %.3f", len(texts), right, wrong, missed, precision, recall)
	peerRight, peerWrong := 0, 0
	for i, line := range peerLines(t) {
		r, w, _ := compareHosts(strings.Fields(line), strings.Fields(texts[i].want))
		peerRight, peerWrong = peerRight+r, peerWrong+w
	}
	t.Logf("iocextract: %d right, %d wrong: precision %.3f, recall %.3f", peerRight, peerWrong, float64(peerRight)/float64(peerRight+peerWrong),
		float64(peerRight)/float64(right+missed))
	if precision < 0.98 || right < peerRight || recall < 0.98 {
		t.Errorf("precision %.3f, recall %.3f", precision, recall)
	}
}

// peerLines gives what iocextract finds in each text.
func peerLines(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/prose-iocextract.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "# ") {
			out = append(out, strings.TrimRight(line, "\n"))
		}
	}
	if len(out) != len(prose(t)) {
		t.Fatalf("%d lines for %d texts", len(out), len(prose(t)))
	}
	return out
}

// compareHosts counts each host of a text once.
func compareHosts(got, want []string) (right, wrong, missed int) {
	got, want = slices.Compact(slices.Sorted(slices.Values(got))), slices.Compact(slices.Sorted(slices.Values(want)))
	for _, h := range got {
		if slices.Contains(want, h) {
			right++
		} else {
			wrong++
		}
	}
	return right, wrong, len(want) - right
}

func TestFound(t *testing.T) {
	text := "Mail x@mail-of-x.com. Go to hxxps://Nova-Fx[.]com:8443/h5?a=1#b. Or nova-fx.vip."
	want := []Found{
		{Mail, "mail-of-x.com", "", 5, "x@mail-of-x.com"},
		{Site, "nova-fx.com", "https://nova-fx.com:8443/h5?a=1", 28, "hxxps://Nova-Fx[.]com:8443/h5?a=1#b"},
		{Site, "nova-fx.vip", "", 68, "nova-fx.vip"},
	}
	if got := ExtractHosts(text); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := ExtractHosts(""); got != nil {
		t.Errorf("%+v of nothing", got)
	}
}

// FuzzExtractHosts: whatever the text, what is found are hosts that stand where they are said to.
func FuzzExtractHosts(f *testing.F) {
	for _, l := range prose(f) {
		f.Add(l.text)
	}
	f.Add(strings.Repeat("a.", 1000) + "com")
	f.Add("[.]\xff[.]x\x00.com [dot] ")
	f.Fuzz(func(t *testing.T, text string) {
		last := -1
		for _, x := range ExtractHosts(text) {
			if h, err := crawler.NormalHost(x.Host); err != nil || h != x.Host {
				t.Fatalf("%q: host %q: %v", text, x.Host, err)
			}
			if x.Where < last || x.Where+len(x.Text) > len(text) || text[x.Where:x.Where+len(x.Text)] != x.Text || x.Text == "" {
				t.Fatalf("%q: %+v", text, x)
			}
			if x.URL != "" && (!utf8.ValidString(x.URL) || !strings.HasPrefix(x.URL, "http")) {
				t.Fatalf("%q: URL %q", text, x.URL)
			}
			last = x.Where
		}
	})
}

package lookalike

import (
	"slices"
	"testing"
)

func TestApart(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"binance", "binance", 0}, {"binanec", "binance", 1}, {"binace", "binance", 1}, {"biinance", "binance", 1}, {"bynance", "binance", 1},
		{"binanse1", "binance", 2}, {"", "ab", 2}, {"ab", "", 2}, {"xbinancey", "binance", 2},
	} {
		if got := apart(c.a, c.b, 3); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := apart(c.a, c.b, c.want-1); got <= c.want {
			t.Errorf("%s, %s: %d although at most %d were allowed", c.a, c.b, got, c.want-1)
		}
	}
}

// TestNearest: looking up finds what comparing with every word finds.
func TestNearest(t *testing.T) {
	words := []string{"okx", "bybit", "binance", "metamask", "coinbase", "trustwallet", "mercadobitcoin"}
	list := newTypos(words, allowed)
	for _, w := range words {
		d, _ := split(w + ".com")
		for class, names := range d.classes() {
			for token := range names {
				if !isASCII(token) || len(token) > maxLabel {
					continue
				}
				want := 3
				for _, other := range words {
					if n := apart(token, other, allowed(other)); allowed(other) > 0 && n < want && n <= allowed(other) {
						want = n
					}
				}
				got, n := list.nearest(token, 2)
				switch {
				case want == 3 && got >= 0, want < 3 && (got < 0 || n != want):
					t.Fatalf("%s %s: word %d at %d, want distance %d", class, token, got, n, want)
				case got >= 0 && want == 0 && words[got] != token:
					t.Fatalf("%s: %s", token, words[got])
				}
			}
		}
	}
	if got, _ := list.nearest("completelyother", 2); got >= 0 {
		t.Errorf("found %s", words[got])
	}
}

func TestCut(t *testing.T) {
	words := []string{"coin", "base", "coinbase", "login", "the", "rapist", "therapist", "pro", "1inch"}
	tree := newTrie()
	for i, w := range words {
		tree.add(w, int32(i))
	}
	for label, want := range map[string][]string{
		"coinbaselogin":    {"coinbase", "login"},
		"coin-base":        {"coin", "base"},
		"mycoinbase24x":    {"(my)", "coinbase", "(24)", "(x)"},
		"therapist":        {"therapist"},
		"1inch99":          {"1inch", "(99)"},
		"ap?pro--":         {"(ap)", "pro"},
		"":                 nil,
		"---":              nil,
		"coinbasecoinbase": {"coinbase", "coinbase"},
	} {
		var got []string
		for _, p := range tree.cut(label, nil) {
			text := label[p.start:p.end]
			if p.word < 0 {
				text = "(" + text + ")"
			}
			got = append(got, text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", label, got, want)
		}
	}
}

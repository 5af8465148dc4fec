package lookalike

import (
	"strings"
	"testing"
)

// TestSkeleton: the same skeletons as another implementation's.
func TestSkeleton(t *testing.T) {
	table := prototypes()
	if len(table) < 2000 {
		t.Fatalf("table of %d characters", len(table))
	}
	for _, line := range lines(t, "skeletons.txt") {
		label, want, _ := strings.Cut(line, " ")
		if got := skeleton(table, label); got != want {
			t.Errorf("%s: %+q, want %+q", label, got, want)
		}
	}
}

func TestLatin(t *testing.T) {
	f := newFolder()
	for _, c := range []struct {
		label, want string
		foreign     int
	}{
		{"coinbase", "coinbase", 0},
		{"соіnbаѕе", "coinbase", 0},
		{"сoinbаse", "coinbase", 0},
		{"trézor", "trezor", 0},
		{"łedger", "ledger", 0},
		{"əave", "aave", 0},
		{"æthereum", "aethereum", 0},
		{"крипто", "kp??to", 2},
		{"投资", "??", 2},
		{"okх-2", "okx-2", 0},
		{"", "", 0},
	} {
		if got, foreign := f.latin(c.label); got != c.want || foreign != c.foreign {
			t.Errorf("%s: %q with %d foreign, want %q with %d", c.label, got, foreign, c.want, c.foreign)
		}
	}
}

func TestBlur(t *testing.T) {
	for _, c := range [][2]string{
		{"rnetarnask", "metamask"}, {"b1nance", "binance"}, {"blnance", "binance"}, {"c0inb4se", "coinbase"}, {"vvallet", "wallet"},
		{"tlonki", "tlonkl"}, {"1edger", "ledger"}, {"clydx", "dydx"},
	} {
		if blur(c[0]) != blur(c[1]) {
			t.Errorf("%s → %s, %s → %s", c[0], blur(c[0]), c[1], blur(c[1]))
		}
	}
	if blur("binance") == blur("finance") {
		t.Error("everything looks alike")
	}
}

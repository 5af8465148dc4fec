package crawler

import "testing"

func TestParseTLP(t *testing.T) {
	for text, want := range map[string]TLP{"": "", "clear": TLPClear, " TLP:AMBER+STRICT ": TLPAmberStrict, "White": TLPClear, "tlp:red": TLPRed, "Green": TLPGreen, "AMBER": TLPAmber} {
		if got, err := ParseTLP(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
		if back, err := ParseTLP(want.String()); err != nil || back != want {
			t.Errorf("%q is written %q, which reads %q, %v", want, want.String(), back, err)
		}
	}
	for _, text := range []string{"pink", "tlp:", "amber strict", "red,green"} {
		if got, err := ParseTLP(text); err == nil {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

// TestTLPCovers: each light covers itself and those before it; what is none is as strict as red.
func TestTLPCovers(t *testing.T) {
	order := []TLP{"", TLPClear, TLPGreen, TLPAmber, TLPAmberStrict, TLPRed}
	for n, out := range order {
		for i, in := range order {
			if got, want := out.Covers(in), i <= max(n, 1); got != want {
				t.Errorf("under %q what came under %q passes: %v", out, in, got)
			}
		}
	}
	if TLPAmberStrict.Covers("pink") || !TLPRed.Covers("pink") {
		t.Error("an unknown light is passed on")
	}
}

package crawler

import (
	"fmt"
	"slices"
	"strings"
)

// TLP is a traffic light: how far what somebody told us may be passed on (FIRST, Traffic Light Protocol 2.0). "" says nothing about it,
// and binds nobody.
type TLP string

// The lights, from the most open on.
const (
	TLPClear       TLP = "clear"        // to anyone
	TLPGreen       TLP = "green"        // within the community, not in public
	TLPAmber       TLP = "amber"        // within the organisation, and to its clients who need to know
	TLPAmberStrict TLP = "amber+strict" // within the organisation
	TLPRed         TLP = "red"          // to nobody else
)

var lights = [...]TLP{TLPClear, TLPGreen, TLPAmber, TLPAmberStrict, TLPRed}

// ParseTLP reads a light as people write it: "green", "TLP:AMBER+STRICT", "white" of version 1; "" is "".
func ParseTLP(text string) (TLP, error) {
	t := TLP(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "tlp:"))
	switch {
	case t == "" && !strings.Contains(text, ":"):
		return "", nil
	case t == "white":
		return TLPClear, nil
	case slices.Contains(lights[:], t):
		return t, nil
	}
	return "", fmt.Errorf("%q is not clear, green, amber, amber+strict or red", clip(text, 40))
}

// Covers reports whether what came under the light received may stand in something that goes out under t.
func (t TLP) Covers(received TLP) bool { return received.rank() <= t.rank() }

// rank orders lights; one that is none binds like the strictest.
func (t TLP) rank() int {
	if t == "" {
		return 0
	}
	if n := slices.Index(lights[:], t); n >= 0 {
		return n
	}
	return len(lights) - 1
}

// String is the light as the protocol writes it: "TLP:AMBER+STRICT"; "" of "".
func (t TLP) String() string {
	if t == "" {
		return ""
	}
	return "TLP:" + strings.ToUpper(string(t))
}

package wallet

import (
	"testing"
)

// TestBoundaries: what may and what may not stand beside an address. @ stands for one.
func TestBoundaries(t *testing.T) {
	address := made("a")["btc p2wpkh"]
	ton := made("b")["ton bounceable"]
	sol := "GbSmoubHNfARpsCqdFmqq6J21Vbr6oHJhcFh3SDABuc4"
	for _, c := range []struct {
		before, address, after string
		want                   bool
	}{
		{"", address, "", true},
		{"address:", address, ".", true},
		{"(", address, ")", true},
		{"x=", address, "&y", true},
		{"btc_", address, "_old", true},
		{"\\n", address, "\\n", true},
		{"\\u003e", address, "\\u003c", true},
		{"\\x3e", address, "", true},
		{"to%3D", address, "%26", true},
		{"5%", address, "", true},
		{"C:\\", address, "", true},
		{"地址", address, "复制", true},
		{"a", address, "", false},
		{"", address, "q", false},
		{"9", address, "", false},
		{"с", address, "", false},
		{"", address, "е", false},
		{"é", address, "", false},
		{"/", ton, "", true},
		{"/transfer/", ton, "/x", true},
		{"-", ton, "", false},
		{"+", ton, "", false},
		{"", ton, "_", false},
		{"", ton, "A", false},
		{"address/", sol, "/tokens", true},
		{"eyJhbGci.", sol, "", false},
		{"", sol, ".js", false},
		{"", sol, "=", false},
		{"a-", sol, "", false},
		{"Send to ", sol, ". Thanks", true},
	} {
		text, found := c.before+c.address+c.after, false
		scan(text, func(m match) { found = found || text[m.start:m.end] == c.address })
		if found != c.want {
			t.Errorf("%q: found %v", text, found)
		}
	}
}

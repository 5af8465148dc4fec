package crawler

import (
	"fmt"
	"strconv"
	"strings"
)

// Brand is one entry of Sec-CH-UA.
type Brand struct{ Name, Version string }

// What Chromium makes its meaningless brand of, so that nobody relies on the list: components/embedder_support/user_agent_utils.cc.
var (
	greaseMarks = [...]string{" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"}
	greased     = [...]string{"8", "99", "24"}
	brandOrders = [...][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
)

// Brands is the list of Sec-CH-UA in the order that the Chromium of the User-Agent gives it; nil for other browsers, which send none.
// full is the whole version of that browser; "" gives the list with major versions.
func (p *Profile) Brands(full string) []Brand {
	major := p.ChromeMajor()
	if major == 0 {
		return nil
	}
	version, grease := full, greased[major%len(greased)]+".0.0.0"
	if full == "" {
		version, grease = strconv.Itoa(major), greased[major%len(greased)]
	}
	order := brandOrders[major%len(brandOrders)]
	out := make([]Brand, 3)
	out[order[0]] = Brand{"Not" + greaseMarks[major%len(greaseMarks)] + "A" + greaseMarks[(major+1)%len(greaseMarks)] + "Brand", grease}
	out[order[1]] = Brand{"Chromium", version}
	out[order[2]] = Brand{p.product(), version}
	return out
}

// product is the brand beside Chromium.
func (p *Profile) product() string {
	for _, s := range [][2]string{{"; wv)", "Android WebView"}, {"Edg", "Microsoft Edge"}, {"OPR/", "Opera"}} {
		if strings.Contains(p.UserAgent, s[0]) {
			return s[1]
		}
	}
	return "Google Chrome"
}

// Hints are the client hints that a Chromium sends with every request over TLS (W3C User-Agent Client Hints, low entropy); nil for
// other browsers.
func (p *Profile) Hints() []HeaderField {
	brands := p.Brands("")
	if brands == nil {
		return nil
	}
	list := make([]string, len(brands))
	for i, b := range brands {
		list[i] = fmt.Sprintf(`"%s";v="%s"`, b.Name, b.Version)
	}
	mobile := "?0"
	if p.Mobile {
		mobile = "?1"
	}
	return []HeaderField{{"sec-ch-ua", strings.Join(list, ", ")}, {"sec-ch-ua-mobile", mobile}, {"sec-ch-ua-platform", `"` + p.HintPlatform() + `"`}}
}

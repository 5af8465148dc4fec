package render

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"scamatlas/crawler"
)

// The four kinds of visitor of the settings' defaults.
func visitors() []*crawler.Profile {
	mobile := *desktop
	mobile.Name, mobile.UserAgent = "mobile", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Mobile Safari/537.36"
	mobile.Platform, mobile.Mobile, mobile.Touch, mobile.Width, mobile.Height, mobile.Scale = "Linux armv81", true, true, 412, 915, 2.625
	mobile.Referrer, mobile.Model, mobile.System = "https://www.google.com/", "K", "10"
	wallet := mobile
	wallet.Name, wallet.UserAgent = "wallet", "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A.250205.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{chrome}.0.0.0 Mobile Safari/537.36"
	wallet.Wallet, wallet.Referrer, wallet.Model, wallet.System = true, "", "Pixel 8", "15.0.0"
	reader := mobile
	reader.Name, reader.UserAgent = "reader", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
	reader.Platform, reader.Width, reader.Height, reader.Scale, reader.Referrer, reader.Model, reader.System = "iPhone", 393, 852, 3, "https://t.me/", "", ""
	reader.Language, reader.Timezone = "de-DE,de;q=0.9,en;q=0.8", "Europe/Berlin"
	return []*crawler.Profile{desktop, &mobile, &wallet, &reader}
}

// told is what a page can find out about who looks.
type told struct {
	UA, Platform, Languages, Language, Zone, Locale, Referrer string
	Width, Height, ScreenWidth, Touch                         int
	Scale                                                     float64
	Driver                                                    any
	Coarse, Hover                                             bool
	Brands                                                    string
	Hints                                                     map[string]any
	Worker                                                    string
	Frame                                                     string
}

const tellAll = `<!doctype html><meta name=viewport content="width=device-width"><title>who</title><pre id=out></pre><iframe src="https://other.test/frame"></iframe><script>
(async () => {
  const n = navigator, o = {UA: n.userAgent, Platform: n.platform, Languages: n.languages.join(","), Language: n.language,
    Zone: Intl.DateTimeFormat().resolvedOptions().timeZone, Locale: Intl.NumberFormat().resolvedOptions().locale, Referrer: document.referrer,
    Width: innerWidth, Height: innerHeight, ScreenWidth: screen.width, Touch: n.maxTouchPoints, Scale: devicePixelRatio, Driver: n.webdriver,
    Coarse: matchMedia("(pointer:coarse)").matches, Hover: matchMedia("(hover:hover)").matches};
  if (n.userAgentData) {
    o.Brands = n.userAgentData.brands.map(b => b.brand + "/" + b.version).join(",");
    o.Hints = await n.userAgentData.getHighEntropyValues(["model", "platform", "platformVersion", "architecture", "bitness", "uaFullVersion", "fullVersionList"]);
  }
  const src = "postMessage([navigator.userAgent, navigator.platform, navigator.languages.join(), Intl.DateTimeFormat().resolvedOptions().timeZone, 'userAgentData' in navigator && navigator.userAgentData ? navigator.userAgentData.brands.length : 'none'].join('|'))";
  const w = new Worker(URL.createObjectURL(new Blob([src])));
  const frame = new Promise(ok => addEventListener("message", e => ok(e.data)));
  o.Worker = await new Promise(ok => w.onmessage = e => ok(e.data));
  o.Frame = await frame;
  document.getElementById("out").textContent = JSON.stringify(o);
  fetch("/told", {method: "POST", body: JSON.stringify(o)});
})();
</script>`

func TestVisitorsAgreeWithThemselves(t *testing.T) {
	t.Parallel()
	heads := make(chan http.Header, 10)
	said := make(chan told, 10)
	w := newTown(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/":
			heads <- r.Header.Clone()
			fmt.Fprint(rw, tellAll)
		case "/frame":
			fmt.Fprint(rw, `<script>parent.postMessage([navigator.userAgent, navigator.platform, navigator.languages.join(), Intl.DateTimeFormat().resolvedOptions().timeZone, 'userAgentData' in navigator && navigator.userAgentData ? navigator.userAgentData.brands.length : 'none'].join('|'), "*")</script>`)
		case "/told":
			var o told
			_ = json.NewDecoder(r.Body).Decode(&o)
			said <- o
		}
	}))
	p := newTestPool(t, w, nil)
	_, major, err := p.Version(t.Context())
	if err != nil || major < 100 {
		t.Fatalf("Version: %d, %v", major, err)
	}
	for _, v := range visitors() {
		t.Run(v.Name, func(t *testing.T) {
			c := see(t, p, "who.example", v)
			if c.Rendered.Err != "" || len(said) == 0 {
				t.Fatalf("the page told nothing: %q, console errors %d", c.Rendered.Err, c.Rendered.Errors)
			}
			h, o, want := <-heads, <-said, v.ForBrowser(major)
			is := func(what string, got, want any) {
				t.Helper()
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s is %v, want %v", what, got, want)
				}
			}
			tags := strings.Join(v.Languages(), ",")
			is("User-Agent", h.Get("User-Agent"), want.UserAgent)
			is("navigator.userAgent", o.UA, want.UserAgent)
			is("platform", o.Platform, v.Platform)
			is("languages", o.Languages, tags)
			is("language", o.Language, v.Languages()[0])
			is("timezone", o.Zone, v.Timezone)
			is("locale", o.Locale, v.Languages()[0])
			is("referrer", o.Referrer, v.Referrer)
			is("Referer", h.Get("Referer"), v.Referrer)
			is("width", o.Width, v.Width)
			is("height", o.Height, v.Height)
			is("screen", o.ScreenWidth, v.Width)
			is("scale", o.Scale, v.Scale)
			is("webdriver", o.Driver, false)
			is("touch", o.Touch > 0, v.Touch)
			is("coarse pointer", o.Coarse, v.Touch)
			is("hover", o.Hover, !v.Touch)
			t.Log(h, o)
			hints := 3
			if v.ChromeMajor() == 0 && !strings.Contains(v.UserAgent, "{chrome}") {
				is("client hints", fmt.Sprint(h.Values("Sec-CH-UA"), h.Values("Sec-CH-UA-Mobile"), h.Values("Sec-CH-UA-Platform")), "[] [] []")
				is("userAgentData", o.Brands+fmt.Sprint(len(o.Hints)), "0")
				is("worker", o.Worker, strings.Join([]string{want.UserAgent, v.Platform, tags, v.Timezone, "none"}, "|"))
				is("frame", o.Frame, strings.Join([]string{want.UserAgent, v.Platform, tags, v.Timezone, "none"}, "|"))
				return
			}
			is("brands as sent and as told", strings.NewReplacer(`";v="`, "/", `"`, "", ", ", ",").Replace(h.Get("Sec-CH-UA")), o.Brands)
			is("brands", strings.Contains(o.Brands, fmt.Sprintf("Chromium/%d", major)) && !strings.Contains(fmt.Sprint(h, o), "Headless"), true)
			is("Sec-CH-UA-Platform", h.Get("Sec-CH-UA-Platform"), `"`+v.HintPlatform()+`"`)
			is("Sec-CH-UA-Mobile", h.Get("Sec-CH-UA-Mobile"), map[bool]string{true: "?1", false: "?0"}[v.Mobile])
			is("model", o.Hints["model"], v.Model)
			is("worker", o.Worker, strings.Join([]string{want.UserAgent, v.Platform, tags, v.Timezone, fmt.Sprint(hints)}, "|"))
			is("frame", o.Frame, strings.Join([]string{want.UserAgent, v.Platform, tags, v.Timezone, fmt.Sprint(hints)}, "|"))
		})
	}
}

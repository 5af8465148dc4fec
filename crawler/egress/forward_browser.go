package egress

import (
	"slices"
	"strings"
)

// vendors are hosts that a Chromium asks for on its own account, whatever it is told to leave.
var vendors = [...]string{
	"accounts.google.com", "android.clients.google.com", "clients1.google.com", "clients2.google.com", "clients2.googleusercontent.com",
	"clients3.google.com", "clients4.google.com", "clientservices.googleapis.com", "connectivitycheck.gstatic.com",
	"content-autofill.googleapis.com", "edgedl.me.gvt1.com", "mtalk.google.com", "optimizationguide-pa.googleapis.com",
	"redirector.gvt1.com", "safebrowsing.googleapis.com", "safebrowsingohttpgateway.googleapis.com", "sb-ssl.google.com",
	"t0.gstatic.com", "update.googleapis.com",
}

// vendor reports such a host: it is refused, and is no finding about the site.
func vendor(host string) bool {
	return slices.Contains(vendors[:], strings.ToLower(strings.TrimSuffix(host, ".")))
}

// BrowserFlags are the arguments without which a Chromium gets past the proxy at addr ("host:port"). Each closes a way that was seen
// open in a test of the ways out of a page (TestBrowserBehindForward):
//
//	proxy-server             everything goes to the proxy, ws: and wss: too …
//	proxy-bypass-list        … and with <-loopback> also localhost, 127/8, ::1 and link-local addresses, which go direct otherwise
//	host-resolver-rules      the browser resolves nothing itself, so that prefetching and address guessing send no DNS question;
//	                         names are resolved by the guard
//	webrtc-ip-handling-policy, force-…  no UDP to STUN and TURN servers; the second is its name in older and headless builds
//	disable-quic             no HTTP/3 and WebTransport over UDP
//	dns-prefetch-disable     hints of pages cause no work
//
// A browser context may be given another proxy and bypass list of the same kind; the other flags hold for the whole browser.
// Addresses such as file: and chrome: are no matter of a proxy: whoever navigates there asks Guard.CheckURL first.
func BrowserFlags(addr string) []string {
	return []string{
		"--proxy-server=http://" + addr,
		"--proxy-bypass-list=<-loopback>",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--disable-quic",
		"--dns-prefetch-disable",
	}
}

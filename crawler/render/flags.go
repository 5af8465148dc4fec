package render

import (
	"fmt"
	"strings"

	"scamatlas/crawler/egress"
)

// off are features of Chromium that speak to somebody beside the site, or that another process of ours has no use for.
var off = []string{
	"AutofillServerCommunication", "CertificateTransparencyComponentUpdater", "DialMediaRouteProvider", "InterestFeedContentSuggestions",
	"MediaRouter", "OptimizationHints", "OptimizationGuideModelDownloading", "Translate", "NetworkTimeServiceQuerying",
	"DnsOverHttps", "AsyncDns", "EncryptedClientHello", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "WebUSB", "WebBluetooth",
	"Prerender2", "BackForwardCache", "PaintHolding", "LocalNetworkAccessChecks",
}

// flags are the arguments of the browser. What chromedp and Puppeteer switch off that protects a browser from its pages (popup
// blocking, flood protection, the hang monitor, site isolation) stays on.
func flags(o *Options, dir string) []string {
	args := []string{
		"--remote-debugging-pipe",
		"--user-data-dir=" + dir,
		"--headless", // the headless shell knows nothing else
		"--disable-features=" + strings.Join(off, ","),
		"--disable-blink-features=AutomationControlled", // navigator.webdriver is false

		"--no-pings",

		"--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-sync",
		"--disable-client-side-phishing-detection", "--disable-default-apps", "--disable-extensions", "--metrics-recording-only",
		"--no-first-run", "--no-default-browser-check", "--no-service-autorun", "--disable-search-engine-choice-screen",
		"--disable-breakpad", "--disable-crash-reporter", "--noerrdialogs",
		"--mute-audio", "--disable-speech-api", "--disable-notifications", "--deny-permission-prompts", "--disable-print-preview",
		"--password-store=basic", "--use-mock-keychain",
		"--ignore-certificate-errors", // the probe keeps what is wrong with a certificate
		"--allow-pre-commit-input", "--force-color-profile=srgb", "--hide-scrollbars",
		"--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4", // a mouse; phones are emulated
		"--disable-gpu", "--disable-dev-shm-usage",
		"--disk-cache-size=1048576", "--media-cache-size=1048576",
		fmt.Sprintf("--js-flags=--max-old-space-size=%d", heapMiB),
	}
	// The way out is the proxy of each browser context. Where there is none, nothing is reached and no name is resolved.
	args = append(args, egress.BrowserFlags("127.0.0.1:1")...)
	if o.NoSandbox {
		args = append(args, "--no-sandbox")
	}
	return append(args, "about:blank")
}

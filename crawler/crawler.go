// Package crawler turns a Target (a host and why we know it) into a Capture (everything one visit saw).
//
// It does not judge: what a wallet, a tracker or a kit is, the extractors know; what a site was yesterday, the index knows.
// Subpackages do the work: egress is the only way out, probe asks DNS and TLS, fetch walks a site over plain HTTP, render looks at it
// in a browser, archive keeps what was seen as evidence, discover finds Targets.
package crawler

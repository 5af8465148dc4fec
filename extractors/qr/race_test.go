//go:build race

package qr

// slow is how many times longer the race detector makes the work.
const slow = 12

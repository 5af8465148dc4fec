//go:build !race

package qr

const slow = 1

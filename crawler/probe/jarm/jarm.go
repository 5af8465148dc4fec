// Package jarm turns a TLS server into its JARM: what it chooses when it is greeted in ten odd ways
// (https://github.com/salesforce/jarm). Servers of one make and one configuration have the same.
//
// It finishes no handshake and knows nothing of certificates. Behind a CDN the value is the CDN's.
package jarm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// Dial makes a connection: the guard's.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// ErrNoTLS says that a server answered none of the hellos with one of its own.
var ErrNoTLS = errors.New("no TLS server answers")

// Take greets port 443 of host and gives 62 characters of lower-case hex. It is all or nothing: when one connection does not come
// about or one answer does not come in time, there is an error and no value.
func Take(ctx context.Context, dial Dial, host string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var answers [hellos]choice
	var errs [hellos]error
	var wg sync.WaitGroup
	turn := make(chan struct{}, atOnce)
	for i, f := range forms {
		wg.Go(func() {
			select {
			case turn <- struct{}{}:
				defer func() { <-turn }()
			case <-ctx.Done():
				errs[i] = ctx.Err()
				return
			}
			if errs[i] = ctx.Err(); errs[i] != nil {
				return
			}
			var b []byte
			if b, errs[i] = greet(ctx, dial, host, f); errs[i] != nil {
				cancel()
				return
			}
			answers[i] = readHello(b)
		})
	}
	wg.Wait()
	if err := first(errs[:]); err != nil {
		return "", fmt.Errorf("JARM of %s: %w", host, err)
	}
	sum := fingerprint(answers[:])
	if sum == "" {
		return "", ErrNoTLS
	}
	return sum, nil
}

// first is the error that began it; the others are of its cancelling.
func first(errs []error) error {
	var any error
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		if err != nil {
			any = err
		}
	}
	return any
}

// greet sends one hello and gives the beginning of what comes back; nothing when the server hangs up.
func greet(ctx context.Context, dial Dial, host string, f form) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, helloAge)
	defer cancel()
	conn, err := dial(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := conn.Write(f.hello(host)); err != nil {
		return nil, ctx.Err()
	}
	b := make([]byte, answer)
	n := 0
	for n < wanted(b[:n]) {
		m, err := conn.Read(b[n:])
		n += m
		if err != nil {
			if err != io.EOF && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			break
		}
	}
	return b[:n], nil
}

// wanted is how many bytes make the first record, as far as its head is there; at most answer.
func wanted(b []byte) int {
	if len(b) < 5 {
		return 5
	}
	return min(5+int(b[3])<<8+int(b[4]), answer)
}

// choice is what a server chose.
type choice struct {
	answered   bool
	cipher     []byte
	version    []byte
	alpn       string
	extensions string // their numbers in hex with hyphens
}

// fingerprint puts ten choices into one value; "" when there was none.
func fingerprint(all []choice) string {
	var open, hidden strings.Builder
	some := false
	for _, c := range all {
		if !c.answered {
			open.WriteString("000")
			continue
		}
		some = true
		fmt.Fprintf(&open, "%02x%c", number(c.cipher), letter(c.version))
		hidden.WriteString(c.alpn + c.extensions)
	}
	if !some {
		return ""
	}
	sum := sha256.Sum256([]byte(hidden.String()))
	return open.String() + hex.EncodeToString(sum[:])[:32]
}

// number is a suite's place in the list; one past its end when it is not there, 0 when there is none.
func number(cipher []byte) int {
	if len(cipher) == 0 {
		return 0
	}
	for i, s := range numbered {
		if len(cipher) == 2 && s == uint16(cipher[0])<<8|uint16(cipher[1]) {
			return i + 1
		}
	}
	return len(numbered) + 1
}

func letter(version []byte) byte {
	if len(version) != 2 || version[1]&15 > 5 {
		return '0'
	}
	return 'a' + version[1]&15
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

const (
	namedVariable = "SCAMATLAS_TEST_NAMED" // path of BIND's named
	namedWithin   = time.Minute            // from its start to its first answer
	namedTries    = 5                      // ports; another program may take the one that was free
)

// errNoNamed says that there is no name server to measure against.
var errNoNamed = errors.New("needs BIND's named: install Debian's bind9, or name one with " + namedVariable + " (.ci/with-bind does)")

// named is a running BIND that holds made-up zones.
type named struct {
	addr string // 127.0.0.1:port, UDP and TCP
	stop func() error
}

// startNamed runs named with so many zones in folder until stop.
func startNamed(ctx context.Context, folder string, zones int, file string) (*named, error) {
	program := os.Getenv(namedVariable)
	if program == "" {
		var err error
		if program, err = exec.LookPath("named"); err != nil {
			return nil, errNoNamed
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "zone"), []byte(file), 0o644); err != nil {
		return nil, err
	}
	var errs []error
	for range namedTries {
		n, err := runNamed(ctx, program, folder, zones)
		if err == nil || ctx.Err() != nil {
			return n, err
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("starting %s: %w", program, errors.Join(errs...))
}

func runNamed(ctx context.Context, program, folder string, zones int) (*named, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(folder, "named.conf")
	if err := os.WriteFile(conf, []byte(namedConf(folder, port, zones)), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "-f", "-c", conf, "-L", filepath.Join(folder, "log"))
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopWithin
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	n := &named{addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port).String(), stop: func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return <-ended
	}}
	if err := n.wait(ctx, zones, ended); err != nil {
		_ = cmd.Process.Kill() // it may have ended, which wait said
		return nil, fmt.Errorf("%w: %s", err, lastLine(filepath.Join(folder, "log")))
	}
	return n, nil
}

// wait asks for the last zone until it is there. ended gets back what it gave.
func (n *named) wait(ctx context.Context, zones int, ended chan error) error {
	ctx, cancel := context.WithTimeout(ctx, namedWithin)
	defer cancel()
	q := new(dns.Msg).SetQuestion(dns.Fqdn(zoneName(zones-1)), dns.TypeSOA)
	for {
		for _, network := range []string{"udp", "tcp"} {
			c := dns.Client{Net: network, Timeout: time.Second}
			msg, _, err := c.ExchangeContext(ctx, q, n.addr)
			if err == nil && network == "tcp" && msg.Rcode == dns.RcodeSuccess {
				return nil
			}
			if err != nil {
				break
			}
		}
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("it does not answer at %s: %w", n.addr, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort() (uint16, error) {
	var faults []error
	for range namedTries {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		at := l.Addr().(*net.TCPAddr).AddrPort()
		pc, err := net.ListenPacket("udp4", at.String())
		l.Close()
		if err == nil {
			pc.Close()
			return at.Port(), nil
		}
		faults = append(faults, err)
	}
	return 0, errors.Join(faults...)
}

// namedConf is of a server for its zones alone: it asks nobody and writes nothing beside its log.
func namedConf(folder string, port uint16, zones int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `options {
	directory %q;
	listen-on port %d { 127.0.0.1; };
	listen-on-v6 { none; };
	recursion no;
	dnssec-validation no;
	empty-zones-enable no;
	notify no;
	pid-file none;
	session-keyfile none;
	tcp-clients 1000;
};
controls { };
`, folder, port)
	for n := range zones {
		fmt.Fprintf(&b, "zone %q { type primary; file \"zone\"; };\n", zoneName(n))
	}
	return b.String()
}

// lastLine is what a program said last.
func lastLine(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return "it wrote no log"
	}
	defer f.Close()
	last := ""
	for s := bufio.NewScanner(f); s.Scan(); {
		last = s.Text()
	}
	return last
}

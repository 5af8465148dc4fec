package testbed

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// listenAll opens one port on all addresses: the one of at, or a free one.
func listenAll(addrs map[netip.Addr]bool, at string) ([]net.Listener, int, error) {
	port, err := portOf(at)
	if err != nil {
		return nil, 0, err
	}
	for try := 0; ; try++ {
		all, got, err := listenOn(addrs, port)
		if err == nil {
			return all, got, nil
		}
		if port != 0 || try == bindTries {
			return nil, 0, err
		}
	}
}

func listenOn(addrs map[netip.Addr]bool, port int) (all []net.Listener, got int, err error) {
	got = port
	for a := range addrs {
		l, err := net.Listen("tcp4", netip.AddrPortFrom(a, uint16(got)).String())
		if err != nil {
			for _, o := range all {
				err = errors.Join(err, o.Close())
			}
			return nil, 0, err
		}
		all = append(all, l)
		got = l.Addr().(*net.TCPAddr).Port
	}
	return all, got, nil
}

func portOf(at string) (int, error) {
	if at == "" {
		return 0, nil
	}
	_, p, err := net.SplitHostPort(at)
	if err != nil {
		return 0, fmt.Errorf("listening address %q: %w", at, err)
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("listening address %q: %w", at, err)
	}
	return int(n), nil
}

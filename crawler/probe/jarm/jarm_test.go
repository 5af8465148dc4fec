package jarm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scamatlas/crawler/testbed/loopbacktest"
	"scamatlas/crawler/testbed/needtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// to is a dialler that leads to one server whatever is asked for.
func to(t *testing.T, server string) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if !strings.HasSuffix(addr, ":443") {
			t.Errorf("dialled %s", addr)
		}
		var d net.Dialer
		return d.DialContext(ctx, network, server)
	}
}

// recorded reads testdata/pyjarm.tsv: what pyjarm 0.0.5 said of the servers of this package's tests.
func recorded(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/pyjarm.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if name, sum, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && name[0] != '#' {
			out[name] = sum
		}
	}
	return out
}

// live asks pyjarm itself about all servers.
func live(t *testing.T, all map[string]string) map[string]string {
	t.Helper()
	python := needtest.Env(t, "SCAMATLAS_TEST_PYTHON", "needs a Python with pyjarm: .ci/with-pyoracles installs it")
	names := slices.Sorted(maps.Keys(all))
	args := []string{"-c", "import sys\nfrom jarm.scanner.scanner import Scanner\nfor a in sys.argv[1:]:\n  print(Scanner.scan('127.0.0.1', int(a), suppress=True)[0])"}
	for _, n := range names {
		_, port, err := net.SplitHostPort(all[n])
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, port)
	}
	b, err := exec.CommandContext(t.Context(), python, args...).Output()
	if err != nil {
		t.Fatalf("pyjarm: %v", err)
	}
	sums := strings.Fields(string(b))
	if len(sums) != len(names) {
		t.Fatalf("pyjarm gave %d values for %d servers", len(sums), len(names))
	}
	out := map[string]string{}
	for i, n := range names {
		out[n] = sums[i]
		t.Logf("pyjarm\t%s\t%s", n, sums[i])
	}
	return out
}

// TestEqualToPyjarm: the value is pyjarm's, as recorded and, where it is installed, as it says now.
func TestEqualToPyjarm(t *testing.T) {
	all := servers(t)
	want, ours, distinct := recorded(t), map[string]string{}, map[string]bool{}
	for name, address := range all {
		got, err := Take(t.Context(), to(t, address), "127.0.0.1")
		if errors.Is(err, ErrNoTLS) {
			got, err = strings.Repeat("0", 62), nil
		}
		if err != nil || len(got) != 62 {
			t.Errorf("%s: %q, %v", name, got, err)
			continue
		}
		if got != want[name] {
			t.Errorf("%s: %s, recorded %s", name, got, want[name])
		}
		ours[name], distinct[got] = got, true
	}
	if len(all) < 30 || len(distinct) < 20 {
		t.Errorf("%d servers with %d different values", len(all), len(distinct))
	}
	t.Run("live", func(t *testing.T) {
		for name, now := range live(t, all) {
			if ours[name] != now {
				t.Errorf("%s: %s, pyjarm says %s", name, ours[name], now)
			}
		}
	})
}

func TestUnreachable(t *testing.T) {
	refused := errors.New("refused")
	asked := make(chan struct{}, hellos)
	_, err := Take(t.Context(), func(context.Context, string, string) (net.Conn, error) { asked <- struct{}{}; return nil, refused }, "nova.example")
	if !errors.Is(err, refused) || !strings.Contains(err.Error(), "nova.example") {
		t.Error(err)
	}
	if len(asked) > atOnce {
		t.Errorf("%d connections to a server that refuses", len(asked))
	}
}

// TestSilent: a server that accepts and says nothing costs its time and gives no value.
func TestSilent(t *testing.T) {
	release := make(chan struct{})
	address := loopbacktest.TCP(t, "127.0.0.1", func(net.Conn) { <-release }).String()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if got, err := Take(ctx, to(t, address), "nova.example"); !errors.Is(err, context.DeadlineExceeded) || got != "" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestFlood: of a server that sends without end only the beginning is read.
func TestFlood(t *testing.T) {
	address := loopbacktest.TCP(t, "127.0.0.1", func(c net.Conn) {
		b := []byte(strings.Repeat("\x16\x03\x03\xff\xff\x02", 1000))
		for {
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}).String()
	if _, err := Take(t.Context(), to(t, address), "nova.example"); err != nil && !errors.Is(err, ErrNoTLS) {
		t.Error(err)
	}
}

func TestArranged(t *testing.T) {
	for _, c := range []struct {
		list string
		o    order
		want string
	}{
		{"abcde", forward, "abcde"}, {"abcde", reverse, "edcba"}, {"abcde", topHalf, "cba"}, {"abcde", bottomHalf, "de"}, {"abcde", middleOut, "cdbea"},
		{"abcd", topHalf, "ba"}, {"abcd", bottomHalf, "cd"}, {"abcd", middleOut, "cbda"}, {"", middleOut, ""}, {"a", topHalf, "a"}, {"a", bottomHalf, ""},
	} {
		if got := string(arranged([]byte(c.list), c.o)); got != c.want {
			t.Errorf("%s, order %d: %s, want %s", c.list, c.o, got, c.want)
		}
	}
}

// FuzzReadHello: whatever a server answers, the value has its form.
func FuzzReadHello(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03" + strings.Repeat("r", 32) + "\x00\xc0\x2f\x00\x00\x10\xff\x01\x00\x01\x00\x00\x10\x00\x05\x00\x03\x02h2"))
	f.Add([]byte("\x16\x03\x03\x00\x02\x02" + strings.Repeat("\xff", 1478)))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = b[:min(len(b), answer)]
		c := readHello(b)
		sum := fingerprint([]choice{c, c, c, c, c, c, c, c, c, c})
		if c.answered != (sum != "") || sum != "" && (len(sum) != 62 || strings.Trim(sum, "0123456789abcdef") != "") {
			t.Errorf("%q of %+v", sum, c)
		}
		if n := wanted(b); n < 5 || n > answer {
			t.Error(fmt.Sprint(n))
		}
	})
}

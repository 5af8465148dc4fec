package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestExtractTable runs extract on a real terminal: a table, aligned, file after file, with nothing in it that could act on the terminal.
func TestExtractTable(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.html"), "<p>USDT (TRC20): TXCecUMa4uXtFruL55ojpgpLackVXRySKN or BTC 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa</p>")
	write(t, filepath.Join(dir, "b\x1b[2J.html"), "<p>BTC 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa</p>")

	said := onTerminal(t, "extract", dir)
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if len(lines) != 4 || strings.Join(strings.Fields(lines[0]), " ") != "FILE KIND TYPE VALUE ROLE CONFIDENCE WHERE" {
		t.Fatalf("not a table of three rows:\n%s", said)
	}
	column := strings.Index(lines[0], "VALUE")
	for i, want := range []string{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "TXCecUMa4uXtFruL55ojpgpLackVXRySKN", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"} {
		if !strings.HasPrefix(lines[i+1][column:], want+" ") {
			t.Errorf("row %d has no %s below VALUE:\n%s", i+1, want, said)
		}
	}
	if !strings.HasPrefix(lines[1], "a.html ") || !strings.HasPrefix(lines[2], " ") || !strings.HasPrefix(lines[3], `b\u001b[2J.html `) {
		t.Errorf("files are not named once, cleaned:\n%s", said)
	}

	said = onTerminal(t, "extract", "--unique", dir)
	if !strings.HasPrefix(said, "FILES") || !strings.Contains(said, "\n2      wallet") || strings.Count(said, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") != 1 {
		t.Errorf("not one row a value with the number of its files:\n%s", said)
	}
	if said = onTerminal(t, "extract", "--json", dir); !strings.HasPrefix(said, `{"file":"a.html"`) {
		t.Errorf("--json on a terminal: %s", said)
	}
}

// onTerminal runs the program with standard output on a pseudo-terminal and gives what arrived there.
func onTerminal(t *testing.T, args ...string) string {
	t.Helper()
	master, slave := openPTY(t)
	defer master.Close()
	said := make(chan string)
	go func() {
		b, err := io.ReadAll(master)
		if err != nil && !errors.Is(err, unix.EIO) { // EIO: nobody has the other end open any more
			b = append(b, err.Error()...)
		}
		said <- string(b)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var talk strings.Builder
	if code := run(ctx, args, strings.NewReader(""), slave, &talk); code != 0 {
		t.Errorf("%v: exit %d: %s", args, code, talk.String())
	}
	slave.Close()
	return strings.ReplaceAll(<-said, "\r\n", "\n")
}

func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}

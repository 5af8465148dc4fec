package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServesUntilToldToEnd(t *testing.T) {
	dir := t.TempDir()
	hosts, config := filepath.Join(dir, "hosts.txt"), filepath.Join(dir, "scamatlas.yaml")
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	code := make(chan int, 1)
	var talk bytes.Buffer
	go func() {
		code <- run(ctx, []string{"-hosts", hosts, "-config", config, "-hostile"}, w, &talk)
		w.Close()
	}()
	line := make([]byte, 200)
	n, err := r.Read(line)
	if err != nil || !strings.HasPrefix(string(line[:n]), "ready hosts=") {
		t.Fatalf("first line %q, error %v, said %s", line[:n], err, &talk)
	}
	for file, want := range map[string][]string{
		hosts:  {"aurora-vault.example vault osprey ok\n", "goldenvault-pro.example - - dead\n", "hostile-ssrf-loopback.example - - blocked\n"},
		config: {"resolver: 127.0.0.1:", "allow: [127.64.0.0/10]", "ports: {80: ", "delay: 1ms"},
	} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !strings.Contains(string(got), part) {
				t.Errorf("%s lacks %q:\n%s", filepath.Base(file), part, got)
			}
		}
	}
	cancel()
	rest, _ := io.ReadAll(r)
	if c := <-code; c != 0 || string(rest) != "done requests=0 canary_hits=0\n" {
		t.Errorf("exit %d, last words %q, said %s", c, rest, &talk)
	}
}

func TestWrongUse(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-nonsense"}, 2, "nonsense"},
		{[]string{"extra"}, 2, `"extra": no arguments`},
		{[]string{"-sites", "-1"}, 2, "-sites"},
		{[]string{"-http", "nonsense"}, 1, "opening HTTP"},
		{[]string{"-hosts", "/nonexistent/hosts.txt"}, 1, "writing the host list"},
	} {
		var out, talk bytes.Buffer
		if code := run(context.Background(), c.args, &out, &talk); code != c.code || !strings.Contains(talk.String(), c.want) {
			t.Errorf("%v: exit %d, said %q; want %d, %q", c.args, code, &talk, c.code, c.want)
		}
	}
}

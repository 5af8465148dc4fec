package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scamatlas/crawler/testbed"
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

// TestServesALogThatGrows reads the log's list and its tree heads until all certificates are in it.
func TestServesALogThatGrows(t *testing.T) {
	config := filepath.Join(t.TempDir(), "scamatlas.yaml")
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan int, 1)
	var talk bytes.Buffer
	go func() {
		done <- run(ctx, []string{"-config", config, "-log", "127.0.0.1:0", "-grow", "1ms"}, w, &talk)
		w.Close()
	}()
	defer func() {
		cancel()
		io.Copy(io.Discard, r)
		if c := <-done; c != 0 {
			t.Errorf("exit %d, said %s", c, &talk)
		}
	}()
	if n, err := r.Read(make([]byte, 200)); err != nil {
		t.Fatalf("%d bytes, %v, said %s", n, err, &talk)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `logs: "`)
	list, _, ok := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("the settings name no log:\n%s", text)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(address string) string {
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", address, res.Status, err)
		}
		return string(b)
	}
	if got := get(list); !strings.Contains(got, "testbed.example/log") {
		t.Errorf("list: %s", got)
	}
	sites, err := testbed.Sites()
	if err != nil {
		t.Fatal(err)
	}
	certificates := map[string]bool{}
	for _, s := range sites {
		certificates[s.Cert] = true
	}
	delete(certificates, "")
	deadline := time.Now().Add(time.Minute)
	for size := ""; size != strconv.Itoa(len(certificates)); {
		_, rest, _ := strings.Cut(get(strings.TrimSuffix(list, "log-list.json")+"checkpoint"), "\n")
		if size, _, _ = strings.Cut(rest, "\n"); time.Now().After(deadline) {
			t.Fatalf("the log has %s certificates", size)
		}
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
		{[]string{"-grow", "1s"}, 2, "-grow"},
		{[]string{"-log", "nonsense"}, 1, "certificate log"},
		{[]string{"-hosts", "/nonexistent/hosts.txt"}, 1, "writing the host list"},
	} {
		var out, talk bytes.Buffer
		if code := run(context.Background(), c.args, &out, &talk); code != c.code || !strings.Contains(talk.String(), c.want) {
			t.Errorf("%v: exit %d, said %q; want %d, %q", c.args, code, &talk, c.code, c.want)
		}
	}
}

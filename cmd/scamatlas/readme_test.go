package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"scamatlas/crawler/testbed"
	"scamatlas/index/elastic/elastictest"
)

// notRun are commands of the README that a test cannot run, with the reason.
var notRun = map[string]string{
	"make demo":              "its own step of .ci/run",
	"make test":              "it is what runs this test",
	"make check":             "the same with the race detector",
	"make bench-":            "minutes of load; TestMakeTargets checks that they exist",
	"docker compose":         "needs a docker engine",
	"sudo ":                  "changes the machine it runs on",
	"curl -fsS http://127.0": "needs the compose file's Elasticsearch",
}

// TestReadmeCommands runs every command of the README's sh blocks, in order, in one folder, as a reader would: the hosts it names are the
// made-up ones of crawler/testbed, which $SCAMATLAS_CONFIG leads to.
func TestReadmeCommands(t *testing.T) {
	es := elastictest.URL(t)
	prefix := elastictest.Prefix(t)
	dir := t.TempDir()
	_, settings := startTestbed(t, dir, testbed.Options{})
	appendTo(t, settings, "elasticsearch: {prefix: "+prefix+"}\n")
	b, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "feeds.yaml"), string(b)+"feeds: [{name: our-list, file: hosts.txt}]\n")
	savedPage(t, dir)
	ran := 0
	for _, c := range readmeCommands(t) {
		if reason := notRunReason(c); reason != "" {
			continue
		}
		ran++
		runLine(t, dir, settings, strings.ReplaceAll(c, "http://127.0.0.1:9200", es))
	}
	if ran < 15 {
		t.Errorf("only %d commands of the README were run: the test reads the wrong thing", ran)
	}
}

// savedPage makes the folder of saved pages and sessions that the README reads.
func savedPage(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, "saved"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "saved", "deposit.html"), "<p>USDT (TRC20): TXCecUMa4uXtFruL55ojpgpLackVXRySKN</p>")
	write(t, filepath.Join(dir, "saved", "session.har"), `{"log":{"entries":[{"request":{"url":"https://vault.example/api"},
		"response":{"content":{"mimeType":"application/json","text":"{\"trc20\":\"TXCecUMa4uXtFruL55ojpgpLackVXRySKN\"}"}}}]}}`)
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(b)+text)
}

func notRunReason(command string) string {
	for prefix, reason := range notRun {
		if strings.HasPrefix(command, prefix) {
			return reason
		}
	}
	return ""
}

// readmeCommands gives the lines of all ```sh blocks without comments, continued lines joined.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	in, cont := false, ""
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		l := sc.Text()
		switch {
		case strings.HasPrefix(l, "```"):
			in = l == "```sh"
			continue
		case !in:
			continue
		}
		if i := strings.Index(l, " # "); i >= 0 {
			l = l[:i]
		}
		l = strings.TrimSpace(l)
		if rest, ok := strings.CutSuffix(l, `\`); ok {
			cont += rest
			continue
		}
		if l = cont + l; l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
		cont = ""
	}
	return out
}

func runLine(t *testing.T, dir, settings, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "exec "+command)
	if strings.ContainsAny(command, "|;>") {
		cmd = exec.CommandContext(ctx, "sh", "-c", command)
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SCAMATLAS_CONFIG="+settings)
	if strings.HasPrefix(command, "scamatlas run") {
		stopWhenStarted(t, cmd)
		return
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("README: %s\n%v\n%s", command, err, out)
	}
}

// stopWhenStarted runs the server until it says that it has started, ends it with SIGTERM and wants exit code 0.
func stopWhenStarted(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	started := false
	for sc := bufio.NewScanner(out); sc.Scan(); {
		log.WriteString(sc.Text() + "\n")
		if !started && strings.Contains(sc.Text(), "started") {
			started = true
			cmd.Process.Signal(syscall.SIGTERM)
		}
	}
	if err := cmd.Wait(); err != nil || !started {
		t.Errorf("README: %v: %v\n%s", cmd.Args, err, log.String())
	}
}

func TestMakeTargets(t *testing.T) {
	var targets []string
	for _, c := range readmeCommands(t) {
		if rest, ok := strings.CutPrefix(c, "make "); ok {
			targets = append(targets, strings.Fields(rest)[0])
		}
	}
	if !slices.Contains(targets, "demo") || !slices.Contains(targets, "test") {
		t.Errorf("the README does not name make demo and make test: %v", targets)
	}
	for _, target := range targets {
		cmd := exec.Command("make", "-n", target)
		cmd.Dir = filepath.Join("..", "..")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("make %s: %v\n%s", target, err, out)
		}
	}
}

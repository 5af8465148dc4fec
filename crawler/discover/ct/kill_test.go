package ct

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"scamatlas/crawler"
	"scamatlas/crawler/discover/ct/cttest"
)

const childSettings = "SCAMATLAS_TEST_CT_CHILD" // for the child process that is killed

// killAndResume reads in a child process that is killed (SIGKILL) in the middle of a batch, while it waits for a tile, until a last one may
// read to the end. Its store is a file of batches: what is in it at the end is compared entry by entry.
func killAndResume(t *testing.T, ctx context.Context, folder string, l *cttest.Log, want map[string]bool) {
	var gate gate
	server := httptest.NewServer(gate.before(http.FileServer(http.Dir(folder))))
	defer server.Close()
	settings := childOptions{URL: server.URL, Key: l.PublicKey(), Store: filepath.Join(t.TempDir(), "store")}
	const kills = 6
	for range kills {
		held := gate.hold(3) // one batch of two tiles, and the first of the next
		cmd := child(t, ctx, settings)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-held:
		case <-ctx.Done():
			t.Fatal("the child asks for no tiles")
		}
		cmd.Process.Kill()
		if cmd.Wait() == nil {
			t.Fatal("the child came to its end before it was killed")
		}
		gate.open()
	}
	if n := len(loadStore(t, settings.Store)); n < kills {
		t.Errorf("only %d batches before the last life: it was killed at the beginning", n)
	}
	if out, err := child(t, ctx, settings).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	g := got{targets: map[string]crawler.Target{}}
	next := int64(0)
	for _, b := range loadStore(t, settings.Store) {
		g.read += b.Read
		for _, target := range b.Targets {
			if _, old := g.targets[target.Host]; old {
				g.doubled++
			}
			g.targets[target.Host] = target
		}
		g.cursor = b.Cursor
		if next += int64(b.Read); g.next(t) != next {
			t.Fatalf("a batch up to entry %d after %d entries", g.next(t), next)
		}
	}
	g.has(t, want, realEntries)
}

// gate lets so many requests for data tiles through, then holds them.
type gate struct {
	mu   sync.Mutex
	left int
	held chan struct{} // closed when one is held
	out  chan struct{} // closed when all may go
}

func (g *gate) hold(after int) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left, g.held, g.out = after, make(chan struct{}), make(chan struct{})
	return g.held
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.out)
	g.held, g.out = nil, nil
}

func (g *gate) before(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/tile/data/") {
			g.mu.Lock()
			out := g.out
			if g.left--; g.left == -1 && g.held != nil {
				close(g.held)
			}
			wait := g.left < 0 && out != nil
			g.mu.Unlock()
			if wait {
				select {
				case <-out:
				case <-r.Context().Done():
				}
			}
		}
		h.ServeHTTP(w, r)
	})
}

type childOptions struct {
	URL   string
	Key   []byte
	Store string
}

func child(t *testing.T, ctx context.Context, o childOptions) *exec.Cmd {
	t.Helper()
	settings, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childSettings+"="+string(settings))
	return cmd
}

// TestChild is the process that killAndResume kills; by itself it does nothing.
func TestChild(t *testing.T) {
	raw, ok := os.LookupEnv(childSettings)
	if !ok {
		return
	}
	var o childOptions
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{
		Log:    Log{Name: "real", Kind: Static, URL: o.URL, Origin: realOrigin, Key: o.Key},
		Client: http.DefaultClient, Score: fake, Threshold: 0.5, Since: Everything, Batch: 512,
	})
	if err != nil {
		t.Fatal(err)
	}
	var last []byte
	if done := loadStore(t, o.Store); len(done) > 0 {
		last = done[len(done)-1].Cursor
	}
	f, err := os.OpenFile(o.Store, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	defer http.DefaultClient.CloseIdleConnections()
	err = s.Read(t.Context(), last, func(b crawler.Batch) error {
		line, err := json.Marshal(b)
		if err != nil {
			return err
		}
		if _, err := f.Write(append(line, '\n')); err != nil { // whole or, when killed, a line without an end
			return err
		}
		return f.Sync()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// loadStore reads the batches of the child's store; a last line without an end was never durable.
func loadStore(t *testing.T, path string) []crawler.Batch {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole < len(data) {
		if err := os.Truncate(path, int64(whole)); err != nil {
			t.Fatal(err)
		}
	}
	var batches []crawler.Batch
	lines := bufio.NewScanner(bytes.NewReader(data[:whole]))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var b crawler.Batch
		if err := json.Unmarshal(lines.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		batches = append(batches, b)
	}
	return batches
}

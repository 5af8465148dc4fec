package ct

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"scamatlas/crawler/discover/ct/cttest"
	"scamatlas/crawler/testbed/needtest"
)

const (
	realEntries  = 5000
	realOrigin   = "ct.example/real"
	realDeadline = 5 * time.Minute
)

// TestRealLog reads a TesseraCT log of 5,000 certificates: whole, killed in the middle again and again, and over RFC 6962.
func TestRealLog(t *testing.T) {
	binary := needtest.Env(t, "SCAMATLAS_TEST_TESSERACT", "needs a certificate log, TesseraCT (posix): run the tests by .ci/with-ctlog")
	ctx, cancel := context.WithTimeout(t.Context(), realDeadline)
	defer cancel()
	folder := t.TempDir()
	key := cttest.Key()
	url := startTesseract(t, ctx, binary, folder, keyFile(t, key))
	want := submit(t, ctx, url)

	copied := cttest.New(realOrigin, key)
	waitForTree(t, ctx, folder, copied.PublicKey())
	copyLog(t, folder, copied)

	t.Run("whole", func(t *testing.T) {
		var g got
		s := serveHandler(t, Static, copied, http.FileServer(http.Dir(folder)), func(o *Options) { o.Log.Origin = realOrigin })
		if err := g.readOn(t, s, 0); err != nil {
			t.Fatal(err)
		}
		g.has(t, want, realEntries)
		var c cursor
		if err := json.Unmarshal(g.cursor, &c); err != nil || c.Head.Root != copied.Root() {
			t.Errorf("root is %v, that of the entries %v, %v", c.Head.Root, copied.Root(), err)
		}
	})
	t.Run("killed", func(t *testing.T) { killAndResume(t, ctx, folder, copied, want) })
	t.Run("rfc6962", func(t *testing.T) {
		var old, now got
		s := serveHandler(t, Static, copied, http.FileServer(http.Dir(folder)), func(o *Options) { o.Log.Origin = realOrigin })
		if err := now.readOn(t, s, 0); err != nil {
			t.Fatal(err)
		}
		s6962 := serve(t, RFC6962, copied, func(o *Options) { o.Log.Origin = realOrigin })
		if err := old.readOn(t, s6962, 0); err != nil {
			t.Fatal(err)
		}
		old.has(t, want, realEntries)
		for host, b := range now.targets {
			a := old.targets[host]
			a.Reference = strings.Replace(a.Reference, s6962.o.Log.URL, s.o.Log.URL, 1)
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("over RFC 6962 %+v, from tiles %+v", a, b)
			}
		}
	})
}

func keyFile(t *testing.T, key *ecdsa.PrivateKey) string {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func writeFile(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// startTesseract runs a log and gives its address. A port that is free now may be taken then: it tries several.
func startTesseract(t *testing.T, ctx context.Context, binary, folder, key string) string {
	t.Helper()
	roots := writeFile(t, "roots.pem", authority().PEM())
	var said bytes.Buffer
	for range 5 {
		port, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := port.Addr().String()
		port.Close()
		run, stop := context.WithCancel(ctx)
		cmd := exec.CommandContext(run, binary, "--http_endpoint="+address, "--origin="+realOrigin, "--storage_dir="+folder, "--private_key="+key,
			"--roots_pem_file="+roots, "--enable_publication_awaiter=false", "--checkpoint_interval=200ms", "--batch_max_age=50ms",
			"--batch_max_size=1024", "--pushback_max_outstanding=20000", "--garbage_collection_interval=0", "--alsologtostderr=false")
		said.Reset()
		cmd.Stderr = &said
		cmd.WaitDelay = 10 * time.Second
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { cmd.Wait(); close(ended) }()
		t.Cleanup(func() { stop(); <-ended })
		if up(ctx, "http://"+address+"/ct/v1/get-roots", ended) {
			return "http://" + address + "/ct/v1/"
		}
		stop()
		<-ended
	}
	t.Fatalf("%s does not start: %s", binary, said.String())
	return ""
}

// up asks until there is an answer, or the server has ended.
func up(ctx context.Context, url string, ended <-chan struct{}) bool {
	for {
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		}
		select {
		case <-ended:
			return false
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// submit puts 5,000 certificates and precertificates into the log, every fiftieth for a name that fake finds, and gives those names.
func submit(t *testing.T, ctx context.Context, url string) map[string]bool {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	want := map[string]bool{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(64)
	for i := range realEntries {
		name := fmt.Sprintf("shop-%d.example.com", i)
		if i%50 == 7 {
			name = fmt.Sprintf("pay-%d.example.com", i)
			want[name] = true
		}
		one := func() error {
			cert := authority().Template(name)
			if i%2 == 0 {
				return add(ctx, client, url+"add-chain", authority().Issue(cert))
			}
			return add(ctx, client, url+"add-pre-chain", authority().Precertificate(cert))
		}
		if i > 0 {
			group.Go(one)
		} else if err := one(); err != nil { // alone: TesseraCT makes the folder of issuers with it, and fails when it does so twice at once
			t.Fatal(err)
		}
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return want
}

func add(ctx context.Context, client *http.Client, url string, der []byte) error {
	body, err := json.Marshal(map[string][][]byte{"chain": {der, authority().Cert.Raw}})
	if err != nil {
		return err
	}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		said, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case resp.StatusCode == http.StatusOK:
			return nil
		case resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable:
			return fmt.Errorf("%s: %s: %s", url, resp.Status, said)
		}
		if err := sleep(ctx, 50*time.Millisecond+rand.N(100*time.Millisecond)); err != nil {
			return err
		}
	}
}

// waitForTree waits until the log has signed a tree of all entries.
func waitForTree(t *testing.T, ctx context.Context, folder string, public []byte) {
	t.Helper()
	key, err := parseKey(public)
	if err != nil {
		t.Fatal(err)
	}
	v := &headVerifier{origin: realOrigin, id: Log{Key: public}.ID(), key: key}
	for {
		msg, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
		if err == nil {
			head, err := v.checkpoint(msg)
			if err != nil {
				t.Fatal(err)
			}
			if head.Size == realEntries {
				return
			}
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			t.Fatalf("the log does not come to %d entries: %v", realEntries, err)
		}
	}
}

// copyLog puts the entries that lie in the folder of a log into another.
func copyLog(t *testing.T, folder string, l *cttest.Log) {
	t.Helper()
	for n := int64(0); n*tileWidth < realEntries; n++ {
		path := filepath.Join(folder, "tile", "data", tilePath(n))
		if width := realEntries - n*tileWidth; width < tileWidth {
			path += fmt.Sprintf(".p/%d", width)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.AppendTile(data); err != nil {
			t.Fatal(err)
		}
	}
	l.Publish(realEntries, time.Now())
}

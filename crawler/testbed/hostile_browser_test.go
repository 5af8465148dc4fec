package testbed

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"scamatlas/crawler/testbed/browsertest"
)

// TestBrowserRows: each row has a script and each script a row, and who runs none sees a page with its wallet.
func TestBrowserRows(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	_, hits := s.Canary()
	scripts := map[string]bool{}
	for _, f := range txtar.Parse(browserScripts).Files {
		scripts[f.Name] = true
	}
	for _, site := range s.Sites() {
		if !site.Browser {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(site.Host, "hostile-"), ".example")
		r, body := beginning(t, c, "http://"+site.Host+"/")
		if name == "basic-auth" {
			if r.StatusCode != http.StatusUnauthorized || len(r.Header.Values("WWW-Authenticate")) != 2 {
				t.Errorf("%s answers %d, asks %q", name, r.StatusCode, r.Header.Values("WWW-Authenticate"))
			}
			continue
		}
		if !scripts[name] {
			t.Errorf("%s has no script", name)
		}
		delete(scripts, name)
		static, script, _ := bytes.Cut(body, []byte("<script>"))
		if len(site.Wallets) != 1 || !bytes.Contains(static, []byte(site.Wallets[0].Spelling())) || bytes.Contains(script, []byte("PORT")) {
			t.Errorf("%s does not show %v before its script, or the script is not filled in", name, site.Wallets)
		}
	}
	for name := range scripts {
		t.Errorf("the script %s has no row", name)
	}
	if hits() != 0 {
		t.Errorf("without scripts the canary is hit %d times", hits())
	}
}

// beginning gets a page until its document ends, or the answer does.
func beginning(t *testing.T, c *http.Client, address string) (*http.Response, []byte) {
	t.Helper()
	r, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var all []byte
	for from := bufio.NewReader(r.Body); ; {
		line, err := from.ReadBytes('\n')
		all = append(all, line...)
		if err != nil || bytes.Contains(line, []byte("</html>")) {
			return r, all
		}
	}
}

// TestEndlessParts: a document that drips on after its end, a part of a page that streams on at full speed.
func TestEndlessParts(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	for at, want := range map[string]struct {
		size int64
		text string
	}{"never-loads.example/": {0, "</html>\n<!-- wait -->\n"}, "endless-stream.example/stream.css": {20 << 20, "/* and on */"}} {
		r, err := c.Get("http://hostile-" + at)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.CopyN(io.Discard, r.Body, want.size)
		from := bufio.NewReader(r.Body)
		for rest := ""; err == nil && !strings.Contains(rest, want.text); {
			var line string
			line, err = from.ReadString('\n')
			rest += line
		}
		if err != nil {
			t.Errorf("%s ends after %d bytes and some: %v", at, n, err)
		}
		r.Body.Close()
	}
}

// TestBrowserParts: what the scripts ask their own host for does what it says.
func TestBrowserParts(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	c := visitor(t, s)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, part := range []struct {
		at     string
		status int
		header string
		want   string
	}{
		{"auth-parts.example/private?img", 401, "WWW-Authenticate", "Basic"},
		{"download.example/file.apk?1", 200, "Content-Disposition", "attachment"},
		{"js-loopback.example/away?to=http%3A%2F%2F127.0.0.1%2F", 307, "Location", "http://127.0.0.1/"},
		{"service-worker.example/worker.js", 200, "Content-Type", "text/javascript"},
		{"request-flood.example/data?1", 200, "Content-Type", "text/plain"},
	} {
		r, _ := get(t, c, "http://hostile-"+part.at)
		if r.StatusCode != part.status || !strings.HasPrefix(r.Header.Get(part.header), part.want) {
			t.Errorf("%s: %d, %s %q", part.at, r.StatusCode, part.header, r.Header.Get(part.header))
		}
	}
	_, big := get(t, c, "http://hostile-js-50mb.example/big.js")
	if len(big) < bigScriptSize || bytes.IndexByte(big, '\n') >= 0 {
		t.Errorf("the big script has %d bytes", len(big))
	}
}

// TestSocketFlood checks the handshake with the example of RFC 6455, section 1.3, and that messages come without end.
func TestSocketFlood(t *testing.T) {
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	const host = "hostile-socket-flood.example"
	c, err := net.Dial("tcp", netip.AddrPortFrom(addressOf(t, s, host), uint16(s.Settings().Ports[80])).String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /socket HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", host)
	b := bufio.NewReader(c)
	r, err := http.ReadResponse(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusSwitchingProtocols || r.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("handshake: %d %v", r.StatusCode, r.Header)
	}
	for range 1000 {
		head := make([]byte, 4)
		if _, err := b.Read(head[:1]); err != nil || head[0] != 0x81 {
			t.Fatalf("a message begins with %x: %v", head[0], err)
		}
		if _, err := b.Discard(3 + 6000); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBrowserRowsReachTheCanary shows three rows to a browser that nothing holds back: each of them hits the canary, so that a count of
// 0 elsewhere means something.
func TestBrowserRowsReachTheCanary(t *testing.T) {
	browser := browsertest.Path(t)
	s := start(t, Options{Sites: []Site{}, Hostile: true})
	_, hits := s.Canary()
	for _, name := range []string{"js-loopback", "js-es", "webrtc"} {
		host, before := hostileHost(name), hits()
		at := netip.AddrPortFrom(addressOf(t, s, host), uint16(s.Settings().Ports[80]))
		dir, err := os.MkdirTemp("", "unguarded-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		cmd := exec.Command(browser, "--headless", "--user-data-dir="+dir, "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
			"--remote-debugging-port=0", fmt.Sprintf("--host-resolver-rules=MAP %s:80 %s", host, at), "http://"+host+"/")
		cmd.Env = append(os.Environ(), "HOME="+dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if os.Geteuid() == 0 { // its sandbox stays on
			cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
			if err := os.Chown(dir, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(30 * time.Second); hits() == before && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if hits() == before {
			t.Errorf("%s does not reach the canary", name)
		}
	}
}

const nobody = 65534 // user id

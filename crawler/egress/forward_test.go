package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// behind gives a proxy whose guard reaches site.example at 127.0.0.2, served over HTTP and TLS, and a client that uses it.
func behind(t *testing.T, o ForwardOptions, site http.HandlerFunc) (*Forward, *http.Client) {
	t.Helper()
	plain, secure := at2(t, site, false), at2(t, site, true)
	g := newGuard(t, Options{Resolver: serveDNS(t, zone(t, hostileZone...)), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")},
		Ports: map[uint16]uint16{80: plain, 443: secure}})
	f, err := g.Forward(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: f.Addr()}), TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		f.Close()
	})
	return f, &http.Client{Transport: tr}
}

// at2 serves h on a port of 127.0.0.2.
func at2(t *testing.T, h http.HandlerFunc, secure bool) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("needs 127.0.0.2 on the loopback interface, which Linux has by itself")
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return netip.MustParseAddrPort(l.Addr().String()).Port()
}

func get(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err.Error()
	}
	return res.StatusCode, string(b)
}

func TestForwardPassesOnWithoutAMark(t *testing.T) {
	var seen atomic.Pointer[http.Request]
	f, c := behind(t, ForwardOptions{}, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r)
		fmt.Fprint(w, "hello from ", r.Host)
	})
	for _, address := range []string{"http://site.example/a?b=1", "https://site.example/a?b=1"} {
		if status, body := get(t, c, address); status != 200 || body != "hello from site.example" {
			t.Fatalf("%s: %d %s", address, status, body)
		}
		r := seen.Load()
		for _, name := range []string{"Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Proxy-Connection"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s: the site sees %s: %s", address, name, r.Header.Get(name))
			}
		}
		if r.RequestURI != "/a?b=1" {
			t.Errorf("%s: asked for %s", address, r.RequestURI)
		}
	}
	if f.Bytes() == 0 || f.Capped() || len(f.Refusals()) > 0 {
		t.Errorf("%d bytes, capped %t, refusals %v", f.Bytes(), f.Capped(), f.Refusals())
	}
}

func TestForwardRefuses(t *testing.T) {
	f, c := behind(t, ForwardOptions{}, hostileSite)
	for _, w := range waysIn {
		to := strings.ReplaceAll(w.to, ":P/", "/")
		u, err := url.Parse(to)
		if err != nil || u.Scheme != "http" || u.Host == "" {
			continue
		}
		if status, body := get(t, c, to); status == 200 {
			t.Errorf("%s: %s answers %q", w.name, to, body)
		}
		if u.Host == "localhost" || strings.Contains(u.Host, "%") { // Go's own client does not ask a proxy for these
			continue
		}
		conn, err := net.Dial("tcp", f.Addr())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", u.Host, u.Host)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil && res.StatusCode == 200 {
			t.Errorf("%s: CONNECT %s was let through", w.name, u.Host)
		}
		conn.Close()
	}
	if len(f.Refusals()) < 10 {
		t.Errorf("only %d refusals noted: %v", len(f.Refusals()), f.Refusals())
	}
}

func TestForwardKeepsTheBrowsersOwnTalk(t *testing.T) {
	f, c := behind(t, ForwardOptions{}, hostileSite)
	for _, address := range []string{"http://update.googleapis.com/service", "http://Redirector.gvt1.com./edgedl"} {
		if status, _ := get(t, c, address); status != 403 {
			t.Errorf("%s: %d", address, status)
		}
	}
	if r := f.Refusals(); len(r) > 0 {
		t.Errorf("noted as findings: %v", r)
	}
}

func TestForwardCapsBytes(t *testing.T) {
	f, c := behind(t, ForwardOptions{MaxBytes: 1 << 20}, func(w http.ResponseWriter, _ *http.Request) {
		for range 1 << 10 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	for _, address := range []string{"http://site.example/", "https://site.example/"} {
		if _, body := get(t, c, address); len(body) > 2<<20 {
			t.Errorf("%s: %d bytes came", address, len(body))
		}
	}
	if !f.Capped() {
		t.Error("not capped")
	}
}

func TestForwardEndsWithItsConnections(t *testing.T) {
	hang := make(chan struct{})
	f, c := behind(t, ForwardOptions{}, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		close(hang)
		<-r.Context().Done()
	})
	done := make(chan string)
	go func() {
		_, body := get(t, c, "https://site.example/")
		done <- body
	}()
	<-hang
	f.Close()
	<-done // goleak sees what is left
	if status, _ := get(t, c, "http://site.example/"); status != 0 {
		t.Error("a closed proxy answers")
	}
}

// browserPath is a Chromium for tests.
func browserPath(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("SCAMATLAS_TEST_BROWSER"), "chromium-headless-shell", "headless-shell", "chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("needs a browser: install Debian's chromium-headless-shell, or name one with SCAMATLAS_TEST_BROWSER")
	return ""
}

// A page tries all ways in that a browser has. P is the canary's port, in TCP and UDP.
const wickedPage = `<!doctype html><title>wicked</title><body><script>
const to=["127.0.0.1:P","[::1]:P","localhost:P","a.localhost:P","2130706433:P","0x7f.1:P","0177.0.0.1:P","127.1:P","[::ffff:127.0.0.1]:P","0.0.0.0:P","169.254.169.254"];
const tries=[];
for(const h of to){const u="http://"+h+"/";
 tries.push(fetch(u,{mode:"no-cors"}).catch(()=>0));
 try{navigator.sendBeacon(u,"x")}catch(e){}
 try{new WebSocket("ws://"+h+"/")}catch(e){}
 try{new EventSource(u)}catch(e){}
 try{new Worker(URL.createObjectURL(new Blob(["fetch('"+u+"',{mode:'no-cors'})"])))}catch(e){}
 for(const [tag,at] of [["img","src"],["iframe","src"],["script","src"],["link","href"],["video","src"],["object","data"],["embed","src"]]){
  const e=document.createElement(tag);if(tag=="link"){e.rel="stylesheet"};e[at]=u;document.body.append(e)}
 const f=document.createElement("form");f.action=u;f.method="post";f.target="f"+Math.random();document.body.append(f);try{f.submit()}catch(e){}
 try{window.open(u)}catch(e){}
 const x=new XMLHttpRequest();try{x.open("GET","http://site.example/?to="+encodeURIComponent(u));x.send()}catch(e){}
}
try{for(const h of ["127.0.0.1","localhost"]){const c=new RTCPeerConnection({iceServers:[{urls:"stun:"+h+":P"},{urls:"turn:"+h+":P?transport=tcp",username:"a",credential:"b"}]});
c.createDataChannel("x");c.createOffer().then(o=>c.setLocalDescription(o))}}catch(e){}
setTimeout(()=>{document.title="done"},2500);
</script>`

// TestBrowserBehindForward opens the wicked page in a real browser with the flags of BrowserFlags: nothing but the proxy is reached.
// Without the proxy the same page hits the canary, so the test can fail.
func TestBrowserBehindForward(t *testing.T) {
	path := browserPath(t)
	tcp, udp, port := canaries(t)
	page := strings.ReplaceAll(wickedPage, ":P", ":"+strconv.Itoa(port))
	f, _ := behind(t, ForwardOptions{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("to") != "" {
			hostileSite(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, page)
	})
	dump(t, path, "http://site.example/", BrowserFlags(f.Addr())...)
	if tcp.Load() != 0 || udp.Load() != 0 {
		t.Errorf("behind the proxy the canary was hit %d times over TCP, %d over UDP", tcp.Load(), udp.Load())
	}
	if len(f.Refusals()) < 5 {
		t.Errorf("the page tried nothing: refusals %v", f.Refusals())
	}
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, page)
	}))
	defer control.Close()
	dump(t, path, control.URL)
	if tcp.Load() == 0 || udp.Load() == 0 {
		t.Errorf("without the proxy: %d over TCP, %d over UDP; the canary cannot be hit", tcp.Load(), udp.Load())
	}
}

// canaries listen at one port of 127.0.0.1 and count.
func canaries(t *testing.T) (tcp, udp *atomic.Int64, port int) {
	t.Helper()
	tcp, udp = &atomic.Int64{}, &atomic.Int64{}
	pc, l := listenBoth(t)
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			tcp.Add(1)
			c.Close()
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		b := make([]byte, 1500)
		for {
			if _, _, err := pc.ReadFrom(b); err != nil {
				return
			}
			udp.Add(1)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		pc.Close()
		<-done
		<-done
	})
	return tcp, udp, pc.LocalAddr().(*net.UDPAddr).Port
}

// dump opens a page for some seconds. As root the browser runs as nobody, so that its sandbox stays on.
func dump(t *testing.T, path, address string, flags ...string) {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	args := append([]string{"--headless", "--user-data-dir=" + dir, "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--timeout=6000", "--dump-dom"}, flags...)
	cmd := exec.CommandContext(ctx, path, append(args, address)...)
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
		chown(t, dir)
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if err != nil && !strings.Contains(string(out), "<html") {
		t.Fatalf("%v: %s", err, out)
	}
}

// chown gives a folder, and the way to it, to the user the browser runs as.
func chown(t *testing.T, dir string) {
	t.Helper()
	for _, d := range []string{dir, dir[:strings.LastIndexByte(dir, '/')]} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
}

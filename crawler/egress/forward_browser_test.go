package egress

import (
	"bufio"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"scamatlas/crawler/testbed/browsertest"
	"scamatlas/crawler/testbed/loopbacktest"
)

// wickedPage tries all ways in that a browser has, to loopback and metadata services in every spelling. PORT is the canary's, in TCP
// and UDP, FROM the page's own host; each kind names itself in the path.
const wickedPage = `<!doctype html><title>wicked</title><body><script>
const to=["127.0.0.1:PORT","[::1]:PORT","localhost:PORT","a.localhost:PORT","2130706433:PORT","0x7f.1:PORT","0177.0.0.1:PORT","127.1:PORT","[::ffff:127.0.0.1]:PORT","0.0.0.0:PORT","169.254.169.254"];
const attempt=f=>{try{const r=f();if(r&&r.catch)r.catch(()=>0)}catch(e){}};
const script=s=>URL.createObjectURL(new Blob([s]));
const add=(tag,o)=>{const e=document.createElement(tag);for(const k in o)e.setAttribute(k,o[k]);document.body.append(e);return e};
for(const h of to){const u=k=>"http://"+h+"/"+k;const via=k=>"http://FROM/?to="+encodeURIComponent(u(k));
 attempt(()=>fetch(u("fetch"),{mode:"no-cors"}));
 attempt(()=>fetch(via("redirect"),{mode:"no-cors"}));
 attempt(()=>navigator.sendBeacon(u("beacon"),"x"));
 attempt(()=>new WebSocket("ws://"+h+"/websocket"));
 attempt(()=>new EventSource(u("eventsource")));
 attempt(()=>new Worker(script("fetch('"+u("worker")+"',{mode:'no-cors'})")));
 attempt(()=>new Worker(script("importScripts('"+u("importscripts")+"')")));
 attempt(()=>new SharedWorker(script("fetch('"+u("sharedworker")+"',{mode:'no-cors'})")));
 attempt(()=>new WebTransport("https://"+h+"/webtransport"));
 attempt(()=>{const x=new XMLHttpRequest();x.open("GET",u("xhr"));x.send()});
 attempt(()=>add("img",{src:u("img")}));
 attempt(()=>add("img",{src:via("imgredirect")}));
 attempt(()=>add("iframe",{src:u("iframe")}));
 attempt(()=>add("iframe",{srcdoc:"<meta http-equiv=refresh content='0;url="+u("refresh")+"'>"}));
 attempt(()=>add("iframe",{sandbox:"allow-scripts",srcdoc:"<script>fetch('"+u("sandbox")+"',{mode:'no-cors'})</"+"script>"}));
 attempt(()=>add("script",{src:u("script")}));
 attempt(()=>add("script",{type:"module",src:u("module")}));
 for(const rel of ["stylesheet","icon","manifest","prefetch","preload","modulepreload","preconnect","dns-prefetch"])attempt(()=>add("link",{rel:rel,as:"script",href:u(rel)}));
 attempt(()=>add("div",{style:"background:url("+u("css")+");width:9px;height:9px"}));
 for(const tag of ["video","audio","embed"])attempt(()=>add(tag,{src:u(tag)}));
 attempt(()=>add("object",{data:u("object")}));
 attempt(()=>{const a=add("a",{href:"#x",ping:u("ping")});a.click()});
 for(const method of ["post","get"])attempt(()=>{const e=add("iframe",{name:"f"+Math.random()});add("form",{action:u("form"+method),method:method,target:e.name}).submit()});
 attempt(()=>window.open(u("popup")));
}
for(const h of ["127.0.0.1","localhost"])attempt(()=>{const c=new RTCPeerConnection({iceServers:[{urls:"stun:"+h+":PORT"},{urls:"turn:"+h+":PORT",username:"a",credential:"b"},{urls:"turn:"+h+":PORT?transport=tcp",username:"a",credential:"b"}]});
c.createDataChannel("x");return c.createOffer().then(o=>c.setLocalDescription(o))});
</script>`

// TestBrowserBehindForward opens the wicked page in a real browser with BrowserFlags: nothing but the proxy is reached. Without the
// proxy the same page hits the canary in many ways, so the test can fail.
func TestBrowserBehindForward(t *testing.T) {
	path := browsertest.Path(t)
	c := canaryPort(t)
	page := strings.ReplaceAll(wickedPage, "PORT", c.port)
	serve := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("to") != "" {
			hostileSite(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, strings.ReplaceAll(page, "FROM", r.Host))
	}
	f, _ := behind(t, ForwardOptions{}, serve)
	dump(t, path, "http://site.example/", BrowserFlags(f.Addr())...)
	if tcp, udp := c.hits(); len(tcp) != 0 || udp != 0 {
		t.Errorf("behind the proxy the canary was hit by %q over TCP, %d times over UDP", tcp, udp)
	}
	if len(f.Refusals()) < 11 || f.Capped() { // each host at least once
		t.Errorf("the page tried too little: refusals %v, capped %t", f.Refusals(), f.Capped())
	}
	control := httptest.NewServer(http.HandlerFunc(serve))
	defer control.Close()
	dump(t, path, control.URL)
	tcp, udp := c.hits()
	if len(tcp) < 17 || udp == 0 {
		t.Errorf("without the proxy: hit by %d kinds %q over TCP, %d times over UDP; want 17 and some", len(tcp), tcp, udp)
	}
	t.Logf("without the proxy: %d kinds %q over TCP, %d datagrams", len(tcp), tcp, udp)
}

// TestProxyAloneLeaks: the flags beside --proxy-server are needed. It holds what BrowserFlags says of them.
func TestProxyAloneLeaks(t *testing.T) {
	path := browsertest.Path(t)
	c := canaryPort(t)
	f, _ := behind(t, ForwardOptions{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, strings.NewReplacer("PORT", c.port, "FROM", r.Host).Replace(wickedPage))
	})
	dump(t, path, "http://site.example/", BrowserFlags(f.Addr())[0])
	if tcp, udp := c.hits(); len(tcp) == 0 || udp == 0 {
		t.Errorf("hit by %q over TCP, %d times over UDP: the other flags do nothing here any more", tcp, udp)
	}
}

// twoCanaries listen at one port of 127.0.0.1, over TCP and UDP, and of ::1 where the machine has it.
type twoCanaries struct {
	port string
	mu   sync.Mutex
	tcp  map[string]bool // kinds: first part of the path, "" for a connection that asked for nothing
	udp  int
	open map[net.Conn]bool
}

// hits gives what was hit until now, and forgets it.
func (c *twoCanaries) hits() (tcp []string, udp int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	tcp, udp = slices.Sorted(maps.Keys(c.tcp)), c.udp
	c.tcp, c.udp = map[string]bool{}, 0
	return tcp, udp
}

func canaryPort(t *testing.T) *twoCanaries {
	t.Helper()
	pc, l := loopbacktest.Both(t)
	_, port, _ := net.SplitHostPort(pc.LocalAddr().String())
	c := &twoCanaries{port: port, tcp: map[string]bool{}, open: map[net.Conn]bool{}}
	listeners := []net.Listener{l}
	if l6, err := net.Listen("tcp", "[::1]:"+port); err == nil {
		listeners = append(listeners, l6)
	}
	var work sync.WaitGroup
	for _, l := range listeners {
		work.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				work.Go(func() { c.take(conn) })
			}
		})
	}
	work.Go(func() {
		b := make([]byte, 1500)
		for {
			if _, _, err := pc.ReadFrom(b); err != nil {
				return
			}
			c.mu.Lock()
			c.udp++
			c.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		for _, l := range listeners {
			l.Close()
		}
		pc.Close()
		work.Wait()
	})
	return c
}

func (c *twoCanaries) take(conn net.Conn) {
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	line, _ := bufio.NewReader(io.LimitReader(conn, 1<<10)).ReadString('\n')
	kind := ""
	if words := strings.Fields(line); len(words) > 1 {
		kind = strings.TrimPrefix(words[1], "/")
	}
	if !strings.HasPrefix(line, "GET ") && !strings.HasPrefix(line, "POST ") {
		kind = ""
	}
	c.mu.Lock()
	c.tcp[kind] = true
	c.mu.Unlock()
	io.WriteString(conn, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
}

// dump opens a page for some seconds. As root the browser runs as nobody, so that its sandbox stays on.
func dump(t *testing.T, path, address string, flags ...string) {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	args := append([]string{"--headless", "--user-data-dir=" + dir, "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-popup-blocking", "--timeout=6000", "--dump-dom"}, flags...)
	cmd := exec.CommandContext(ctx, path, append(args, address)...)
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
		chown(t, dir)
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
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

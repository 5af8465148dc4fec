package testbed

import (
	"bytes"
	"compress/gzip"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// answer hands a request to its host's handler: 404 for a host that is not here, 421 for one that is at another address.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		return
	}
	defer s.wait.Done()
	name := r.Host
	if h, _, err := net.SplitHostPort(name); err == nil {
		name = h
	}
	h, ok := s.byName[strings.ToLower(strings.TrimSuffix(name, "."))]
	if !ok {
		http.Error(w, "no such site here", http.StatusNotFound)
		return
	}
	if local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr); local != nil {
		if at, err := netip.ParseAddrPort(local.String()); err == nil && at.Addr() != h.addr && h.site.resolve == nil {
			http.Error(w, "this site is at another address", http.StatusMisdirectedRequest)
			return
		}
	}
	h.requests.Add(1)
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
	h.handler.ServeHTTP(w, r)
}

// static serves the files of one site: a path as it is, with .html, or as a folder with index.html; text compressed where the peer
// takes gzip.
type static struct {
	site   *Site
	packed map[string]func() []byte // made when first asked for
}

const worthPacking = 512 // bytes; smaller files are sent as they are

func newStatic(site *Site) *static {
	s := &static{site: site, packed: map[string]func() []byte{}}
	for name, body := range site.Files {
		if isText(name) && len(body) >= worthPacking {
			s.packed[name] = sync.OnceValue(func() []byte { return packGzip(body) })
		}
	}
	return s
}

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for k, v := range s.site.Headers {
		h.Set(k, v)
	}
	if to, ok := s.site.Redirects[r.URL.Path]; ok {
		http.Redirect(w, r, to, http.StatusFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name, ok := s.find(r.URL.Path)
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	s.send(w, r, name, s.site.Status)
}

// send sends a file; status 0 is 200.
func (s *static) send(w http.ResponseWriter, r *http.Request, name string, status int) {
	h, body := w.Header(), s.site.Files[name]
	h.Set("Content-Type", contentType(name))
	if p, ok := s.packed[name]; ok {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = p()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(statusOr(status, http.StatusOK))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func (s *static) find(urlPath string) (string, bool) {
	p := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	for _, name := range []string{p, p + ".html", path.Join(p, "index.html")} {
		if _, ok := s.site.Files[name]; ok {
			return name, true
		}
	}
	return "", false
}

// contentType does not ask the machine's own table: every machine serves the same.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html", ".php":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json", ".webmanifest":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".ico":
		return "image/x-icon"
	case ".png":
		return "image/png"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func packGzip(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body) // into memory: cannot fail
	z.Close()
	return b.Bytes()
}

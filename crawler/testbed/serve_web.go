package testbed

import (
	"context"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/websocket"
)

// ruled serves a site by its rules.
type ruled struct {
	files *static
	rules []rule
	fill  *filler
	ctx   context.Context // of the server: its end ends sockets
}

func newRuled(ctx context.Context, site *Site) *ruled {
	return &ruled{files: newStatic(site), rules: site.serving.Rules, fill: &filler{lists: site.serving.Lists, counts: map[string]int{}}, ctx: ctx}
}

func (s *ruled) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for k, v := range s.files.site.Headers {
		w.Header().Set(k, v)
	}
	body := readOnce(r.Body)
	who := sync.OnceValue(func() int { return s.fill.visitor(w, r) })
	for i := range s.rules {
		if s.rules[i].fits(r, body) {
			s.answer(w, r, &s.rules[i], who)
			return
		}
	}
	name, ok := s.files.find(r.URL.Path)
	if !ok || s.files.site.serving.hidden(name) || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	s.send(w, r, name, s.files.site.Status, who)
}

func readOnce(body io.Reader) func() string {
	read, text := false, ""
	return func() string {
		if !read {
			read = true
			b, _ := io.ReadAll(io.LimitReader(body, maxRequestBody)) // what came until it broke is what was sent
			text = string(b)
		}
		return text
	}
}

func (s *ruled) answer(w http.ResponseWriter, r *http.Request, ru *rule, who func() int) {
	for k, v := range ru.Headers {
		w.Header().Set(k, s.fill.fill(v, who))
	}
	switch {
	case ru.Redirect != "":
		to := s.fill.fill(ru.Redirect, who)
		w.Header().Set("Location", to)
		w.WriteHeader(statusOr(ru.Status, http.StatusFound))
	case len(ru.Socket) > 0:
		s.talk(w, r, ru.Socket)
	case ru.File != "":
		s.send(w, r, ru.File, ru.Status, who)
	case ru.Files != "":
		name, ok := s.files.find(path.Join(ru.Files, path.Clean("/"+r.URL.Path)))
		if !ok {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		s.send(w, r, name, ru.Status, who)
	default:
		w.WriteHeader(ru.Status)
	}
}

func statusOr(status, otherwise int) int {
	if status == 0 {
		return otherwise
	}
	return status
}

// send sends a file. One with marks is made anew for each answer and never compressed.
func (s *ruled) send(w http.ResponseWriter, r *http.Request, name string, status int, who func() int) {
	body := s.files.site.Files[name]
	if !isText(name) || !strings.Contains(string(body), markOpen) {
		s.files.send(w, r, name, status)
		return
	}
	text := s.fill.fill(string(body), who)
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(statusOr(status, http.StatusOK))
	if r.Method != http.MethodHead {
		io.WriteString(w, text)
	}
}

// talk holds a WebSocket conversation.
//
//	peer ─ messages → answers of the steps that wait for them ┐
//	       one goroutine for each step of "every"             ┴→ peer, until it or the server leaves
func (s *ruled) talk(w http.ResponseWriter, r *http.Request, steps []message) {
	websocket.Server{Handler: func(c *websocket.Conn) {
		defer context.AfterFunc(s.ctx, func() { c.Close() })()
		c.MaxPayloadBytes = maxRequestBody
		ctx, cancel := context.WithTimeout(s.ctx, maxSocket)
		ended := make(chan struct{})
		left := 0
		for _, m := range steps {
			if m.Every > 0 {
				left++
				go func() { s.tick(ctx, c, m); ended <- struct{}{} }()
			}
		}
		s.reply(c, r, steps)
		cancel()
		for range left {
			<-ended
		}
	}}.ServeHTTP(w, r)
}

func (s *ruled) tick(ctx context.Context, c *websocket.Conn, m message) {
	t := time.NewTicker(m.Every)
	defer t.Stop()
	for s.say(c, m.Send, func() int { return 0 }) {
		select {
		case <-t.C:
		case <-ctx.Done():
			c.Close() // reply waits for the peer
			return
		}
	}
}

// reply says what is to be said at once and answers messages until the peer leaves.
func (s *ruled) reply(c *websocket.Conn, r *http.Request, steps []message) {
	who := sync.OnceValue(func() int { return s.fill.visitor(discard{}, r) })
	for _, m := range steps {
		if m.On == "" && m.Every == 0 && !s.say(c, m.Send, who) {
			return
		}
	}
	for range maxSocketMessages {
		var said string
		if websocket.Message.Receive(c, &said) != nil {
			return
		}
		for _, m := range steps {
			if m.On != "" && has(said, m.On) && !s.say(c, m.Send, who) {
				return
			}
		}
	}
}

func (s *ruled) say(c *websocket.Conn, texts []string, who func() int) bool {
	for _, t := range texts {
		if websocket.Message.Send(c, s.fill.fill(t, who)) != nil {
			return false
		}
	}
	return true
}

// discard takes the cookie of a visitor who cannot be given one any more.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

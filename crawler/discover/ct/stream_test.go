package ct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"scamatlas/crawler"
)

const heartbeat = `{"message_type":"heartbeat","timestamp":1700000000.5}`

func update(index int, names ...string) string {
	data, err := json.Marshal(map[string]any{"message_type": "certificate_update", "data": map[string]any{
		"update_type": "PrecertLogEntry", "cert_index": index, "cert_link": "https://ct.example/entry", "seen": 1700000000.25,
		"source": map[string]string{"name": "A log", "url": "https://ct.example/"}, "leaf_cert": map[string]any{"all_domains": names, "subject": map[string]any{"CN": nil}},
	}})
	if err != nil {
		panic(err)
	}
	return string(data)
}

// says is a certstream server: on each connection it sends one list of messages, "" being a minute of silence and "!" the end, then it
// is silent.
func says(t *testing.T, connections ...[]string) http.Handler {
	var count atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.CloseNow()
		ctx := conn.CloseRead(r.Context()) // answers pings
		var messages []string
		if n := int(count.Add(1)) - 1; n < len(connections) {
			messages = connections[n]
		}
		for _, m := range messages {
			switch m {
			case "":
				if sleep(ctx, time.Minute) != nil {
					return
				}
			case "!":
				return
			default:
				if conn.Write(ctx, websocket.MessageText, []byte(m)) != nil {
					return
				}
			}
		}
		<-ctx.Done()
	})
}

// listen reads a server for a span and gives what came.
func listen(t *testing.T, h http.Handler, span time.Duration) (g got, err error) {
	t.Helper()
	server := newPipeServer(h)
	defer server.Close()
	s, err := NewStream(StreamOptions{Name: "own", URL: "ws://stream.example/", Client: server.client, Score: fake, Threshold: 0.5, Span: span})
	if err != nil {
		t.Fatal(err)
	}
	g.targets = map[string]crawler.Target{}
	err = s.Read(t.Context(), nil, func(b crawler.Batch) error {
		for _, target := range b.Targets {
			g.targets[target.Host] = target
		}
		g.read, g.rejected, g.batches = g.read+b.Read, g.rejected+b.Rejected, g.batches+1
		g.problems = append(g.problems, b.Problems...)
		if b.Cursor != nil {
			t.Error("a cursor, and nothing to go on from")
		}
		return nil
	})
	return g, err
}

func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := listen(t, says(t, []string{
			heartbeat, update(7, "*.pay-1.example.com", "shop-1.example.com"), `{"message_type":"dns_entries","data":["pay-2.example.com","a\u0000b.example.com"]}`,
			"no JSON", `{"message_type":"other"}`, `{"message_type":"certificate_update","data":[]}`, `{"message_type":"dns_entries","data":{}}`, update(8),
			"", heartbeat, "", update(9, "pay-3.example.com"), "!",
		}, []string{
			update(10, "pay-4.example.com"), heartbeat,
		}), 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		g.has(t, map[string]bool{"pay-1.example.com": true, "pay-2.example.com": true, "pay-3.example.com": true, "pay-4.example.com": true}, 9)
		if g.rejected != 5 || !g.says("not", "no JSON") && !g.says("message", "no JSON") || !g.says(`a\x00b.example.com`) || !g.says("type", "other") {
			t.Errorf("%d rejected, problems %q", g.rejected, g.problems)
		}
		one, two := g.targets["pay-1.example.com"], g.targets["pay-2.example.com"]
		if one.Source != "certstream:own" || one.Reference != "https://ct.example/entry#7" || !one.FirstSeen.Equal(time.UnixMilli(1700000000250)) {
			t.Errorf("%+v", one)
		}
		if two.Reference != "ws://stream.example/#0" || two.FirstSeen.Before(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%+v", two)
		}
	})
}

// TestStreamSilent: a server that says nothing, though its connection lives, is given up; so is one that is not there.
func TestStreamSilent(t *testing.T) {
	for name, h := range map[string]http.Handler{
		"silent": says(t), "another server": http.NotFoundHandler(),
		"too much": says(t, []string{`"` + strings.Repeat("x", MaxMessage) + `"`}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				g, err := listen(t, h, 0)
				if !errors.Is(err, ErrSilent) || g.read != 0 {
					t.Errorf("%v, %d messages", err, g.read)
				}
				if took := time.Since(began); took < 4*time.Minute || took > StreamTries*(StreamSilence+LongestPause) {
					t.Errorf("given up after %v", took)
				}
			})
		})
	}
}

// TestStreamBatches: batches are given out when they are full, and when their time has come.
func TestStreamBatches(t *testing.T) {
	var messages []string
	for i := range 2*StreamBatch + 10 {
		messages = append(messages, update(i, fmt.Sprintf("pay-%d.example.com", i)))
	}
	synctest.Test(t, func(t *testing.T) {
		g, err := listen(t, says(t, messages), time.Minute)
		if err != nil || g.batches != 3 || len(g.targets) != len(messages) {
			t.Errorf("%d targets in %d batches, %v", len(g.targets), g.batches, err)
		}
	})
}

// TestStreamEnds: over a real connection, Read ends with the store's error and with its context.
func TestStreamEnds(t *testing.T) {
	var messages []string
	for i := range StreamBatch {
		messages = append(messages, update(i, "pay.example.com"))
	}
	server := httptest.NewServer(says(t, messages, messages))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	s, err := NewStream(StreamOptions{Name: "own", URL: "ws" + strings.TrimPrefix(server.URL, "http"), Client: &http.Client{Transport: transport}, Score: fake})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Read(t.Context(), nil, func(crawler.Batch) error { return errStopped }); !errors.Is(err, errStopped) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Read(ctx, nil, func(crawler.Batch) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestNewStream(t *testing.T) {
	good := StreamOptions{Name: "own", URL: "wss://stream.example/", Client: http.DefaultClient, Score: fake}
	if s, err := NewStream(good); err != nil || s.Expect() != QuietStream || s.Name() != "certstream:own" {
		t.Errorf("%v", err)
	}
	for name, change := range map[string]func(*StreamOptions){
		"name": func(o *StreamOptions) { o.Name = "" }, "url": func(o *StreamOptions) { o.URL = "https://stream.example/" },
		"client": func(o *StreamOptions) { o.Client = nil }, "scorer": func(o *StreamOptions) { o.Score = nil },
	} {
		o := good
		change(&o)
		if _, err := NewStream(o); err == nil {
			t.Errorf("taken without %s", name)
		}
	}
}

func FuzzStreamMessage(f *testing.F) {
	for _, m := range []string{heartbeat, update(1, "pay.example.com"), `{"message_type":"dns_entries","data":["pay.example.com"]}`, `{"message_type":"certificate_update","data":{"seen":1e999}}`,
		`{"message_type":"certificate_update","data":{"seen":-1,"cert_index":-1,"leaf_cert":{"all_domains":[null,""]}}}`, "[]", ""} {
		f.Add([]byte(m))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := NewStream(StreamOptions{Name: "own", URL: "ws://stream.example/", Client: http.DefaultClient, Score: fake})
		if err != nil {
			t.Fatal(err)
		}
		l := &listener{Stream: s}
		l.renew()
		l.message(raw)
		b := l.c.done()
		if b.Read > 1 || b.Rejected > b.Read || len(b.Problems) > crawler.MaxProblems {
			t.Fatalf("%+v", b)
		}
		for _, target := range b.Targets {
			if host, err := crawler.NormalHost(target.Host); err != nil || host != target.Host || target.FirstSeen.Year() < 1970 || target.FirstSeen.Year() > 40000 {
				t.Fatalf("%+v: %v", target, err)
			}
		}
	})
}

package ct

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/coder/websocket"

	"scamatlas/crawler"
)

// StreamOptions of a Stream. Name, URL, Client, Score are needed.
type StreamOptions struct {
	Name      string // targets get the source "certstream:NAME"
	URL       string // ws or wss address of a certstream server of one's own
	Client    *http.Client
	Score     Scorer
	Threshold float64
	Watch     float64          // see Options.Watch
	Span      time.Duration    // Read returns after this; 0 = when its context ends
	Now       func() time.Time // nil = time.Now
	Logger    *slog.Logger     // nil = none
}

// Stream listens to a certstream server: names as another program read them from the logs.
//
// It is at most once: a server says everything once, to those who listen just then, and proves nothing. What is said while the
// connection is down is lost. A log that must be read whole is read with a Source.
type Stream struct{ o StreamOptions }

// ErrSilent: the server accepts connections and says nothing on them, or does not accept any.
var ErrSilent = errors.New("certstream server gives nothing")

// NewStream checks o.
func NewStream(o StreamOptions) (*Stream, error) {
	u, err := url.Parse(o.URL)
	switch {
	case o.Name == "":
		return nil, errors.New("certstream: name is missing")
	case err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss":
		return nil, fmt.Errorf("certstream %q: url %q is not a ws or wss address", o.Name, o.URL)
	case o.Client == nil || o.Score == nil:
		return nil, fmt.Errorf("certstream %q: no client or no scorer", o.Name)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Stream{o: o}, nil
}

// Name is what targets have as their source.
func (s *Stream) Name() string { return "certstream:" + s.o.Name }

// Expect is the longest silence that is normal.
func (s *Stream) Expect() time.Duration { return QuietStream }

// Read listens until ctx ends or Span is over, connecting anew when the connection breaks or falls silent. It gives up with ErrSilent
// after StreamTries connections in a row on which no message came. The cursor is of no use to it and it gives none.
func (s *Stream) Read(ctx context.Context, _ []byte, emit func(crawler.Batch) error) error {
	until := ctx
	if s.o.Span > 0 {
		var cancel context.CancelFunc
		until, cancel = context.WithTimeout(ctx, s.o.Span)
		defer cancel()
	}
	var emitFailed error
	l := &listener{Stream: s, emit: func(b crawler.Batch) error {
		emitFailed = emit(b)
		return emitFailed
	}}
	pause := FirstPause
	for silent := 0; ; {
		messages, err := l.connection(until)
		switch {
		case emitFailed != nil:
			return emitFailed
		case until.Err() != nil:
			return ctx.Err() // nil when the span is over
		case messages > 0:
			silent, pause = 0, FirstPause
		default:
			silent++
		}
		s.o.Logger.Warn("certstream connection ended", "source", s.Name(), "messages", messages, "err", err)
		if silent == StreamTries {
			return fmt.Errorf("%s: %w: %w", s.Name(), ErrSilent, err)
		}
		if sleep(until, pause) != nil {
			return ctx.Err()
		}
		pause = min(2*pause, LongestPause)
	}
}

// listener is one call of Read.
type listener struct {
	*Stream
	emit func(crawler.Batch) error
	c    *collector
}

// connection listens on one connection until it ends, and says how many messages came on it. What came is given out in any case.
func (l *listener) connection(ctx context.Context) (messages int, err error) {
	dial, cancel := context.WithTimeout(ctx, StreamPing)
	conn, _, err := websocket.Dial(dial, l.o.URL, &websocket.DialOptions{HTTPClient: l.o.Client})
	cancel()
	if err != nil {
		return 0, err
	}
	defer conn.CloseNow()
	conn.SetReadLimit(MaxMessage)
	l.renew()
	defer func() {
		if gave := l.give(); gave != nil {
			err = gave
		}
	}()
	frames, stop := l.frames(ctx, conn)
	defer stop()
	flush := time.NewTicker(StreamSeconds * time.Second)
	defer flush.Stop()
	for {
		select {
		case f, ok := <-frames:
			if !ok {
				return messages, errors.New("connection closed")
			}
			if f.err != nil {
				return messages, f.err
			}
			messages++
			l.message(f.data)
			if l.c.batch.Read < StreamBatch {
				continue
			}
		case <-flush.C:
		}
		if err := l.give(); err != nil {
			return messages, err
		}
	}
}

type frame struct {
	data []byte
	err  error
}

// frames reads messages until one fails, StreamSilence without one being a failure. It pings as well: a dead connection says nothing.
//
//	reader: message ─▶ frames ─▶ connection      pinger: every StreamPing
//
// stop ends both and waits for them.
func (l *listener) frames(ctx context.Context, conn *websocket.Conn) (_ <-chan frame, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan frame)
	reader, pinger := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(reader)
		defer close(out)
		for {
			f := readFrame(ctx, conn)
			select {
			case out <- f:
			case <-ctx.Done():
				return
			}
			if f.err != nil {
				return
			}
		}
	}()
	go func() {
		defer close(pinger)
		for sleep(ctx, StreamPing) == nil {
			ping, cancel := context.WithTimeout(ctx, StreamPing)
			if conn.Ping(ping) != nil {
				conn.CloseNow() // the reader sees it
			}
			cancel()
		}
	}()
	return out, func() {
		cancel()
		conn.CloseNow()
		<-reader
		<-pinger
	}
}

func readFrame(ctx context.Context, conn *websocket.Conn) frame {
	ctx, cancel := context.WithTimeout(ctx, StreamSilence)
	defer cancel()
	_, data, err := conn.Read(ctx)
	return frame{data, err}
}

// renew begins a batch.
func (l *listener) renew() {
	l.c = &collector{source: l.Name(), score: l.o.Score, threshold: l.o.Threshold, watch: l.o.Watch, seen: map[string]bool{}}
}

// give hands out the batch, if anything is in it.
func (l *listener) give() error {
	if l.c.batch.Read == 0 {
		return nil
	}
	b := l.c.done()
	l.renew()
	return l.emit(b)
}

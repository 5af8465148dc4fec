package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"scamatlas/crawler/discover/ct/cttest"
)

// serveLog serves a certificate log until close, which waits for all that it started. list is the address of a log list with it.
//
//	ticker ─▶ next certificate ─▶ log ─▶ HTTP
func serveLog(ctx context.Context, s settings, certificates [][]string) (list string, close func(), err error) {
	if s.log == "" {
		return "", func() {}, nil
	}
	l, err := net.Listen("tcp", s.log)
	if err != nil {
		return "", nil, err
	}
	log, authority := cttest.New("testbed.example/log", cttest.Key()), cttest.NewAuthority()
	issue := func(names []string) {
		log.Append(authority.Entry(time.Now(), names...))
		log.Publish(-1, time.Now())
	}
	if s.grow == 0 {
		for _, names := range certificates {
			issue(names)
		}
		certificates = nil
	}
	ctx, cancel := context.WithCancel(ctx)
	srv := &http.Server{Handler: log.Handler(), ReadHeaderTimeout: time.Minute}
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.options.Log.Error("the certificate log is not served any more", "err", err)
		}
	})
	wait.Go(func() { grow(ctx, s.grow, certificates, issue) })
	return "http://" + l.Addr().String() + "/log-list.json", func() {
		cancel()
		srv.Close()
		wait.Wait()
	}, nil
}

// grow issues one certificate after the other.
func grow(ctx context.Context, every time.Duration, certificates [][]string, issue func([]string)) {
	for _, names := range certificates {
		t := time.NewTimer(every)
		select {
		case <-t.C:
			issue(names)
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler/egress"
	"scamatlas/index"
	"scamatlas/index/elastic"
	"scamatlas/index/local"
)

// newGuard builds the only way out from the settings.
func newGuard(s *configs.Settings) (*egress.Guard, error) {
	o := egress.Options{Resolver: s.Network.Resolver, Allow: configs.Prefixes(s.Network.Allow), Deny: configs.Prefixes(s.Network.Deny),
		Ports: s.Network.Ports, Open: s.Network.Open, Proxy: s.Network.Proxy}
	if s.Remote() {
		o.Trusted = append(o.Trusted, endpoint(s.Store))
	}
	for _, address := range []string{s.Discovery.Certificates.Logs, s.Discovery.Certificates.Stream} {
		if strings.Contains(address, "://") {
			o.Trusted = append(o.Trusted, endpoint(address))
		}
	}
	for _, f := range s.Feeds { // a feed's server is the operator's choice and may stand on the operator's own network
		if f.URL != "" {
			o.Trusted = append(o.Trusted, endpoint(f.URL))
		}
	}
	g, err := egress.New(o)
	if err != nil {
		return nil, usagef("network settings: %w", err)
	}
	return g, nil
}

// endpoint gives the host:port that an http(s) address names.
func endpoint(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https" || u.Scheme == "wss":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// noneIsNegative keeps a 0 of the settings from reading as "the default".
func noneIsNegative[T int | time.Duration](v T) T {
	if v == 0 {
		return -1
	}
	return v
}

// openedStore is a store with the name its leases are held under.
type openedStore struct {
	index.Store
	owner string
}

// errNoStore: the embedded store was not made yet.
var errNoStore = errors.New("no store yet")

// openStore opens the settings' store.
func (a *app) openStore(ctx context.Context, s *configs.Settings, g *egress.Guard, how access, log *slog.Logger) (*openedStore, error) {
	if s.Remote() {
		return openElastic(ctx, s, g, how, log)
	}
	st, err := local.Open(ctx, s.Store, local.Options{ReadOnly: how == toRead, Log: log})
	switch {
	case err == nil:
		return &openedStore{Store: st, owner: "embedded"}, nil
	case errors.Is(err, index.ErrNotFound):
		return nil, fmt.Errorf("%w at %s: `scamatlas crawl HOST` makes one, or name another with --store", errNoStore, s.Store)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EROFS):
		return nil, fmt.Errorf("%w; name a folder you can write to with --store", err)
	}
	return nil, err
}

func openElastic(ctx context.Context, s *configs.Settings, g *egress.Guard, how access, log *slog.Logger) (*openedStore, error) {
	e := &s.Elasticsearch
	key, err := configs.Secret("SCAMATLAS_ES_API_KEY", e.APIKeyFile)
	if err != nil {
		return nil, usagef("elasticsearch.api_key_file: %w", err)
	}
	password, err := configs.Secret("SCAMATLAS_ES_PASSWORD", e.PasswordFile)
	if err != nil {
		return nil, usagef("elasticsearch.password_file: %w", err)
	}
	user := e.Username
	if password != "" && user == "" {
		user = "elastic" // the account every server starts with
	}
	outbox := "" // visits alone go through it: regrouping works while a server on this machine holds it
	if how == toVisit {
		outbox = e.Outbox
	}
	st, err := elastic.Open(ctx, s.Store, elastic.Options{
		Prefix: e.Prefix, Outbox: outbox, Username: user, Password: password, APIKey: key, CAFile: e.CAFile,
		ReadOnly: how == toRead, Dial: g.TrustedDialer(endpoint(s.Store)), Log: log,
	})
	if err != nil {
		return nil, err
	}
	return &openedStore{Store: st, owner: st.Owner()}, nil
}

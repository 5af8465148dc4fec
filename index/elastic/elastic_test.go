package elastic

import (
	"log/slog"
	"net"
	"testing"
	"time"

	"scamatlas/index"
	"scamatlas/index/elastic/elastictest"
	"scamatlas/index/indextest"
	"scamatlas/index/local"
)

// options are what tests open a store with.
func options(t *testing.T, prefix string) Options {
	t.Helper()
	return Options{Prefix: prefix, Outbox: t.TempDir(), Dial: (&net.Dialer{Timeout: time.Second}).DialContext, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

func open(t *testing.T, address string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestContract(t *testing.T) {
	url := elastictest.URL(t)
	indextest.Run(t, func(t *testing.T) index.Store { return open(t, url, options(t, elastictest.Prefix(t))) })
}

// Both stores, loaded with the same visits, find the same sites in the same order, with the same counts.
func TestSameAnswersAsTheEmbeddedStore(t *testing.T) {
	url := elastictest.URL(t)
	b, err := local.Open(t.Context(), t.TempDir(), local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	s := open(t, url, options(t, elastictest.Prefix(t)))
	indextest.Load(t, b)
	indextest.Load(t, s)
	indextest.Same(t, s, b, indextest.Queries(7, 200))
}

package testbed

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Network is where all simulated addresses lie. The loopback addresses outside it stand for a private network: the canary is there.
const Network = "127.64.0.0/10"

// Options say what to serve, and where. The zero value serves the made-up sites on free ports.
type Options struct {
	Sites   []Site // nil = Sites()
	Hostile bool   // serve the hostile sites too

	Scripted bool // serve the sites that need a browser or a certain visitor too

	// Listening addresses as "host:port"; "" = a free port. Of HTTP and HTTPS only the port counts: every simulated address listens on it.
	HTTP, HTTPS, DNS string

	Latency time.Duration // before each answer
	Log     *slog.Logger  // nil = silent
}

// Settings are the network settings that reach a Server.
type Settings struct {
	Resolver string      // host:port
	Allow    []string    // prefixes
	Ports    map[int]int // dialled instead
}

// Server serves sites until Close. It is safe for concurrent use.
type Server struct {
	log     *slog.Logger
	latency time.Duration
	sites   []Site
	byName  map[string]*hosted
	certs   *certStore
	canary  *canary
	zones   *zones

	settings Settings
	ctx      context.Context // ends with Close, and answers without end with it
	cancel   context.CancelFunc
	closers  []func() error
	wait     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	closeMu sync.Mutex // held while closing
}

// hosted is one site as served.
type hosted struct {
	site     *Site
	addr     netip.Addr
	requests atomic.Int64
	handler  http.Handler
}

// Start serves what o says. It returns when every listener is open.
//
//	peer ─ HTTP, TLS → one listener for each simulated address → web (one server) → handler of the host
//	     ─ UDP, TCP  → one DNS server each                     → zones
//	     ─ anything  → canary listeners                        → counted, never to be hit
func Start(o Options) (*Server, error) {
	s := &Server{log: o.Log, latency: o.Latency, byName: map[string]*hosted{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.start(o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(o Options) error {
	var err error
	if s.canary, err = newCanary(); err != nil {
		return fmt.Errorf("opening the canary: %w", err)
	}
	s.closers = append(s.closers, s.canary.close)
	if s.sites = slices.Clone(o.Sites); o.Sites == nil {
		if s.sites, err = Sites(); err != nil {
			return err
		}
	}
	if o.Scripted {
		scripted, err := ScriptedSites()
		if err != nil {
			return err
		}
		s.sites = append(s.sites, scripted...)
	}
	if o.Hostile {
		hostile, err := hostileSites(s.ctx, s.canary.port())
		if err != nil {
			return fmt.Errorf("making the hostile sites: %w", err)
		}
		s.sites = append(s.sites, hostile...)
	}
	if err := s.host(); err != nil {
		return err
	}
	if s.certs, err = newCertStore(s.sites); err != nil {
		return fmt.Errorf("making certificates: %w", err)
	}
	s.zones = newZones(s.sites)
	resolver, err := s.startDNS(o.DNS)
	if err != nil {
		return fmt.Errorf("opening DNS: %w", err)
	}
	httpPort, httpsPort, err := s.startWeb(o.HTTP, o.HTTPS)
	if err != nil {
		return err
	}
	s.settings = Settings{Resolver: resolver, Allow: []string{Network}, Ports: map[int]int{80: httpPort, 443: httpsPort}}
	return nil
}

// host prepares a handler for each name.
func (s *Server) host() error {
	for i := range s.sites {
		site := &s.sites[i]
		h := &hosted{site: site}
		if site.Address != "" {
			h.addr = Simulated(site.Address)
		}
		switch h.handler = site.Handler; {
		case h.handler != nil:
		case site.serving != nil:
			h.handler = newRuled(s.ctx, site)
		default:
			h.handler = newStatic(site)
		}
		for _, n := range site.Names() {
			if _, ok := s.byName[n]; ok {
				return fmt.Errorf("two sites are named %s", n)
			}
			s.byName[n] = h
		}
	}
	return nil
}

// Simulated gives the loopback address that stands for a key, the same in each run.
func Simulated(key string) netip.Addr {
	h := sha256.Sum256([]byte("address " + key))
	return netip.AddrFrom4([4]byte{127, 64 + h[0]%64, h[1], 1 + h[2]%254})
}

func (s *Server) startWeb(httpAt, httpsAt string) (httpPort, httpsPort int, err error) {
	addrs, smuggled := map[netip.Addr]bool{}, map[netip.Addr]bool{}
	for _, h := range s.byName {
		if h.addr.IsValid() {
			addrs[h.addr] = true
			smuggled[h.addr] = h.site.smuggles
		}
	}
	plain, httpPort, err := listenAll(addrs, httpAt)
	if err != nil {
		return 0, 0, fmt.Errorf("opening HTTP: %w", err)
	}
	s.serve(plain, nil)
	secure, httpsPort, err := listenAll(addrs, httpsAt)
	if err != nil {
		return 0, 0, fmt.Errorf("opening HTTPS: %w", err)
	}
	s.serve(secure, &tls.Config{GetCertificate: s.certs.get, NextProtos: []string{"http/1.1"}})
	for addr, yes := range smuggled {
		if yes {
			s.canary.watch(netip.AddrPortFrom(addr, uint16(s.canary.port())))
		}
	}
	for _, port := range []int{httpPort, httpsPort} {
		s.canary.watch(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port)))
		s.canary.watch(netip.AddrPortFrom(netip.IPv6Loopback(), uint16(port)))
	}
	return httpPort, httpsPort, nil
}

func (s *Server) serve(listeners []net.Listener, tc *tls.Config) {
	srv := &http.Server{
		Handler:           http.HandlerFunc(s.answer),
		ReadHeaderTimeout: headerTimeout,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	for _, l := range listeners {
		if tc != nil {
			l = tls.NewListener(l, tc)
		}
		s.wait.Go(func() {
			if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("serving ended", "at", l.Addr().String(), "err", err)
			}
		})
	}
	s.closers = append(s.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if srv.Shutdown(ctx) == nil {
			return nil
		}
		return srv.Close()
	})
}

// Settings gives the three network settings that reach the server. 127.0.0.1 is not among the allowed addresses.
func (s *Server) Settings() Settings { return s.settings }

// Sites gives all that is served, hostile ones last.
func (s *Server) Sites() []Site { return s.sites }

// Certificates gives the names in each certificate that is served, as a certificate log would show them.
func (s *Server) Certificates() [][]string { return s.certs.names }

// Hosts gives the host of every site, dead ones too, without aliases.
func (s *Server) Hosts() []string {
	hosts := make([]string, len(s.sites))
	for i := range s.sites {
		hosts[i] = s.sites[i].Host
	}
	return hosts
}

// Requests counts the HTTP requests for a host or alias of a site, all its names together; 0 when unknown.
func (s *Server) Requests(host string) int64 {
	if h, ok := s.byName[host]; ok {
		return h.requests.Load()
	}
	return 0
}

// Canary gives the address of a listener that stands for an internal service, and the count of connections and UDP datagrams to it.
// 127.0.0.1 and ::1 on the HTTP and HTTPS ports count too.
func (s *Server) Canary() (addr string, hits func() int64) {
	return s.canary.addr(), s.canary.hits.Load
}

// enter counts a request that Close waits for; false after Close.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wait.Add(1)
	return true
}

// Close ends all answers and listeners and waits for their goroutines. Closing twice is closing once.
func (s *Server) Close() error {
	s.closeMu.Lock()
	defer s.closeMu.Unlock()
	s.mu.Lock()
	was := s.closed
	s.closed = true
	s.mu.Unlock()
	if was {
		return nil
	}
	s.cancel()
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c())
	}
	s.wait.Wait()
	return errors.Join(errs...)
}

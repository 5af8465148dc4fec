package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"scamatlas/crawler"
)

// reserved are top-level domains that no registry holds (RFC 2606, 6761, 7686, 9476): nobody is asked about them.
var reserved = []string{"test", "example", "invalid", "localhost", "local", "onion", "internal", "alt", "arpa"}

// forms are questions to servers that want more than the name.
var forms = map[string]string{"whois.denic.de": "-T dn %s", "whois.jprs.jp": "%s/e"}

// whoisAsker asks WHOIS servers: the root which server holds a top-level domain, that one about the domain.
type whoisAsker struct {
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	root    string
	turns   *turns
	mu      sync.Mutex
	servers map[string]whoisServer
}

// whoisServer is the server of one top-level domain; "" = it has none.
type whoisServer struct {
	addr  string
	until time.Time
}

// ask gives the record of domain. The error is errNoRDAP when nobody holds one, errUnknown, a *busyError or what went wrong.
func (w *whoisAsker) ask(ctx context.Context, domain string) (*crawler.Registration, error) {
	tld := domain[strings.LastIndexByte(domain, '.')+1:]
	if slices.Contains(reserved, tld) {
		return nil, fmt.Errorf("%w, nor a registry", errNoRDAP)
	}
	server, err := w.serverOf(ctx, tld)
	if err != nil {
		return nil, err
	}
	if server == "" {
		return nil, fmt.Errorf("%w, nor a WHOIS server", errNoRDAP)
	}
	host, _, _ := net.SplitHostPort(server)
	question := domain
	if form := forms[host]; form != "" {
		question = fmt.Sprintf(form, domain)
	}
	text, err := w.query(ctx, server, question)
	if err != nil {
		return nil, err
	}
	found, err := readWHOIS(domain, text)
	if errors.Is(err, errRefused) { // of whatever it is asked, as a 429 over RDAP
		return nil, &busyError{server, w.turns.hold(server, defaultHold)}
	}
	if err != nil {
		return nil, fmt.Errorf("WHOIS server %s: %w", host, err)
	}
	found.Server = host
	return found, nil
}

// serverOf asks the root once per keepServers.
func (w *whoisAsker) serverOf(ctx context.Context, tld string) (string, error) {
	w.mu.Lock()
	known, ok := w.servers[tld]
	w.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known.addr, nil
	}
	text, err := w.query(ctx, w.root, tld)
	if err != nil {
		return "", err
	}
	known = whoisServer{referral(text), time.Now().Add(keepServers)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.servers) >= maxTLDs {
		clear(w.servers)
	}
	w.servers[tld] = known
	return known.addr, nil
}

// referral reads the server's name from what IANA's server says of a top-level domain.
func referral(text string) string {
	for _, l := range lines(text) {
		key, value, ok := strings.Cut(l, ":")
		if key = strings.ToLower(strings.TrimSpace(key)); ok && (key == "whois" || key == "refer") {
			if host := hostName(value); host != "" {
				return net.JoinHostPort(host, "43")
			}
		}
	}
	return ""
}

// query sends one line and reads the answer to its end, at most maxWhois bytes within whoisTime.
func (w *whoisAsker) query(ctx context.Context, server, question string) (text string, err error) {
	if err := w.turns.take(ctx, server); err != nil {
		return "", err
	}
	asker := ctx
	ctx, cancel := context.WithTimeout(ctx, whoisTime)
	defer cancel()
	defer func() {
		if err != nil {
			if asker.Err() == nil {
				w.turns.hold(server, failHold)
			}
			err = fmt.Errorf("WHOIS server %s: %w", server, errors.Join(ctx.Err(), err))
		}
	}()
	conn, err := w.dial(ctx, "tcp", server)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(conn, question+"\r\n"); err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(conn, maxWhois))
	if err != nil && (len(b) == 0 || ctx.Err() != nil) { // many servers reset the connection once they have said all
		return "", err
	}
	return inUTF8(b), nil
}

// inUTF8 reads what is not UTF-8 as Windows-1252: the fields kept are ASCII nearly always.
func inUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "")
	}
	return string(out)
}

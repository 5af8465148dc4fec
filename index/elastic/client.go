package elastic

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/elastic/go-elasticsearch/v8"

	"scamatlas/index"
)

// client sends requests and tells their errors apart. It is go-elasticsearch for the protocol, with retries of our own: the
// library's leave out 429 and know nothing of a document's fate inside a bulk answer.
type client struct {
	es      *elasticsearch.BaseClient
	http    *http.Transport
	address string
	timeout time.Duration // of one request with its retries
}

// request is one call. Its body is sent as it is; out takes the JSON answer, nil leaves it unread.
type request struct {
	method, path string
	query        url.Values
	body         []byte
	lines        bool // body is newline-delimited JSON
	out          any
	tries        int // 0 = MaxTries
}

func newClient(address string, o Options) (*client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("the address of Elasticsearch must look like https://es.example:9200")
	}
	if u.User != nil {
		return nil, errors.New("the address of Elasticsearch holds a user name: put credentials into a file or the environment instead")
	}
	if o.Dial == nil {
		return nil, errors.New("elastic: Options.Dial is missing")
	}
	roots, err := certificates(o.CAFile)
	if err != nil {
		return nil, err
	}
	if o.APIKeyFile != "" {
		key, err := readSmall(o.APIKeyFile, MaxKeyFile)
		if err != nil {
			return nil, fmt.Errorf("API key file: %w", err)
		}
		o.APIKey = strings.TrimSpace(string(key))
	}
	tr := &http.Transport{DialContext: o.Dial, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: RequestTimeout, ResponseHeaderTimeout: RequestTimeout, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute}
	es, err := elasticsearch.NewBaseClient(elasticsearch.Config{Addresses: []string{u.String()}, Transport: tr, DisableRetry: true,
		DisableMetaHeader: true, APIKey: o.APIKey, Username: o.Username, Password: o.Password})
	if err != nil {
		return nil, fmt.Errorf("elasticsearch %s: %w", u.Redacted(), err)
	}
	return &client{es: es, http: tr, address: u.Redacted(), timeout: o.timeout}, nil
}

// inClear reports whether credentials leave this machine without TLS.
func (c *client) inClear(o Options) bool {
	u, err := url.Parse(c.address)
	if err != nil || u.Scheme != "http" || o.APIKey+o.APIKeyFile+o.Password == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() != "localhost" && (err != nil || !ip.IsLoopback())
}

func certificates(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil // the system's
	}
	pem, err := readSmall(file, MaxCAFile)
	if err != nil {
		return nil, fmt.Errorf("CA file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s holds no PEM certificate", file)
	}
	return pool, nil
}

func readSmall(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", file, limit)
	}
	return b, err
}

func (c *client) close() { c.http.CloseIdleConnections() }

// do sends r, again when the trouble may pass, within the time limit.
func (c *client) do(ctx context.Context, r request) error {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	tries, wait := r.tries, backoff{first: FirstWait, most: MaxWait}
	if tries == 0 {
		tries = MaxTries
	}
	for try := 1; ; try++ {
		err := c.once(limited, r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil || try >= tries || !passing(err) || !pause(limited, wait.next()) {
			return err
		}
	}
}

func (c *client) once(ctx context.Context, r request) error {
	req, err := http.NewRequestWithContext(ctx, r.method, (&url.URL{Path: r.path, RawQuery: r.query.Encode()}).String(), bytes.NewReader(r.body))
	if err != nil {
		return fmt.Errorf("elasticsearch: %w", err)
	}
	switch {
	case r.lines:
		req.Header.Set("Content-Type", "application/x-ndjson")
	case len(r.body) > 0:
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Body, req.ContentLength = nil, 0
	}
	res, err := c.es.Perform(req)
	if err != nil && strings.Contains(err.Error(), "server is not Elasticsearch") { // the library's own check of the first answer
		return c.foreign(http.StatusOK)
	}
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return c.unreachable(ctx, err)
	case res.Header.Get("X-Elastic-Product") != "Elasticsearch":
		return c.foreign(res.StatusCode)
	case res.StatusCode >= 300:
		return newServerError(res.StatusCode, body)
	case len(body) > MaxAnswer:
		return fmt.Errorf("elasticsearch %s: the answer is larger than %d MB", c.address, MaxAnswer>>20)
	case r.out == nil:
		return nil
	}
	if err := json.Unmarshal(body, r.out); err != nil {
		return fmt.Errorf("%w: elasticsearch %s gave an answer that is no whole JSON: %w", index.ErrUnavailable, c.address, err)
	}
	return nil
}

// version gives the oldest version of the cluster's nodes. It asks _nodes, as GET / is a module that small builds lack.
func (c *client) version(ctx context.Context) (string, error) {
	var nodes struct {
		Nodes map[string]struct{ Version string }
	}
	err := c.do(ctx, request{method: "GET", path: "/_nodes", query: url.Values{"filter_path": {"nodes.*.version"}}, out: &nodes})
	var refused *serverError
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		return c.rootVersion(ctx) // a role that may not look at the nodes
	}
	if errors.Is(err, errForeign) {
		return "", fmt.Errorf("%w: %w", index.ErrVersion, err)
	}
	if err != nil {
		return "", err
	}
	oldest := ""
	for _, n := range nodes.Nodes {
		if oldest == "" || n.Version < oldest || !strings.HasPrefix(n.Version, "8.") {
			oldest = n.Version
		}
	}
	return oldest, c.checkVersion(oldest)
}

func (c *client) rootVersion(ctx context.Context) (string, error) {
	var root struct{ Version struct{ Number string } }
	if err := c.do(ctx, request{method: "GET", path: "/", out: &root}); err != nil {
		return "", err
	}
	return root.Version.Number, c.checkVersion(root.Version.Number)
}

func (c *client) checkVersion(v string) error {
	if strings.HasPrefix(v, "8.") {
		return nil
	}
	return fmt.Errorf("%w: %s is Elasticsearch %q, scamatlas needs 8.x", index.ErrVersion, c.address, v)
}

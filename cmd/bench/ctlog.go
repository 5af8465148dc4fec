package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"scamatlas/configs"
	"scamatlas/crawler"
	"scamatlas/crawler/discover/ct"
	"scamatlas/crawler/discover/ct/cttest"
	"scamatlas/crawler/discover/lookalike"
)

const (
	logCommand = "serve-log" // of ourselves, as a child: its CPU is not counted
	logOrigin  = "log.example/bench"
	packedPath = "/packed" // where the same log sends its tiles as gzip

	readMode  = "read"
	fetchMode = "fetch"
	hashMode  = "sha256"
	x509Mode  = "x509"
)

// logModes run in this order in each round, each over the same log.
var logModes = []struct {
	name, does string
	run        func(b *logRun, ctx context.Context) error
}{
	{readMode, "the product: tiles, signature, names of every certificate, root", func(b *logRun, ctx context.Context) error {
		return b.read(ctx, "", func(string) (float64, []string) { return 0, nil })
	}},
	{"read-gzip", "the same where the log sends packed tiles", func(b *logRun, ctx context.Context) error {
		return b.read(ctx, packedPath, func(string) (float64, []string) { return 0, nil })
	}},
	{"read-score", "read, and every name scored against the built-in brands and words", func(b *logRun, ctx context.Context) error {
		return b.read(ctx, "", b.scorer.Score)
	}},
	{fetchMode, "the data tiles over HTTP, thrown away", (*logRun).fetch},
	{hashMode, "SHA-256 of the same bytes in memory", (*logRun).hash},
	{x509Mode, "crypto/x509 over as many of the certificates, in memory", (*logRun).parse},
}

// servedLog is what the serving child tells.
type servedLog struct {
	URL string `json:"url"`
	Key []byte `json:"key"`
}

// serveLog serves a made-up log of so many entries until ctx ends.
func serveLog(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("serve-log: want a number")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 {
		return fmt.Errorf("serve-log: %q is not a number of entries", args[0])
	}
	key := cttest.Key()
	plain, packed := cttest.New(logOrigin, key), cttest.New(logOrigin, key)
	s := newStencil()
	for i := range n {
		plain.Append(s.Entry(i, time.Now()))
	}
	plain.Publish(-1, time.Now())
	packed.AppendAll(plain)
	packed.Publish(-1, time.Now())
	packed.Gzip = true
	mux := http.NewServeMux()
	mux.Handle("/", plain.Static())
	mux.Handle(packedPath+"/", http.StripPrefix(packedPath, packed.Static()))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if err := json.NewEncoder(out).Encode(servedLog{"http://" + listener.Addr().String(), plain.PublicKey()}); err != nil {
		return err
	}
	<-ctx.Done()
	err = server.Close()
	<-ended
	return err
}

// filler makes ours as long as those of the web: ours have P-256 keys and signatures, most others have RSA in one place or the other.
const filler = 450

// newStencil is what all certificates of the log are made with.
func newStencil() *cttest.Stencil {
	a := cttest.NewAuthority()
	a.Extra = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Value: make([]byte, filler)}}
	rand.Read(a.Extra[0].Value)
	return a.Stencil("shop"+cttest.Number+".example.com", "www.shop"+cttest.Number+".example.com")
}

// logRun is what the modes work on.
type logRun struct {
	entries int
	served  servedLog
	client  *http.Client
	scorer  *lookalike.Scorer
	tiles   [][]byte
	certs   [][]byte
	sum     byte // so that no loop is for nothing
}

type logTime struct{ cpu, wall float64 }

// logBench serves a log from a child and runs the modes on one core.
func logBench(ctx context.Context, o discoverOptions, talk io.Writer) (r logReport, err error) {
	b := &logRun{entries: o.Entries, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}}}
	defer b.client.CloseIdleConnections()
	fmt.Fprintf(talk, "making a log of %d entries\n", o.Entries)
	stop, err := b.start(ctx)
	if err != nil {
		return r, fmt.Errorf("serving the log: %w", err)
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := b.prepare(ctx); err != nil {
		return r, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	rounds := map[string][]logTime{}
	for round := range o.Rounds {
		for _, m := range logModes {
			fmt.Fprintf(talk, "round %d of %d: %s\n", round+1, o.Rounds, m.name)
			runtime.GC()
			began, cpu := time.Now(), cpuSeconds()
			if err := m.run(b, ctx); err != nil {
				return r, fmt.Errorf("%s: %w", m.name, err)
			}
			rounds[m.name] = append(rounds[m.name], logTime{cpuSeconds() - cpu, time.Since(began).Seconds()})
		}
	}
	size := int64(0)
	for _, t := range b.tiles {
		size += int64(len(t))
	}
	return newLogReport(o.Entries, size, rounds), nil
}

// start starts the serving child. stop ends it.
func (b *logRun) start(ctx context.Context) (stop func() error, err error) {
	return startChild(ctx, func(said io.Reader) error { return json.NewDecoder(said).Decode(&b.served) }, logCommand, strconv.Itoa(b.entries))
}

// prepare gets what the loops in memory work on.
func (b *logRun) prepare(ctx context.Context) error {
	rules, err := lookalike.Load(configs.Rules(), "names.yaml")
	if err != nil {
		return err
	}
	if b.scorer, err = lookalike.NewScorer(rules); err != nil {
		return err
	}
	s := newStencil()
	for i := range b.entries {
		e := s.Entry(i, time.Time{})
		if e.Pre != nil {
			e.DER = e.Pre
		}
		b.certs = append(b.certs, e.DER)
	}
	return b.eachTile(ctx, func(tile []byte) { b.tiles = append(b.tiles, tile) })
}

// read reads the whole log as the product does.
func (b *logRun) read(ctx context.Context, path string, score ct.Scorer) error {
	names := 0
	s, err := ct.New(ct.Options{
		Log:    ct.Log{Name: "bench", Kind: ct.Static, URL: b.served.URL + path, Origin: logOrigin, Key: b.served.Key},
		Client: b.client, Threshold: 0.5, Since: ct.Everything,
		Score: func(name string) (float64, []string) { names++; return score(name) },
	})
	if err != nil {
		return err
	}
	read := 0
	err = s.Read(ctx, nil, func(batch crawler.Batch) error {
		read += batch.Read - batch.Rejected
		return nil
	})
	if err == nil && (read != b.entries || names != 2*b.entries) {
		err = fmt.Errorf("%d certificates with %d names read, want %d with two each: the figures would not compare", read, names, b.entries)
	}
	return err
}

func (b *logRun) eachTile(ctx context.Context, use func([]byte)) error {
	for n := 0; n*256 < b.entries; n++ {
		path := fmt.Sprintf("/tile/data/%03d", n)
		if n >= 1000 {
			path = fmt.Sprintf("/tile/data/x%03d/%03d", n/1000, n%1000)
		}
		if left := b.entries - n*256; left < 256 {
			path += fmt.Sprintf(".p/%d", left)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.served.URL+path, nil)
		if err != nil {
			return err
		}
		resp, err := b.client.Do(req)
		if err != nil {
			return err
		}
		tile := bytes.NewBuffer(make([]byte, 0, max(0, resp.ContentLength)+bytes.MinRead))
		_, err = tile.ReadFrom(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s %w", path, resp.Status, err)
		}
		use(tile.Bytes())
	}
	return nil
}

func (b *logRun) fetch(ctx context.Context) error {
	return b.eachTile(ctx, func(tile []byte) { b.sum += tile[len(tile)-1] })
}

func (b *logRun) hash(context.Context) error {
	for _, t := range b.tiles {
		sum := sha256.Sum256(t)
		b.sum += sum[0]
	}
	return nil
}

func (b *logRun) parse(context.Context) error {
	for _, der := range b.certs {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		if len(c.DNSNames) != 2 || !strings.HasPrefix(c.DNSNames[0], "shop") {
			return fmt.Errorf("a certificate for %q", c.DNSNames)
		}
	}
	return nil
}

package registry

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openrdap/rdap"
	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/testbed/loopbacktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// record is a domain as registries send it: the registrar's abuse contact stands inside of the registrar, the registrant is redacted.
const record = `{"objectClassName":"domain","handle":"1_DOMAIN","ldhName":"NOVA-TRADE.COM","status":["client transfer prohibited","client hold"],
"events":[{"eventAction":"registration","eventDate":"2025-12-01T08:09:10Z"},{"eventAction":"expiration","eventDate":"2026-12-01T08:09:10Z"},{"eventAction":"last changed","eventDate":"2026-02-03T10:11:12.5Z"},{"eventAction":"last update of RDAP database","eventDate":"2026-03-01T00:00:00Z"}],
"nameservers":[{"objectClassName":"nameserver","ldhName":"NS2.HOST.EXAMPLE"},{"objectClassName":"nameserver","ldhName":"ns1.host.example."}],
"entities":[
 {"objectClassName":"entity","roles":["registrant"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text",""],["email",{},"text","hidden@privacy.example"]]]},
 {"objectClassName":"entity","handle":"1234","roles":["registrar"],"publicIds":[{"type":"IANA Registrar ID","identifier":"1234"}],
  "vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Names Ltd"]]],
  "entities":[{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text",""],["tel",{"type":"voice"},"uri","tel:+1.5551234567"],["email",{},"text","Abuse@names.example"]]]}]}],
"secureDNS":{"delegationSigned":false},"redacted":[{"name":{"type":"Registrant Name"}}]}`

// rdapServer serves IANA's list, which names itself for com, and answer for everything below /rdap/.
func rdapServer(t *testing.T, answer http.HandlerFunc) (base string, client *http.Client) {
	t.Helper()
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	mux.HandleFunc("/iana/dns.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"version":"1.0","publication":"2026-01-01T00:00:00Z","services":[[["com","net"],["%s/rdap/"]],[["xyz"],["ftp://x/","http:///"]]]}`, s.URL)
	})
	mux.HandleFunc("/rdap/", answer)
	t.Cleanup(s.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return s.URL + "/iana/", &http.Client{Transport: transport}
}

func registry(t *testing.T, o Options) *Registry {
	t.Helper()
	o.Gap, o.WHOISGap = max(o.Gap, time.Nanosecond), max(o.WHOISGap, time.Nanosecond)
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLookup(t *testing.T) {
	var asked atomic.Int32
	base, client := rdapServer(t, func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		if req.URL.Path != "/rdap/domain/nova-trade.com" || req.UserAgent() != "test" {
			t.Errorf("asked for %s as %q", req.URL.Path, req.UserAgent())
		}
		_, _ = io.WriteString(w, record)
	})
	r := registry(t, Options{HTTP: client, Bootstrap: base, Agent: "test"})
	want := crawler.Registration{
		Domain: "nova-trade.com", Via: "rdap", Server: strings.TrimSuffix(strings.TrimPrefix(base, "http://"), "/iana/"), Registrar: "Names Ltd", RegistrarID: 1234,
		AbuseEmails: []string{"abuse@names.example"}, AbusePhones: []string{"+1.5551234567"},
		Statuses: []string{"client hold", "client transfer prohibited"}, NS: []string{"ns1.host.example", "ns2.host.example"},
		Created: time.Date(2025, 12, 1, 8, 9, 10, 0, time.UTC), Expires: time.Date(2026, 12, 1, 8, 9, 10, 0, time.UTC), Updated: time.Date(2026, 2, 3, 10, 11, 12, 5e8, time.UTC),
	}
	var wg sync.WaitGroup
	for _, host := range []string{"nova-trade.com", "www.nova-trade.com", "m.app.Nova-Trade.com."} {
		wg.Go(func() {
			got := r.Lookup(t.Context(), host)
			if got == nil || got.Asked.IsZero() {
				t.Errorf("%s: %+v", host, got)
				return
			}
			got.Asked = time.Time{}
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("%s:\n got %+v\nwant %+v", host, *got, want)
			}
		})
	}
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times about one domain", n)
	}
}

// TestNobodyToAsk: the registration of a shared platform's domain would say of its customers what is not so.
func TestNobodyToAsk(t *testing.T) {
	base, client := rdapServer(t, func(http.ResponseWriter, *http.Request) { t.Error("a server was asked") })
	r := registry(t, Options{HTTP: client, Bootstrap: base})
	for _, host := range []string{"", "com", "co.uk", "192.0.2.1", "[2001:db8::1]", "nova.github.io", "nova.pages.dev", "a b.com", "nova\x00.com", strings.Repeat("a.", 200) + "com"} {
		if got := r.Lookup(t.Context(), host); got != nil {
			t.Errorf("%q: %+v", host, got)
		}
	}
	if got := r.Lookup(t.Context(), "nova.zz"); got == nil || !strings.Contains(got.Err, "no RDAP server") {
		t.Errorf("without WHOIS: %+v", got)
	}
}

// TestBadRecords: what is wrong with an answer is named, what is right in it is kept, and nothing fails.
func TestBadRecords(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		err    string
		want   string
	}{
		"unknown":      {404, `{"errorCode":404}`, "not registered", ""},
		"not JSON":     {200, "<html>", "RDAP server", ""},
		"empty":        {200, "", "answered 200", ""},
		"fault":        {500, "{}", "answered 500", ""},
		"other object": {200, `{"objectClassName":"entity","handle":"x"}`, "no record of a domain", ""},
		"list":         {200, `[1,2]`, "RDAP server", ""},
		"other name":   {200, `{"objectClassName":"domain","ldhName":"other.com"}`, "another name", ""},
		"wrong types":  {200, `{"objectClassName":"domain","ldhName":{"x":7},"status":"ok","events":{"a":1},"nameservers":[1,null,{"ldhName":["x"]}],"entities":[null,"x",{"roles":"registrar","vcardArray":7,"publicIds":"9"},{"roles":["registrar"],"vcardArray":["vcard",[["fn"],["fn",{},"text",{"a":1}],7]],"publicIds":[{"type":"IANA Registrar ID","identifier":77}]}]}`, "", ""},
		"redacted":     {200, `{"objectClassName":"domain","ldhName":"nova-trade.com","entities":[{"roles":["registrar"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text",""]]],"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","REDACTED FOR PRIVACY"]]]}]}],"events":[{"eventAction":"registration","eventDate":"0000-00-00"}]}`, "", ""},
		"too large":    {200, `{"objectClassName":"domain","x":"` + strings.Repeat("x", maxBody) + `"}`, "too large", ""},
	} {
		t.Run(name, func(t *testing.T) {
			base, client := rdapServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			got := registry(t, Options{HTTP: client, Bootstrap: base}).Lookup(t.Context(), "nova-trade.com")
			if got == nil || (got.Err == "") != (c.err == "") || !strings.Contains(got.Err, c.err) {
				t.Fatalf("%+v", got)
			}
			within(t, got)
		})
	}
}

// TestNetwork: neighbours share an answer, IPv6 has its own list, and what is nobody's is not asked about.
func TestNetwork(t *testing.T) {
	var asked atomic.Int32
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	defer s.Close()
	for file, network := range map[string]string{"ipv4.json": "203.0.0.0/8", "ipv6.json": "2001:db8::/32"} {
		mux.HandleFunc("/iana/"+file, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"version":"1.0","services":[[["%s"],["%s/"]]]}`, network, s.URL)
		})
	}
	mux.HandleFunc("/ip/", func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		switch strings.TrimPrefix(req.URL.Path, "/ip/") {
		case "203.0.112.1":
			_, _ = io.WriteString(w, `{"objectClassName":"domain","ldhName":"a.example"}`)
		case "203.0.111.1":
			_, _ = io.WriteString(w, `{"objectClassName":"ip network","country":"not a code","entities":7}`)
		default:
			_, _ = io.WriteString(w, `{"objectClassName":"ip network","name":"NOVA","country":"hk","entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@nova.example"]]]}]}`)
		}
	})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r := registry(t, Options{HTTP: &http.Client{Transport: transport}, Bootstrap: s.URL + "/iana/"})
	known := func(a string) crawler.Route {
		return crawler.Route{Address: a, Name: "NOVA", Country: "HK", AbuseEmails: []string{"abuse@nova.example"}, Via: "rdap"}
	}
	for _, c := range []struct {
		address string
		want    crawler.Route
		asked   int32
	}{
		{"203.0.113.7", known("203.0.113.7"), 1}, {"203.0.113.9", known("203.0.113.9"), 1}, {"::ffff:203.0.113.9", known("203.0.113.9"), 1}, {"2001:db8::1", known("2001:db8::1"), 2},
		{"10.0.0.1", crawler.Route{}, 2}, {"127.0.0.1", crawler.Route{}, 2}, {"198.51.100.1", crawler.Route{}, 2}, {"203.0.112.1", crawler.Route{}, 3}, {"203.0.112.1", crawler.Route{}, 3}, {"203.0.111.1", crawler.Route{}, 4},
	} {
		if got := r.Network(t.Context(), netip.MustParseAddr(c.address)); !reflect.DeepEqual(got, c.want) || asked.Load() != c.asked {
			t.Errorf("%s: %+v after %d questions, want %+v after %d", c.address, got, asked.Load(), c.want, c.asked)
		}
	}
}

// TestDeepNesting: a record nested past all sense ends the walk, not the program.
func TestDeepNesting(t *testing.T) {
	deep := strings.Repeat(`{"roles":["reseller"],"entities":[`, 3000) + strings.Repeat("]}", 3000)
	base, client := rdapServer(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"objectClassName":"domain","ldhName":"nova-trade.com","status":["ok"],"entities":[%s]}`, deep)
	})
	if got := registry(t, Options{HTTP: client, Bootstrap: base}).Lookup(t.Context(), "nova-trade.com"); got == nil || got.Err != "" || len(got.Statuses) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestFailuresAreForgotten: a registry that failed is asked again after a time, one whose visitor gave up at once.
func TestFailuresAreForgotten(t *testing.T) {
	var asked atomic.Int32
	base, client := rdapServer(t, func(w http.ResponseWriter, req *http.Request) {
		if asked.Add(1) == 1 {
			<-req.Context().Done() // until the first visitor gives up
			return
		}
		_, _ = io.WriteString(w, strings.Replace(record, "NOVA-TRADE.COM", "nova-trade.com", 1))
	})
	r := registry(t, Options{HTTP: client, Bootstrap: base})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for asked.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if got := r.Lookup(ctx, "nova-trade.com"); got == nil || got.Err == "" {
		t.Errorf("%+v", got)
	}
	if got := r.Lookup(t.Context(), "nova-trade.com"); got == nil || got.Err != "" {
		t.Errorf("%+v", got)
	}
}

// TestLastAnswerStands: a registry that fails when it is asked again does not take away what it said.
func TestLastAnswerStands(t *testing.T) {
	var status atomic.Int32
	base, client := rdapServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = io.WriteString(w, record)
	})
	r := registry(t, Options{HTTP: client, Bootstrap: base, Keep: time.Nanosecond})
	for _, c := range []struct {
		status    int32
		registrar string
		err       string
	}{{200, "Names Ltd", ""}, {500, "Names Ltd", ""}, {500, "Names Ltd", ""}, {404, "", "not registered"}, {500, "", "answered 500"}, {200, "Names Ltd", ""}} {
		status.Store(c.status)
		got := r.Lookup(t.Context(), "nova-trade.com")
		if got == nil || got.Registrar != c.registrar || (got.Err == "") != (c.err == "") || !strings.Contains(got.Err, c.err) {
			t.Errorf("%d: %+v", c.status, got)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory[crawler.Registration](3)
	now := time.Now()
	put := func(domain string) {
		if e, mine := m.claim(domain, now); mine {
			m.settle(domain, e, &crawler.Registration{Domain: domain}, now.Add(time.Hour))
		}
	}
	for _, d := range []string{"a", "b", "c", "a", "d"} {
		put(d)
	}
	if _, mine := m.claim("a", now); mine {
		t.Error("the recently used is gone")
	}
	if _, mine := m.claim("b", now); !mine {
		t.Error("the least recently used is kept")
	}
	if _, mine := m.claim("a", now.Add(2*time.Hour)); !mine {
		t.Error("an old answer is given")
	}
	if len(m.at) != 3 || m.recent.Len() != 3 {
		t.Errorf("%d, %d entries", len(m.at), m.recent.Len())
	}
}

// serveWHOIS answers one line a connection.
func serveWHOIS(t *testing.T, answer func(question string) string) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	server := loopbacktest.TCP(t, "127.0.0.1", func(c net.Conn) {
		question, err := bufio.NewReader(c).ReadString('\n')
		if err == nil {
			_, _ = io.WriteString(c, answer(strings.TrimSuffix(question, "\r\n")))
		}
	}).String()
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if _, port, err := net.SplitHostPort(addr); err != nil || port != "43" {
			t.Errorf("dialled %s", addr)
		}
		var d net.Dialer
		return d.DialContext(ctx, network, server)
	}
}

// TestWHOIS: a top-level domain without RDAP is asked over port 43, at the server that the root names, once.
func TestWHOIS(t *testing.T) {
	base, client := rdapServer(t, func(http.ResponseWriter, *http.Request) { t.Error("an RDAP server was asked") })
	answer := fixtures(t)["gtld.answer"]
	var mu sync.Mutex
	asked := map[string]int{}
	dial := serveWHOIS(t, func(question string) string {
		mu.Lock()
		defer mu.Unlock()
		asked[question]++
		switch question {
		case "zz":
			return "% IANA WHOIS server\nrefer:        whois.nic.zz\n\ndomain:       ZZ\nwhois:        whois.nic.zz\n"
		case "nova-trade.zz":
			return strings.Replace(answer, "Names Ltd", "M\xfcller & S\xf6hne", 1)
		case "qq":
			return "domain: QQ\nstatus: ACTIVE\n"
		}
		return "No match for domain\n"
	})
	r := registry(t, Options{HTTP: client, Bootstrap: base, Dial: dial})
	got := r.Lookup(t.Context(), "www.nova-trade.zz")
	if got == nil || got.Err != "" || got.Via != "whois" || got.Server != "whois.nic.zz" || got.Registrar != "Müller & Söhne" || got.RegistrarID != 1234 {
		t.Errorf("%+v", got)
	}
	for host, want := range map[string]string{"gone.zz": "not registered", "a.qq": "nor a WHOIS server", "shop.example": "nor a registry"} {
		if got := r.Lookup(t.Context(), host); got == nil || !strings.Contains(got.Err, want) {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if asked["zz"] != 1 || asked["nova-trade.zz"] != 1 || asked["example"] != 0 {
		t.Errorf("asked %v", asked)
	}
}

// TestWHOISWantsQuiet: a server that refuses one question is left alone with all, as after a 429 over RDAP.
func TestWHOISWantsQuiet(t *testing.T) {
	base, client := rdapServer(t, func(http.ResponseWriter, *http.Request) {})
	var asked atomic.Int32
	dial := serveWHOIS(t, func(question string) string {
		if question == "zz" {
			return "whois: whois.nic.zz\n"
		}
		asked.Add(1)
		return "Query rate limit exceeded. Please wait.\n"
	})
	r := registry(t, Options{HTTP: client, Bootstrap: base, Dial: dial})
	for _, host := range []string{"nova.zz", "nova.zz", "aurora.zz"} {
		if got := r.Lookup(t.Context(), host); got == nil || !strings.Contains(got.Err, "whois.nic.zz:43 is not to be asked before") {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestSilentWHOIS(t *testing.T) {
	base, client := rdapServer(t, func(http.ResponseWriter, *http.Request) {})
	ours, theirs := net.Pipe()
	defer theirs.Close()
	r := registry(t, Options{HTTP: client, Bootstrap: base, Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got := r.Lookup(ctx, "nova.zz"); got == nil || !strings.Contains(got.Err, "deadline") {
		t.Errorf("%+v", got)
	}
}

func TestNewFaults(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{}}
	for name, o := range map[string]Options{"client": {}, "transport": {HTTP: &http.Client{}}, "list": {HTTP: client, Bootstrap: "dns.json"}, "whois": {HTTP: client, WHOIS: "whois.iana.org"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzRDAP: any bytes become a record within bounds, or none.
func FuzzRDAP(f *testing.F) {
	f.Add([]byte(record))
	f.Add([]byte(`{"objectClassName":"domain","entities":[{"roles":["registrar"],"vcardArray":["vcard",[["email",{},"text",[[["a@b.example"]]]]]]}]}`))
	f.Add([]byte(`{"objectClassName":"ip network","name":"NOVA","country":"HK","entities":[{"roles":["abuse"]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := rdap.NewDecoder(b).Decode()
		if err != nil {
			return
		}
		switch v := v.(type) {
		case *rdap.Domain:
			within(t, fromRDAP(v))
		case *rdap.IPNetwork:
			if r := fromNetwork(v); len(r.Name) > maxText || len(r.AbuseEmails) > maxList || len(r.Country) > 2 {
				t.Errorf("%+v", r)
			}
		}
	})
}

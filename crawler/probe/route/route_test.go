package route

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write makes an MMDB of records by network.
func write(t testing.TB, kind string, records map[string]mmdbtype.DataType) []byte {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network, record := range records {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(n, record); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := tree.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func save(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type record = mmdbtype.Map

func code(s string) record { return record{"iso_code": mmdbtype.String(s)} }

// TestFiles: every publisher's names are understood.
func TestFiles(t *testing.T) {
	const address, network = "203.0.113.7", "203.0.113.0/24"
	full := crawler.Route{Address: address, Prefix: network, ASN: 64500, Name: "Nova Hosting", Country: "HK", Via: "mmdb"}
	only := func(change func(*crawler.Route)) crawler.Route {
		r := full
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		records []record
		want    crawler.Route
	}{
		"GeoLite2-ASN and GeoLite2-City": {[]record{
			{"autonomous_system_number": mmdbtype.Uint32(64500), "autonomous_system_organization": mmdbtype.String("Nova Hosting")},
			{"city": record{"geoname_id": mmdbtype.Uint32(1)}, "country": code("HK"), "registered_country": code("SC")},
		}, full},
		"GeoLite2-Country":                 {[]record{{"registered_country": code("HK")}}, only(func(r *crawler.Route) { r.ASN, r.Name = 0, "" })},
		"IPinfo ASN":                       {[]record{{"asn": mmdbtype.String("AS64500"), "name": mmdbtype.String("Nova Hosting"), "domain": mmdbtype.String("nova.example")}}, only(func(r *crawler.Route) { r.Country = "" })},
		"IPinfo Lite":                      {[]record{{"asn": mmdbtype.String("AS64500"), "as_name": mmdbtype.String("Nova Hosting"), "country": mmdbtype.String("Hong Kong"), "country_code": mmdbtype.String("HK")}}, full},
		"IPinfo country and ASN":           {[]record{{"country": mmdbtype.String("hk")}, {"asn": mmdbtype.String("AS64500"), "as_name": mmdbtype.String("Nova\u202e Hosting\x00")}}, full},
		"DB-IP (numbers of another width)": {[]record{{"autonomous_system_number": mmdbtype.Uint64(64500), "autonomous_system_organization": mmdbtype.String("Nova Hosting")}, {"country": code("HK")}}, full},
	} {
		t.Run(name, func(t *testing.T) {
			var o Options
			for _, r := range c.records {
				o.Files = append(o.Files, save(t, "a.mmdb", write(t, name, map[string]mmdbtype.DataType{network: r})))
			}
			f, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			got := f.Find(t.Context(), []string{"198.51.100.1", address, "no address", "2001:db8::1"})
			if !reflect.DeepEqual(got, []crawler.Route{c.want}) {
				t.Errorf("got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// TestWrongFiles: what a file is instead stands in the error, with its name; the others are used.
func TestWrongFiles(t *testing.T) {
	good := write(t, "GeoLite2-ASN", map[string]mmdbtype.DataType{"203.0.113.0/24": record{"autonomous_system_number": mmdbtype.Uint32(1)}})
	files := map[string]string{
		"missing.mmdb": "no such file", "csv.mmdb": "no MMDB file", "empty.mmdb": "no MMDB file", "cut.mmdb": "mmdb", "anonymous.mmdb": `wrong kind ("GeoIP2-Anonymous-IP"): neither autonomous systems nor countries, but ["is_anonymous"]`,
		"list.mmdb": "wrong kind",
	}
	o := Options{}
	for name, b := range map[string][]byte{
		"csv.mmdb": []byte("network,asn\n203.0.113.0/24,64500\n"), "empty.mmdb": nil, "cut.mmdb": good[len(good)/2:],
		"anonymous.mmdb": write(t, "GeoIP2-Anonymous-IP", map[string]mmdbtype.DataType{"203.0.113.0/24": record{"is_anonymous": mmdbtype.Bool(true)}}),
		"list.mmdb":      write(t, "x", map[string]mmdbtype.DataType{"203.0.113.0/24": mmdbtype.Slice{mmdbtype.String("x")}}),
	} {
		o.Files = append(o.Files, save(t, name, b))
	}
	o.Files = append(o.Files, "missing.mmdb", save(t, "good.mmdb", good))
	f, err := Open(o)
	if err == nil {
		t.Fatal("no error")
	}
	for name, why := range files {
		found := false
		for line := range strings.SplitSeq(err.Error(), "\n") {
			found = found || strings.Contains(line, name) && strings.Contains(line, why)
		}
		if !found {
			t.Errorf("%s: %q is not said in\n%v", name, why, err)
		}
	}
	if len(f.files) != 1 {
		t.Errorf("%d files are used", len(f.files))
	}
}

// zone answers like Cymru's, over a map.
type zone struct {
	mu    sync.Mutex
	asked map[string]int
	texts map[string][]string
	fail  error
}

func (z *zone) resolve(_ context.Context, name string, qtype uint16) (*egress.Answer, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asked[name]++
	if qtype != dns.TypeTXT || z.fail != nil {
		return nil, errors.Join(z.fail, errors.ErrUnsupported)
	}
	texts, ok := z.texts[name]
	if !ok {
		return &egress.Answer{Rcode: dns.RcodeNameError}, &net.DNSError{Name: name, IsNotFound: true}
	}
	a := &egress.Answer{}
	for _, t := range texts {
		a.Records = append(a.Records, &dns.TXT{Txt: []string{t[:1], t[1:]}})
	}
	return a, nil
}

func TestCymru(t *testing.T) {
	z := &zone{asked: map[string]int{}, texts: map[string][]string{
		"0.113.0.203.origin.asn.example":              {"64501 | 203.0.0.0/8 | SC | arin | 1998-09-25", "64500 64502 | 203.0.113.0/24 | HK | apnic | 1998-09-25", "9 | 192.0.2.0/24 | US | arin |", "nonsense"},
		"AS64500.asn.example":                         {"64500 | HK | apnic | 2000-01-01 | NOVA-AS - Nova\x1b Hosting, HK"},
		"0.0.0.0.8.b.d.0.1.0.0.2.origin6.asn.example": {"64500 | 2001:db8::/32 | HK | apnic |"},
		"0.100.51.198.origin.asn.example":             {"NA | 198.51.100.0/24 | |"},
	}}
	f, err := Open(Options{Resolve: z.resolve, Zone: "asn.example"})
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{"203.0.113.7", "10.0.0.1", "203.0.113.8", "198.51.100.1", "127.0.0.1", "2001:db8::1", "192.0.2.1"}
	name := "NOVA-AS - Nova Hosting, HK"
	want := []crawler.Route{
		{Address: "203.0.113.7", Prefix: "203.0.113.0/24", ASN: 64500, Name: name, Country: "HK", Via: "cymru"},
		{Address: "203.0.113.8", Prefix: "203.0.113.0/24", ASN: 64500, Name: name, Country: "HK", Via: "cymru"},
		{Address: "2001:db8::1", Prefix: "2001:db8::/32", ASN: 64500, Name: name, Country: "HK", Via: "cymru"},
	}
	for range 2 {
		if got := f.Find(t.Context(), addresses); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	before := len(z.asked)
	f.Find(t.Context(), addresses)
	for name, n := range z.asked {
		if n > 3 || strings.HasPrefix(name, "0.0.0.10.") || strings.HasPrefix(name, "0.0.0.127.") || len(z.asked) != before {
			t.Errorf("asked %d times for %s", n, name)
		}
	}
}

// TestCymruIsAskedAgain: an old answer is replaced, not added to.
func TestCymruIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const network = "0.113.0.203.origin.asn.example"
		z := &zone{asked: map[string]int{}, texts: map[string][]string{}}
		f, err := Open(Options{Resolve: z.resolve, Zone: "asn.example"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text string
			want uint32
		}{{"64500 | 203.0.113.0/24 | HK | apnic |", 64500}, {"64501 | 203.0.0.0/8 | HK | apnic |", 64501}} {
			z.texts[network] = []string{c.text}
			if got := f.Find(t.Context(), []string{"203.0.113.7"}); len(got) != 1 || got[0].ASN != c.want {
				t.Errorf("%q: %+v", c.text, got)
			}
			time.Sleep(keepKnown)
		}
	})
}

func TestCymruSilent(t *testing.T) {
	z := &zone{asked: map[string]int{}, fail: errors.New("timeout")}
	f, err := Open(Options{Resolve: z.resolve})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := f.Find(t.Context(), []string{"203.0.113.7"}); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	}
	if n := z.asked["0.113.0.203.origin.asn.cymru.com"]; n != 2 {
		t.Errorf("asked %d times: a failure was remembered", n)
	}
}

func TestFindIsBounded(t *testing.T) {
	f, err := Open(Options{Files: []string{save(t, "a.mmdb", write(t, "ASN", map[string]mmdbtype.DataType{"203.0.113.0/24": record{"asn": mmdbtype.String("AS1")}}))}})
	if err != nil {
		t.Fatal(err)
	}
	var many []string
	for i := range 100 {
		many = append(many, netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}).String())
	}
	if got := f.Find(t.Context(), many); len(got) != maxAddresses {
		t.Errorf("%d routes", len(got))
	}
}

// FuzzFile: a damaged file is refused or answers; it never ends the program.
func FuzzFile(f *testing.F) {
	good := write(f, "GeoLite2-ASN", map[string]mmdbtype.DataType{"203.0.113.0/24": record{"autonomous_system_number": mmdbtype.Uint32(1), "country": code("HK")}})
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Fuzz(func(t *testing.T, b []byte) {
		db, err := readFile(b)
		if err != nil {
			return
		}
		r, err := db.find(netip.MustParseAddr("203.0.113.7"))
		if err == nil && (len(r.Name) > maxName || r.Country != country(r.Country)) {
			t.Errorf("%+v", r)
		}
	})
}

func FuzzCymru(f *testing.F) {
	f.Add("64500 | 203.0.113.0/24 | HK | apnic |")
	f.Add("|||||")
	f.Fuzz(func(t *testing.T, s string) {
		if o, ok := readOrigin(s); ok && (o.asn == 0 || !o.prefix.IsValid()) {
			t.Errorf("%+v", o)
		}
		if name := readName(s); len(name) > maxName {
			t.Errorf("name of %d bytes", len(name))
		}
	})
}

package route

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/oschwald/maxminddb-golang/v2"

	"scamatlas/crawler"
)

// file is one MMDB.
type file struct{ db *maxminddb.Reader }

// openFile reads a file and says what is wrong when it is no MMDB or holds nothing we know.
func openFile(name string) (*file, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("larger than %d MiB", maxFile>>20)
	}
	return readFile(b)
}

func readFile(b []byte) (f *file, err error) {
	defer guard(&err)
	db, err := maxminddb.OpenBytes(b)
	if err != nil {
		return nil, fmt.Errorf("no MMDB file: %w", err)
	}
	f = &file{db}
	seen := map[string]bool{}
	n := 0
	for r := range db.Networks() {
		var record any
		if r.Decode(&record) == nil {
			if got := read(record); got.ASN != 0 || got.Name != "" || got.Country != "" {
				return f, nil
			}
			if m, ok := record.(map[string]any); ok {
				for k := range m {
					seen[clean(k)] = true
				}
			}
		}
		if n++; n >= sampled {
			break
		}
	}
	fields := slices.Sorted(maps.Keys(seen))
	return nil, fmt.Errorf("an MMDB of the wrong kind (%q): neither autonomous systems nor countries, but %q", clean(db.Metadata.DatabaseType), fields[:min(len(fields), maxFields)])
}

// guard keeps a file that makes its library fail from ending the program.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("no readable MMDB file: %v", p)
	}
}

// inFiles asks every file; each field is from the first that has it.
func (f *Finder) inFiles(a netip.Addr) crawler.Route {
	var out crawler.Route
	for _, db := range f.files {
		r, err := db.find(a)
		if err != nil {
			continue
		}
		if out.ASN == 0 && r.ASN != 0 {
			out.ASN, out.Prefix = r.ASN, r.Prefix
			if r.Name != "" {
				out.Name = r.Name
			}
		}
		if out.Name == "" {
			out.Name = r.Name
		}
		if out.Country == "" {
			out.Country = r.Country
		}
		if out.Prefix == "" {
			out.Prefix = r.Prefix
		}
	}
	if out.ASN != 0 || out.Name != "" || out.Country != "" {
		out.Via = "mmdb"
	}
	return out
}

var errNothing = errors.New("nothing known")

func (f *file) find(a netip.Addr) (r crawler.Route, err error) {
	defer guard(&err)
	found := f.db.Lookup(a)
	if !found.Found() {
		return r, errNothing
	}
	var record any
	if err := found.Decode(&record); err != nil {
		return r, err
	}
	if r = read(record); r.ASN == 0 && r.Name == "" && r.Country == "" {
		return r, errNothing
	}
	r.Prefix = found.Prefix().String()
	return r, nil
}

// read takes what is known from a record by the names that publishers use:
//
//	MaxMind, DB-IP  autonomous_system_number, autonomous_system_organization; country.iso_code, registered_country.iso_code
//	IPinfo          asn "AS15169", as_name or name; country_code, or country "US"
func read(record any) crawler.Route {
	m, _ := record.(map[string]any)
	var r crawler.Route
	for _, name := range []string{"autonomous_system_number", "asn"} {
		if r.ASN == 0 {
			r.ASN = number(m[name])
		}
	}
	for _, name := range []string{"autonomous_system_organization", "as_name", "as_organization", "name", "organization", "isp"} {
		if s, ok := m[name].(string); ok && r.Name == "" {
			r.Name = clean(s)
		}
	}
	for _, name := range []string{"country_code", "country", "registered_country"} {
		if r.Country == "" {
			r.Country = country(m[name])
		}
	}
	return r
}

func number(v any) uint32 {
	switch v := v.(type) {
	case uint64:
		if v <= 1<<32-1 {
			return uint32(v)
		}
	case int:
		if v >= 0 && v <= 1<<32-1 {
			return uint32(v)
		}
	case string:
		n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(v)), "AS"), 10, 32)
		if err == nil {
			return uint32(n)
		}
	}
	return 0
}

// country gives a code of two letters, "" for a country's name or anything else.
func country(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return country(v["iso_code"])
	case string:
		if len(v) == 2 && strings.Trim(strings.ToUpper(v), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			return strings.ToUpper(v)
		}
	}
	return ""
}

// clean drops control and direction characters and cuts to maxName bytes.
func clean(s string) string {
	if len(s) > maxName {
		s = s[:maxName]
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s))
}

// Package route turns an address into whose network it is in: autonomous system, its name, the country. It reads MMDB files that the
// operator names, whoever publishes them, and asks Team Cymru over DNS about what they do not say.
//
// It ships no data of its own and does not know what is served at an address.
package route

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"scamatlas/crawler"
	"scamatlas/crawler/egress"
)

// Resolve is how names are asked for: egress.Guard's method.
type Resolve func(ctx context.Context, name string, qtype uint16) (*egress.Answer, error)

// Options name the sources. With none of them nothing is ever known.
type Options struct {
	Files   []string // MMDB files: GeoLite2 or GeoIP2 ASN, City, Country, their DB-IP and IPinfo kin; of two that know, the first counts
	Resolve Resolve  // nil = Cymru is not asked
	Zone    string   // Cymru's; "" = asn.cymru.com
}

// Finder is safe for concurrent use. Files are read whole: about as much memory as they are long, and no harm when they are replaced.
type Finder struct {
	files []*file
	cymru *cymru // nil: is not asked
}

// Open reads the files. All faults come in one error, each with its file's name; the Finder has the others.
func Open(o Options) (*Finder, error) {
	f := &Finder{}
	var faults []error
	for _, name := range o.Files {
		db, err := openFile(name)
		if err != nil {
			faults = append(faults, fmt.Errorf("address data %s: %w", name, err))
			continue
		}
		f.files = append(f.files, db)
	}
	if o.Resolve != nil {
		zone := o.Zone
		if zone == "" {
			zone = "asn.cymru.com"
		}
		f.cymru = &cymru{resolve: o.Resolve, zone: zone, known: map[string]fact{}}
	}
	return f, errors.Join(faults...)
}

// Find gives a route for each address somebody knows, in their order; at most maxAddresses are looked at, what is none is left out.
func (f *Finder) Find(ctx context.Context, addresses []string) []crawler.Route {
	found := make([]crawler.Route, min(len(addresses), maxAddresses))
	var wg sync.WaitGroup
	for i, text := range addresses[:len(found)] {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			continue
		}
		found[i] = f.inFiles(a.Unmap())
		if found[i].ASN == 0 && f.cymru != nil && public(a.Unmap()) {
			wg.Go(func() { f.cymru.fill(ctx, a.Unmap(), &found[i]) })
		}
	}
	wg.Wait()
	var out []crawler.Route
	for i, r := range found {
		if r.Via != "" {
			r.Address = addresses[i]
			out = append(out, r)
		}
	}
	return out
}

// public leaves out addresses that nobody announces.
func public(a netip.Addr) bool { return a.IsGlobalUnicast() && !a.IsPrivate() }

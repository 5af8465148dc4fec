package registry

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/openrdap/rdap"
	"github.com/openrdap/rdap/bootstrap"

	"scamatlas/crawler"
)

// Network gives what the regional registry says of the network that a is in: its name, country, and whom to write to about abuse;
// no autonomous system. It is empty, without Via, when nothing is known or a is nobody's. Neighbours within a /24 or /48 share an
// answer. The slices are shared and must not be changed.
func (r *Registry) Network(ctx context.Context, a netip.Addr) crawler.Route {
	a = a.Unmap()
	bits := 24
	if a.Is6() {
		bits = 48
	}
	network, err := a.WithZone("").Prefix(bits)
	if err != nil || !a.IsGlobalUnicast() || a.IsPrivate() {
		return crawler.Route{}
	}
	found, err := ask(ctx, r.nets, network.String(), r.keep, func() (*crawler.Route, error) { return r.rdap.network(ctx, a) },
		func(error) *crawler.Route { return &crawler.Route{} })
	if err != nil || found.Via == "" {
		return crawler.Route{}
	}
	found.Address = a.String()
	return *found
}

// network asks the registry of a's region.
func (a *rdapAsker) network(ctx context.Context, of netip.Addr) (*crawler.Route, error) {
	kind := bootstrap.IPv4
	if of.Is6() {
		kind = bootstrap.IPv6
	}
	var found *crawler.Route
	err := a.each(ctx, kind, of.String(), func(s *url.URL) error {
		object, err := a.query(ctx, s, rdap.IPRequest, of.String())
		if err != nil {
			return err
		}
		n, ok := object.(*rdap.IPNetwork)
		if !ok || n == nil {
			return fmt.Errorf("RDAP server %s answered with no record of a network", s.Host)
		}
		if err := safely(s, func() { found = fromNetwork(n) }); err != nil {
			return err
		}
		if found.Name == "" && found.Country == "" && found.AbuseEmails == nil {
			return errNothing
		}
		return nil
	})
	return found, err
}

var errNothing = errors.New("a record without anything of use")

func fromNetwork(n *rdap.IPNetwork) *crawler.Route {
	var contacts crawler.Registration
	w := walk{out: &contacts}
	w.entities(n.Entities, false, 0)
	finish(&contacts)
	out := &crawler.Route{Via: "rdap", Name: cut(clean(n.Name), maxText), AbuseEmails: contacts.AbuseEmails}
	if c := strings.ToUpper(n.Country); len(c) == 2 && strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		out.Country = c
	}
	return out
}

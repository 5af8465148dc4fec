package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openrdap/rdap"
	"github.com/openrdap/rdap/bootstrap"

	"scamatlas/crawler"
)

// errNoRDAP says that IANA's list names no RDAP server for a top-level domain.
var errNoRDAP = errors.New("no RDAP server for this top-level domain")

// rdapAsker asks RDAP servers.
type rdapAsker struct {
	http  *http.Client
	agent string
	list  *bootstrap.Client
	lock  chan struct{} // held by who uses list, which is not made for several at once
}

func newRDAP(client *http.Client, base *url.URL, agent string, t *turns) *rdapAsker {
	own := *client
	own.Transport = &polite{client.Transport, t}
	return &rdapAsker{http: &own, agent: agent, list: &bootstrap.Client{HTTP: &own, BaseURL: base}, lock: make(chan struct{}, 1)}
}

// ask gives the registry's record of domain. The error is errNoRDAP, errUnknown, a *busyError or what went wrong.
func (a *rdapAsker) ask(ctx context.Context, domain string) (*crawler.Registration, error) {
	var found *crawler.Registration
	err := a.each(ctx, bootstrap.DNS, domain, func(s *url.URL) error {
		object, err := a.query(ctx, s, rdap.DomainRequest, domain)
		if err != nil {
			return err
		}
		d, ok := object.(*rdap.Domain)
		switch {
		case !ok || d == nil:
			return fmt.Errorf("RDAP server %s answered with no record of a domain", s.Host)
		case d.LDHName != "" && !strings.EqualFold(strings.TrimSuffix(d.LDHName, "."), domain):
			return fmt.Errorf("RDAP server %s answered about another name", s.Host)
		}
		return safely(s, func() { found = fromRDAP(d); found.Server = cut(s.Host, maxText) })
	})
	return found, err
}

// each asks the servers in turn until one answers or says that there is nothing.
func (a *rdapAsker) each(ctx context.Context, kind bootstrap.RegistryType, about string, ask func(*url.URL) error) error {
	servers, err := a.servers(ctx, kind, about)
	if err != nil {
		return err
	}
	for _, s := range servers {
		if err = ask(s); err == nil || errors.Is(err, errUnknown) || ctx.Err() != nil {
			break
		}
	}
	return err
}

// safely runs what reads a record. The library reads hostile JSON by reflection: should it fail on some, the record is lost and not
// the visit.
func safely(server *url.URL, read func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("RDAP server %s: unreadable record: %v", server.Host, p)
		}
	}()
	read()
	return nil
}

// servers reads IANA's list (RFC 9224), fetched once a day; servers with TLS come first.
func (a *rdapAsker) servers(ctx context.Context, kind bootstrap.RegistryType, about string) ([]*url.URL, error) {
	select {
	case a.lock <- struct{}{}:
		defer func() { <-a.lock }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	q := &bootstrap.Question{RegistryType: kind, Query: about}
	answer, err := a.list.Lookup(q.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("reading the list of RDAP servers: %w", err)
	}
	var found []*url.URL
	for _, u := range answer.URLs {
		if u != nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			found = append(found, u)
		}
	}
	if len(found) == 0 {
		return nil, errNoRDAP
	}
	slices.SortStableFunc(found, func(x, y *url.URL) int { return -strings.Compare(x.Scheme, y.Scheme) })
	return found[:min(len(found), maxURLs)], nil
}

// query asks one server and gives the object that it answers with.
func (a *rdapAsker) query(ctx context.Context, server *url.URL, kind rdap.RequestType, about string) (object any, err error) {
	var resp *rdap.Response
	c := &rdap.Client{HTTP: a.http, Bootstrap: a.list, UserAgent: a.agent, Verbose: func(string) {}}
	req := (&rdap.Request{Type: kind, Query: about, Server: server}).WithContext(ctx)
	if bad := safely(server, func() { resp, err = c.Do(req) }); bad != nil {
		return nil, bad
	}
	var of *rdap.ClientError
	if errors.As(err, &of) && of.Type == rdap.ObjectDoesNotExist {
		return nil, errUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("RDAP server %s: %w", server.Host, cause(resp, err))
	}
	return resp.Object, nil
}

// cause is what the library keeps with the answer and leaves out of its error.
func cause(resp *rdap.Response, err error) error {
	if resp == nil || len(resp.HTTP) == 0 {
		return err
	}
	last := resp.HTTP[len(resp.HTTP)-1]
	switch {
	case last.Error != nil:
		return last.Error
	case last.Response != nil:
		return fmt.Errorf("answered %d", last.Response.StatusCode)
	}
	return err
}

// fromRDAP keeps what is asked for of a record (RFC 9083); redacted fields (RFC 9537) are simply empty.
func fromRDAP(d *rdap.Domain) *crawler.Registration {
	out := &crawler.Registration{Via: "rdap"}
	for _, s := range d.Status {
		out.Statuses = append(out.Statuses, status(s))
	}
	for _, n := range d.Nameservers[:min(len(d.Nameservers), maxList)] {
		out.NS = append(out.NS, hostName(n.LDHName))
	}
	for _, e := range d.Events[:min(len(d.Events), maxList)] {
		setEvent(out, strings.ToLower(strings.TrimSpace(e.Action)), e.Date)
	}
	w := walk{out: out}
	w.entities(d.Entities, false, 0)
	finish(out)
	return out
}

func setEvent(out *crawler.Registration, action, date string) {
	at := readDate(date)
	switch {
	case at.IsZero():
	case action == "registration" && out.Created.IsZero():
		out.Created = at
	case action == "last changed" && out.Updated.IsZero():
		out.Updated = at
	case action == "expiration", action == "registrar expiration" && out.Expires.IsZero():
		out.Expires = at
	}
}

// walk goes through entities, which hold each other.
type walk struct {
	out  *crawler.Registration
	seen int
}

// entities looks at one level; within says that a registrar stands above.
func (w *walk) entities(list []rdap.Entity, within bool, depth int) {
	for i := range list {
		if w.seen++; w.seen > maxEntities || depth > maxNested {
			return
		}
		e := &list[i]
		registrar := hasRole(e, "registrar")
		if registrar && w.out.Registrar == "" && w.out.RegistrarID == 0 {
			w.out.Registrar, w.out.RegistrarID = entityName(e), ianaID(e.PublicIDs)
		}
		if hasRole(e, "abuse") && e.VCard != nil {
			emails, phones := contacts(e.VCard)
			if within || registrar { // the registrar's own goes before others'
				w.out.AbuseEmails, w.out.AbusePhones = append(emails, w.out.AbuseEmails...), append(phones, w.out.AbusePhones...)
			} else {
				w.out.AbuseEmails, w.out.AbusePhones = append(w.out.AbuseEmails, emails...), append(w.out.AbusePhones, phones...)
			}
		}
		w.entities(e.Entities, within || registrar, depth+1)
	}
}

func hasRole(e *rdap.Entity, role string) bool {
	return slices.ContainsFunc(e.Roles, func(r string) bool { return strings.EqualFold(strings.TrimSpace(r), role) })
}

func entityName(e *rdap.Entity) string {
	if e.VCard != nil {
		for _, name := range []string{"fn", "org"} {
			for _, p := range e.VCard.Get(name) {
				for _, v := range p.Values() {
					if v = cut(clean(v), maxText); v != "" {
						return v
					}
				}
			}
		}
	}
	return cut(clean(e.Handle), maxText)
}

func ianaID(ids []rdap.PublicID) int {
	for _, id := range ids {
		if strings.Contains(strings.ToLower(id.Type), "iana") {
			return registrarID(id.Identifier)
		}
	}
	return 0
}

func registrarID(s string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

func contacts(v *rdap.VCard) (emails, phones []string) {
	for _, p := range v.Get("email") {
		emails = append(emails, p.Values()...)
	}
	for _, p := range v.Get("tel") {
		phones = append(phones, p.Values()...)
	}
	return emails, phones
}

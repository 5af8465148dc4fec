package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/index"
	"scamatlas/index/query"
)

// pdnsRecord is what DNS said of a name from one time to another. As JSON it has the fields of the Passive DNS Common Output Format
// (draft-dulaunoy-dnsop-passive-dns-cof), times in seconds since 1970, and whether we have visited the name.
type pdnsRecord struct {
	Name    string `json:"rrname"`
	Type    string `json:"rrtype"`
	Data    string `json:"rdata"`
	First   int64  `json:"time_first"`
	Last    int64  `json:"time_last"`
	Visited bool   `json:"x_visited"`
}

func (a *app) pdnsCmd() *cobra.Command {
	limit := 0
	cmd := &cobra.Command{
		Use:   "pdns ADDRESS|HOST",
		Short: "Our own passive DNS: who was at an address, where a host was",
		Long: `What DNS said when we asked, with first and last time: of an address the hosts that were there, of a host its addresses, aliases and name
servers, and the hosts that were aliases of it or served by it. Visited sites tell it, and names that discovery read of and nobody has
visited. Newest first; with --json one object a line, in the Passive DNS Common Output Format.`,
		Example: `  scamatlas pdns 203.0.113.7
  scamatlas pdns evil-invest.example --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("pdns needs one address or host")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 || limit > index.MaxHits {
				return usagef("--limit %d is not between 1 and %d", limit, index.MaxHits)
			}
			what, err := pdnsWhat(args[0])
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), toRead, func(s *session) error {
				all, err := passiveDNS(cmd.Context(), s.store, what, limit)
				if err != nil {
					return fmt.Errorf("reading where %s was: %w", what, err)
				}
				return a.printRecords(what, all)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 100, "how many visited sites and other names at most, each")
	return cmd
}

// pdnsWhat gives an address or a host in the form that is stored.
func pdnsWhat(text string) (string, error) {
	if ip, err := netip.ParseAddr(crawler.Refang(text)); err == nil && ip.Zone() == "" {
		return ip.Unmap().String(), nil
	}
	t, err := crawler.ParseTarget(text)
	if err != nil {
		return "", &usageError{err}
	}
	return t.Host, nil
}

// passiveStore is what passive DNS is read from.
type passiveStore interface {
	Site(ctx context.Context, host string) (*index.Site, error)
	Search(ctx context.Context, r index.SearchRequest) (*index.SearchResult, error)
	NamesWith(ctx context.Context, key string, n int) (some []index.Name, all int64, err error)
}

// passiveDNS gives the records of an address or host: those of up to n visited sites that have or had it, of itself, and of up to n names of
// each kind that nobody has visited.
func passiveDNS(ctx context.Context, st passiveStore, what string, n int) ([]pdnsRecord, error) {
	var out []pdnsRecord
	add := func(host string, past []index.Past, visited bool) {
		for _, p := range past {
			for _, r := range recordsOf(host, p) {
				if r.Visited = visited; host == what || strings.EqualFold(r.Data, what) {
					out = append(out, r)
				}
			}
		}
	}
	site, err := st.Site(ctx, what)
	switch {
	case err == nil:
		add(site.Host, site.Past, true)
	case !errors.Is(err, index.ErrNotFound):
		return nil, err
	}
	r, err := st.Search(ctx, index.SearchRequest{Query: query.Term{Field: "ever", Value: strings.ToLower(what)}, Sort: index.SortLastVisit, Limit: n})
	if err != nil {
		return nil, err
	}
	for _, s := range r.Sites {
		if s.Host != what {
			add(s.Host, s.Past, true)
		}
	}
	for _, kind := range []string{"host", "address", "cname"} {
		names, _, err := st.NamesWith(ctx, index.NameKey(kind, what), n)
		if err != nil {
			return nil, err
		}
		for _, x := range names {
			add(x.Host, x.Past, false)
		}
	}
	slices.SortStableFunc(out, func(a, b pdnsRecord) int {
		return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Data, b.Data))
	})
	return slices.Compact(out), nil
}

// recordsOf gives a fact of hosting as DNS records; none for facts of other kinds.
func recordsOf(host string, p index.Past) []pdnsRecord {
	kind := map[string]string{"address": "A", "ns": "NS", "cname": "CNAME", index.PastNS: "NS"}[p.Kind]
	if kind == "" {
		return nil
	}
	if kind == "A" && strings.Contains(p.Value, ":") {
		kind = "AAAA"
	}
	var out []pdnsRecord
	for value := range strings.FieldsSeq(p.Value) {
		out = append(out, pdnsRecord{Name: host, Type: kind, Data: value, First: p.First.Unix(), Last: p.Last.Unix()})
	}
	return out
}

func (a *app) printRecords(what string, all []pdnsRecord) error {
	if a.json {
		for _, r := range all {
			if err := jsonLine(a.stdout, r); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		fmt.Fprintf(a.stderr, "nothing is known of where %s was\n", what)
		return nil
	}
	t := newTable(a.stdout, "NAME", "TYPE", "DATA", "FIRST", "LAST", "VISITED")
	for _, r := range all {
		t.row(r.Name, r.Type, r.Data, day(time.Unix(r.First, 0).UTC()), day(time.Unix(r.Last, 0).UTC()), map[bool]string{true: "yes", false: "no"}[r.Visited])
	}
	return t.close()
}

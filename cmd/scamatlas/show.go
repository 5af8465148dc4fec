package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/wallet"
	"scamatlas/index"
	"scamatlas/index/query"
)

func (a *app) showCmd() *cobra.Command {
	card := false
	cmd := &cobra.Command{
		Use:   "show HOST|CLUSTER|ADDRESS",
		Short: "Dossier: all that is known, and why",
		Long: `All that is known of one site (by host), one cluster (by id, k-… or o-…) or one wallet (by address, any spelling).
With --json: the site, the cluster, or the sites that hold the wallet, one object a line.`,
		Example: `  scamatlas show suspicious-invest.example
  scamatlas show suspicious-invest.example --card
  scamatlas show o-5kq2m7ra3d
  scamatlas show 0x52908400098527886E0F7030069857D2E4169EE7 --json`,
		Args: exactly(1, "one host, cluster id or wallet address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), toRead, func(s *session) error {
				if !card {
					return a.show(cmd.Context(), s.store, args[0])
				}
				site, err := siteOf(cmd.Context(), s.store, args[0])
				if err != nil {
					return err
				}
				return a.showCard(site)
			})
		},
	}
	cmd.Flags().BoolVar(&card, "card", false, "only the steps by which anybody can see the site, to be pasted into a report")
	return cmd
}

func (a *app) show(ctx context.Context, st index.Store, what string) error {
	if strings.HasPrefix(what, "k-") || strings.HasPrefix(what, "o-") {
		c, err := st.Cluster(ctx, what)
		if err == nil {
			return a.showCluster(ctx, st, c)
		}
		if !errors.Is(err, index.ErrNotFound) || !strings.Contains(what, ".") {
			return notFound(err, "cluster "+what, "`scamatlas clusters` lists them")
		}
	}
	if chain, _, value, ok := wallet.Canonical(what); ok {
		return a.showWallet(ctx, st, chain, value)
	}
	if looksEVM(what) {
		return usagef("the capital letters of %s do not fit its checksum (EIP-55): a character may be mistyped; in lower case it is looked up as it is", what)
	}
	s, err := siteOf(ctx, st, what)
	if err != nil {
		return err
	}
	if a.json {
		return jsonLine(a.stdout, s)
	}
	return a.showSite(ctx, st, s)
}

func siteOf(ctx context.Context, st index.Reader, what string) (*index.Site, error) {
	t, err := crawler.ParseTarget(what)
	if err != nil {
		return nil, usagef("%q is neither a host, nor a cluster id, nor a wallet address", what)
	}
	s, err := st.Site(ctx, t.Host)
	if err != nil {
		return nil, notFound(err, t.Host, "`scamatlas crawl "+t.Host+"` visits it")
	}
	return s, nil
}

// looksEVM reports 0x and 40 hexadecimal digits.
func looksEVM(s string) bool {
	digits, ok := strings.CutPrefix(s, "0x")
	return ok && len(digits) == 40 && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}

func notFound(err error, what, next string) error {
	if errors.Is(err, index.ErrNotFound) {
		return fmt.Errorf("%s is not in the store; %s", what, next)
	}
	return fmt.Errorf("reading %s: %w", what, err)
}

func (a *app) showSite(ctx context.Context, st index.Reader, s *index.Site) error {
	fmt.Fprintf(a.stdout, "%s\n", s.Host)
	t := newTable(a.stdout)
	t.row("  outcome", string(s.Outcome)+reason(s.Reason))
	t.row("  verdict", heldToBe(s, timeNow()))
	t.row("  title", orDash(line(s.Findings.Title, 100)))
	t.row("  seen", fmt.Sprintf("first %s, last alive %s, %s, due again %s", day(s.FirstSeen), day(s.LastLive), plural(s.Visits, "visit", "visits"), day(s.NextVisit)))
	t.row("  known from", sources(s.Sources))
	t.row("  kit", orDash(s.Kit))
	t.row("  operator", orDash(s.Operator))
	if len(s.Hops) > 0 {
		for _, h := range s.Hops {
			t.row("  redirect", fmt.Sprintf("%d %s -> %s", h.Status, line(h.URL, 80), line(h.To, 80)))
		}
	}
	for _, r := range s.Refused {
		t.row("  refused", line(r.Target, 80)+": "+line(r.Why, 60))
	}
	if err := t.close(); err != nil {
		return err
	}
	if err := a.printVerdict(&s.Verdict); err != nil {
		return err
	}
	a.printIndicators("Wallets", s.Findings.Indicators, extractors.KindWallet)
	a.printIndicators("Contacts", s.Findings.Indicators, extractors.KindContact)
	a.printIndicators("Trackers", s.Findings.Indicators, extractors.KindTracker)
	a.printIndicators("Claims", s.Findings.Indicators, extractors.KindClaim)
	a.printIndicators("Backends", s.Findings.Indicators, extractors.KindBackend)
	a.printHosting(&s.Findings.Hosting)
	a.printFingerprint(&s.Findings.Fingerprint)
	return errors.Join(a.printPast(s), a.printHappened(s), a.printVisits(ctx, st, s))
}

func reason(why string) string {
	if why == "" {
		return ""
	}
	return " (" + line(why, 120) + ")"
}

func sources(refs []index.SourceRef) string {
	var parts []string
	for _, r := range refs {
		part := strings.TrimSpace(r.Source + " " + line(r.Reference, 120))
		if terms := strings.TrimPrefix(r.TLP.String()+", "+line(r.Licence, 40), ", "); terms != "" {
			part += " (" + strings.TrimSuffix(terms, ", ") + ")"
		}
		parts = append(parts, part)
	}
	return orDash(strings.Join(parts, "; "))
}

func (a *app) printIndicators(title string, all []extractors.Indicator, kind string) {
	var rows []extractors.Indicator
	for _, i := range all {
		if i.Kind == kind {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\n%s\n", title)
	t := newTable(a.stdout)
	for _, i := range rows {
		what := i.Chain
		if kind != extractors.KindWallet {
			what = i.Type
		}
		value := i.Value
		if i.Tag != "" {
			value += " tag " + i.Tag
		}
		t.row("  "+what, line(value, 110), orDash(i.Role), i.Confidence, "in "+i.Where+" of "+line(i.Page, 70))
	}
	t.close()
}

func (a *app) printHosting(h *extractors.Hosting) {
	rows := [][2]string{{"addresses", strings.Join(h.Addresses, " ")}, {"behind", h.CDN}, {"aliases", strings.Join(h.CNAMEs, " ")},
		{"name servers", strings.Join(h.NS, " ")}, {"mail", strings.Join(h.MX, " ")}, {"server", strings.TrimSpace(h.Server + " " + h.PoweredBy)},
		{"header order", h.HeaderOrder}, {"certificate", h.CertSHA256}, {"key", h.SPKISHA256}, {"issuer", h.CertIssuer},
		{"names in it", strings.Join(h.CertSANs, " ")}, {"not verified", h.CertError}}
	if !h.CertUntil.IsZero() {
		rows = append(rows, [2]string{"valid", day(h.CertFrom) + " to " + day(h.CertUntil)})
	}
	if h.Registrar != "" || !h.Registered.IsZero() {
		rows = append(rows, [2]string{"registered", registered(h)})
	}
	rows = append(rows, [2]string{"status", strings.Join(h.DomainStatus, ", ")}, [2]string{"networks", strings.Join(h.ASNs, "; ")}, [2]string{"countries", strings.Join(h.Countries, " ")},
		[2]string{"built with", strings.Join(h.Tech, ", ")}, [2]string{"jarm", h.JARM}, [2]string{"may stand at", strings.Join(h.Origins, "; ")}, [2]string{"abuse contacts", strings.Join(h.Abuse, "; ")})
	rows = slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(a.stdout, "\nHosting")
	t := newTable(a.stdout)
	for _, r := range rows {
		t.row("  "+r[0], line(r[1], 160))
	}
	t.close()
}

// registered says by whom, when, and until when: "at Some Registrar (IANA 1234), 2026-01-01 to 2027-01-01".
func registered(h *extractors.Hosting) string {
	var parts []string
	if h.Registrar != "" {
		by := "at " + h.Registrar
		if h.RegistrarID > 0 {
			by += fmt.Sprintf(" (IANA %d)", h.RegistrarID)
		}
		parts = append(parts, by)
	}
	if !h.Registered.IsZero() {
		when := h.Registered.UTC().Format(time.DateOnly)
		if !h.Expires.IsZero() {
			when += " to " + h.Expires.UTC().Format(time.DateOnly)
		}
		parts = append(parts, when)
	}
	return strings.Join(parts, ", ")
}

func (a *app) printFingerprint(f *extractors.Fingerprint) {
	if f.Zero() {
		return
	}
	fmt.Fprintf(a.stdout, "\nFront end\n")
	t := newTable(a.stdout)
	t.row("  tokens", fmt.Sprintf("%d tag 5-grams, %d classes, %d assets, %d names, %d text 3-grams", f.Tags.Total, f.Classes.Total, f.Assets.Total, f.Names.Total, f.Text.Total))
	if f.Shell {
		t.row("  shell", "the static page is an empty frame for a script")
	}
	t.row("  dom hash", orDash(f.DOMHash))
	t.row("  favicon", strings.TrimSpace("mmh3 "+orDash(f.FaviconMMH3)+" sha256 "+orDash(f.FaviconSHA256)))
	t.close()
}

// printVisits tells what several visitors and several visits show together, then the visits themselves.
func (a *app) printVisits(ctx context.Context, st index.Reader, s *index.Site) error {
	records, err := st.Captures(ctx, s.Host, visitsRead)
	if err != nil {
		return fmt.Errorf("reading visits: %w", err)
	}
	if err := errors.Join(a.printCloaking(&s.Cloaking), a.printRotation(records), a.printKept(s, records)); err != nil {
		return err
	}
	return a.printCaptures(records[:min(len(records), visitsShown)])
}

const (
	visitsRead  = 400 // records from which rotation is told
	visitsShown = 12
)

func (a *app) printCaptures(records []index.CaptureRecord) error {
	fmt.Fprintf(a.stdout, "\nVisits\n")
	t := newTable(a.stdout)
	for _, r := range records {
		t.row("  "+day(r.Started), string(r.Outcome), r.Profile, fmt.Sprintf("%d pages, %d assets, %d bytes", r.Pages, r.Assets, r.Bytes), line(r.FinalURL, 80))
	}
	if err := t.close(); err != nil || len(records) == 0 || records[0].Robots == nil {
		return err
	}
	r := records[0].Robots
	says := "does not forbid the entry page"
	if r.Denies {
		says = "forbids the entry page"
	}
	fmt.Fprintf(a.stdout, "  robots.txt answered %d, %s; obeyed: %t\n", r.Status, says, r.Obeyed)
	return nil
}

// showWallet lists every site that holds the wallet, however the address is spelled there.
func (a *app) showWallet(ctx context.Context, st index.Reader, chain, value string) error {
	found := 0
	t := newTable(a.stdout)
	if !a.json {
		fmt.Fprintf(a.stdout, "%s wallet %s\n\n", chain, value)
		t.row("HOST", "ROLE", "CONFIDENCE", "OPERATOR", "LAST ALIVE", "WHERE")
	}
	err := st.EachSite(ctx, query.Term{Field: "wallet", Value: value}, func(s *index.Site) error {
		found++
		if a.json {
			return jsonLine(a.stdout, s)
		}
		k := slices.IndexFunc(s.Findings.Indicators, func(i extractors.Indicator) bool {
			return i.Kind == extractors.KindWallet && (i.Value == value || slices.Contains(i.Seen, value))
		})
		if k >= 0 {
			i := s.Findings.Indicators[k]
			t.row(s.Host, orDash(i.Role), i.Confidence, orDash(s.Operator), day(s.LastLive), "in "+i.Where+" of "+line(i.Page, 70))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("searching the wallet: %w", err)
	}
	if err := t.close(); err != nil {
		return err
	}
	if found == 0 {
		return fmt.Errorf("no site in the store holds %s", value)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"scamatlas/configs"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/render"
	"scamatlas/index"
	"scamatlas/schedules/jobs"
)

// finding is one line of doctor.
type finding struct {
	Part   string `json:"part"`
	State  string `json:"state"` // "ok", "note", "broken"
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"` // what to do
}

func (a *app) doctorCmd() *cobra.Command {
	var resend bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what works here: store, Elasticsearch, resolver, browser, disk",
		Long:  "Check what scamatlas needs on this machine and say what works, what is missing, and what to do. Exit code 1 when something needed is broken.",
		Example: `  scamatlas doctor
  scamatlas doctor --config scamatlas.yaml --json
  scamatlas doctor --resend --store http://127.0.0.1:9200`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if resend {
				return a.with(cmd.Context(), toVisit, func(s *session) error { return a.resend(cmd.Context(), s) })
			}
			s, err := a.settings()
			if err != nil {
				return err
			}
			g, err := newGuard(s)
			if err != nil {
				return err
			}
			found := []finding{a.checkStore(cmd.Context(), s, g), a.checkSources(cmd.Context(), s, g), checkResolver(cmd.Context(), g), checkProxyEnvironment(s), checkBrowser(cmd.Context(), s, g), checkDisk(s)}
			return a.printFindings(found)
		},
	}
	cmd.Flags().BoolVar(&resend, "resend", false, "send again the visits that Elasticsearch has refused for good")
	return cmd
}

// resend puts refused visits back into the line and waits for what becomes of them.
func (a *app) resend(ctx context.Context, s *session) error {
	r, ok := s.store.Store.(interface {
		Resend(context.Context) (int64, error)
	})
	if !ok {
		return usagef("--resend is for Elasticsearch; the embedded store takes every visit at once")
	}
	n, err := r.Resend(ctx)
	if err != nil {
		return fmt.Errorf("sending refused visits again: %w", err)
	}
	fmt.Fprintf(a.stderr, "%s sent again\n", plural(int(n), "visit", "visits"))
	return s.store.Flush(ctx)
}

func (a *app) printFindings(found []finding) error {
	broken := false
	t := newTable(a.stdout)
	for _, f := range found {
		broken = broken || f.State == "broken"
		if a.json {
			if err := jsonLine(a.stdout, f); err != nil {
				return err
			}
			continue
		}
		t.row(f.Part, f.State, f.Detail)
		if f.Next != "" {
			t.row("", "", "→ "+f.Next)
		}
	}
	if err := t.close(); err != nil {
		return err
	}
	if broken {
		return errQuiet
	}
	return nil
}

// checkSources says which sources of targets are silent or fail: a feed that died looks like a world without scams.
func (a *app) checkSources(ctx context.Context, s *configs.Settings, g *egress.Guard) finding {
	f := finding{Part: "sources", State: "ok"}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	log := a.logger(false)
	st, err := a.openStore(ctx, s, g, toRead, log)
	if err != nil {
		f.State, f.Detail = "note", "nothing is known of them without a store"
		return f
	}
	defer st.Close()
	all, err := a.sourceStates(ctx, newSession(s, g, st, log))
	if err != nil {
		f.State, f.Detail = "broken", err.Error()
		return f
	}
	var bad []string
	for _, x := range all {
		switch {
		case x.Alarm != "":
			bad = append(bad, x.Source+" is silent: "+x.Alarm)
		case x.Err != "" && x.Known:
			bad = append(bad, x.Source+" failed: "+x.Err)
		}
	}
	if len(bad) > 0 {
		f.State, f.Detail, f.Next = "broken", line(strings.Join(bad, "; "), 400), "`scamatlas sources` has them all; `scamatlas discover NAME -v` reads one again"
		return f
	}
	f.Detail = plural(len(all), "source", "sources")
	if len(all) <= 1 {
		f.State, f.Next = "note", "targets come from the command line alone; feeds: and discovery: in the settings bring more"
	}
	return f
}

func (a *app) checkStore(ctx context.Context, s *configs.Settings, g *egress.Guard) finding {
	f := finding{Part: "store", State: "ok"}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	st, err := a.openStore(ctx, s, g, toRead, a.logger(false))
	if errors.Is(err, errNoStore) {
		f.State, f.Detail = "note", "none at "+s.Store+" yet; the first crawl makes it"
		if err := writable(filepath.Dir(filepath.Clean(s.Store))); err != nil {
			f.State, f.Detail, f.Next = "broken", err.Error(), "choose another folder with --store or store: in the settings"
		}
		return f
	}
	if err != nil {
		f.State, f.Detail = "broken", err.Error()
		return f
	}
	defer st.Close()
	h := st.Health(ctx)
	if h.Err != nil {
		f.State, f.Detail = "broken", h.Err.Error()
		return f
	}
	f.Detail = fmt.Sprintf("%s, %s %s, %s", h.Store, h.Kind, h.Version, plural(int(h.Sites), "site", "sites"))
	if h.Queued > 0 {
		f.State, f.Detail = "note", f.Detail+fmt.Sprintf(", %d visits wait for delivery", h.Queued)
	}
	if h.Dead > 0 {
		f.State, f.Detail = "note", f.Detail+fmt.Sprintf(", %d visits refused by the server", h.Dead)
	}
	if runs, err := st.RecentRuns(ctx, 20); err == nil {
		f.Detail += lastFailures(runs)
	}
	return f
}

func lastFailures(runs []index.Run) string {
	for _, r := range runs {
		if r.Err != "" {
			return fmt.Sprintf("; last failed job: %s at %s (%s)", r.Job, day(r.Due), line(r.Err, 100))
		}
	}
	return ""
}

func checkResolver(ctx context.Context, g *egress.Guard) finding {
	f := finding{Part: "resolver", State: "ok", Detail: g.Resolver()}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	start := time.Now()
	question := new(dns.Msg)
	question.SetQuestion(".", dns.TypeNS)
	if _, err := g.Exchange(ctx, question); err != nil {
		f.State, f.Detail = "broken", g.Resolver()+": "+err.Error()
		f.Next = "set network.resolver to a DNS server that answers, e.g. 9.9.9.9:53"
		return f
	}
	f.Detail += fmt.Sprintf(" answers in %d ms", time.Since(start).Milliseconds())
	return f
}

func checkProxyEnvironment(s *configs.Settings) finding {
	f := finding{Part: "egress", State: "ok", Detail: "direct, private and metadata addresses refused"}
	if s.Network.Proxy != "" {
		f.Detail = "through the proxy of the settings"
		if u, err := url.Parse(s.Network.Proxy); err == nil {
			f.Detail = "through " + u.Redacted()
		}
	}
	for _, a := range s.Network.Allow {
		f.State = "note"
		f.Detail += ", let through: " + a
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		if os.Getenv(name) != "" {
			f.State, f.Next = "note", name+" is set and ignored; network.proxy is the setting"
		}
	}
	return f
}

// checkBrowser starts the browser once: one that is there may still not start.
func checkBrowser(ctx context.Context, s *configs.Settings, g *egress.Guard) finding {
	f := finding{Part: "browser", State: "ok"}
	if s.Crawl.Render == jobs.RenderOff {
		f.State, f.Detail = "note", "not used: crawl.render is off; what scripts make, and what only other visitors see, stays unseen"
		return f
	}
	w, err := newWays(s, g)
	if err == nil {
		var pool *render.Pool
		if pool, _, err = newBrowsers(ctx, s, w, slog.New(slog.DiscardHandler)); err == nil {
			f.Detail, _, err = pool.Version(ctx)
			err = errors.Join(err, pool.Close())
		}
	}
	if err != nil {
		f.State, f.Detail = "note", "visits are plain HTTP: "+err.Error()
		f.Next = "install Debian's chromium-headless-shell, or name one with render.browser, or set crawl.render: off"
	}
	return f
}

func checkDisk(s *configs.Settings) finding {
	dir := s.Store
	if s.Remote() {
		dir = s.Elasticsearch.Outbox
	}
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		var st syscall.Statfs_t
		err := syscall.Statfs(dir, &st)
		if errors.Is(err, syscall.ENOENT) && dir != filepath.Dir(dir) {
			continue
		}
		if err != nil {
			return finding{Part: "disk", State: "broken", Detail: fmt.Sprintf("%s: %v", dir, err)}
		}
		free := st.Bavail * uint64(st.Bsize)
		f := finding{Part: "disk", State: "ok", Detail: fmt.Sprintf("%.1f GiB free at %s", float64(free)/(1<<30), dir)}
		if free < 1<<30 {
			f.State, f.Next = "broken", "less than 1 GiB is left: free space or move the store"
		}
		return f
	}
}

// writable tries what making the store would need, in the nearest folder that exists.
func writable(dir string) error {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".scamatlas-*")
	if err != nil {
		return fmt.Errorf("%s is not writable: %w", dir, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

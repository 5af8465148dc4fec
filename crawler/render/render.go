// Package render turns a captured site into what a browser shows a kind of visitor: views, answers, messages, pictures.
//
// It does not know what a wallet or a scam is, and it reaches nothing by itself: every connection of a browser goes through the way
// out it is handed. It follows links and presses tabs and selectors; it fills in and submits nothing.
//
//	Render ─ slot ─ browser (own process, own folder) ─ browser context (one visit) ─ page ─ frames, workers
//
// One browser looks at one site at a time. After anything abnormal (crash, time, memory, a page that lets nothing in) its whole
// process tree is killed and the next site gets a new one.
package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"time"

	"scamatlas/crawler"
)

// Options say which browser is used and how much of it.
type Options struct {
	Browser   string        // path of chromium-headless-shell or chromium; "" = searched in PATH
	Tabs      int           // sites looked at at once; 0 = number of cores
	Recycle   int           // a browser is replaced after so many sites; 0 = 50
	Age       time.Duration // … or at this age; 0 = 30 minutes
	Memory    int64         // bytes of its process tree over which the page is given up; 0 = 1.5 GiB
	User      uint32        // uid (and gid) a browser runs as when we are root; 0 = 65534
	NoSandbox bool          // run the browser without its own sandbox; only where the system has no user namespaces
	Views     int           // states of pages looked at with one profile; 0 = 12, at most crawler.MaxViews

	// Forward opens a way out of its own for one visit. It must be set: a browser has no other.
	Forward func(ctx context.Context, p *crawler.Profile) (Forward, error)
	// Judge says how the visit ended by what stood on the entry page; nil = the outcome stays as it was.
	Judge func(a *crawler.Response) (crawler.Outcome, string)
	Log   *slog.Logger // nil = none
}

// Forward is a proxy on loopback that only connects where it is allowed to.
type Forward interface {
	Addr() string // host:port for --proxy-server
	Refusals() []crawler.Refusal
	Capped() bool // more bytes were asked for than one visit may have
	Close() error
}

// names of executables that New looks for.
var names = [...]string{"chromium-headless-shell", "headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// New checks the options and finds the browser; it starts none. The error wraps crawler.ErrNoBrowser when there is no executable.
func New(o Options) (*Pool, error) {
	if o.Forward == nil {
		return nil, errors.New("render: a browser needs a way out: Options.Forward is nil")
	}
	path, err := find(o.Browser)
	if err != nil {
		return nil, err
	}
	o.Browser = path
	o.Tabs = positive(o.Tabs, runtime.NumCPU())
	o.Recycle = positive(o.Recycle, defaultRecycle)
	o.Age = positive(o.Age, defaultAge)
	o.Memory = positive(o.Memory, defaultMemory)
	o.Views = min(positive(o.Views, defaultViews), crawler.MaxViews)
	if o.User == 0 {
		o.User = defaultUser
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	adoptOrphans()
	return newPool(o), nil
}

func find(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w", crawler.ErrNoBrowser, path, err)
		}
		return found, nil
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%w: neither %s nor another Chromium is in PATH (Debian: apt install chromium-headless-shell)", crawler.ErrNoBrowser, names[0])
}

func positive[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// isRoot reports whether the browser must be given another user.
func isRoot() bool { return os.Geteuid() == 0 }

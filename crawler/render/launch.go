package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"

	"scamatlas/crawler"
)

// browser is one running browser process with a profile folder of its own.
type browser struct {
	*conn
	product string // "HeadlessChrome/156.0.7204.92"
	born    time.Time
	sites   int // looked at so far

	cmd     *exec.Cmd
	dir     string
	exited  chan struct{} // closed when the first process was reaped
	printed *printed
	log     *slog.Logger

	fat      atomic.Bool // killed for its memory
	watching context.CancelFunc
	watched  sync.WaitGroup
	once     sync.Once
}

// launch starts a browser and waits for its first answer, with patience. The error wraps crawler.ErrNoBrowser, or is ctx's.
func launch(ctx context.Context, o *Options, patience time.Duration) (*browser, error) {
	b, err := start(o)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w: %w", o.Browser, crawler.ErrNoBrowser, err)
	}
	first, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := b.greet(first); err != nil {
		b.kill()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("starting %s: %w: %w%s", o.Browser, crawler.ErrNoBrowser, err, b.printed.tail())
	}
	b.watch(o.Memory)
	return b, nil
}

// start runs the process with its pipes. The caller must kill what it is given.
func start(o *Options) (*browser, error) {
	dir, err := folder(o.User)
	if err != nil {
		return nil, err
	}
	b := &browser{dir: dir, born: time.Now(), exited: make(chan struct{}), printed: new(printed), log: o.Log, watching: func() {}}
	b.cmd = exec.Command(o.Browser, flags(o, dir)...)
	b.cmd.Env = []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir}
	b.cmd.Dir = dir
	b.cmd.Stdout, b.cmd.Stderr = b.printed, b.printed
	b.cmd.WaitDelay = time.Second // its children may hold the output open
	shield(b.cmd, o.User)
	if err := b.run(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return b, nil
}

// run starts the process with the pipes of the protocol as its files 3 and 4.
func (b *browser) run() error {
	theirR, ourW, err := os.Pipe()
	if err != nil {
		return err
	}
	ourR, theirW, err := os.Pipe()
	if err != nil {
		return errors.Join(err, theirR.Close(), ourW.Close())
	}
	b.cmd.ExtraFiles = []*os.File{theirR, theirW}
	started := make(chan error, 1)
	go func() {
		// The kernel ends the browser when the thread that started it ends, so it has to stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := b.cmd.Start()
		started <- err
		if err == nil {
			_ = b.cmd.Wait()
			close(b.exited)
		}
	}()
	err = <-started
	_, _ = theirR.Close(), theirW.Close()
	if err != nil {
		return errors.Join(err, ourR.Close(), ourW.Close())
	}
	b.conn = newConn(ourR, ourW)
	return nil
}

// folder makes a browser's own folder: among temporary files, or where another user can reach it when it runs as one.
func folder(user uint32) (string, error) {
	parent := os.TempDir()
	for _, other := range []string{"/tmp", "/var/tmp"} {
		if isRoot() && !open(parent) {
			parent = other
		}
	}
	dir, err := os.MkdirTemp(parent, "scamatlas-browser-")
	if err != nil {
		return "", err
	}
	if isRoot() {
		err = os.Chown(dir, int(user), int(user))
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

// open reports whether everybody may go through a folder and all above it.
func open(dir string) bool {
	dir, err := filepath.Abs(dir)
	for ; err == nil; dir = filepath.Dir(dir) {
		st, e := os.Stat(dir)
		if e != nil || st.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
	return false
}

// greet asks the browser who it is. A process that ended by then has no answer.
func (b *browser) greet(ctx context.Context) error {
	v, err := cdp.Call(ctx, b.self(), cdpbrowser.GetVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	b.product = v.Product
	return cdpCall(ctx, b.self(), target.SetDiscoverTargets, target.SetDiscoverTargetsParams{Discover: true})
}

// answers reports whether the browser itself still does, whatever its pages do.
func (b *browser) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()
	return cdpCall(ctx, b.self(), cdpbrowser.GetVersion, cdp.Empty{}) == nil
}

// self is the session of the browser itself.
func (b *browser) self() session { return session{b.conn, ""} }

// major is the version that User-Agents name.
func (b *browser) major() int {
	_, version, _ := strings.Cut(b.product, "/")
	digits, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(digits)
	return n
}

// watch kills the browser when its processes hold more memory than limit.
func (b *browser) watch(limit int64) {
	ctx, cancel := context.WithCancel(context.Background())
	b.watching = cancel
	b.watched.Go(func() {
		tick := time.NewTicker(watchInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-b.exited:
				return
			case <-tick.C:
			}
			if held := memory(b.cmd.Process.Pid); held > limit {
				b.log.Warn("a browser held too much memory and was ended", "bytes", held)
				b.fat.Store(true)
				_ = killTree(b.cmd.Process.Pid)
				return
			}
		}
	})
}

// kill ends all processes of the browser, waits for them, and removes its folder. It may be called more than once.
func (b *browser) kill() {
	b.once.Do(func() {
		b.watching()
		if err := killTree(b.cmd.Process.Pid); err != nil {
			b.log.Error("a browser does not end", "err", err)
		}
		b.conn.close()
		<-b.exited
		b.watched.Wait()
		if err := removeAll(b.dir); err != nil {
			b.log.Error("removing a browser's folder", "err", err)
		}
	})
}

// removeAll tries more than once: what a dying process still wrote may appear while the folder is emptied.
func removeAll(dir string) error {
	var err error
	for range 5 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// printed keeps the beginning of what a browser prints.
type printed struct {
	mu  sync.Mutex
	buf []byte
}

var _ io.Writer = (*printed)(nil)

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buf = append(p.buf, b[:min(len(b), maxPrinted-len(p.buf))]...)
	return len(b), nil
}

// tail is the last line that was kept, for an error message.
func (p *printed) tail() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(p.buf)), "\n")
	last := strings.ToValidUTF8(lines[len(lines)-1], "")
	if last == "" {
		return ""
	}
	return fmt.Sprintf(": it printed %.200q", last)
}

// cdpCall is cdp.Call for a command without a result.
func cdpCall[P, R any](ctx context.Context, s session, c cdp.Command[P, R], params P) error {
	return s.Call(ctx, c.Method, params, nil)
}

// Command scamatlas finds fake crypto investment sites, visits them safely, takes from them what identifies the people behind them, and
// indexes it so that sites of one kit and of one operator fall together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: arguments in, exit code out. Data goes to stdout, talk to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := newRoot(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var use *usageError
	switch {
	case errors.Is(err, errQuiet):
		return exitFailed
	case errors.As(err, &use):
		fmt.Fprintf(stderr, "scamatlas: %s\n", clean(err.Error()))
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "scamatlas: stopped")
		return exitFailed
	}
	fmt.Fprintf(stderr, "scamatlas: %s\n", clean(err.Error()))
	return exitFailed
}

// usageError is wrong use: bad flags, arguments, settings, queries.
type usageError struct{ err error }

func (u *usageError) Error() string { return u.err.Error() }
func (u *usageError) Unwrap() error { return u.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// errQuiet ends with exit code 1 when all there is to say has been said.
var errQuiet = errors.New("failed")

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"scamatlas/crawler/saved"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
)

type extractOptions struct {
	kinds         []string
	minConfidence string
	unique        bool
}

func (a *app) extractCmd() *cobra.Command {
	var o extractOptions
	cmd := &cobra.Command{
		Use:   "extract FILE|DIR|-…",
		Short: "Offline: wallets, contacts and trackers in saved pages",
		Long: `Read saved pages and print the wallets, contacts and trackers found: a table on a terminal, else one JSON object each.
No network, no store.

Files may be HTML, scripts, styles, JSON, text or pictures with QR codes, or hold many documents: HAR (with what was sent and web socket messages), MHTML and mails,
WARC; each also under gzip. They are told by their content. Folders are read with everything below them; their files are named by
the path inside. "page" is the address of the document inside the file. A file that cannot be read does not stop the others.

confidence: high = checksum or the vendor's own syntax fits; medium = no checksum, but the page names the chain; low = shape only.`,
		Example: `  scamatlas extract page.html session.har crawl.warc.gz
  scamatlas extract saved/ --unique --kind wallet --min-confidence medium
  scamatlas extract saved/ | jq -r 'select(.kind=="wallet").value' | sort -u
  scamatlas extract - < page.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("extract needs files or folders, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.newFoundWriter(o)
			if err != nil {
				return err
			}
			return a.extract(cmd.Context(), args, w)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.kinds, "kind", nil, "only these kinds, as `wallet,contact`: "+strings.Join(foundKinds, ", "))
	f.StringVar(&o.minConfidence, "min-confidence", extractors.Low, "only what is at least this sure: high, medium, low")
	f.BoolVar(&o.unique, "unique", false, "each value once, with the number of files it is in")
	return cmd
}

// extract reads every argument. What fails is told at once and does not stop the rest.
func (a *app) extract(ctx context.Context, args []string, w foundWriter) error {
	x := &extraction{ctx: ctx, app: a, out: w, bar: a.progress(0, "")}
	var files []savedFile
	for _, arg := range args {
		files = append(files, x.list(arg)...)
	}
	if !w.direct() || !isTerminal(a.stdout) { // else the bar would stand among the lines
		x.bar = a.progress(len(files), "reading")
	}
	for n, f := range files {
		if ctx.Err() != nil || x.broken != nil {
			break
		}
		x.read(n, f)
		x.bar.Add(1)
	}
	x.bar.Finish()
	if err := errors.Join(ctx.Err(), x.broken, w.close()); err != nil {
		return err
	}
	if x.failed {
		return errQuiet
	}
	return nil
}

// savedFile is one file to read: its name in the output and where it lies, "-" for standard input.
type savedFile struct{ name, path string }

type extraction struct {
	ctx    context.Context
	app    *app
	out    foundWriter
	bar    *progressbar.ProgressBar
	failed bool
	broken error // the output takes no more
}

func (x *extraction) fail(name string, err error) {
	x.failed = true
	x.say("scamatlas: %s: %s\n", clean(name), clean(err.Error()))
}

// say writes to stderr, above the progress bar.
func (x *extraction) say(format string, args ...any) {
	x.bar.Clear()
	fmt.Fprintf(x.app.stderr, format, args...)
}

// list gives the files that an argument stands for.
func (x *extraction) list(arg string) []savedFile {
	if arg == "-" {
		return []savedFile{{arg, arg}}
	}
	st, err := os.Stat(arg)
	if err != nil {
		x.fail(arg, bare(err))
		return nil
	}
	if !st.IsDir() {
		return []savedFile{{filepath.Base(arg), arg}}
	}
	var out []savedFile
	filepath.WalkDir(arg, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			x.fail(p, bare(err))
		} else if d.Type().IsRegular() {
			name, _ := filepath.Rel(arg, p)
			out = append(out, savedFile{filepath.ToSlash(name), p})
		}
		return x.ctx.Err()
	})
	if len(out) == 0 {
		x.fail(arg, errors.New("holds no files"))
	}
	return out
}

// bare is a file's error without the path, which fail writes.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// read reads file number n.
func (x *extraction) read(n int, f savedFile) {
	var in io.Reader = x.app.stdin
	if f.path != "-" {
		file, err := os.Open(f.path)
		if err != nil {
			x.fail(f.path, bare(err))
			return
		}
		defer file.Close()
		in = file
	}
	for e, err := range saved.Read(f.name, in) {
		if err != nil {
			x.fail(f.name, bare(err))
			continue
		}
		if e.Cut != "" {
			x.say("%s: %s: only the first %d bytes are read (%s)\n", clean(f.name), line(orDash(e.URL), 100), len(e.Body), e.Cut)
		}
		if x.broken = x.document(n, f.name, e); x.broken != nil || x.ctx.Err() != nil {
			return
		}
	}
}

// document reads one document of a file.
func (x *extraction) document(n int, file string, e saved.Entry) error {
	for _, i := range all.ReadFile(e.Name, e.ContentType, e.Body) {
		if e.URL != "" {
			i.Page = e.URL
		}
		if err := x.out.add(foundJSON{File: file, Indicator: i, file: n}); err != nil {
			return err
		}
	}
	return nil
}

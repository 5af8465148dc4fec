package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/extractors"
	"scamatlas/extractors/all"
)

// foundJSON is one line of `extract`.
type foundJSON struct {
	File string `json:"file"`
	extractors.Indicator
}

func (a *app) extractCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "extract FILE|DIR|-…",
		Short: "Offline: wallets, contacts and trackers in saved pages",
		Long: `Read saved pages, scripts, JSON or text and print one JSON object for each wallet, contact and tracker found.
Folders are read with everything below them; files in a folder are named by their path inside it. No network, no store.

confidence: high = checksum or the vendor's own syntax fits; medium = no checksum, but the page names the chain; low = shape only.`,
		Example: `  scamatlas extract page.html
  scamatlas extract saved/ | jq -r 'select(.kind=="wallet").value' | sort -u
  curl -s file:///tmp/page.html | scamatlas extract -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("extract needs files or folders, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var errs []error
			for _, arg := range args {
				if err := a.extractArg(arg); err != nil {
					errs = append(errs, err)
				}
				if cmd.Context().Err() != nil {
					return cmd.Context().Err()
				}
			}
			return errors.Join(errs...)
		},
	}
}

func (a *app) extractArg(arg string) error {
	if arg == "-" {
		return a.extractFrom("-", a.stdin)
	}
	st, err := os.Stat(arg)
	if err != nil {
		return usagef("reading: %w", err)
	}
	if !st.IsDir() {
		return a.extractFile(filepath.Base(arg), arg)
	}
	var errs []error
	files := 0
	err = filepath.WalkDir(arg, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		if d.Type().IsRegular() {
			files++
			name, _ := filepath.Rel(arg, p)
			if err := a.extractFile(filepath.ToSlash(name), p); err != nil {
				errs = append(errs, err)
			}
		}
		return nil
	})
	if files == 0 {
		errs = append(errs, usagef("%s holds no files", arg))
	}
	return errors.Join(append(errs, err)...)
}

func (a *app) extractFile(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	defer f.Close()
	return a.extractFrom(name, f)
}

func (a *app) extractFrom(name string, r io.Reader) error {
	body, err := io.ReadAll(io.LimitReader(r, maxExtract+1))
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if len(body) > maxExtract {
		body = body[:maxExtract]
		fmt.Fprintf(a.stderr, "%s: only the first %d bytes are read\n", clean(name), maxExtract)
	}
	for _, i := range all.ReadDocument(extractors.Parse(name, "", body)) {
		if err := jsonLine(a.stdout, foundJSON{name, i}); err != nil {
			return err
		}
	}
	return nil
}

// maxExtract bounds one file: ten times what a visit takes of one page.
const maxExtract = 10 * crawler.MaxBody

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/crawler"
	"scamatlas/crawler/archive"
	"scamatlas/index"
)

func (a *app) evidenceCmd() *cobra.Command {
	var out string
	var last int
	cmd := &cobra.Command{
		Use:   "evidence HOST",
		Short: "Write a bundle of what visits of a site saw, which others can check without us",
		Long: `Write what visits of a site saw as one bundle: WARC files for replay tools, pictures, the hash chain's entries, a manifest with
SHA-256 and size of every file, times in UTC, the tool and its settings, and a method in plain language. FILE.wacz is one file that
replay tools open (WACZ 1.1.1); any other name is a folder, in which ` + "`sha256sum -c SHA256SUMS`" + ` checks every file.`,
		Example: `  scamatlas evidence suspicious-invest.example -o case-17.wacz
  scamatlas evidence suspicious-invest.example -o case-17/ --last 3`,
		Args: exactly(1, "one host"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if last < 1 {
				return usagef("--last %d: at least one visit", last)
			}
			t, err := crawler.ParseTarget(args[0])
			if err != nil {
				return usagef("%w", err)
			}
			return a.with(cmd.Context(), toRead, func(s *session) error { return a.evidence(cmd.Context(), s, t.Host, out, last) })
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "FILE.wacz or folder (default: HOST.wacz)")
	cmd.Flags().IntVar(&last, "last", 1, "visits to put in, the latest first")
	return cmd
}

func (a *app) evidence(ctx context.Context, s *session, host, out string, last int) error {
	kept, err := readArchive(s.settings, s.log)
	if err != nil {
		return err
	}
	defer kept.Close()
	entries, err := entriesOf(ctx, s.store, kept, host, last)
	if err != nil {
		return err
	}
	if out == "" {
		out = host + ".wacz"
	}
	if _, err := os.Lstat(out); err == nil {
		return fmt.Errorf("%s is there already; name another with -o", out)
	}
	m := archive.Method{Tool: tool()}
	if strings.HasSuffix(out, ".wacz") {
		err = writeFile(out, func(f *os.File) error { return kept.Bundle(ctx, entries, m, f) })
	} else {
		err = kept.BundleDir(ctx, entries, m, out)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", out, err)
	}
	fmt.Fprintf(a.stderr, "%s: %s of %s\n", out, plural(len(entries), "visit", "visits"), host)
	return nil
}

// entriesOf finds the chain's entries of the last visits that left evidence here.
func entriesOf(ctx context.Context, st index.Reader, kept *archive.Archive, host string, last int) ([]*archive.Entry, error) {
	if _, err := st.Site(ctx, host); err != nil {
		return nil, notFound(err, host, "`scamatlas crawl "+host+"` visits it")
	}
	records, err := st.Captures(ctx, host, index.MaxHits)
	if err != nil {
		return nil, fmt.Errorf("reading visits: %w", err)
	}
	elsewhere := 0
	var entries []*archive.Entry
	for _, r := range records {
		switch {
		case r.Evidence == nil || len(entries) == last:
			continue
		case r.Evidence.Chain != kept.ID():
			elsewhere++
			continue
		}
		e, err := kept.Entry(ctx, r.Evidence.Seq)
		if err != nil {
			return nil, fmt.Errorf("%w; `scamatlas verify` says what is damaged", err)
		}
		entries = append(entries, e)
	}
	switch {
	case len(entries) > 0:
		return entries, nil
	case elsewhere > 0:
		return nil, fmt.Errorf("the evidence of %s is kept on other machines: run this there, or name its folder with evidence.folder", host)
	}
	return nil, fmt.Errorf("no visit of %s left evidence; evidence.keep says which visits do", host)
}

// writeFile makes a file whole or not at all.
func writeFile(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".scamatlas-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}

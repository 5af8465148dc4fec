package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scamatlas/crawler/archive"
	"scamatlas/index"
)

func (a *app) verifyCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check evidence: every hash, the chain, and that store and evidence agree",
		Long: `Read every stored object and every entry of the hash chain again, and compare the store's visits with them. What is damaged is
named with the hosts it concerns. Exit code 1 when something is. Objects that retention removed are no damage: the chain says so.`,
		Example: `  scamatlas verify
  scamatlas verify --config scamatlas.yaml --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), toRead, func(s *session) error { return a.verify(cmd.Context(), s) })
		},
	}
}

// damage is one line of verify.
type damage struct {
	Part   string `json:"part"` // "object", "chain", "store"
	File   string `json:"file,omitempty"`
	What   string `json:"what"`
	Means  string `json:"means,omitempty"` // for whoever relies on it
	Host   string `json:"host,omitempty"`
	Seq    int64  `json:"seq,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Note   bool   `json:"note,omitempty"` // worth knowing, no damage
}

func (a *app) verify(ctx context.Context, s *session) error {
	kept, err := readArchive(s.settings, s.log)
	if err != nil {
		return err
	}
	defer kept.Close()
	broken := 0
	report := func(d damage) {
		if !d.Note {
			broken++
		}
		if a.json {
			jsonLine(a.stdout, d)
			return
		}
		kind := "DAMAGED"
		if d.Note {
			kind = "note"
		}
		fmt.Fprintf(a.stdout, "%-8s %-7s %s\n", kind, d.Part, line(strings.TrimPrefix(d.File+": ", ": ")+d.What, 400))
		if d.Means != "" {
			fmt.Fprintf(a.stdout, "                 %s\n", line(d.Means, 400))
		}
	}
	sum, err := kept.Verify(ctx, func(d archive.Damage) {
		report(ofArchive(d))
	})
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	visits, err := agree(ctx, s.store, kept, report)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s, %s, %d bytes; %s in the store: %s\nlast entry %d, hash %s: noted elsewhere, they prove the whole chain later\n", plural(sum.Entries, "entry", "entries"),
		plural(sum.Objects, "object", "objects"), sum.Bytes, plural(visits, "visit with evidence", "visits with evidence"), verdictOf(broken), sum.Seq, sum.Hash)
	if broken > 0 {
		return errQuiet
	}
	return nil
}

func ofArchive(d archive.Damage) damage {
	at := d.File
	if d.Line > 0 {
		at = fmt.Sprintf("%s:%d", d.File, d.Line)
	}
	part := "chain"
	if d.Object != "" {
		part = "object"
	}
	return damage{Part: part, File: at, What: d.What, Means: d.Means, Host: d.Host, Seq: d.Seq, SHA256: d.Object, Note: d.Note}
}

func verdictOf(broken int) string {
	if broken == 0 {
		return "all is as it was written"
	}
	return plural(broken, "thing is damaged", "things are damaged")
}

// agree compares the store's visits with the chain: each names an entry that is there, of the same host and visit, with the same
// objects; and each entry of a visit is named by one.
func agree(ctx context.Context, st index.Reader, kept *archive.Archive, report func(damage)) (int, error) {
	entries := map[int64]*archive.Entry{}
	err := kept.Each(ctx, func(e *archive.Entry) error {
		if e.Kind == archive.KindVisit {
			entries[e.Seq] = e
		}
		return nil
	})
	if err != nil && !errors.Is(err, archive.ErrDamaged) { // what is damaged was reported already
		return 0, fmt.Errorf("reading the chain: %w", err)
	}
	named, visits := map[int64]bool{}, 0
	err = st.EachSite(ctx, nil, func(site *index.Site) error {
		records, err := st.Captures(ctx, site.Host, index.MaxHits)
		if err != nil {
			return err
		}
		for _, r := range records {
			if r.Evidence == nil || r.Evidence.Chain != kept.ID() {
				continue
			}
			visits++
			named[r.Evidence.Seq] = true
			if why := disagrees(entries[r.Evidence.Seq], &r); why != "" {
				report(damage{Part: "store", Host: r.Host, Seq: r.Evidence.Seq, What: fmt.Sprintf("visit %d of %s: %s", r.Sequence, r.Host, why)})
			}
		}
		return nil
	})
	if err != nil {
		return visits, fmt.Errorf("reading the store: %w", err)
	}
	for _, seq := range slices.Sorted(maps.Keys(entries)) {
		if e := entries[seq]; !named[seq] {
			report(damage{Part: "store", Host: e.Host, Seq: e.Seq, Note: true,
				What: fmt.Sprintf("entry %d: visit %d of %s is not in this store: it was broken off after its evidence was kept, or belongs to another store", e.Seq, e.Sequence, e.Host)})
		}
	}
	return visits, nil
}

// disagrees says how a visit in the store and its entry in the chain differ, "" when they do not.
func disagrees(e *archive.Entry, r *index.CaptureRecord) string {
	kept := r.Evidence
	switch {
	case e == nil:
		return fmt.Sprintf("entry %d, which it names, is not in the chain", kept.Seq)
	case e.Hash != kept.Hash:
		return fmt.Sprintf("entry %d has the hash %s, the store says %s", e.Seq, e.Hash, kept.Hash)
	case e.Host != r.Host || e.Sequence != r.Sequence:
		return fmt.Sprintf("entry %d is of visit %d of %s", e.Seq, e.Sequence, e.Host)
	case len(e.Objects) != len(kept.Objects):
		return fmt.Sprintf("entry %d names %d objects, the store %d", e.Seq, len(e.Objects), len(kept.Objects))
	}
	for i, o := range e.Objects {
		if o.SHA256 != kept.Objects[i].SHA256 {
			return fmt.Sprintf("object %d of entry %d is %s, the store says %s", i+1, e.Seq, o.SHA256, kept.Objects[i].SHA256)
		}
	}
	return ""
}

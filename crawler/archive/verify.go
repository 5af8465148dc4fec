package archive

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Verify reads all of the archive: every line and how it links, every object, and whether what is named is there. report is called
// for each damage and note as it is found. The error is that of reading or of ctx; damage is none. A visit may be put meanwhile.
func (a *Archive) Verify(ctx context.Context, report func(Damage)) (Summary, error) {
	v := &verifier{a: a, report: report, stored: map[sum]state{}, removed: map[sum]removal{}}
	v.s.Chain = a.chain.id
	for _, n := range a.notes {
		v.say(n)
	}
	for _, step := range []func(context.Context) error{v.readHead, v.objects, v.retention, v.chain, v.strangers} {
		if err := step(ctx); err != nil {
			return v.s, fmt.Errorf("verifying evidence: %w", err)
		}
	}
	return v.s, nil
}

type (
	sum   [32]byte
	state struct {
		whole, named bool
	}
	removal struct {
		seq int64
		on  time.Time
	}
)

type verifier struct {
	a       *Archive
	report  func(Damage)
	s       Summary
	stored  map[sum]state
	removed map[sum]removal // by the last retention entry that names it
	head    head
	headErr error
	headMet bool

	prev string // hash that the next line must link to; "" = none to be sure of
	seq  int64
}

func (v *verifier) say(d Damage) {
	if d.Note {
		if v.s.Notes++; v.s.Notes > maxNotes {
			return
		}
	} else {
		v.s.Damaged++
	}
	v.report(d)
}

func key(hexSum string) (k sum) {
	hex.Decode(k[:], []byte(hexSum))
	return k
}

func (v *verifier) readHead(context.Context) error {
	v.head, v.headErr = v.a.chain.readHead()
	v.headMet = v.head.Seq == 0 && v.head.Hash == v.a.chain.genesis()
	if v.headErr != nil {
		v.say(Damage{File: "chain/head", What: v.headErr.Error(), Means: "entries lost at the end of the chain would not show"})
	}
	if v.a.chain.readID(false) != nil {
		v.say(Damage{File: "chain/ID", What: "the chain's id cannot be read", Means: "whose chain this is cannot be shown"})
	}
	return nil
}

// objects hashes everything that is stored.
func (v *verifier) objects(ctx context.Context) error {
	return v.a.objects.Each(ctx, func(name string) error {
		if !isSum(name) {
			d := Damage{Note: true, File: "objects/" + name, What: "a file that is no object", Means: "it is not ours, and no evidence"}
			if strings.HasPrefix(name, "tmp/") {
				d.What, d.Means = "a file half written", "a write is under way, or a crash left it; the next start clears it"
			}
			v.say(d)
			return nil
		}
		size, whole, err := v.check(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // retention took it just now
		}
		if err != nil {
			return err
		}
		v.s.Objects++
		v.s.Bytes += size
		v.stored[key(name)] = state{whole: whole}
		return nil
	})
}

// check hashes one object. What cannot be read is not whole.
func (v *verifier) check(ctx context.Context, name string) (size int64, whole bool, err error) {
	r, err := v.a.objects.Open(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, err
	}
	if err != nil {
		return 0, false, nil
	}
	defer r.Close()
	got, size, err := sumOf(ctx, r)
	if ctx.Err() != nil {
		return 0, false, ctx.Err()
	}
	return size, err == nil && got == name, nil
}

// retention notes what the chain says was removed.
func (v *verifier) retention(ctx context.Context) error {
	return v.a.chain.each(ctx, 1, func(w written) error {
		e, err := parseEntry(w.raw)
		if err != nil || e.Kind != KindRetention {
			return nil
		}
		for _, o := range e.Objects {
			v.removed[key(o.SHA256)] = removal{e.Seq, e.At}
		}
		return nil
	})
}

func (v *verifier) chain(ctx context.Context) error {
	v.prev = v.a.chain.genesis()
	if err := v.a.chain.each(ctx, 1, func(w written) error { return v.line(ctx, w) }); err != nil {
		return err
	}
	v.s.Seq, v.s.Hash = v.seq, v.prev
	if v.headErr == nil && !v.headMet {
		what := fmt.Sprintf("the chain ends at entry %d, but entry %d with hash %s had been written", v.seq, v.head.Seq, v.head.Hash)
		if v.seq >= v.head.Seq {
			what = fmt.Sprintf("entry %d is not the one with hash %s that had been written", v.head.Seq, v.head.Hash)
		}
		v.say(Damage{File: "chain/head", Seq: v.head.Seq, What: what, Means: "the newest visits cannot be proven; their objects show as named by no entry"})
	}
	return nil
}

func (v *verifier) line(ctx context.Context, w written) error {
	if w.torn && v.seq >= v.head.Seq {
		v.say(Damage{Note: true, File: w.file, Line: w.n, What: "the last line is not whole: it is being written, or a crash came between", Means: "nothing: it was never reported as kept; the next start cuts it"})
		return nil
	}
	e, err := parseEntry(w.raw)
	if err != nil {
		v.prev = ""
		if link, linkErr := parseLink(w.raw); linkErr == nil {
			v.prev = link.Hash
		}
		v.say(Damage{File: w.file, Line: w.n, Seq: v.seq + 1, What: err.Error(), Means: "what this entry names cannot be proven; its objects show as named by no entry"})
		v.seq++
		return nil
	}
	v.link(w, e)
	v.s.Entries++
	v.prev, v.seq = e.Hash, e.Seq
	if e.Seq == v.head.Seq && e.Hash == v.head.Hash {
		v.headMet = true
	}
	if e.Kind == KindVisit {
		return v.visit(ctx, w, e)
	}
	return nil
}

// link checks that a line follows the one before it.
func (v *verifier) link(w written, e *Entry) {
	d := Damage{File: w.file, Line: w.n, Seq: e.Seq, Host: e.Host}
	switch {
	case e.Kind == KindBreak:
		d.What = fmt.Sprintf("the chain was found broken on %s: %s", e.At.Format(time.DateOnly), e.Note)
		d.Means = "what stood before this line may not be all that was written then; from here on the chain holds"
	case v.prev == "":
		return // the line before is damaged, and was reported
	case e.Prev != v.prev:
		d.What = fmt.Sprintf("entry %d does not follow entry %d: lines between them are missing, moved or exchanged", e.Seq, v.seq)
		d.Means = "the order and completeness of the visits around this line cannot be proven"
	case e.Seq != v.seq+1:
		d.What = fmt.Sprintf("entry %d follows entry %d", e.Seq, v.seq)
		d.Means = "numbers of entries are not to be relied on here"
	default:
		return
	}
	v.say(d)
}

func (v *verifier) visit(ctx context.Context, w written, e *Entry) error {
	v.s.Visits++
	if v.s.OldestVisit.IsZero() {
		v.s.OldestVisit = e.At
	}
	gone, on := 0, time.Time{}
	for _, o := range e.Objects {
		k := key(o.SHA256)
		st, ok := v.stored[k]
		if !ok { // it may have come after the objects were listed
			_, whole, err := v.check(ctx, o.SHA256)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if ok = err == nil; ok {
				st.whole = whole
			}
		}
		if ok {
			st.named = true
			v.stored[k] = st
		}
		if r := v.removed[k]; !ok && r.seq > e.Seq {
			gone, on = gone+1, r.on
			continue
		}
		if !ok || !st.whole {
			v.say(lost(w, e, o, ok))
		}
	}
	if gone > 0 {
		v.s.Removed += gone
		v.say(Damage{Note: true, File: w.file, Line: w.n, Seq: e.Seq, Host: e.Host, What: fmt.Sprintf("%d of its %d objects were removed by retention on %s", gone, len(e.Objects), on.Format(time.DateOnly)),
			Means: "that the visit took place, how it ended and the hashes of what it saw are still proven"})
	}
	return nil
}

// strangers names what no entry names.
func (v *verifier) strangers(ctx context.Context) error {
	for k, st := range v.stored {
		if st.named {
			continue
		}
		name := hex.EncodeToString(k[:])
		d := Damage{Note: st.whole, File: objectPath(name), Object: name, What: "no entry names this object", Means: "a crash came before its entry was written, or its entry is damaged"}
		if !st.whole {
			d.What = "the object's content is not what its name says, and no entry names it"
		}
		if _, ok := v.removed[k]; ok && st.whole {
			d.What, d.Means = "retention was to remove this object", "the next run of retention removes it"
		}
		v.s.Unnamed++
		v.say(d)
	}
	files, err := fs.ReadDir(v.a.root.FS(), "chain")
	if err != nil {
		return err
	}
	for _, f := range files {
		if n := f.Name(); segmentNumber(n) == 0 && n != "ID" && n != "head" && n != "lock" {
			v.say(Damage{Note: true, File: "chain/" + n, What: "a file that is not part of the chain", Means: "it is not ours, and no evidence"})
		}
	}
	return ctx.Err()
}

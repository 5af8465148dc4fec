package archive

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// RetentionResult says what Retain did, or would do.
type RetentionResult struct {
	Visits  int   `json:"visits"`  // older visits that lose objects
	Objects int   `json:"objects"` // removed
	Bytes   int64 `json:"bytes"`
	Kept    int   `json:"kept"` // objects of older visits that later ones have too
}

// Retain removes the objects that only visits before a time refer to. The entries stay, and one or more retention entries name what was
// removed, before it is: the chain never breaks, and Verify tells removal from loss. With dry nothing is changed. Where an entry cannot
// be read nothing is removed, as it may need what would go: the error wraps ErrDamaged.
func (a *Archive) Retain(ctx context.Context, before time.Time, dry bool) (RetentionResult, error) {
	var res RetentionResult
	run := func() error {
		old, err := a.outdated(ctx, before, &res)
		if err != nil || dry || len(old) == 0 {
			return err
		}
		return a.removeOld(ctx, before, old)
	}
	err := error(nil)
	if dry {
		err = run()
	} else {
		err = a.locked(ctx, run)
	}
	if err != nil {
		return res, fmt.Errorf("removing evidence from before %s: %w", before.Format(time.DateOnly), err)
	}
	return res, nil
}

// outdated lists the objects to remove, in the order the chain names them.
func (a *Archive) outdated(ctx context.Context, before time.Time, res *RetentionResult) ([]Object, error) {
	keep := map[sum]bool{}
	err := a.Each(ctx, func(e *Entry) error {
		if e.Kind == KindVisit && !e.At.Before(before) {
			for _, o := range e.Objects {
				keep[key(o.SHA256)] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var old []Object
	seen := map[sum]bool{}
	err = a.Each(ctx, func(e *Entry) error {
		if e.Kind != KindVisit || !e.At.Before(before) {
			return nil
		}
		loses := false
		for _, o := range e.Objects {
			k := key(o.SHA256)
			if seen[k] || keep[k] {
				res.Kept += b2i(keep[k])
				continue
			}
			seen[k] = true
			there, err := a.objects.Has(ctx, o.SHA256)
			if err != nil {
				return err
			}
			if there {
				loses = true
				old = append(old, o)
				res.Objects++
				res.Bytes += o.Size
			}
		}
		res.Visits += b2i(loses)
		return nil
	})
	return old, err
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// removeOld names the objects in the chain, then removes them. A crash between the two is made good by the next run.
func (a *Archive) removeOld(ctx context.Context, before time.Time, old []Object) error {
	for from := 0; from < len(old); from += maxNamed {
		part := old[from:min(from+maxNamed, len(old))]
		named := make([]Object, len(part))
		for i, o := range part {
			named[i] = Object{Kind: o.Kind, SHA256: o.SHA256, Size: o.Size}
		}
		e := &Entry{Kind: KindRetention, At: a.o.Now(), Tool: a.o.Tool, Before: before, Objects: named}
		if err := a.chain.append(a, e); err != nil {
			return err
		}
		var errs []error
		for _, o := range part {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			errs = append(errs, a.objects.Remove(ctx, o.SHA256))
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

package ct

import (
	"context"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// oldLog asks a log over the API of RFC 6962, section 4.
type oldLog struct {
	base   string // ends with "ct/v1/"
	get    *getter
	verify *headVerifier
	hasher leafHasher
}

func (l *oldLog) json(ctx context.Context, call string, limit int64, into any) error {
	data, err := l.get.body(ctx, l.base+call, call, limit)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w: %v: %.*q", call, ErrMalformed, err, MaxText, data)
	}
	return nil
}

func (l *oldLog) head(ctx context.Context) (Head, error) {
	var sth struct {
		Size      int64  `json:"tree_size"`
		MS        uint64 `json:"timestamp"`
		Root      []byte `json:"sha256_root_hash"`
		Signature []byte `json:"tree_head_signature"`
	}
	if err := l.json(ctx, "get-sth", MaxHead, &sth); err != nil {
		return Head{}, err
	}
	root, err := hashes([][]byte{sth.Root})
	if err != nil {
		return Head{}, fmt.Errorf("get-sth: %w", err)
	}
	if err := l.verify.signed(sth.MS, sth.Size, root[0], sth.Signature); err != nil {
		return Head{}, fmt.Errorf("get-sth: %w", err)
	}
	return newHead(sth.MS, sth.Size, root[0])
}

func hashes(raw [][]byte) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(raw))
	for i, h := range raw {
		if len(h) != tlog.HashSize {
			return nil, fmt.Errorf("%w: a hash of %d bytes", ErrMalformed, len(h))
		}
		out[i] = tlog.Hash(h)
	}
	return out, nil
}

// begin: the edge comes out of a consistency proof, and there is none to the whole tree, nor one that has the edge of a power of two.
func (l *oldLog) begin(n int64, head Head) int64 {
	n = max(0, min(n, head.Size-1))
	for n > 0 && n&(n-1) == 0 {
		n--
	}
	return n
}

// entries asks for ranges and advances by what came: servers cut ranges as they like.
func (l *oldLog) entries(ctx context.Context, head Head, from, to int64, each func(*entry) error) error {
	for from < to {
		end := min(to, from+AskEntries)
		call := fmt.Sprintf("get-entries?start=%d&end=%d", from, end-1)
		var answer struct {
			Entries []struct {
				Leaf []byte `json:"leaf_input"`
			} `json:"entries"`
		}
		if err := l.json(ctx, call, MaxAnswer, &answer); err != nil {
			return err
		}
		if n := int64(len(answer.Entries)); n == 0 || n > end-from {
			return fmt.Errorf("%s: %w: %d entries of a tree of %d", call, ErrMalformed, n, head.Size)
		}
		for _, raw := range answer.Entries {
			e := l.hasher.merkle(raw.Leaf, from)
			if err := each(&e); err != nil {
				return err
			}
			from++
		}
	}
	return nil
}

func (l *oldLog) proof(ctx context.Context, from, to int64) ([]tlog.Hash, error) {
	var answer struct {
		Hashes [][]byte `json:"consistency"`
	}
	call := fmt.Sprintf("get-sth-consistency?first=%d&second=%d", from, to)
	if err := l.json(ctx, call, MaxProof, &answer); err != nil {
		return nil, err
	}
	out, err := hashes(answer.Hashes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call, err)
	}
	return out, nil
}

func (l *oldLog) edge(ctx context.Context, head Head, n int64) (edge, error) {
	if n == 0 {
		return edge{}, nil
	}
	p, err := l.proof(ctx, n, head.Size)
	if err != nil {
		return edge{}, err
	}
	e, root, err := edgeFromProof(p, n, head.Size)
	if err != nil {
		return edge{}, err
	}
	if root != head.Root {
		return edge{}, fmt.Errorf("%w: the proof from %d entries leads to the root %v, not to that of %v", ErrUnproven, n, root, head)
	}
	return e, nil
}

func (l *oldLog) prove(ctx context.Context, head Head, e edge) error {
	if e.n == 0 {
		return nil
	}
	p, err := l.proof(ctx, e.n, head.Size)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(p, head.Size, head.Root, e.n, e.root()); err != nil {
		return fmt.Errorf("%w: no proof that %d entries with the root %v are the beginning of %v", ErrUnproven, e.n, e.root(), head)
	}
	return nil
}

func (l *oldLog) grew(ctx context.Context, old, head Head) error {
	p, err := l.proof(ctx, old.Size, head.Size)
	if err != nil {
		return err
	}
	if tlog.CheckTree(p, head.Size, head.Root, old.Size, old.Root) != nil {
		return ErrForked
	}
	return nil
}

package ct

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"
)

const (
	tileHeight = 8 // of hash tiles: each holds 256 hashes
	tileWidth  = 1 << tileHeight
)

// staticLog asks a log that is a tree of files: checkpoint, tile/LEVEL/NNN, tile/data/NNN.
type staticLog struct {
	base   string // without a slash at its end
	get    *getter
	verify *headVerifier
	cache  tileCache
	hasher leafHasher
}

func (l *staticLog) head(ctx context.Context) (Head, error) {
	msg, err := l.get.body(ctx, l.base+"/checkpoint", "checkpoint", MaxHead)
	if err != nil {
		return Head{}, err
	}
	return l.verify.checkpoint(msg)
}

func (l *staticLog) begin(n int64, _ Head) int64 { return n &^ (tileWidth - 1) }

// tilePath writes the number of a tile as static-ct does: 1234067 is x001/x234/067.
func tilePath(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

// tile gives the first width entries' or hashes' bytes of a tile of the given level ("data", "0", "1", …). Logs remove a partial tile
// when there is the full one; then that is read, and it may be longer than asked.
func (l *staticLog) tile(ctx context.Context, level string, n int64, width int, limit int64) (data []byte, got int, err error) {
	full := l.base + "/tile/" + level + "/" + tilePath(n)
	what := "tile " + level + "/" + tilePath(n)
	if width < tileWidth {
		data, err = l.get.body(ctx, full+".p/"+strconv.Itoa(width), what, limit)
		if err == nil || !isStatus(err, http.StatusNotFound) {
			return data, width, err
		}
	}
	data, err = l.get.body(ctx, full, what, limit)
	return data, tileWidth, err
}

// dataTile is a data tile on its way.
type dataTile struct {
	data  []byte
	width int
}

// entries reads data tiles. Up to TilesAhead are on their way at once and wait in the order they were asked for:
//
//	asker: tile after tile ─▶ queue of channels ─▶ reader: next channel ─▶ parse ─▶ each
//	             └─▶ TilesAhead requests at once ─▶ the tile's channel
func (l *staticLog) entries(ctx context.Context, head Head, from, to int64, each func(*entry) error) error {
	first, last := from/tileWidth, (to-1)/tileWidth
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan chan dataTile, TilesAhead) // each channel in it has room for its tile: askers never wait for the reader
	group.Go(func() error {
		defer close(queue)
		for n := first; n <= last; n++ {
			tile := make(chan dataTile, 1)
			select {
			case queue <- tile:
			case <-ctx.Done():
				return ctx.Err()
			}
			group.Go(func() error {
				width := int(min(tileWidth, head.Size-n*tileWidth))
				data, got, err := l.tile(ctx, "data", n, width, MaxTile)
				if err != nil {
					return err
				}
				if len(data) > 1 && data[0] == 0x1f && data[1] == 0x8b { // gzip that nobody declared: as a time that were the year 7,000,000
					if data, err = unpack(data, MaxTile); err != nil {
						return fmt.Errorf("tile data/%s: %w", tilePath(n), err)
					}
				}
				tile <- dataTile{data, got}
				return nil
			})
		}
		return nil
	})
	group.Go(func() error {
		n := first
		for tile := range queue {
			select {
			case t := <-tile:
				if err := l.read(t, n, from, to, each); err != nil {
					return fmt.Errorf("tile data/%s: %w", tilePath(n), err)
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			n++
		}
		return ctx.Err()
	})
	return group.Wait()
}

// read hands out the entries from to to of tile n.
func (l *staticLog) read(t dataTile, n, from, to int64, each func(*entry) error) error {
	return l.hasher.tile(t.data, n*tileWidth, from, t.width, func(e *entry) error {
		if e.index >= to {
			return nil
		}
		return each(e)
	})
}

func (l *staticLog) edge(ctx context.Context, head Head, n int64) (edge, error) {
	if n == 0 {
		return edge{}, nil
	}
	tiles := &hashTiles{ctx: ctx, log: l}
	hashes, err := tlog.TileHashReader(tlog.Tree{N: head.Size, Hash: head.Root}, tiles).ReadHashes(edgeIndexes(n))
	switch {
	case tiles.err != nil:
		return edge{}, tiles.err
	case err != nil:
		return edge{}, fmt.Errorf("%w: hash tiles of %v: %v", ErrUnproven, head, err)
	}
	return edge{n: n, hashes: hashes}, nil
}

func (l *staticLog) prove(ctx context.Context, head Head, e edge) error {
	is, err := l.edge(ctx, head, e.n)
	if err != nil {
		return err
	}
	if is.root() != e.root() {
		return fmt.Errorf("%w: the first %d entries have the root %v, in the tree head they have %v", ErrUnproven, e.n, e.root(), is.root())
	}
	return nil
}

func (l *staticLog) grew(ctx context.Context, old, head Head) error {
	e, err := l.edge(ctx, head, old.Size)
	if err == nil && e.root() != old.Root {
		err = ErrForked
	}
	return err
}

// hashTiles is a tlog.TileReader over one log for one question.
type hashTiles struct {
	ctx context.Context
	log *staticLog
	err error // of reading
}

func (h *hashTiles) Height() int { return tileHeight }

func (h *hashTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	group, ctx := errgroup.WithContext(h.ctx)
	group.SetLimit(TilesAhead)
	for i, t := range tiles {
		if out[i] = h.log.cache.get(t); out[i] != nil {
			continue
		}
		group.Go(func() error {
			data, got, err := h.log.tile(ctx, strconv.Itoa(t.L), t.N, t.W, tileWidth*tlog.HashSize)
			if err != nil {
				return err
			}
			if len(data) != got*tlog.HashSize {
				return fmt.Errorf("tile %d/%s: %w: %d bytes for %d hashes", t.L, tilePath(t.N), ErrMalformed, len(data), got)
			}
			out[i] = data[:t.W*tlog.HashSize]
			return nil
		})
	}
	h.err = group.Wait()
	return out, h.err
}

func (h *hashTiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, t := range tiles {
		h.log.cache.put(t, data[i])
	}
}

// tileCache holds hash tiles that were proven: the same few stand on the way to the root again and again. It belongs to one reading.
type tileCache struct {
	tiles map[tlog.Tile][]byte
}

func (c *tileCache) get(t tlog.Tile) []byte { return c.tiles[t] }

func (c *tileCache) put(t tlog.Tile, data []byte) {
	if c.tiles == nil || len(c.tiles) >= MaxCached {
		c.tiles = map[tlog.Tile][]byte{}
	}
	c.tiles[t] = data
}

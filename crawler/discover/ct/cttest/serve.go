package cttest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/mod/sumdb/tlog"
)

// Static serves the published tree as static-ct logs do.
func (l *Log) Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/checkpoint" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Write(l.Checkpoint())
			return
		}
		data, err := l.Tile(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		if l.Gzip {
			w.Header().Set("Content-Encoding", "gzip")
			data = Pack(data)
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data)
	})
}

// Handler serves the published tree as Static does and, at /log-list.json, a log list (version 3, JSON) that has this log alone, at the
// address by which it was asked for.
func (l *Log) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", l.Static())
	mux.HandleFunc("GET /log-list.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(l.List("http://"+r.Host+"/", time.Now()))
	})
	return mux
}

// List is a log list with this log alone, usable since a year before now and for a year to come.
func (l *Log) List(monitoring string, now time.Time) []byte {
	at := func(years int) string { return now.AddDate(years, 0, 0).Format(time.RFC3339) }
	return must(json.Marshal(map[string]any{"operators": []any{map[string]any{"name": "Test", "tiled_logs": []any{map[string]any{
		"description": l.Origin, "key": l.PublicKey(), "submission_url": "https://" + l.Origin, "monitoring_url": monitoring,
		"state":             map[string]any{"usable": map[string]any{"timestamp": at(-1)}},
		"temporal_interval": map[string]any{"start_inclusive": at(-1), "end_exclusive": at(1)},
	}}}}}))
}

// Pack gives data as gzip.
func Pack(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// Tile gives a hash or data tile of the published tree by its path: "tile/0/x001/234", "tile/data/000.p/5".
func (l *Log) Tile(path string) ([]byte, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	rest, ok := strings.CutPrefix(path, "tile/")
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	if !ok || err != nil {
		return nil, fmt.Errorf("no tile %s", path)
	}
	if t.L >= 0 {
		if tlog.StoredHashIndex(t.L*8, t.N<<8+int64(t.W)-1) >= tlog.StoredHashCount(l.head.size) {
			return nil, fmt.Errorf("tile %s is not in the tree", path)
		}
		return tlog.ReadTileData(t, tlog.HashReaderFunc(l.read))
	}
	var out []byte
	for n := t.N << 8; n < t.N<<8+int64(t.W); n++ {
		if n >= l.head.size {
			return nil, fmt.Errorf("tile %s is not in the tree", path)
		}
		out = append(append(out, l.entries[n]...), l.extra[n]...)
	}
	return out, nil
}

// AppendTile adds the entries of a data tile of another log.
func (l *Log) AppendTile(tile []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	in := cryptobyte.String(tile)
	for !in.Empty() {
		start := in
		var kind uint16
		var der, ext, pre, chain cryptobyte.String
		ok := in.Skip(8) && in.ReadUint16(&kind) && (kind == 0 || in.Skip(32)) && in.ReadUint24LengthPrefixed(&der) && in.ReadUint16LengthPrefixed(&ext)
		middle := in
		if !ok || kind != 0 && !in.ReadUint24LengthPrefixed(&pre) || !in.ReadUint16LengthPrefixed(&chain) {
			return fmt.Errorf("entry %d cannot be read", len(l.entries))
		}
		l.append(start[:len(start)-len(middle)], middle[:len(middle)-len(in)])
	}
	return nil
}

// RFC6962 serves the published tree over the API of RFC 6962, 4.3 to 4.6.
func (l *Log) RFC6962() http.Handler {
	mux := http.NewServeMux()
	answer := func(path string, f func(r *http.Request) (any, error)) {
		mux.HandleFunc("GET /ct/v1/"+path, func(w http.ResponseWriter, r *http.Request) {
			l.mu.RLock()
			defer l.mu.RUnlock()
			out, err := f(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(out)
		})
	}
	answer("get-sth", func(*http.Request) (any, error) {
		return map[string]any{"tree_size": l.head.size, "timestamp": l.head.ms, "sha256_root_hash": l.head.root[:], "tree_head_signature": l.signature()}, nil
	})
	answer("get-entries", l.getEntries)
	answer("get-sth-consistency", l.getConsistency)
	return mux
}

func span(r *http.Request, from, to string) (a, b int64, err error) {
	a, err1 := strconv.ParseInt(r.FormValue(from), 10, 64)
	b, err2 := strconv.ParseInt(r.FormValue(to), 10, 64)
	if err1 != nil || err2 != nil || a < 0 || b < a {
		return 0, 0, fmt.Errorf("%s or %s is wrong", from, to)
	}
	return a, b, nil
}

func (l *Log) getEntries(r *http.Request) (any, error) {
	start, end, err := span(r, "start", "end")
	if err != nil || start >= l.head.size {
		return nil, fmt.Errorf("start %d of %d: %v", start, l.head.size, err)
	}
	page := int64(l.Page)
	if page == 0 {
		page = 1000
	}
	type entry struct {
		Leaf  []byte `json:"leaf_input"`
		Extra []byte `json:"extra_data"`
	}
	var out []entry
	for n := start; n <= min(end, start+page-1, l.head.size-1); n++ {
		out = append(out, entry{append([]byte{0, 0}, l.entries[n]...), l.extra[n]})
	}
	return map[string]any{"entries": out}, nil
}

func (l *Log) getConsistency(r *http.Request) (any, error) {
	first, second, err := span(r, "first", "second")
	if err != nil || first == 0 || second > l.head.size {
		return nil, fmt.Errorf("first %d second %d of %d: %v", first, second, l.head.size, err)
	}
	proof := [][]byte{}
	if first < second {
		p, err := tlog.ProveTree(second, first, tlog.HashReaderFunc(l.read))
		if err != nil {
			return nil, err
		}
		for _, h := range p {
			proof = append(proof, h[:])
		}
	}
	return map[string]any{"consistency": proof}, nil
}

package ct

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"scamatlas/crawler/discover/ct/cttest"
)

const edgeLeaves = 270 // more than a tile

// tree gives the edges of all trees up to edgeLeaves, built leaf by leaf, and what tlog keeps of the tree.
func tree(t testing.TB) ([]edge, tlog.HashReader) {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, n := range at {
			out[i] = stored[n]
		}
		return out, nil
	})
	edges := []edge{{}}
	for n := range int64(edgeLeaves) {
		leaf := tlog.RecordHash([]byte{byte(n), byte(n >> 8)})
		more, err := tlog.StoredHashesForRecordHash(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		e := edges[n].clone()
		e.add(leaf)
		edges = append(edges, e)
	}
	return edges, read
}

func TestEdge(t *testing.T) {
	edges, read := tree(t)
	for n, e := range edges {
		root, err := tlog.TreeHash(int64(n), read)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := read.ReadHashes(edgeIndexes(int64(n)))
		if err != nil {
			t.Fatal(err)
		}
		if e.root() != root || !e.whole() || !slices.Equal(stored, e.hashes) {
			t.Errorf("edge of %d: root %v, want %v; %d hashes, whole %v", n, e.root(), root, len(e.hashes), e.whole())
		}
	}
}

// TestEdgeFromProof takes the edge of every tree out of the proof to every larger one, and is not taken in by a changed proof.
func TestEdgeFromProof(t *testing.T) {
	edges, read := tree(t)
	for size := int64(2); size <= edgeLeaves; size++ {
		for n := int64(1); n < size; n++ {
			proof, err := tlog.ProveTree(size, n, read)
			if err != nil {
				t.Fatal(err)
			}
			e, root, err := edgeFromProof(proof, n, size)
			if n&(n-1) == 0 {
				if err == nil {
					t.Fatalf("%d of %d: a proof that holds no edge gave one", n, size)
				}
				continue
			}
			if err != nil || root != edges[size].root() || e.root() != edges[n].root() || !slices.Equal(e.hashes, edges[n].hashes) {
				t.Fatalf("%d of %d: %v", n, size, err)
			}
			if size%31 != 0 {
				continue
			}
			for i := range proof {
				bad := slices.Clone(proof)
				bad[i][0] ^= 1
				if _, root, err := edgeFromProof(bad, n, size); err == nil && root == edges[size].root() {
					t.Fatalf("%d of %d: hash %d can be changed", n, size, i)
				}
				if _, _, err := edgeFromProof(slices.Delete(slices.Clone(proof), i, i+1), n, size); err == nil {
					t.Fatalf("%d of %d: hash %d can be left out", n, size, i)
				}
			}
		}
	}
}

func FuzzEdgeFromProof(f *testing.F) {
	f.Add([]byte{1, 2, 3}, int64(3), int64(7))
	f.Add(make([]byte, 3*32), int64(3), int64(4))
	f.Add([]byte{}, int64(1<<39+1), int64(1<<40))
	f.Add([]byte{}, int64(-1), int64(0))
	f.Fuzz(func(t *testing.T, raw []byte, n, size int64) {
		var proof []tlog.Hash
		for ; len(raw) >= tlog.HashSize; raw = raw[tlog.HashSize:] {
			proof = append(proof, tlog.Hash(raw[:tlog.HashSize]))
		}
		e, root, err := edgeFromProof(proof, n, size)
		if err != nil {
			return
		}
		if !e.whole() || e.n != n {
			t.Fatalf("edge of %d has %d hashes", n, len(e.hashes))
		}
		if tlog.CheckTree(proof, size, root, n, e.root()) != nil {
			t.Fatalf("tlog does not take the proof from %d to %d that gave an edge", n, size)
		}
	})
}

func TestTilePath(t *testing.T) {
	for n, want := range map[int64]string{0: "000", 7: "007", 999: "999", 1000: "x001/000", 1234067: "x001/x234/067", 4294967295: "x004/x294/x967/295"} {
		if got := tilePath(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
		tile, err := tlog.ParseTilePath("tile/8/0/" + tilePath(n))
		if err != nil || tile.N != n {
			t.Errorf("tlog reads %s as %d, %v", tilePath(n), tile.N, err)
		}
	}
}

func TestPosition(t *testing.T) {
	l := cttest.New(origin, cttest.Key())
	l.Publish(0, time.Now())
	s := serve(t, Static, l, nil)
	edges, _ := tree(t)
	want := position{began: 256, edge: edges[269], head: Head{Size: 270, Root: edges[270].root(), Time: time.UnixMilli(1700000000123).UTC()}}
	raw, err := s.cursor(want)
	if err != nil {
		t.Fatal(err)
	}
	p, fresh, err := s.position(raw)
	if err != nil || fresh || p.began != want.began || p.head != want.head || p.edge.n != want.edge.n || !slices.Equal(p.edge.hashes, want.edge.hashes) {
		t.Errorf("%+v, %v, %v", p, fresh, err)
	}
}

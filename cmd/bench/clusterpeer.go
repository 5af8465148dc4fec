package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

//go:embed peer_cluster.py
var clusterPeer []byte

var clusterPeerPackages = []string{"datasketch==2.0.0", "scipy==1.17.1"}

const maxPeerCity = 30_000 // the peer keeps all pairs of a component in memory

// versus compares the program with its peer on the same sites in the same run.
type versus struct {
	Sites   int     `json:"sites"`
	Ours    grouped `json:"ours"`
	Seconds float64 `json:"seconds"` // the peer's
	CPU     float64 `json:"cpu"`
	Kit     score   `json:"kit"`
	Ratio   float64 `json:"ratio"`     // of seconds by the clock; each uses the processors it knows how to use
	CPUs    float64 `json:"ratio_cpu"` // of CPU seconds
	Goal    float64 `json:"goal"`      // at least
}

const peerGoal = 20

// againstPeer lets both group equal sites, one after the other.
func againstPeer(ctx context.Context, o clusterOptions, talk io.Writer) (*versus, error) {
	cache, err := cacheFolder(o.Cache)
	if err != nil {
		return nil, err
	}
	python, err := installPython(ctx, filepath.Join(cache, "python-cluster"), clusterPeerPackages, talk)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "scamatlas-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	c, hosts, err := writeSets(filepath.Join(dir, "sets"), o.Peer, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("writing the sites for the peer: %w", err)
	}
	script := filepath.Join(dir, "peer.py")
	if err := os.WriteFile(script, clusterPeer, 0o600); err != nil {
		return nil, err
	}
	v := &versus{Sites: o.Peer, Goal: peerGoal}
	fmt.Fprintf(talk, "%d sites once more, against the peer\n", o.Peer)
	if v.Ours, err = groupChild(ctx, o.Peer, o.Seed, ""); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, python, script, filepath.Join(dir, "sets"), strconv.FormatFloat(cluster.DefaultKitCut, 'g', -1, 64))
	cmd.Stderr = talk
	said, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the peer: %w", err)
	}
	return v, v.read(said, c, hosts)
}

// read takes in what the peer printed.
func (v *versus) read(said []byte, c *city, hosts []string) error {
	var peer struct {
		Seconds, CPU float64
		Groups       [][]int
	}
	if err := json.NewDecoder(bytes.NewReader(said)).Decode(&peer); err != nil {
		return fmt.Errorf("reading the peer's result: %w", err)
	}
	var groups [][]string
	for _, g := range peer.Groups {
		var names []string
		for _, i := range g {
			if i < 0 || i >= len(hosts) {
				return fmt.Errorf("the peer groups a site %d of %d", i, len(hosts))
			}
			names = append(names, hosts[i])
		}
		groups = append(groups, names)
	}
	v.Seconds, v.CPU, v.Kit = peer.Seconds, peer.CPU, judge(groups, c.kit)
	v.Ratio, v.CPUs = v.Seconds/v.Ours.Seconds, v.CPU/v.Ours.CPU
	return nil
}

// writeSets writes the token sets of a city as the peer reads them.
func writeSets(path string, n int, seed uint64) (c *city, hosts []string, err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	lines := json.NewEncoder(w)
	c = newCity(n, seed)
	c.eachMember(func(m *index.Member) {
		hosts = append(hosts, m.Host)
		p := &m.Fingerprint
		sets := [][]uint32{p.Tags.Hashes, p.Classes.Hashes, p.Assets.Hashes, p.Names.Hashes, p.Text.Hashes, p.Script.Hashes, p.Marks.Hashes}
		for i, s := range sets {
			if s == nil {
				sets[i] = []uint32{}
			}
		}
		if e := lines.Encode(sets); err == nil {
			err = e
		}
	})
	if e := w.Flush(); err == nil {
		err = e
	}
	return c, hosts, err
}

func (v *versus) table(out io.Writer) error {
	_, err := fmt.Fprintf(out, "\n%d sites: %.2f CPU s (%.2f s), kits %s; datasketch and scipy %.2f CPU s (%.2f s), kits %s; ratio %.1f by the clock and %.1f in CPU s, goal >= %.0f\n",
		v.Sites, v.Ours.CPU, v.Ours.Seconds, v.Ours.Kit, v.CPU, v.Seconds, v.Kit, v.Ratio, v.CPUs, v.Goal)
	return err
}

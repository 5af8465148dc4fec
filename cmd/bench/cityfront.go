package main

import (
	"fmt"
	"math"
	"slices"

	"scamatlas/extractors"
	"scamatlas/index"
)

// Sets of a fingerprint, in the order of cityKinds.
const (
	citySets   = 7
	cityAssets = 2
	cityNames  = 3
	cityText   = 4
	cityScript = 5
)

// setShape is how many tokens the sets of a site hold on average. A kit that is one script says more in it.
var setShape = [citySets]int{255, 170, 12, 16, 245, 12, 40}

const spaScript = 150

// rewritten is the least share of the design that a rewritten copy keeps of each set; up to restShare more is left.
var rewritten = [citySets]float64{.45, 0, .2, .75, .2, .7, .3}

const restShare = .2

// design is the front end of one kit. Its tokens are made when they are wanted: a city has tens of thousands.
type design struct {
	number  int32
	seed    uint64
	scale   float64
	parent  *design
	spa     bool
	account string // the author's, left in the copies
	left    float64
}

func (c *city) newDesign(parent *design) *design {
	d := &design{number: c.designs, seed: c.rnd.Uint64(), parent: parent, left: .6 + .4*c.rnd.Float64(), scale: math.Exp(c.rnd.NormFloat64() * .4), spa: c.rnd.Float64() < spaShare}
	c.designs++
	if c.rnd.Float64() < .5 {
		d.account = fmt.Sprintf("G-A%09d", c.rnd.IntN(1e9))
	}
	return d
}

func (d *design) size(set int) int {
	n := setShape[set]
	if set == cityScript && d.spa {
		n = spaScript
	}
	return max(4, int(d.scale*float64(n)))
}

// token gives the i-th token of a set. A seventh of those of a design with a parent are the parent's.
func (d *design) token(set, i int) uint32 {
	if d.parent != nil && i < min(d.size(set)/7, d.parent.size(set)) {
		return d.parent.token(set, i)
	}
	return uint32(mix64(d.seed+uint64(set)<<32+uint64(i)) >> 32)
}

// front gives a site a copy of a design: keep is the share of the design that is left in it, words that of its text.
func (c *city) front(m *index.Member, d *design, keep, words float64) {
	f := &m.Fingerprint
	f.Version = 1
	heavy := c.rnd.Float64() < heavyShare
	f.Shell = d.spa && c.rnd.Float64() < shellShare/spaShare
	files := f.Shell && c.rnd.Float64() < .5 // some of the kit's files are seen beside the script
	for s, t := range []*extractors.TokenSet{&f.Tags, &f.Classes, &f.Assets, &f.Names, &f.Text, &f.Script, &f.Marks} {
		share := keep
		if s == cityText {
			share = words
		}
		if heavy && words > 0 {
			share = rewritten[s] + restShare*c.rnd.Float64()
		}
		if h := c.copySet(d, s, share, f.Shell, files); len(h) > 0 {
			*t = extractors.TokenSet{Hashes: h, Total: len(h)}
		}
	}
	c.trim(m, d, heavy)
	f.Bands = bandsOf(f)
}

// copySet gives a site's tokens of one kind: what is left of the design, what was put in its place, and what everybody has.
func (c *city) copySet(d *design, set int, share float64, shell, files bool) []uint32 {
	var h []uint32
	size := d.size(set)
	switch {
	case !shell || set == cityScript:
	case set == cityAssets || set == cityNames:
		if size = min(size, 2); files { // the bundle, made anew for each site
			size = min(d.size(set), 6)
		} else {
			share = 0
		}
	default:
		return nil
	}
	for i := range size {
		if c.rnd.Float64() < share {
			h = append(h, d.token(set, i))
		} else {
			h = append(h, c.rnd.Uint32())
		}
	}
	if set == cityScript {
		for range c.rnd.IntN(3) {
			library := uint64(math.Pow(c.rnd.Float64(), 2) * libraries)
			for i := range libTokens {
				h = append(h, uint32(mix64(library<<32+uint64(i))))
			}
		}
	} else if !shell {
		for range setShape[set] / 10 { // what everybody has, the common more often
			h = append(h, uint32(1+set)*2654435761+uint32(webTokens*math.Pow(c.rnd.Float64(), 3))*40503)
		}
	}
	slices.Sort(h)
	return slices.Clip(slices.Compact(h))
}

// trim gives a site its picture, icon and order of headers.
func (c *city) trim(m *index.Member, d *design, heavy bool) {
	f := &m.Fingerprint
	if !f.Shell && c.rnd.Float64() < .6 { // a browser saw it
		p, q := mix64(d.seed+1), mix64(d.seed+2)
		if heavy {
			p, q = c.rnd.Uint64(), c.rnd.Uint64()
		}
		for range c.rnd.IntN(7) {
			p, q = p^1<<c.rnd.IntN(64), q^1<<c.rnd.IntN(64)
		}
		f.ScreenP, f.ScreenD = fmt.Sprintf("%016x", p), fmt.Sprintf("%016x", q)
	}
	icon := c.rnd.Uint64()
	if c.rnd.Float64() < .4 {
		icon = d.seed
	}
	f.FaviconSHA256 = fmt.Sprintf("%064x", icon)
	m.Hosting.HeaderOrder = fmt.Sprintf("hhh:1:%064x", c.rnd.IntN(stacks))
}

// bandsOf gives LSH bands of the shape that the product's fingerprints carry: four rows each over the large sets.
func bandsOf(f *extractors.Fingerprint) []string {
	var out []string
	for s, set := range []struct {
		hashes []uint32
		bands  int
	}{{f.Tags.Hashes, 16}, {f.Classes.Hashes, 8}, {f.Text.Hashes, 8}, {f.Script.Hashes, 12}} {
		if len(set.hashes) < 20 {
			continue
		}
		for b := range set.bands {
			all := uint32(0)
			for row := range 4 {
				least := uint32(math.MaxUint32)
				for _, h := range set.hashes {
					least = min(least, mix(h^uint32(4*b+row+1)*0x9e3779b1))
				}
				all = mix(all*31 + least)
			}
			out = append(out, fmt.Sprintf("%c%c:%08x", "tcws"[s], 'a'+b, all))
		}
	}
	return out
}

// mix is the finaliser of murmur3.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// mix64 is splitmix64.
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"scamatlas/index"
	"scamatlas/index/cluster"
)

// joinings says what the next grouping made of sites that joined one by one. Each site counts once for each layer.
type joinings struct {
	Sites   int            `json:"sites"`
	AsBuilt float64        `json:"as_built"` // share of the sites that are, in both layers, where they joined, or in a group that nobody could join
	Kinds   map[string]int `json:"kinds"`    // "kit same"
}

// What became of one site in one layer.
const (
	stayed   = "same"
	founding = "a group that only a grouping makes" // nobody could join it
	led      = "moved together with its neighbours" // into a group that did not exist; a site moves none but itself when it joins
	overtook = "changed by later sites"             // a grouping at that time would have put it where it joined
	unfound  = "nothing in common that a store is asked for"
	differs  = "judged differently"
	untried  = "not looked into"
)

const maxRebuilt = 12 // groupings made to see what one would have said at the time

func (j joinings) String() string {
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(j.Kinds)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", k, j.Kinds[k]))
	}
	return fmt.Sprintf("%d sites joined one by one, as built %.4f\n  %s", j.Sites, j.AsBuilt, strings.Join(kinds, "\n  "))
}

// checker compares where sites joined with what the next grouping said.
type checker struct {
	options       storesOptions
	st            index.Store
	late          []index.Visit // in the order they came
	before, after []index.Cluster
	joined        map[string]cluster.Joined

	was     map[string]*index.Cluster // by id
	now     map[string]string         // by id, also one that was merged: the id after
	home    map[index.Layer]map[string]string
	rebuilt int
}

func (c *checker) all(ctx context.Context) (out joinings, err error) {
	c.was = map[string]*index.Cluster{}
	for i := range c.before {
		c.was[c.before[i].ID] = &c.before[i]
	}
	c.now, c.home = homes(c.after)
	out.Kinds = map[string]int{}
	right := 0
	for n, v := range c.late {
		in, ok := c.joined[v.Record.Host]
		if !ok {
			continue
		}
		out.Sites++
		wrong := false
		for layer, id := range map[index.Layer]string{index.Kit: in.Kit, index.Operator: in.Operator} {
			kind, err := c.kind(ctx, n, layer, id)
			if err != nil {
				return out, err
			}
			out.Kinds[string(layer)+" "+kind]++
			wrong = wrong || kind != stayed && kind != founding
		}
		if !wrong {
			right++
		}
	}
	out.AsBuilt = float64(right) / float64(max(out.Sites, 1))
	return out, nil
}

// homes gives the id that each id has become, and by layer and host the cluster that the host is in.
func homes(all []index.Cluster) (now map[string]string, home map[index.Layer]map[string]string) {
	now, home = map[string]string{}, map[index.Layer]map[string]string{index.Kit: {}, index.Operator: {}}
	for _, a := range all {
		now[a.ID] = a.ID
		for _, merged := range a.Aliases {
			now[merged] = a.ID
		}
		for _, h := range a.Hosts {
			home[a.Layer][h] = a.ID
		}
	}
	return now, home
}

// kind says what became of the n-th late site, which joined the cluster id ("" = none).
func (c *checker) kind(ctx context.Context, n int, layer index.Layer, id string) (string, error) {
	host := c.late[n].Record.Host
	want := c.home[layer][host]
	switch {
	case c.now[id] == want:
		return stayed, nil
	case c.was[want] == nil && id == "":
		return founding, nil
	case c.was[want] == nil && want != "":
		return led, nil
	}
	if want != "" {
		found, err := c.leads(ctx, host, c.was[want].Hosts)
		if err != nil {
			return "", err
		}
		if !found {
			return unfound, nil
		}
	}
	if c.rebuilt++; c.rebuilt > maxRebuilt {
		return untried, nil
	}
	now, home := c.grouped(n)
	if then := home[layer][host]; now[id] == then || id == "" && c.was[then] == nil {
		return overtook, nil
	}
	return differs, nil
}

// leads reports whether a site has one of some others among its neighbours.
func (c *checker) leads(ctx context.Context, host string, others []string) (bool, error) {
	s, err := c.st.Site(ctx, host)
	if err != nil {
		return false, err
	}
	m := index.MemberOf(s)
	near, err := c.st.Near(ctx, &m, cluster.MaxJoined)
	return slices.ContainsFunc(near, func(n index.Neighbour) bool { return slices.Contains(others, n.Host) }), err
}

// grouped groups the sites that were there when the n-th late one had come.
func (c *checker) grouped(n int) (now map[string]string, home map[index.Layer]map[string]string) {
	yet := map[string]bool{}
	for _, v := range c.late[n+1:] {
		yet[v.Record.Host] = true
	}
	var b cluster.Builder
	newCity(c.options.Sites, c.options.Seed).eachMember(func(m *index.Member) {
		if !yet[m.Host] {
			b.Add(m)
		}
	})
	return homes(b.Build(c.before, cluster.Options{}).Clusters)
}

package main

import (
	"log/slog"
	"path/filepath"

	"scamatlas/configs"
	"scamatlas/crawler/egress"
	"scamatlas/crawler/probe"
	"scamatlas/crawler/probe/registry"
	"scamatlas/crawler/probe/route"
	"scamatlas/extractors/hosting"
)

// newProber builds what asks about a site's network: DNS and TLS always; registries, whose networks its addresses are in, and the TLS
// server's fingerprint where the settings want it. The caller calls done at the end.
func newProber(s *configs.Settings, g *egress.Guard, log *slog.Logger) (p *probe.Prober, done func(), err error) {
	h := &s.Hosting
	o := probe.Options{Networks: h.Networks, JARM: h.JARM, Fronted: hosting.New().Fronted}
	done = func() {}
	if h.Registration || h.Networks {
		// WHOIS is port 43: open for the registries alone, so that no site can name it.
		own := *s
		own.Network.Open = append([]uint16{43, 80, 443}, s.Network.Open...)
		way, err := newGuard(&own)
		if err != nil {
			return nil, nil, err
		}
		client := way.Client()
		o.Registry, err = registry.New(registry.Options{HTTP: client, Dial: way.DialContext, Bootstrap: h.Bootstrap, WHOIS: h.WHOIS, Agent: tool()})
		if err != nil {
			return nil, nil, usagef("hosting: %w", err)
		}
		done = client.CloseIdleConnections
	}
	if len(h.AddressData) > 0 || h.Cymru {
		ro := route.Options{}
		for _, f := range h.AddressData {
			ro.Files = append(ro.Files, filepath.Clean(f))
		}
		if h.Cymru {
			ro.Resolve = g.Resolve
		}
		if o.Routes, err = route.Open(ro); err != nil {
			if o.Routes == nil {
				return nil, nil, usagef("hosting.address_data: %w", err)
			}
			log.Warn("some address data is left out", "err", err)
		}
	}
	if h.Networks && !h.Registration {
		return nil, nil, usagef("hosting.networks needs hosting.registration: both ask registries")
	}
	return probe.New(g, o), done, nil
}

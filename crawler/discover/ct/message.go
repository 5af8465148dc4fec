package ct

import (
	"encoding/json"
	"fmt"

	"scamatlas/crawler"
)

// streamMessage is what certstream servers say, as far as it is read: of a certificate its names, or nothing but names.
type streamMessage struct {
	Type string          `json:"message_type"`
	Data json.RawMessage `json:"data"`
}

type streamCertificate struct {
	Index  int64   `json:"cert_index"`
	Link   string  `json:"cert_link"`
	Seen   float64 `json:"seen"` // seconds since 1970
	Source struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"source"`
	Leaf struct {
		Names []string `json:"all_domains"`
	} `json:"leaf_cert"`
}

// message takes one message. What is no message, or is of another type, is counted and named; a heartbeat is neither.
func (l *listener) message(raw []byte) {
	found, err := parseMessage(raw)
	if err != nil {
		l.c.batch.Read++
		l.c.batch.Rejected++
		l.c.problem("message: %v: %.*q", err, MaxText, raw)
		return
	}
	if found == nil {
		return
	}
	if ms := found.Seen * 1000; found.Seen == 0 || !(ms > 0 && ms < 1<<50) {
		found.Seen = float64(l.o.Now().UnixMilli()) / 1000
	}
	l.c.listed(found, l.o.URL)
}

// parseMessage reads one message; nil without an error is a heartbeat.
func parseMessage(raw []byte) (*streamCertificate, error) {
	var m streamMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	c := new(streamCertificate)
	switch m.Type {
	case "heartbeat":
		return nil, nil
	case "certificate_update":
		if err := json.Unmarshal(m.Data, c); err != nil {
			return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
		}
	case "dns_entries":
		if err := json.Unmarshal(m.Data, &c.Leaf.Names); err != nil {
			return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
		}
	default:
		return nil, fmt.Errorf("%w: a message of type %.*q", ErrMalformed, MaxText, m.Type)
	}
	return c, nil
}

// listed takes names that another program read from a log. The reference is the entry where the server says which, else the server.
func (c *collector) listed(found *streamCertificate, server string) {
	c.batch.Read++
	e := &entry{index: found.Index, ms: int64(found.Seen * 1000)}
	switch {
	case found.Link != "":
		c.reference = found.Link + "#"
	case found.Source.URL != "":
		c.reference = found.Source.URL + "#"
	default:
		c.reference = server + "#"
	}
	if len(c.reference) > crawler.MaxURL {
		c.reference = server + "#"
	}
	any := false
	for n, name := range found.Leaf.Names {
		if n == MaxNames {
			c.problem("entry %d: only %d of %d names looked at", e.index, n, len(found.Leaf.Names))
			break
		}
		any = c.name(e, []byte(name), true) || any
	}
	if !any {
		c.batch.Rejected++
	}
}

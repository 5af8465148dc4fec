package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"scamatlas/crawler"
)

// made is one object before it is kept.
type made struct {
	Object
	body []byte
}

// Put keeps a visit: all contents, then an entry of the chain that names them. Both are durable on return; after an error the visit is
// not in the chain, and putting it again is right. Name and password of a visitor's proxy are left out.
//
// The objects of a visit are: one WARC with all that went over the network, the documents browsers made of it and the facts of DNS and
// TLS; each picture; each capture as JSON, whose bodies are in the WARC; a HAR of all requests; and the settings, one object for all
// visits with the same. Each content is stored once.
func (a *Archive) Put(ctx context.Context, v Visit) (*Entry, error) {
	if a.o.ReadOnly {
		return nil, ErrReadOnly
	}
	at := a.o.Now().UTC().Truncate(time.Millisecond)
	objects, settings, err := a.make(&v, at)
	if err != nil {
		return nil, fmt.Errorf("keeping visit %d of %s: %w", v.Sequence, v.Host, err)
	}
	e := &Entry{Kind: KindVisit, At: at, Host: clean(v.Host, 253), Sequence: v.Sequence, Tool: clean(a.o.Tool, 253), Settings: settings}
	for _, c := range v.Captures {
		e.Captures = append(e.Captures, Seen{clean(c.Profile, 100), c.Outcome, c.Started.UTC().Truncate(time.Millisecond), c.Ended.UTC().Truncate(time.Millisecond)})
	}
	err = a.locked(ctx, func() error {
		for _, m := range objects {
			if _, err := a.objects.Put(ctx, m.body); err != nil {
				return err
			}
			e.Objects = append(e.Objects, m.Object)
		}
		return a.chain.append(a, e)
	})
	if err != nil {
		return nil, fmt.Errorf("keeping visit %d of %s: %w", v.Sequence, v.Host, err)
	}
	return e, nil
}

// make writes the objects of a visit.
func (a *Archive) make(v *Visit, at time.Time) (objects []made, settings string, err error) {
	short := *v
	short.Captures = nil
	wanted := map[string][]byte{}
	pictures := map[string]bool{}
	for _, c := range v.Captures {
		c = withoutSecrets(c)
		short.Captures = append(short.Captures, c)
		objects = append(objects, shots(c, pictures)...)
	}
	for _, c := range short.Captures {
		b, err := encodeCapture(c, func(sum string, body []byte) {
			if !pictures[sum] {
				wanted[sum] = body
			}
		})
		if err != nil {
			return nil, "", err
		}
		objects = append(objects, object(ObjectCapture, c.Profile, "application/json", "", b))
	}
	warc, err := visitWARC(&short, a.o.Tool, at, wanted)
	if err != nil {
		return nil, "", err
	}
	har, err := visitHAR(&short, a.o.Tool)
	if err != nil {
		return nil, "", err
	}
	set, err := json.Marshal(maps.Collect(maps.All(v.Settings)))
	if err != nil {
		return nil, "", fmt.Errorf("writing settings: %w", err)
	}
	last := object(ObjectSettings, "", "application/json", "", set)
	objects = append(objects, object(ObjectWARC, "", "application/warc", "", warc), object(ObjectHAR, "", "application/json", "", har), last)
	return objects, last.SHA256, nil
}

// shots gives the pictures of a capture that known does not have, and adds them to it.
func shots(c *crawler.Capture, known map[string]bool) []made {
	if c.Rendered == nil {
		return nil
	}
	var out []made
	for i := range c.Rendered.Views {
		v := &c.Rendered.Views[i]
		for _, s := range v.Pictures {
			if len(s.PNG) == 0 {
				continue
			}
			m := object(clean(s.Kind, 40), c.Profile, "image/png", orText(v.FinalURL, v.URL), s.PNG)
			if !known[m.SHA256] {
				known[m.SHA256] = true
				out = append(out, m)
			}
		}
	}
	return out
}

func object(kind, profile, media, of string, body []byte) made {
	return made{Object{Kind: kind, Profile: clean(profile, 100), SHA256: hexSum(body), Size: int64(len(body)), Media: media, Of: clean(of, maxOf)}, body}
}

// clean makes a text fit for a line of the chain.
func clean(s string, limit int) string {
	s = strings.ToValidUTF8(oneLine(s), "\uFFFD")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

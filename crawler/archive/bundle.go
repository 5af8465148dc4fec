package archive

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"scamatlas/crawler"
)

// Method is what a bundle says about itself beside what it holds. All of it may be empty.
type Method struct {
	Title   string   // "" = "Evidence of HOST"
	Purpose string   // why it was made
	By      string   // for whom: an organisation, a case number
	Tool    string   // who makes the bundle; "" = who wrote its last entry
	Notes   []string // further limits, a line each
}

// Bundle writes visits as a WACZ file (https://specs.webrecorder.net/wacz/1.1.1/) that an outsider can check without us: their WARC files
// as they are stored, one more with the pictures where replay tools look for them, an index, the list of pages; and in evidence/ the
// pictures, captures, HAR and settings, the lines of the chain, a manifest, and the method in plain words. The same entries and the
// same end of the chain give the same bytes. The error wraps ErrDamaged where evidence is, and matches fs.ErrNotExist where retention
// took it.
func (a *Archive) Bundle(ctx context.Context, entries []*Entry, m Method, w io.Writer) error {
	entries, err := ordered(entries)
	if err != nil {
		return err
	}
	return a.bundle(ctx, entries, m, newZip(w, entries[len(entries)-1].At))
}

// BundleDir writes the same files into a folder, which must be empty or not there.
func (a *Archive) BundleDir(ctx context.Context, entries []*Entry, m Method, dir string) error {
	entries, err := ordered(entries)
	if err != nil {
		return err
	}
	out, err := newDir(dir, entries[len(entries)-1].At)
	if err != nil {
		return err
	}
	return a.bundle(ctx, entries, m, out)
}

func ordered(entries []*Entry) ([]*Entry, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b *Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	entries = slices.CompactFunc(entries, func(a, b *Entry) bool { return a.Seq == b.Seq })
	if len(entries) == 0 {
		return nil, errors.New("a bundle needs at least one visit")
	}
	for _, e := range entries {
		if e.Kind != KindVisit {
			return nil, fmt.Errorf("entry %d is no visit", e.Seq)
		}
	}
	return entries, nil
}

// bundler writes one bundle.
type bundler struct {
	a      *Archive
	out    sink
	m      Method
	files  []bundled
	index  index
	pages  bytes.Buffer
	visits []bundledVisit
	main   struct{ url, date string }
}

// bundled is one file of a bundle as its manifest names it.
type bundled struct {
	Path    string `json:"path"`
	SHA256  string `json:"sha256"`
	Size    int    `json:"size"`
	What    string `json:"what"`
	Object  bool   `json:"object,omitempty"` // named by the chain
	Seq     int64  `json:"seq,omitempty"`
	Profile string `json:"profile,omitempty"`
	Of      string `json:"of,omitempty"`
}

func (a *Archive) bundle(ctx context.Context, entries []*Entry, m Method, out sink) error {
	b := &bundler{a: a, out: out, m: m}
	last := entries[len(entries)-1]
	b.m.Tool = orText(m.Tool, last.Tool)
	b.m.Title = orText(m.Title, "Evidence of "+last.Host)
	b.pages.WriteString(`{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}` + "\n")
	err := b.all(ctx, entries)
	if e := out.close(); err == nil && e != nil {
		err = fmt.Errorf("closing: %w", e)
	}
	if err != nil {
		return fmt.Errorf("writing a bundle: %w", err)
	}
	return nil
}

func (b *bundler) all(ctx context.Context, entries []*Entry) error {
	for _, e := range entries {
		if err := b.visit(ctx, e); err != nil {
			return fmt.Errorf("entry %d: %w", e.Seq, err)
		}
	}
	cdx, idx, err := b.index.files()
	if err != nil {
		return err
	}
	chain, head, err := b.a.links(ctx, entries)
	if err != nil {
		return err
	}
	method, err := b.method(head)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name, what string
		packed     bool
		body       []byte
	}{
		{"indexes/index.cdx.gz", "index of the WARC files", false, cdx},
		{"indexes/index.idx", "index of the index", true, idx},
		{"pages/pages.jsonl", "list of pages", true, b.pages.Bytes()},
		{"evidence/chain.jsonl", "lines of the chain, from the first visit of this bundle on", true, chain},
		{"evidence/check.py", "how to check the chain", true, checkScript},
		{"evidence/METHOD.txt", "what was done, and how to check it", true, method},
	} {
		if err := b.add(bundled{Path: f.name, What: f.what}, f.packed, f.body); err != nil {
			return err
		}
	}
	return b.lists(entries[len(entries)-1], head)
}

func (b *bundler) add(f bundled, packed bool, body []byte) error {
	f.SHA256, f.Size = hexSum(body), len(body)
	b.files = append(b.files, f)
	return b.out.add(f.Path, packed, body)
}

// visit adds the objects of one entry, its pictures as WARC, and its pages.
func (b *bundler) visit(ctx context.Context, e *Entry) error {
	captures, err := b.a.Captures(ctx, e)
	if err != nil {
		return err
	}
	v := bundledVisit{Entry: e}
	for _, c := range captures {
		v.Captures = append(v.Captures, summarized(c))
	}
	for i, o := range e.Objects {
		if err := ctx.Err(); err != nil {
			return err
		}
		body, err := b.a.readObject(ctx, o)
		if err != nil {
			return err
		}
		f := bundled{What: o.Kind, Object: true, Seq: e.Seq, Profile: o.Profile, Of: o.Of}
		packed := true
		switch o.Kind {
		case ObjectWARC:
			f.Path, packed = fmt.Sprintf("archive/visit-%d.warc.gz", e.Seq), false
			if err := b.index.add(f.Path, body); err != nil {
				return err
			}
		case ObjectHAR:
			f.Path = fmt.Sprintf("evidence/visit-%d.har", e.Seq)
		case ObjectCapture:
			f.Path = fmt.Sprintf("evidence/visit-%d-%d-%s.json", e.Seq, i, fileName(o.Profile))
		case ObjectSettings:
			f.Path = fmt.Sprintf("evidence/visit-%d-settings.json", e.Seq)
			if err := json.Unmarshal(body, &v.Settings); err != nil {
				return fmt.Errorf("%w: settings: %w", ErrDamaged, err)
			}
		default:
			f.Path, packed = fmt.Sprintf("evidence/visit-%d-%02d-%s.png", e.Seq, i, fileName(o.Kind)), false
		}
		if err := b.add(f, packed, body); err != nil {
			return err
		}
	}
	b.visits = append(b.visits, v)
	if err := b.screens(e, captures); err != nil {
		return err
	}
	return b.addPages(captures)
}

// screens adds a WARC with the pictures, under the addresses that browsertrix gives them.
func (b *bundler) screens(e *Entry, captures []*crawler.Capture) error {
	w := newWARC(fmt.Sprintf("screens %s %d", e.Hash, e.Seq))
	w.warcinfo(&Visit{Host: e.Host, Sequence: e.Sequence, Captures: captures}, b.m.Tool, e.At)
	none := w.n
	kinds := map[string]string{crawler.ShotViewport: "view", crawler.ShotFull: "fullPage"}
	for _, c := range captures {
		if c.Rendered == nil {
			continue
		}
		names := namer{}
		for i := range c.Rendered.Views {
			v := &c.Rendered.Views[i]
			for _, s := range v.Pictures {
				if len(s.PNG) > 0 {
					w.resource("resource", names.urn(orText(kinds[s.Kind], "element"), v), "image/png", orTime(c.Rendered.Began, c.Started), s.PNG)
				}
			}
		}
	}
	if w.n == none {
		return nil
	}
	warc, err := w.bytes()
	if err != nil {
		return err
	}
	f := bundled{Path: fmt.Sprintf("archive/visit-%d-screens.warc.gz", e.Seq), What: "the pictures, for replay tools", Seq: e.Seq}
	if err := b.index.add(f.Path, warc); err != nil {
		return err
	}
	return b.add(f, false, warc)
}

type page struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	Date  string `json:"ts"`
	Title string `json:"title"`
}

// addPages lists what was shown, or what was read where there was no browser.
func (b *bundler) addPages(captures []*crawler.Capture) error {
	for _, c := range captures {
		date, titles, order := c.Started, map[string]string{}, []string{}
		note := func(uri, title string) {
			if uri = safeURI(uri); isWeb(uri) {
				if _, known := titles[uri]; !known {
					order = append(order, uri)
					titles[uri] = title
				}
			}
		}
		if r := c.Rendered; r != nil {
			date = orTime(r.Began, c.Started)
			for i := range r.Views {
				note(orText(r.Views[i].FinalURL, r.Views[i].URL), r.Views[i].Title)
			}
		}
		if len(order) == 0 && len(c.Pages) > 0 {
			note(orText(c.Pages[0].FinalURL, c.Pages[0].URL), "")
		}
		for _, uri := range order {
			p := page{URL: uri, Date: date.UTC().Format(stamp), Title: clean(orText(titles[uri], uri), maxOf) + " (" + clean(c.Profile, 100) + ")"}
			p.ID = hexSum([]byte(p.URL + p.Date + p.Title))[:20]
			line, err := json.Marshal(p)
			if err != nil {
				return fmt.Errorf("listing pages: %w", err)
			}
			b.pages.Write(append(line, '\n'))
			if b.main.url == "" {
				b.main.url, b.main.date = p.URL, p.Date
			}
		}
	}
	return nil
}

// Package qr turns QR codes of a capture or a saved page into Indicators: wallets and contacts, read by the packages that know them.
//
// Codes stand in pictures, in data: addresses, in drawings (SVG), in tables of coloured cells, in blocks of text, and in the
// addresses of services that draw them. It does not know codes that only a script draws: a canvas needs a browser.
package qr

import (
	"cmp"
	"crypto/sha256"
	"path"
	"slices"
	"strings"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// Extractor reads the QR codes of a capture. Pictures are decoded one at a time.
type Extractor struct{}

var _ extractors.Extractor = (*Extractor)(nil)

// New makes the extractor. It has no state.
func New() *Extractor { return &Extractor{} }

// Name is "qr".
func (*Extractor) Name() string { return "qr" }

// Extract reads the codes in the pages and then those in the pictures, as long as the budget of work lasts.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	r := newReader()
	pictures := pictureUses(in.Docs)
	for _, d := range in.Docs {
		r.document(d)
	}
	for _, a := range likeliest(in.Capture) {
		r.asset(a, pictures)
	}
	for _, d := range in.Docs {
		r.shots(d)
	}
	for _, i := range r.out {
		f.Add(i)
	}
}

// shots reads the pictures a browser took of single elements: codes drawn by scripts. What was chosen to get there tells the chain.
func (r *reader) shots(d *extractors.Document) {
	if d.View == nil {
		return
	}
	for i := range d.View.Pictures {
		if s := &d.View.Pictures[i]; s.Kind == crawler.ShotElement {
			r.picture(s.PNG, func() place {
				return place{page: d.URL, context: strings.Join(d.View.Steps, "\n") + "\n" + d.View.Title}
			})
		}
	}
}

// likeliest gives the pictures of a capture, those first that are most often a code: by name, then the smaller files.
func likeliest(c *crawler.Capture) []*crawler.Asset {
	if c == nil {
		return nil
	}
	var out []*crawler.Asset
	for i := range c.Assets {
		if a := &c.Assets[i]; a.Kind == crawler.Image || a.Kind == crawler.Icon {
			out = append(out, a)
		}
	}
	named := func(a *crawler.Asset) int {
		name := strings.ToLower(a.URL)
		for _, word := range []string{"qr", "wallet", "deposit", "address", "pay"} {
			if strings.Contains(name, word) {
				return 0
			}
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b *crawler.Asset) int {
		return cmp.Or(cmp.Compare(named(a), named(b)), cmp.Compare(len(a.Body), len(b.Body)))
	})
	return out
}

// asset reads a picture of the site; its first use in a page is its place.
func (r *reader) asset(a *crawler.Asset, uses map[string]use) {
	u, ok := uses[pictureKey(a.URL)]
	if !ok {
		u, ok = uses[pictureKey(a.FinalURL)]
	}
	r.picture(a.Body, func() place {
		at := place{page: a.FinalURL}
		if ok {
			at = u.c.at(u.offset)
		}
		at.context = nameWords(a.URL) + "\n" + at.context
		return at
	})
}

// ReadDocument gives what the QR codes drawn, embedded or ordered in one document say, united and ordered. Pictures that it only
// links to are not its own: see ReadImage.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	r := newReader()
	r.document(d)
	return extractors.Unite(r.out)
}

// ReadImage gives what the QR codes in one picture say: a PNG, JPEG, GIF, WebP or SVG file of at most 8 MiB and 20 megapixels. Of
// anything else it gives nothing. The name may tell the chain: "btc-qr.png".
func ReadImage(name string, body []byte) []extractors.Indicator {
	r := newReader()
	r.picture(body, func() place { return place{page: name, context: nameWords(name)} })
	return extractors.Unite(r.out)
}

// IsImage reports whether body is a file that only ReadImage reads. An SVG file is a document, too, which ReadDocument reads whole.
func IsImage(body []byte) bool { return formatOf(body) != "" }

// reader reads codes within one budget.
type reader struct {
	out      []extractors.Indicator
	work     int                   // pixels left
	pictures map[[32]byte][]string // texts of the pictures that were read: what they say does not depend on the place
	done     map[string]bool       // texts that were read, with their place
}

func newReader() *reader {
	return &reader{work: captureWork, pictures: map[[32]byte][]string{}, done: map[string]bool{}}
}

// place is where a code stood and what stood around it.
type place struct {
	page    string
	offset  int
	context string // what may name the chain: a label, an alternative text, a file name
	names   string // text of the whole page
}

// picture reads the codes of one file; at is asked when there are any.
func (r *reader) picture(body []byte, at func() place) {
	if len(body) < minPicture || len(body) > maxFile || len(r.pictures) >= maxPictures || r.work <= 0 {
		return
	}
	sum := sha256.Sum256(body)
	texts, ok := r.pictures[sum]
	if !ok {
		r.work -= len(body)
		switch {
		case formatOf(body) != "":
			texts = r.codes(decodeImage(body), (*gray).codes)
		case isSVG(body):
			texts = r.codes(paintSVG(body), (*gray).drawnCodes)
		}
		r.pictures[sum] = texts
	}
	if len(texts) == 0 {
		return
	}
	where := at()
	for _, t := range texts {
		r.payload(t, where)
	}
}

// codes looks for codes within the budgets of one picture and of all.
func (r *reader) codes(g *gray, find func(*gray, *int) []string) []string {
	if g == nil {
		return nil
	}
	r.work -= len(g.pix)
	budget := max(0, min(imageWork, r.work))
	left := budget
	texts := find(g, &left)
	r.work -= budget - left
	return texts
}

// nameWords makes words of the last parts of an address or path: "/img/btc_qr.png" says "img btc qr png".
func nameWords(address string) string {
	if n := strings.IndexAny(address, "?#"); n >= 0 {
		address = address[:n]
	}
	if strings.HasPrefix(address, "data:") {
		return ""
	}
	dir, file := path.Split(address)
	words := path.Base(dir) + " " + file
	return cutRuns(strings.Map(func(c rune) rune {
		if c == '_' || c == '-' || c == '.' || c == '/' || c == '%' {
			return ' '
		}
		return c
	}, words))
}

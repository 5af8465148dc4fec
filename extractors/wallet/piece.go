package wallet

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"scamatlas/extractors"
)

// reader reads the pieces of one document.
type reader struct {
	library   bool // the document is a file of a wallet library
	doc       *extractors.Document
	at        map[string]int // key and tag → index in out
	out       []extractors.Indicator
	sightings map[string]int  // of each value, so that a page that repeats one is not judged again and again
	page      map[string]bool // what pageNames made
	money     bool            // set with it: the page speaks of wallets
	eos       int             // what mentionsEOS found: 1 or -1
}

// A view is a text to scan: a piece as it stands, or what decoding or joining makes of it.
type view struct {
	text  string
	where string
	attr  string
	piece int
	base  int    // offset of text[0] in the document
	exact bool   // text is the document's bytes: offsets count on
	cuts  []int  // when not nil, only matches over one of these positions are taken
	outer *view  // the text this one was decoded from …
	span  [2]int // … and where in it; its surroundings are the context
}

func (r *reader) piece(i int) {
	p := &r.doc.Pieces[i]
	if len(p.Text) < minPart || len(r.out) >= maxFound {
		return
	}
	v := view{text: p.Text, where: p.Where, attr: p.Attr, piece: i, base: p.Offset, exact: p.Where != extractors.InAttr}
	switch {
	case !p.Joined:
		r.read(&v)
	case longRun(p.Text):
		r.joined(&v)
	default:
		r.named(&v)
	}
	switch p.Where {
	case extractors.InText:
		r.grouped(&v)
		r.stacked(&v)
	case extractors.InScript, extractors.InJSON, extractors.InAttr:
		r.decoded(&v)
	}
}

// read scans a view and, where it holds characters nobody sees or look-alikes of ASCII, what is left without them.
func (r *reader) read(v *view) {
	r.scan(v)
	if plain, where, ok := folded(v.text); ok {
		f := view{text: plain, where: where, attr: v.attr, piece: v.piece, base: v.base}
		r.scan(&f)
	}
}

// longRun reports whether text has a run that may hold an address. Of most joined pieces, which are prose, nothing more is read.
func longRun(text string) bool {
	n := 0
	for i := range len(text) {
		if c := text[i]; class[c]&(alnum|base64Mark) == 0 && c < utf8.RuneSelf {
			n = 0
		} else if n++; n >= minToken {
			return true
		}
	}
	return false
}

// joined reads the text nodes of a piece one by one, then the addresses that go over a border between two.
func (r *reader) joined(v *view) {
	z := html.NewTokenizer(bytes.NewReader(r.raw(v)))
	at, offset := 0, v.base
	for at < len(v.text) {
		tt := z.Next()
		if tt == html.ErrorToken {
			break
		}
		size := len(z.Raw())
		if tt == html.TextToken {
			n := min(len(z.Text()), len(v.text)-at)
			node := view{text: v.text[at : at+n], where: v.where, piece: v.piece, base: offset, exact: true, outer: v, span: [2]int{at, at + n}}
			r.read(&node)
			at += n
			v.cuts = append(v.cuts, at)
		}
		offset += size
	}
	whole := view{text: v.text, where: extractors.InSplit, piece: v.piece, base: v.base, cuts: v.cuts}
	r.scan(&whole)
	whole.cuts = nil
	if plain, where, ok := folded(v.text); ok {
		whole.text, whole.where = plain, where
		r.scan(&whole)
	}
}

// raw gives the bytes of the document that a joined piece was made from. They end before the next piece begins, so that all
// pieces together cost one pass.
func (r *reader) raw(v *view) []byte {
	end := len(r.doc.Body)
	if next := v.piece + 1; next < len(r.doc.Pieces) && r.doc.Pieces[next].Offset > v.base {
		end = min(end, r.doc.Pieces[next].Offset)
	}
	return r.doc.Body[min(v.base, end):end]
}

// scan takes the matches of one view and marks those that stand in one array as a list.
func (r *reader) scan(v *view) {
	var run []int
	last := 0
	scan(v.text, func(m match) {
		if v.cuts != nil && !over(v.cuts, m.start, m.end) {
			return
		}
		if !onlyPunctuation(v.text, last, m.start) {
			r.markList(v, run)
			run = run[:0]
		}
		last = m.end
		if n := r.take(v, m); n >= 0 && v.where != extractors.InText {
			run = append(run, n)
		}
	})
	r.markList(v, run)
	r.named(v)
}

// over reports whether a cut lies inside start…end. Cuts are sorted.
func over(cuts []int, start, end int) bool {
	lo, hi := 0, len(cuts)
	for lo < hi {
		if mid := (lo + hi) / 2; cuts[mid] <= start {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(cuts) && cuts[lo] < end
}

// onlyPunctuation reports whether nothing but what parts the items of an array stands between two matches.
func onlyPunctuation(text string, from, to int) bool {
	return from > 0 && to-from <= 16 && strings.Trim(text[from:to], " \t\r\n,'\"`\\") == ""
}

// markList gives the role list to the addresses of a long array, but not to those that also stood elsewhere before.
func (r *reader) markList(v *view, run []int) {
	if len(run) <= listRun {
		return
	}
	for _, n := range run {
		if o := &r.out[n]; o.Role == extractors.Payee && o.Where == v.where {
			o.Role = extractors.List
		}
	}
}

// markLists gives the role list to the payees of code that names more of them than a site pays out to.
func (r *reader) markLists() {
	var code []int
	for n := range r.out {
		if o := &r.out[n]; o.Role == extractors.Payee && (o.Where == extractors.InScript || o.Where == extractors.InJSON) {
			code = append(code, n)
		}
	}
	if len(code) <= listTotal {
		return
	}
	for _, n := range code {
		r.out[n].Role = extractors.List
	}
}

// take adds a match to the findings, or folds it into an earlier sighting; it returns its index, -1 when it is not taken.
func (r *reader) take(v *view, m match) int {
	times := r.sightings[m.value]
	if times >= maxSightings || times == 0 && len(r.out) >= maxFound {
		return -1
	}
	r.sightings[m.value] = times + 1
	seen := v.text[m.start:m.end]
	confidence, ok := r.judged(v, &m)
	if !ok || confidence == extractors.Low && !v.exact && v.where != extractors.InAttr {
		return -1
	}
	i := extractors.Indicator{Kind: extractors.KindWallet, Chain: m.chain, Form: m.form, Value: m.value, Seen: []string{seen}, Role: r.role(v, &m),
		Confidence: confidence, Tag: r.tag(v, &m), Where: whereOf(v, m.start), Offset: v.base}
	if v.exact {
		i.Offset += m.start
	}
	if r.doc.URL != "" {
		i.Page = r.doc.URL
	}
	return r.add(i)
}

// whereOf is the view's own place, but "style" is not one that is reported, and a payment URI is one of its own.
func whereOf(v *view, start int) string {
	if v.where == extractors.InStyle {
		return extractors.InText
	}
	if v.where != extractors.InAttr && v.where != extractors.InText {
		return v.where
	}
	uri := v.text[max(0, start-urlWindow):start]
	uri = uri[strings.LastIndexAny(uri, " \t\r\n\"'<>")+1:]
	if scheme, _, ok := strings.Cut(uri, ":"); ok && uriSchemes[strings.ToLower(scheme)] {
		return extractors.InURI
	}
	return v.where
}

// add keeps i or unites it with an earlier sighting: one tag more makes it another indicator, a tag where there was none does not.
func (r *reader) add(i extractors.Indicator) int {
	key := family(i.Chain) + ":" + i.Value
	n, ok := r.at[key+"#"+i.Tag]
	if bare, is := r.at[key+"#"]; !ok && is {
		n, ok = bare, true
		delete(r.at, key+"#")
		r.out[n].Tag = i.Tag
		r.at[key+"#"+i.Tag] = n
	}
	if !ok && i.Tag == "" {
		n, ok = r.at[key]
	}
	if !ok {
		if len(r.out) >= maxFound {
			return -1
		}
		r.out = append(r.out, i)
		n = len(r.out) - 1
		r.at[key+"#"+i.Tag] = n
		r.at[key] = n
		return n
	}
	o := &r.out[n]
	agree(o, &i)
	if i.Confidence == extractors.High || o.Confidence == extractors.Low {
		o.Confidence = i.Confidence
	}
	if len(o.Seen) < extractors.MaxSpellings && !slices.Contains(o.Seen, i.Seen[0]) {
		o.Seen = append(o.Seen, i.Seen[0])
	}
	return n
}

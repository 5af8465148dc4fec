package claim

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"scamatlas/extractors"
)

// markedAddresses reads <address> elements and schema.org microdata.
func (r *reader) markedAddresses() {
	if r.doc.Type != extractors.HTML {
		return
	}
	body := r.doc.Body
	n := 0
	for at := 0; ; {
		open := bytes.Index(body[at:], []byte("<address"))
		if open < 0 {
			break
		}
		open += at
		end := bytes.Index(body[open:min(len(body), open+8*maxAddress)], []byte("</address"))
		if at = open + 8; end < 0 {
			continue
		}
		var parts []string
		for ; n < len(r.doc.Pieces) && r.doc.Pieces[n].Offset < open+end; n++ {
			if p := &r.doc.Pieces[n]; p.Where == extractors.InText && p.Offset > open {
				parts = append(parts, strings.TrimRight(strings.TrimSpace(p.Text), ","))
			}
		}
		r.address(extractors.InText, open, parts)
	}
	r.microdata()
}

func (r *reader) address(where string, offset int, parts []string) {
	for len(parts) > 2 && !strings.ContainsAny(parts[0], "0123456789") {
		parts = parts[1:] // the name of the company
	}
	raw := cutAddress(strings.Join(parts, ",\n"))
	if value, ok := postal(raw); ok {
		r.keep(where, offset, Address, value, raw, extractors.High)
	}
}

// microdata reads itemprop="streetAddress" and its kin, and foundingDate.
func (r *reader) microdata() {
	var parts []string
	at := 0
	for n := range r.doc.Pieces {
		p := &r.doc.Pieces[n]
		if p.Where != extractors.InAttr || p.Attr != "itemprop" {
			continue
		}
		switch name := strings.TrimSpace(p.Text); name {
		case "streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry":
			if name == "streetAddress" {
				r.address(extractors.InText, at, parts)
				parts, at = nil, p.Offset
			}
			if text := r.property(n); text != "" {
				parts = append(parts, text)
			}
		case "foundingDate":
			r.foundingDate(extractors.InAttr, p.Offset, r.property(n))
		}
	}
	r.address(extractors.InText, at, parts)
}

// property gives the value of the itemprop of piece n: the content attribute of its tag, or the text behind the tag.
func (r *reader) property(n int) string {
	pieces := r.doc.Pieces
	for m := max(0, n-8); m < min(len(pieces), n+9); m++ {
		if q := &pieces[m]; q.Where == extractors.InAttr && q.Offset == pieces[n].Offset && q.Attr == "content" {
			return strings.TrimSpace(q.Text)
		}
	}
	from := pieces[n].Offset
	if from >= len(r.doc.Body) {
		return ""
	}
	rest := r.doc.Body[from:min(len(r.doc.Body), from+4*maxAddress)]
	open := bytes.IndexByte(rest, '>')
	if open < 0 {
		return ""
	}
	text, _, _ := bytes.Cut(rest[open+1:], []byte("<"))
	return strings.TrimSpace(html.UnescapeString(string(text)))
}

func (r *reader) foundingDate(where string, offset int, date string) {
	year, err := strconv.Atoi(date[:min(4, len(date))])
	if err == nil && year >= firstYear && year <= lastYear {
		r.keep(where, offset, Founded, strconv.Itoa(year), date, extractors.High)
	}
}

// structured reads schema.org objects in JSON: PostalAddress, foundingDate, LEI.
func (r *reader) structured() {
	for n := range r.doc.Pieces {
		p := &r.doc.Pieces[n]
		if p.Where != extractors.InJSON || len(p.Text) > maxJSON || !hasAny(p.Text, "streetAddress", "foundingDate", "leiCode") {
			continue
		}
		var root any
		if json.Unmarshal([]byte(p.Text), &root) != nil {
			continue
		}
		w := walker{reader: r, offset: p.Offset, left: maxJSONNodes}
		w.walk(root, 0)
	}
}

type walker struct {
	*reader
	offset, left int
}

func (w *walker) walk(node any, depth int) {
	if w.left--; w.left < 0 || depth > maxJSONDepth {
		return
	}
	switch x := node.(type) {
	case []any:
		for _, e := range x {
			w.walk(e, depth+1)
		}
	case map[string]any:
		w.object(x)
		for _, k := range sortedKeys(x) {
			w.walk(x[k], depth+1)
		}
	}
}

func (w *walker) object(o map[string]any) {
	if street, _ := o["streetAddress"].(string); street != "" {
		var parts []string
		for _, k := range []string{"streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry"} {
			if s, _ := o[k].(string); s != "" {
				parts = append(parts, s)
			}
		}
		w.address(extractors.InJSON, w.offset, parts)
	}
	if date, _ := o["foundingDate"].(string); date != "" {
		w.foundingDate(extractors.InJSON, w.offset, date)
	}
	if lei, _ := o["leiCode"].(string); lei != "" {
		if number, n := shape("XXXXXXXXXXXXXXXXXX99").match(lei); n > 0 {
			if value, ok := checked("lei", number); ok {
				w.keep(extractors.InJSON, w.offset, Company, "lei:"+value, lei, extractors.High)
			}
		}
	}
}

func sortedKeys(o map[string]any) []string { return slices.Sorted(maps.Keys(o)) }

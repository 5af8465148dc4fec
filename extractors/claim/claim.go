// Package claim turns the text of a document into what a site says of itself: company and licence numbers, regulators it names,
// postal addresses, founding years, promised returns and the amounts of its plans.
//
// It does not know whether any of it is true, nor whose number it is: the number of an honest company on twenty sites is a pivot all
// the same. Labels in several languages are data files; one pass over the words of each text looks labels up and reads values by
// hand from there.
package claim

import (
	"slices"
	"strings"

	"scamatlas/extractors"
)

// Types of claims.
const (
	Company   = "company_number" // "gb:12345678": register, ":", number
	Licence   = "licence"        // "fca:123456": regulator, ":", number
	Regulator = "regulator"      // "FCA": short name of who is said to authorise
	Address   = "address"        // lower-case words and numbers of a postal address
	Founded   = "founded"        // year
	Return    = "return"         // "2.5%/day", "1-3%/day", "200%/24h", "guaranteed 15%"
	Plan      = "plan"           // "100-4999 USD", "50000+ USD"
	Referral  = "referral"       // levels in percent: "7-3-1%"
)

// Extractor finds claims in all documents of a capture.
type Extractor struct{}

// New makes the extractor; it has no settings and no state.
func New() *Extractor { return &Extractor{} }

// Name is "claim".
func (*Extractor) Name() string { return "claim" }

// Extract adds the claims of every document.
func (*Extractor) Extract(in *extractors.Input, f *extractors.Findings) {
	for _, d := range in.Docs {
		for _, i := range ReadDocument(d) {
			f.Add(i)
		}
	}
}

// ReadDocument gives the claims of one document, each once, in the order of extractors.Unite. Values are canonical: two spellings of
// one number, address or promise are one value; Seen holds the spellings.
func ReadDocument(d *extractors.Document) []extractors.Indicator {
	r := &reader{doc: d}
	for _, v := range viewsOf(d) {
		r.words(v)
		r.percents(v)
		if v.where == extractors.InText {
			r.postcodes(v)
		}
	}
	r.markedAddresses()
	r.structured()
	return extractors.Unite(r.named())
}

// named leaves out licence numbers without a regulator that stand in the document with one, too.
func (r *reader) named() []extractors.Indicator {
	known := map[string]bool{}
	for _, i := range r.out {
		if scheme, number, ok := strings.Cut(i.Value, ":"); ok && i.Type == Licence && scheme != "unnamed" {
			known[number] = true
		}
	}
	return slices.DeleteFunc(r.out, func(i extractors.Indicator) bool {
		number, ok := strings.CutPrefix(i.Value, "unnamed:")
		return ok && i.Type == Licence && known[number]
	})
}

type reader struct {
	doc                  *extractors.Document
	out                  []extractors.Indicator
	returns, percentages int
}

// add keeps a claim that stands at text[start:end] of v.
func (r *reader) add(v *view, start, end int, kind, value, confidence string) {
	where, offset := v.place(start)
	r.keep(where, offset, kind, value, v.text[start:min(end, len(v.text))], confidence)
}

func (r *reader) keep(where string, offset int, kind, value, seen, confidence string) {
	if value == "" || len(r.out) >= maxPerDocument {
		return
	}
	r.out = append(r.out, extractors.Indicator{Kind: extractors.KindClaim, Type: kind, Value: value, Seen: []string{clip(strings.Join(strings.Fields(seen), " "))},
		Confidence: confidence, Where: where, Offset: offset, Page: r.doc.URL})
}

func clip(s string) string {
	if len(s) <= maxSeen {
		return s
	}
	n := maxSeen
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

package template

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/twmb/murmur3"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// files fills the sets that come from the site's own files and from the names its pages give them.
func files(p *extractors.Fingerprint, c *crawler.Capture, pages []*extractors.Document) {
	contents, names := newSet(), newSet()
	for i := range c.Assets {
		a := &c.Assets[i]
		if !isFile(a) {
			continue
		}
		contents.add(contentKey(a))
		addName(names, a.URL)
	}
	for _, d := range pages {
		for i := range d.Pieces {
			if p := &d.Pieces[i]; p.Where == extractors.InAttr && loads(p.Tag, p.Attr) {
				addName(names, p.Text)
			}
		}
	}
	p.Assets = contents.sketch(MaxAssetTokens)
	p.Names = names.sketch(MaxNameTokens)
}

// isFile leaves out failures and the HTML that many sites answer for any unknown path.
func isFile(a *crawler.Asset) bool {
	if a.Status >= 400 || len(a.Body) == 0 || a.Truncated != "" {
		return false
	}
	switch a.Kind {
	case crawler.Script, crawler.Style, crawler.Image, crawler.Icon:
		return extractors.TypeOf(a.ContentType, a.FinalURL, a.Body) != extractors.HTML || strings.Contains(a.ContentType, "svg")
	}
	return false
}

// contentKey is equal for files that differ only in what a copier changes without thought.
func contentKey(a *crawler.Asset) string {
	body := a.Body
	switch {
	case (a.Kind == crawler.Script || a.Kind == crawler.Style) && len(body) <= maxNormalise:
		body = normalise(body)
	case bytes.HasPrefix(body, []byte("\x89PNG")):
		body = upTo(body, "IEND\xaeB`\x82")
	case bytes.HasPrefix(body, []byte("\xff\xd8")):
		body = upTo(body, "\xff\xd9")
	}
	sum := sha256.Sum256(body)
	return string(sum[:])
}

// upTo cuts what stands behind the end mark of a picture.
func upTo(body []byte, mark string) []byte {
	if i := bytes.LastIndex(body, []byte(mark)); i >= 0 {
		return body[:i+len(mark)]
	}
	return body
}

// normalise drops comments and white space and masks colours: what minifiers and recolourers change.
// It does not parse the language; the result is only hashed.
func normalise(b []byte) []byte {
	out := make([]byte, 0, len(b))
	lineStart := true
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '\n':
			lineStart = true
			continue
		case c <= ' ':
			continue
		case c == '/' && i+1 < len(b) && b[i+1] == '*':
			end := bytes.Index(b[i+2:], []byte("*/"))
			if end < 0 {
				return out
			}
			i += 2 + end + 1
			continue
		case c == '/' && lineStart && i+1 < len(b) && b[i+1] == '/': // only whole lines: "//" also stands in addresses
			for i+1 < len(b) && b[i+1] != '\n' {
				i++
			}
			continue
		case c == '#':
			if n := hexRun(b[i+1:]); n == 3 || n == 4 || n == 6 || n == 8 {
				out = append(out, '#')
				i += n
				continue
			}
		case c == '}' && len(out) > 0 && out[len(out)-1] == ';':
			out = out[:len(out)-1]
		}
		lineStart = false
		out = append(out, c)
	}
	return out
}

// hexRun counts the hexadecimal digits b begins with; 0 when a word goes on behind them.
func hexRun(b []byte) int {
	n := 0
	for n < len(b) && (b[n] >= '0' && b[n] <= '9' || b[n]|0x20 >= 'a' && b[n]|0x20 <= 'f') {
		n++
	}
	if n < len(b) && (b[n] == '-' || b[n] == '_' || b[n]|0x20 >= 'g' && b[n]|0x20 <= 'z') {
		return 0
	}
	return n
}

// loads reports whether the attribute names a file that the page loads.
func loads(tag, attr string) bool {
	switch tag {
	case "script", "img", "source", "video", "audio", "embed":
		return attr == "src" || attr == "data-src" || attr == "poster"
	case "link":
		return attr == "href"
	}
	return false
}

// addName adds the base name of an address, whichever host it is on: kits move files to CDNs and back.
func addName(names *set, address string) {
	if len(address) > crawler.MaxURL || strings.HasPrefix(address, "data:") {
		return
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return
	}
	if n := baseName(u.Path); n != "" {
		names.add(n)
	}
}

// baseName gives the file's name without what builds put into it: hashes and ".min".
func baseName(p string) string {
	name := strings.ToLower(path.Base(p))
	ext := path.Ext(name)
	if len(ext) < 2 || len(name) == len(ext) {
		return ""
	}
	parts := strings.FieldsFunc(strings.TrimSuffix(name, ext), func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	kept := parts[:0]
	for i, w := range parts {
		if w == "min" || i > 0 && isHashWord(w) {
			continue
		}
		kept = append(kept, w)
	}
	if len(kept) == 0 {
		return ""
	}
	return strings.Join(kept, "-") + ext
}

// isHashWord recognises content hashes and version numbers: hex of six digits or more with a digit in it, or digits only.
func isHashWord(w string) bool {
	digits := 0
	for i := range len(w) {
		switch c := w[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c < 'a' || c > 'f':
			return false
		}
	}
	return digits > 0 && (len(w) >= 6 || digits == len(w))
}

// favicon hashes the site's first icon in the two ways that search engines for hosts use.
func favicon(p *extractors.Fingerprint, c *crawler.Capture) {
	for i := range c.Assets {
		a := &c.Assets[i]
		if a.Kind != crawler.Icon || len(a.Body) == 0 || a.Status >= 400 || a.Truncated != "" ||
			strings.Contains(a.ContentType, "html") {
			continue
		}
		sum := sha256.Sum256(a.Body)
		p.FaviconSHA256 = hex.EncodeToString(sum[:])
		p.FaviconMMH3 = strconv.Itoa(int(int32(murmur3.Sum32(mimeBase64(a.Body)))))
		return
	}
}

// mimeBase64 encodes with a line break after each 76 characters and at the end (RFC 2045, as Python's base64.encodebytes does).
func mimeBase64(b []byte) []byte {
	const in, line = 57, 76
	out := make([]byte, 0, (len(b)/in+1)*(line+1))
	for len(b) > 0 {
		n := min(len(b), in)
		out = base64.StdEncoding.AppendEncode(out, b[:n])
		out = append(out, '\n')
		b = b[n:]
	}
	return out
}

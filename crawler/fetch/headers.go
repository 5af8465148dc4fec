package fetch

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"scamatlas/crawler"
)

// What browsers say they take, as seen from Chromium 156 and Firefox 140. Chromium's newest picture format is new to 156.
const (
	acceptPage         = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	acceptImage        = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	acceptPageOther    = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	acceptImageOther   = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	acceptStyle        = "text/css,*/*;q=0.1"
	acceptAnything     = "*/*"
	jxlSince           = 156
	acceptEncoding     = "gzip, deflate, br, zstd" // what decode can undo
	acceptEncodingHTTP = "gzip, deflate"           // browsers offer the others over TLS only
)

// request is what the visitor's browser says with one ask and its redirects.
type request struct {
	visitor *crawler.Profile
	kind    crawler.AssetKind
	from    *url.URL // nil: typed in
	referer string   // sent as it is, wherever the request goes; "" = by referrer
	site    int      // index into sites: the farthest the request has been from where it began
}

// sites are the values of Sec-Fetch-Site, each farther than the one before (W3C Fetch Metadata).
var sites = [...]string{"none", "same-origin", "same-site", "cross-site"}

func (w *walk) request(a ask) *request {
	r := &request{visitor: w.visitor, kind: a.kind}
	from := a.from
	if a.document && from == "" {
		r.referer, from = w.visitor.Referrer, w.visitor.Referrer
	}
	if u, err := url.Parse(from); err == nil && u.Host != "" {
		r.from = u
	}
	return r
}

// header gives the fields for the request's next address. Client hints and fetch metadata go over TLS only; hints are Chromium's.
func (r *request) header(u *url.URL) http.Header {
	h := http.Header{
		"Connection":      {"keep-alive"},
		"User-Agent":      {r.visitor.UserAgent},
		"Accept":          {r.accept()},
		"Accept-Language": {r.visitor.Language},
		"Accept-Encoding": {acceptEncodingHTTP},
	}
	if referer := r.referrer(u); referer != "" {
		h["Referer"] = []string{referer}
	}
	if r.kind == "" {
		h["Upgrade-Insecure-Requests"] = []string{"1"}
	}
	if r.site = max(r.site, r.distance(u)); u.Scheme != "https" {
		return h
	}
	h["Accept-Encoding"] = []string{acceptEncoding}
	for _, hint := range r.visitor.Hints() {
		h[hint.Name] = []string{hint.Value}
	}
	mode, dest := r.purpose(u)
	h["Sec-Fetch-Site"], h["Sec-Fetch-Mode"], h["Sec-Fetch-Dest"] = []string{sites[r.site]}, []string{mode}, []string{dest}
	if r.kind == "" {
		h["Sec-Fetch-User"] = []string{"?1"}
	}
	return h
}

func (r *request) accept() string {
	chrome := r.visitor.ChromeMajor()
	switch r.kind {
	case "":
		return pick(chrome, acceptPage, acceptPageOther, "image/avif")
	case crawler.Image, crawler.Icon:
		return pick(chrome, acceptImage, acceptImageOther, "image/avif")
	case crawler.Style:
		return acceptStyle
	default:
		return acceptAnything
	}
}

func pick(chrome int, theirs, others, first string) string {
	switch {
	case chrome == 0:
		return others
	case chrome >= jxlSince:
		return strings.Replace(theirs, first, "image/jxl,"+first, 1)
	}
	return theirs
}

// purpose gives Sec-Fetch-Mode and Sec-Fetch-Dest.
func (r *request) purpose(u *url.URL) (mode, dest string) {
	switch r.kind {
	case "":
		return "navigate", "document"
	case crawler.Image, crawler.Icon:
		return "no-cors", "image"
	case crawler.Script, crawler.Style:
		return "no-cors", string(r.kind)
	case crawler.Data:
		if strings.Contains(path.Base(u.Path), "manifest") {
			return "cors", "manifest"
		}
	}
	return "cors", "empty"
}

// referrer follows strict-origin-when-cross-origin, every browser's default: the whole address within one origin, the origin elsewhere,
// nothing from https to http.
func (r *request) referrer(to *url.URL) string {
	switch {
	case r.referer != "":
		return r.referer
	case r.from == nil, r.from.Scheme == "https" && to.Scheme != "https":
		return ""
	case r.distance(to) > 1:
		return r.from.Scheme + "://" + r.from.Host + "/"
	}
	from := *r.from
	from.Fragment, from.RawFragment, from.User = "", "", nil
	return from.String()
}

// distance is the index into sites of where u is seen from where the request began.
func (r *request) distance(u *url.URL) int {
	switch {
	case r.from == nil:
		return 0
	case r.from.Scheme == u.Scheme && r.from.Host == u.Host:
		return 1
	case r.from.Scheme == u.Scheme && crawler.RegistrableDomain(r.from.Hostname()) == crawler.RegistrableDomain(u.Hostname()):
		return 2
	}
	return 3
}

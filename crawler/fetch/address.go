package fetch

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"scamatlas/crawler"
)

// resolve reads a reference as browsers do: blanks around it and line breaks inside are dropped, backslashes are slashes.
// It gives nil for what is no http or https address of at most crawler.MaxURL bytes. Fragment and user are dropped.
func resolve(base *url.URL, ref string) *url.URL {
	if len(ref) > crawler.MaxURL {
		return nil
	}
	ref = cleanReference(ref)
	u, err := base.Parse(ref)
	if err != nil {
		if u, err = base.Parse(escapePercents(ref)); err != nil {
			return nil
		}
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return nil
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	u.Host = strings.ToLower(u.Host)
	if !isASCII(u.Host) {
		name, err := crawler.NormalHost(u.Hostname())
		if err != nil {
			return nil
		}
		if p := u.Port(); p != "" {
			name += ":" + p
		}
		u.Host = name
	}
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	} else {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if len(u.String()) > crawler.MaxURL {
		return nil
	}
	return u
}

func cleanReference(ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	if strings.ContainsAny(ref, "\t\r\n") {
		ref = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(ref)
	}
	if strings.IndexByte(ref, '\\') >= 0 {
		head, query, found := strings.Cut(ref, "?")
		ref = strings.ReplaceAll(head, `\`, "/")
		if found {
			ref += "?" + query
		}
	}
	return ref
}

// escapePercents escapes each percent sign that begins no escape.
func escapePercents(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])) {
			b.WriteString("%25")
			continue
		}
		if s[i] < ' ' || s[i] == 0x7f {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// key is what makes two addresses the same page: neither the scheme nor a leading www tells them apart.
func key(u *url.URL) string {
	return strings.TrimPrefix(u.Host, "www.") + u.EscapedPath() + "?" + u.RawQuery
}

// scope is the sites a visit may take pages and assets from: the target's, and the one its entry page leads to.
type scope []string

func (s scope) holds(u *url.URL) bool {
	host := u.Hostname()
	for _, domain := range s {
		if rest, ok := strings.CutSuffix(host, domain); ok && (rest == "" || strings.HasSuffix(rest, ".")) {
			return true
		}
	}
	return false
}

// looping reports a path that repeats one segment, as relative links without end make them.
func looping(p string) bool {
	if strings.Count(p, "/") <= maxSegmentRepeat {
		return false
	}
	times := map[string]int{}
	for s := range strings.SplitSeq(p, "/") {
		if s == "" {
			continue
		}
		if times[s]++; times[s] > maxSegmentRepeat {
			return true
		}
	}
	return false
}

// isDownloadName reports an address whose name ends as that of no page. It stays visible as a link in the page that names it.
func isDownloadName(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".apk", ".xapk", ".aab", ".ipa", ".exe", ".msi", ".dmg", ".pkg", ".deb", ".rpm", ".appimage", ".mobileconfig", ".jar", ".bin",
		".iso", ".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".csv",
		".mp3", ".mp4", ".m4a", ".avi", ".mov", ".webm", ".mkv", ".wav", ".ogg", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif",
		".svg", ".ico", ".bmp", ".css", ".js", ".mjs", ".map", ".woff", ".woff2", ".ttf", ".eot":
		return true
	}
	return false
}

func isImageName(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp":
		return true
	}
	return false
}

// isDownload reports an answer that a browser would save or play rather than show as a page.
func isDownload(h http.Header) bool {
	t, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	t = strings.TrimSpace(t)
	switch t {
	case "", "text/html", "application/xhtml+xml", "text/plain", "application/json", "text/xml", "application/xml":
		return false
	case "application/zip", "application/pdf", "application/gzip", "application/java-archive", "application/x-msdownload",
		"application/x-msi", "application/x-apple-diskimage", "application/x-apple-aspen-config", "application/x-rar-compressed", "application/x-7z-compressed":
		return true
	}
	if strings.HasPrefix(t, "video/") || strings.HasPrefix(t, "audio/") || strings.HasPrefix(t, "font/") || strings.HasPrefix(t, "application/vnd.") {
		return true
	}
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(h.Get("Content-Disposition"))), "attachment")
}

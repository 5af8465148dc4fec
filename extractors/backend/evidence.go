package backend

import (
	"strings"

	"scamatlas/extractors"
)

// evidence says why an address is a backend, and of what type; kind is "" when nothing does.
type evidence struct {
	kind       string
	confidence string
	strong     bool // the key alone is enough to take a bare host
	denied     bool // the key says that it is something else
}

// evidenceOf looks at what the string at at is assigned or given to, then at the address itself.
func evidenceOf(v *view, at int, a *address) evidence {
	if chainList(v.s, at) || hasAny(a.host, "explorer", "blockscout") {
		return evidence{denied: true}
	}
	if strings.HasPrefix(a.scheme, "ws") {
		return evidence{kind: WebSocket, confidence: extractors.High}
	}
	key := keyBefore(v.s, at-1)
	e := byKey(key)
	switch {
	case e.denied:
		return e
	case e.kind == "" && called(v.s, at-1, key, v.where):
		e = evidence{kind: API, confidence: extractors.High}
	case e.kind == "":
		e = byAddress(a)
	}
	if e.kind == API {
		e.kind = kindByPath(a, API)
	}
	return e
}

// chainList reports whether the string stands in one of the lists of chains that wallet libraries bring along, with the nodes and
// explorers of everybody.
func chainList(s string, at int) bool {
	return hasAny(s[max(0, at-4*maxNear):at], "rpcUrls", "blockExplorer", "nativeCurrency", "rpc_urls", "explorers")
}

// keyBefore gives the name in front of the string whose quote is at q, lower case: key: "…", "key": "…", key = "…", call("…",
// x.key || "…", key: ["…".
func keyBefore(s string, q int) string {
	i := q
	if i > 0 && s[i-1] == '\\' {
		i--
	}
	back := func(set string) bool {
		from := i
		for i > 0 && q-i < 2*maxKey && strings.IndexByte(set, s[i-1]) >= 0 {
			i--
		}
		return i < from
	}
	back(" \t\r\n[")
	if !back(":=(|?") {
		return ""
	}
	back(" \t\r\n)")
	back("\"'`\\]")
	end := i
	for i > 0 && end-i < maxKey && (isAlnum(s[i-1]) || strings.IndexByte("_$.-", s[i-1]) >= 0) {
		i--
	}
	return strings.ToLower(s[i:end])
}

// byKey judges by the last name of a dotted key.
func byKey(key string) evidence {
	full := key
	if n := strings.LastIndexByte(key, '.'); n >= 0 {
		key = key[n+1:]
	}
	key = strings.NewReplacer("_", "", "-", "", "$", "").Replace(key)
	switch {
	case key == "":
		return evidence{}
	case hasAny(key, "home", "repo", "bug", "license", "licence", "doc", "href", "author", "schema", "help", "issue", "npm", "sourcemap", "blog", "twitter", "facebook", "funding", "resolved",
		"terms", "privacy", "download", "namespace", "xmlns", "error", "message", "favicon", "font", "share", "explorer", "referer", "referrer", "canonical", "sponsor", "tutorial", "rpcurl", "logouri", "website"):
		return evidence{denied: true}
	case hasAny(key, "websocket", "wsurl", "wshost", "wsserver", "socketurl", "sockethost", "wsapi", "wsbase", "wspath", "wsdomain", "socketserver") || strings.HasSuffix(key, "socket") || key == "ws" || key == "wss":
		return evidence{kind: WebSocket, confidence: extractors.High, strong: true}
	case isStore(key):
		return evidence{kind: Upload, confidence: extractors.High, strong: true}
	case hasAny(key, "configurl", "settingsurl", "remoteconfig"):
		return evidence{kind: Config, confidence: extractors.High}
	case isInterface(key) || strings.HasSuffix(full, "axios.defaults.baseurl"):
		return evidence{kind: API, confidence: extractors.High, strong: true}
	}
	return evidence{}
}

// isStore knows names such as uploadUrl, VUE_APP_OSS_HOST, imgBaseUrl: what is kept, and that it is an address.
func isStore(key string) bool {
	if hasAny(key, "upload") {
		return hasAny(key, "url", "host", "api", "server", "domain", "base", "path", "endpoint", "action") || key == "upload"
	}
	return hasAny(key, "oss", "bucket", "imgbase", "imagebase", "imghost", "imagehost", "imgdomain", "imagedomain", "imgurl", "imgserver", "filebase", "filehost", "fileserver", "fileurl", "filedomain", "staticbase", "statichost", "cdnbase", "cdnhost", "cdnurl", "cdndomain", "resourcehost", "picdomain", "picbase") &&
		hasAny(key, "url", "host", "base", "domain", "server", "endpoint", "path", "prefix", "bucket")
}

// isInterface knows names such as apiUrl, baseURL, REACT_APP_API, VITE_SERVER_HOST, gatewayUrl.
func isInterface(key string) bool {
	for _, p := range []string{"vueapp", "reactapp", "vite", "nextpublic", "nuxt", "expopublic", "gatsby", "uniapp", "ngapp"} {
		if rest, ok := strings.CutPrefix(key, p); ok {
			return hasAny(rest, "api", "base", "url", "host", "server", "domain", "gateway", "backend", "endpoint", "request", "service")
		}
	}
	switch key {
	case "api", "apis", "baseurl", "baseapi", "apibase", "apiurl", "apihost", "apiserver", "apidomain", "apiroot", "apiendpoint", "apipath", "apiprefix", "apigateway", "gateway", "gatewayurl", "serverurl",
		"serverhost", "serveraddress", "serverapi", "backendurl", "backend", "backendhost", "requesturl", "requesthost", "requestbase", "httpurl", "httpbase", "hosturl", "hostapi", "rooturl", "apibaseurl", "baseurlapi",
		"basedomain", "serviceurl", "servicehost", "endpoint", "endpointurl", "prodapi", "produrl", "devurl", "testurl", "onlineurl", "proxyurl", "proxytarget", "urlapi", "domainapi", "adminurl", "adminapi", "mainurl",
		"apilist", "apiurls", "domainlist", "linelist", "hostlist", "urllist", "graphqlurl", "graphqlendpoint", "databaseurl", "supabaseurl", "h5url", "mobileurl", "kefuurl", "chaturl", "serviceapi", "customerurl":
		return true
	}
	return strings.HasPrefix(key, "api") && hasAny(key, "url", "host", "base", "server", "domain", "addr", "endpoint") || strings.HasSuffix(key, "apiurl") || strings.HasSuffix(key, "apihost") ||
		strings.HasSuffix(key, "apibase") || strings.HasSuffix(key, "baseurl") || strings.HasSuffix(key, "baseapi") || strings.HasSuffix(key, "serverurl") || strings.HasSuffix(key, "apiserver")
}

// called reports whether the string is handed to what makes requests: fetch("…"), axios.post("…"), open("GET","…"), {url:"…",method:…}.
func called(s string, q int, key, where string) bool {
	if where != extractors.InScript {
		return false
	}
	switch key {
	case "fetch", "window.fetch", "axios", "$.ajax", "$.get", "$.post", "$.getjson", "jquery.get", "jquery.post", "jquery.ajax", "jquery.getjson", "axios.get", "axios.post", "axios.put", "axios.request",
		"uni.request", "wx.request", "navigator.sendbeacon", "eventsource", "request.get", "request.post", "$http.get", "$http.post", "io", "io.connect", "importscripts":
		return before(s, q) == '('
	case "url", "uri":
		near := strings.ToLower(s[max(0, q-maxNear):min(len(s), q+2*maxNear)])
		return hasAny(near, "ajax(", "axios", "request(", "method:\"post", "method:'post", "method: \"post", "method: 'post", "type:\"post", "type:'post", "type: \"post", "type: 'post")
	case "":
		lead := strings.ToLower(s[max(0, q-20):q])
		return strings.Contains(lead, "open(") && hasAny(lead, "\"get\"", "'get'", "\"post\"", "'post'", "`post`")
	}
	return false
}

// before gives the last byte in front of i that is no blank.
func before(s string, i int) byte {
	for i > 0 && strings.IndexByte(" \t\r\n", s[i-1]) >= 0 {
		i--
	}
	if i == 0 {
		return 0
	}
	return s[i-1]
}

// byAddress judges by host and path alone: a rented endpoint, or an interface by its name.
func byAddress(a *address) evidence {
	first, _, _ := strings.Cut(a.host, ".")
	low := strings.ToLower(a.path)
	if kind := rented(a.host); kind == Upload || kind != "" && !hasAny(low, ".js", ".css", ".html") {
		return evidence{kind: kind, confidence: extractors.Medium}
	}
	if hasAny(low, ".html", ".js", ".css", ".png", ".svg", ".md", "docs") || hasAny(first, "doc", "developer", "dev", "learn", "help", "support", "blog", "wiki", "www") {
		return evidence{}
	}
	switch {
	case first == "api" || strings.HasPrefix(first, "api-") || strings.HasSuffix(first, "-api") || first == "gateway" || first == "gw" || first == "h5api" || first == "openapi" || first == "backend":
		return evidence{kind: API, confidence: extractors.Medium}
	case hasAny(low, "/api/", "/graphql", "/gateway/", "/prod-api", "/dev-api", "/index.php/api") || strings.HasSuffix(low, "/api"):
		return evidence{kind: API, confidence: extractors.Medium}
	case strings.HasSuffix(low, "/upload") || hasAny(low, "/upload/", "/uploadfile"):
		return evidence{kind: Upload, confidence: extractors.Medium}
	case hasAny(low, "config.json", "/config?", "domain.json", "domains.txt", "line.json"):
		return evidence{kind: Config, confidence: extractors.Medium}
	}
	return evidence{}
}

func kindByPath(a *address, kind string) string {
	low := strings.ToLower(a.path)
	if stored := rented(a.host); stored != "" {
		return stored
	}
	switch {
	case hasAny(low, "/upload"):
		return Upload
	case hasAny(low, "config.json", "domain.json", "settings.json"):
		return Config
	}
	return kind
}

// byAttribute judges by the name of an attribute.
func byAttribute(tag, attr string, a *address) evidence {
	switch {
	case strings.HasPrefix(a.scheme, "ws"):
		return evidence{kind: WebSocket, confidence: extractors.High}
	case attr == "action" && tag == "form", strings.HasPrefix(attr, "hx-"):
		return evidence{kind: API, confidence: extractors.Medium}
	case strings.HasPrefix(attr, "data-"):
		if e := byKey(attr[len("data-"):]); e.kind != "" || e.denied {
			return e
		}
	}
	if e := byAddress(a); e.kind != "" && attr != "content" {
		return e
	}
	return evidence{}
}

func hasAny(s string, subs ...string) bool {
	for _, sub := range subs {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

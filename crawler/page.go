package crawler

// Hop is one answer that sent us elsewhere.
type Hop struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	To     string `json:"to"` // the Location as resolved
}

// HeaderField is one header line; a slice of them keeps wire order, spelling and repeats (HTTP/1.1).
type HeaderField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Response is one answer of the site: what a Page and an Asset have in common.
type Response struct {
	URL         string        `json:"url"`       // asked for
	FinalURL    string        `json:"final_url"` // after redirects
	Status      int           `json:"status"`
	Header      []HeaderField `json:"header,omitempty"`
	ContentType string        `json:"content_type,omitempty"` // as the site sent it
	Body        []byte        `json:"-"`                      // decoded, at most MaxBody
	SHA256      string        `json:"sha256,omitempty"`       // lower-case hex of Body
	Hops        []Hop         `json:"hops,omitempty"`
	Truncated   string        `json:"truncated,omitempty"` // why the body is not whole: "size", "ratio", "time", "reset", "encoding", "unexpected_eof"; "" = whole
	Err         string        `json:"error,omitempty"`     // set when no or only a partial answer came
}

// Page is one document of the site.
type Page struct {
	Response
	Depth int `json:"depth"` // links from the entry page
}

// AssetKind says what an asset is used for.
type AssetKind string

const (
	Script     AssetKind = "script"
	Style      AssetKind = "style"
	Icon       AssetKind = "icon"
	Image      AssetKind = "image"
	Data       AssetKind = "data" // JSON, manifest
	OtherAsset AssetKind = "other"
)

// Asset is one file of the site that a page loads.
type Asset struct {
	Response
	Kind    AssetKind `json:"kind"`
	Browser bool      `json:"browser,omitempty"` // only a browser asked for it
}

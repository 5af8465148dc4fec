package crawler

import "time"

// Rendered is what a browser made of a site for one visitor profile.
type Rendered struct {
	Browser string    `json:"browser"` // product and version
	Why     string    `json:"why"`     // why a browser was used
	Views   []View    `json:"views"`   // what was on the screen, in order; the entry page first
	Answers []Answer  `json:"answers"` // every request of every view, in the order they began
	Sockets []Socket  `json:"sockets,omitempty"`
	Storage []Stored  `json:"storage,omitempty"`
	Dialogs []Dialog  `json:"dialogs,omitempty"` // alert, confirm, prompt, beforeunload: all answered with no
	Popups  []string  `json:"popups,omitempty"`  // addresses of windows the site opened; closed unseen
	Fetches []string  `json:"downloads,omitempty"`
	Wallet  []string  `json:"wallet_calls,omitempty"` // methods the site asked the inert wallet provider for, in order, without repeats
	Errors  int       `json:"console_errors"`         // console.error and uncaught exceptions
	Caps    []string  `json:"caps,omitempty"`         // limits reached: "time", "answers", "bytes", "dom", "navigations", "dialogs", "popups", …
	Err     string    `json:"error,omitempty"`        // how it broke off; what was seen until then stands
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
}

// View is one state of a page as shown: after loading, or after a click on a tab or selector.
type View struct {
	URL       string   `json:"url"`             // asked for
	FinalURL  string   `json:"final_url"`       // in the address bar when read
	Title     string   `json:"title,omitempty"` // at most MaxTitle
	Status    int      `json:"status,omitempty"`
	Steps     []string `json:"steps,omitempty"`     // how to get there from the URL, one line each for people: `choose "TRC20"`, `click "Deposit"`
	DOM       []byte   `json:"-"`                   // serialised UTF-8 HTML, shadow roots and same-origin frames in place; at most MaxDOM
	SHA256    string   `json:"sha256,omitempty"`    // lower-case hex of DOM
	Truncated bool     `json:"truncated,omitempty"` // DOM is not whole
	Blank     string   `json:"blank,omitempty"`     // why the picture shows nothing after a second look: "one colour", "no text"; "" = it shows something
	Took      int64    `json:"took_ms"`
	Pictures  []Shot   `json:"pictures,omitempty"`
	Err       string   `json:"error,omitempty"`
}

// Kinds of Shot.
const (
	ShotViewport = "viewport" // what is on the screen
	ShotFull     = "full"     // the whole page, clipped at MaxShotHeight
	ShotElement  = "element"  // one canvas, SVG, picture or table that may be a code
)

// Shot is one picture of a view.
type Shot struct {
	Kind   string `json:"kind"`
	PNG    []byte `json:"-"`
	SHA256 string `json:"sha256"`
	Width  int    `json:"width"` // pixels
	Height int    `json:"height"`
	Of     string `json:"of,omitempty"` // elements: "canvas", "svg", "img", "table", …
}

// Answer is one request a browser made and what came of it. Heads are as the browser reports them, bodies decoded.
type Answer struct {
	Response
	Method   string        `json:"method"`
	Type     string        `json:"type"` // document, script, stylesheet, xhr, fetch, image, font, media, manifest, websocket, other
	Request  []HeaderField `json:"request,omitempty"`
	Sent     []byte        `json:"-"` // body of the request, at most MaxSent
	Page     string        `json:"page,omitempty"`
	At       time.Time     `json:"at"`
	TookMS   int64         `json:"took_ms"`
	Address  string        `json:"address,omitempty"`  // of the server, where the browser knows it
	FromSite bool          `json:"from_site"`          // same registrable domain as the page
	Blocked  bool          `json:"blocked,omitempty"`  // our guard refused it
	Protocol string        `json:"protocol,omitempty"` // "http/1.1", "h2"
}

// Socket is one WebSocket with what went over it.
type Socket struct {
	URL    string  `json:"url"`
	Page   string  `json:"page"`
	Frames []Frame `json:"frames,omitempty"` // at most MaxFrames
	Err    string  `json:"error,omitempty"`
}

// Frame is one text message, or one binary message that is valid UTF-8 text.
type Frame struct {
	Sent bool   `json:"sent,omitempty"` // by the page
	Text string `json:"text"`           // at most MaxFrame bytes
}

// Stored is a key that the site put into the browser; values stay out: they may be tokens.
type Stored struct {
	Kind string `json:"kind"` // "local", "session", "cookie", "indexeddb", "cache"
	Key  string `json:"key"`
}

// Dialog is one box a page opened.
type Dialog struct {
	Kind string `json:"kind"` // "alert", "confirm", "prompt", "beforeunload"
	Text string `json:"text,omitempty"`
}

// Exchange is one request and its answer byte by byte as they went over our own connection, TLS taken off: what a WARC record holds.
type Exchange struct {
	URL       string    `json:"url"`
	Method    string    `json:"method"`
	At        time.Time `json:"at"` // when the request was written
	TookMS    int64     `json:"took_ms"`
	Address   string    `json:"address,omitempty"` // ip:port of the peer
	Request   []byte    `json:"-"`                 // head, empty line, body
	Response  []byte    `json:"-"`                 // status line, head, empty line, body as sent: transfer and content codings not undone
	Status    int       `json:"status"`
	Truncated string    `json:"truncated,omitempty"` // why Response is not whole, as in type Response; "size" also when more than MaxWire came
}

package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"scamatlas/crawler"
)

// The members of HAR 1.2 that it asks for. Bodies stay out: _sha256 names them, the WARC has them.
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Pages   []harPage  `json:"pages"`
		Entries []harEntry `json:"entries"`
		Comment string     `json:"comment,omitempty"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harPage struct {
		Started string   `json:"startedDateTime"`
		ID      string   `json:"id"`
		Title   string   `json:"title"`
		Timings struct{} `json:"pageTimings"`
	}
	harEntry struct {
		Page     string      `json:"pageref"`
		Started  string      `json:"startedDateTime"`
		Time     int64       `json:"time"` // ms
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Server   string      `json:"serverIPAddress,omitempty"`
		Type     string      `json:"_resourceType,omitempty"`
		Blocked  bool        `json:"_blocked,omitempty"` // by our guard: it never left
		Error    string      `json:"_error,omitempty"`
	}
	harRequest struct {
		Method   string    `json:"method"`
		URL      string    `json:"url"`
		Version  string    `json:"httpVersion"`
		Cookies  []harPair `json:"cookies"`
		Headers  []harPair `json:"headers"`
		Query    []harPair `json:"queryString"`
		HeadSize int       `json:"headersSize"`
		BodySize int       `json:"bodySize"`
	}
	harResponse struct {
		Status     int        `json:"status"`
		StatusText string     `json:"statusText"`
		Version    string     `json:"httpVersion"`
		Cookies    []harPair  `json:"cookies"`
		Headers    []harPair  `json:"headers"`
		Content    harContent `json:"content"`
		Redirect   string     `json:"redirectURL"`
		HeadSize   int        `json:"headersSize"`
		BodySize   int        `json:"bodySize"`
	}
	harContent struct {
		Size   int    `json:"size"`
		Media  string `json:"mimeType"`
		SHA256 string `json:"_sha256,omitempty"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harTimings struct {
		Send    int64 `json:"send"`
		Wait    int64 `json:"wait"`
		Receive int64 `json:"receive"`
	}
)

// visitHAR writes the requests of all profiles of a visit; each way of looking (own connections, browser) of each profile is a page.
func visitHAR(v *Visit, tool string) ([]byte, error) {
	name, version, _ := strings.Cut(tool, " ")
	log := harLog{Version: "1.2", Creator: harCreator{orText(name, "scamatlas"), version}, Pages: []harPage{}, Entries: []harEntry{}, Comment: "bodies are in the WARC of the same visit, by _sha256"}
	for i, c := range v.Captures {
		if len(c.Wire) > 0 {
			id := fmt.Sprintf("%d-%s", i, c.Profile)
			log.Pages = append(log.Pages, harPage{Started: c.Started.UTC().Format(stamp), ID: id, Title: c.Host + " (" + c.Profile + ")"})
			for j := range c.Wire {
				log.Entries = append(log.Entries, wireEntry(id, &c.Wire[j], c.Started))
			}
		}
		if r := c.Rendered; r != nil {
			id := fmt.Sprintf("%d-%s-browser", i, c.Profile)
			log.Pages = append(log.Pages, harPage{Started: orTime(r.Began, c.Started).UTC().Format(stamp), ID: id, Title: c.Host + " (" + c.Profile + ", " + r.Browser + ")"})
			for j := range r.Answers {
				log.Entries = append(log.Entries, browserEntry(id, &r.Answers[j], orTime(r.Began, c.Started)))
			}
		}
	}
	b, err := json.Marshal(harFile{log})
	if err != nil {
		return nil, fmt.Errorf("writing HAR: %w", err)
	}
	return b, nil
}

func wireEntry(page string, e *crawler.Exchange, began time.Time) harEntry {
	q, m := parseMessage(e.Request), parseMessage(e.Response)
	out := harEntry{
		Page: page, Started: orTime(e.At, began).UTC().Format(stamp), Time: max(e.TookMS, 0), Timings: harTimings{Wait: max(e.TookMS, 0)}, Server: ipOf(e.Address), Error: e.Truncated,
		Request:  harRequest{Method: orText(e.Method, "GET"), URL: e.URL, Version: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(q.head), Query: harQuery(e.URL), HeadSize: len(q.head), BodySize: len(q.body)},
		Response: harResponse{Status: e.Status, StatusText: http.StatusText(e.Status), Version: "HTTP/1.1", Cookies: []harPair{}, Headers: harHeaders(m.head), Redirect: m.location, HeadSize: len(m.head), BodySize: len(m.body)},
	}
	body := m.body
	if decoded := m.decoded(); len(decoded) > 0 {
		body = decoded
	}
	out.Response.Content = content(body, m.media)
	return out
}

func browserEntry(page string, a *crawler.Answer, began time.Time) harEntry {
	version := orText(a.Protocol, "HTTP/1.1")
	return harEntry{
		Page: page, Started: orTime(a.At, began).UTC().Format(stamp), Time: max(a.TookMS, 0), Timings: harTimings{Wait: max(a.TookMS, 0)}, Server: ipOf(a.Address), Type: a.Type, Blocked: a.Blocked, Error: orText(a.Err, a.Truncated),
		Request: harRequest{Method: orText(a.Method, "GET"), URL: orText(a.FinalURL, a.URL), Version: version, Cookies: []harPair{}, Headers: harFields(a.Request), Query: harQuery(orText(a.FinalURL, a.URL)), HeadSize: -1, BodySize: len(a.Sent)},
		Response: harResponse{Status: max(a.Status, 0), StatusText: http.StatusText(a.Status), Version: version, Cookies: []harPair{}, Headers: harFields(a.Header),
			Content: content(a.Body, mediaOf(a.ContentType)), Redirect: "", HeadSize: -1, BodySize: -1},
	}
}

func content(body []byte, media string) harContent {
	c := harContent{Size: len(body), Media: orText(media, "x-unknown")}
	if len(body) > 0 {
		c.SHA256 = hexSum(body)
	}
	return c
}

func harHeaders(head []byte) []harPair {
	out := []harPair{}
	_, rest, _ := bytes.Cut(head, []byte("\n"))
	for line := range bytes.Lines(rest) {
		if name, value, ok := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":")); ok {
			out = append(out, harPair{string(name), strings.TrimSpace(string(value))})
		}
	}
	return out
}

func harFields(fields []crawler.HeaderField) []harPair {
	out := []harPair{}
	for _, f := range fields {
		out = append(out, harPair(f))
	}
	return out
}

func harQuery(uri string) []harPair {
	out := []harPair{}
	_, query, _ := strings.Cut(uri, "?")
	query, _, _ = strings.Cut(query, "#")
	for part := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(part, "="); part != "" {
			out = append(out, harPair{name, value})
		}
	}
	return out
}

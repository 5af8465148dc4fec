package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// isHAR reports whether b begins as an HTTP archive does: an object that holds an object log, which holds entries, or what HAR 1.2 puts
// before them (version and creator).
func isHAR(b []byte) bool {
	j := jsonStream{bufio.NewReaderSize(bytes.NewReader(bytes.TrimPrefix(b, utf8Mark)), 4096)}
	found := map[string]bool{}
	j.object(func(key string) error {
		if key != "log" {
			return j.skip()
		}
		return j.object(func(key string) error {
			if found[key] = true; key == "entries" {
				return io.EOF
			}
			return j.skip()
		})
	})
	return found["entries"] || found["version"] && found["creator"]
}

var utf8Mark = []byte("\xef\xbb\xbf")

// readHAR reads the entries of an HTTP archive one by one, however long it is (HAR 1.2, and the web socket messages that browsers add).
func readHAR(in *bufio.Reader, o *output) {
	if mark, _ := in.Peek(len(utf8Mark)); bytes.Equal(mark, utf8Mark) {
		in.Discard(len(utf8Mark))
	}
	j := jsonStream{in}
	err := j.object(func(key string) error {
		if key != "log" {
			return j.skip()
		}
		return j.object(func(key string) error {
			if key != "entries" {
				return j.skip()
			}
			return j.array(func() error { return harEntry(j, o) })
		})
	})
	if err != nil && !errors.Is(err, errStop) {
		o.fail(fmt.Errorf("reading HAR: %w", noEOF(err)))
	}
}

// errStop ends the reading because the caller wants no more.
var errStop = errors.New("stop")

type harRecord struct {
	Request struct {
		URL      string `json:"url"`
		PostData struct {
			MimeType string     `json:"mimeType"`
			Text     string     `json:"text"`
			Encoding string     `json:"encoding"`
			Params   []harParam `json:"params"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Content struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
	Messages []harMessage `json:"_webSocketMessages"`
}

type harParam struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harMessage struct {
	Opcode int    `json:"opcode"` // RFC 6455, 5.2: 1 text, 2 binary
	Data   string `json:"data"`
}

// harEntry reads one entry and hands over its address, what was posted, the answer and the messages of its web socket.
func harEntry(j jsonStream, o *output) error {
	raw, err := j.value(maxValue)
	if errors.Is(err, ErrBounds) {
		return goOn(o.fail(fmt.Errorf("reading HAR: an entry: %w", err)))
	}
	if err != nil {
		return err
	}
	var r harRecord
	if err := json.Unmarshal(raw, &r); err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) { // a field of another type costs itself
		return goOn(o.fail(fmt.Errorf("reading HAR: an entry: %w", err)))
	}
	post := &r.Request.PostData
	sent := harText(post.Text, post.Encoding)
	if len(sent) == 0 {
		post.MimeType = requestType
		for _, p := range post.Params[:min(len(post.Params), maxParams)] {
			sent = append(sent, p.Name+": "+p.Value+"\n"...)
		}
	}
	sent, cut := uncode("", sent, MaxBody)
	if !giveRequest(o, r.Request.URL, harType(post.MimeType, post.Encoding), sent, cut) {
		return errStop
	}
	content := &r.Response.Content
	body, cut := uncode("", harText(content.Text, content.Encoding), MaxBody)
	if len(body) > 0 && !o.give(Entry{URL: r.Request.URL, ContentType: harType(content.MimeType, content.Encoding), Body: body, Cut: cut}) {
		return errStop
	}
	for _, m := range r.Messages[:min(len(r.Messages), maxMessages)] {
		data := []byte(m.Data)
		if m.Opcode == 2 {
			data = unbase64(data)
		}
		data, cut := uncode("", data, MaxBody)
		if len(data) > 0 && !o.give(Entry{URL: r.Request.URL, Name: "message", Body: data, Cut: cut}) {
			return errStop
		}
	}
	return nil
}

func goOn(wanted bool) error {
	if wanted {
		return nil
	}
	return errStop
}

func harText(text, encoding string) []byte {
	if strings.EqualFold(encoding, "base64") {
		return unbase64([]byte(text))
	}
	return []byte(text)
}

// harType gives the type of a body. Text in a HAR is Unicode whatever charset the answer had.
func harType(contentType, encoding string) string {
	if strings.EqualFold(encoding, "base64") || contentType == "" {
		return contentType
	}
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.TrimSpace(kind) + "; charset=utf-8"
}

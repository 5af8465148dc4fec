package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// index collects the lines of a bundle's CDXJ index: sort key of the address, 14 digits of time, and a JSON object that says where in
// which WARC the record is (https://specs.webrecorder.net/cdxj/0.1.0/).
type index struct{ lines []string }

// cdxLine has the members, all texts, that replay tools expect.
type cdxLine struct {
	URL      string `json:"url"`
	Media    string `json:"mime,omitempty"`
	Status   string `json:"status,omitempty"`
	Digest   string `json:"digest"`
	Length   string `json:"length"`
	Offset   string `json:"offset"`
	Filename string `json:"filename"`
}

// add reads a WARC and adds what can be replayed.
func (x *index) add(file string, warc []byte) error {
	return readWARC(warc, func(r *warcRecord) error {
		l := cdxLine{URL: r.head["warc-target-uri"], Length: fmt.Sprint(r.length), Offset: fmt.Sprint(r.offset), Filename: path.Base(file), Digest: r.head["warc-payload-digest"]}
		payload := r.block
		switch m := parseMessage(r.block); r.head["warc-type"] {
		case "response", "revisit":
			if m.status == "" {
				return nil // no HTTP
			}
			payload, l.Status, l.Media = m.body, m.status, m.media
			if r.head["warc-type"] == "revisit" {
				l.Media = "warc/revisit"
			}
		case "resource":
			l.Media = mediaOf(r.head["content-type"])
		default:
			return nil
		}
		if l.Digest == "" {
			l.Digest = "sha256:" + hexSum(payload)
		}
		date, err := time.Parse(stamp, r.head["warc-date"])
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, file, err)
		}
		b, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("indexing %s: %w", file, err)
		}
		x.lines = append(x.lines, surt(l.URL)+" "+date.Format("20060102150405")+" "+string(b)+"\n")
		return nil
	})
}

// surt gives the sort key of an address as replay tools make it: host parts from the right, no www, lower case, parameters sorted.
// Addresses that are not http stay as they are.
func surt(uri string) string {
	u, err := url.Parse(strings.ToLower(uri))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return uri
	}
	parts := strings.Split(withoutWWW(u.Hostname()), ".")
	slices.Reverse(parts)
	key := strings.Join(parts, ",")
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80") && !(u.Scheme == "https" && p == "443") {
		key += ":" + p
	}
	key += ")" + orText(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		pairs := strings.Split(u.RawQuery, "&")
		slices.Sort(pairs)
		key += "?" + strings.Join(pairs, "&")
	}
	return key
}

// withoutWWW takes www. and www1. off.
func withoutWWW(host string) string {
	rest, ok := strings.CutPrefix(host, "www")
	rest = strings.TrimLeft(rest, "0123456789")
	if ok && strings.HasPrefix(rest, ".") {
		return rest[1:]
	}
	return host
}

// files gives the index in blocks of gzip, and the list of blocks by which it is searched.
func (x *index) files() (cdx, idx []byte, err error) {
	slices.Sort(x.lines)
	x.lines = slices.Compact(x.lines)
	var blocks, list bytes.Buffer
	list.WriteString(`!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}` + "\n")
	z := gzip.NewWriter(nil)
	for block := range slices.Chunk(x.lines, indexBlock) {
		from := blocks.Len()
		z.Reset(&blocks)
		for _, l := range block {
			if _, err := z.Write([]byte(l)); err != nil {
				return nil, nil, fmt.Errorf("writing the index: %w", err)
			}
		}
		if err := z.Close(); err != nil {
			return nil, nil, fmt.Errorf("writing the index: %w", err)
		}
		start := block[0]
		key, rest, _ := strings.Cut(start, " ")
		at, _, _ := strings.Cut(rest, " ")
		fmt.Fprintf(&list, "%s %s {\"offset\": %d, \"length\": %d, \"digest\": \"sha256:%s\", \"filename\": \"index.cdx.gz\"}\n", key, at, from, blocks.Len()-from, hexSum(blocks.Bytes()[from:]))
	}
	return blocks.Bytes(), list.Bytes(), nil
}

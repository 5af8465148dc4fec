package fetch

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// answerEnd finds where the answer ends that b begins with (RFC 9112, 6.3), as net/http reads it: len(b) when it goes on behind b.
// whole: nothing of it is missing; open: it has no end but that of the connection.
func answerEnd(b []byte) (end int, whole, open bool) {
	head := headEnd(b, 0)
	if head < 0 {
		return len(b), false, false
	}
	status, chunked, length := framing(b[:head])
	switch body := b[head:]; {
	case status/100 == 1, status == http.StatusNoContent, status == http.StatusNotModified:
		return head, true, false
	case chunked:
		n, whole := chunkedEnd(body)
		return head + n, whole, false
	case length < 0:
		return len(b), false, true
	case length > int64(len(body)):
		return len(b), false, false
	default:
		return head + int(length), true, false
	}
}

// framing reads from a head what tells where its body ends; length is -1 where it names none.
func framing(head []byte) (status int, chunked bool, length int64) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	version, rest, _ := strings.Cut(string(line), " ")
	rest = strings.TrimLeft(rest, " ")
	status, _ = strconv.Atoi(rest[:min(len(rest), 3)])
	length = -1
	for _, f := range parseHead(head) {
		name := strings.TrimRight(f.Name, " \t")
		switch {
		case strings.EqualFold(name, "Transfer-Encoding"):
			chunked = chunked || version != "HTTP/1.0" && strings.EqualFold(f.Value, "chunked")
		case strings.EqualFold(name, "Content-Length") && length < 0:
			if n, err := strconv.ParseInt(f.Value, 10, 64); err == nil {
				length = n
			}
		}
	}
	return status, chunked, length
}

// chunkedEnd finds the end of a chunked body with its trailers (RFC 9112, 7.1).
func chunkedEnd(b []byte) (end int, whole bool) {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return len(b), false
		}
		size, _, _ := bytes.Cut(b[at:at+i], []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 63)
		if err == nil && n == 0 {
			if end := headEnd(b, at+i); end >= 0 { // trailers end as a head does
				return end, true
			}
			return len(b), false
		}
		at += i + 1
		if err != nil || n > uint64(len(b)-at) {
			return len(b), false
		}
		at += int(n)
		if !bytes.HasPrefix(b[at:], []byte("\r\n")) {
			return len(b), false
		}
		at += len("\r\n")
	}
}

package feed

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/emersion/go-message"
	"golang.org/x/net/html/charset"
)

// mail reads reports sent by e-mail: one message (.eml) or many (mbox). Subject, text parts, the links of HTML parts, and messages
// attached are prose; other attachments and the names of sender and receiver are not read.
func (c *collector) mail(r io.Reader) error {
	in := bufio.NewReaderSize(r, MaxLine)
	if head, _ := in.Peek(len(mboxLine)); string(head) != mboxLine {
		return c.letter(1, in)
	}
	if _, err := nextLetter(in); err != nil && !errors.Is(err, io.EOF) { // up to and with the first line
		return err
	}
	for n := 1; ; n++ {
		one, err := nextLetter(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		last := err != nil
		if err := c.letter(n, bytes.NewReader(one)); err != nil || last {
			return err
		}
	}
}

// mboxLine begins the line that stands before each message of an mbox.
const mboxLine = "From "

// nextLetter reads to the line that stands before the next message, and that line; io.EOF says that there is none. What is more than
// MaxLetter is passed over.
func nextLetter(in *bufio.Reader) (one []byte, err error) {
	blank, begins := true, true
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if begins && blank && bytes.HasPrefix(line, []byte(mboxLine)) {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = in.ReadSlice('\n')
			}
			return one, err
		}
		if begins {
			blank = len(bytes.TrimRight(line, "\r\n")) == 0
			if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte(mboxLine)) {
				line = bytes.TrimPrefix(line, []byte(">"))
			}
		}
		begins = err == nil
		if len(one)+len(line) <= MaxLetter {
			one = append(one, line...)
		}
		if errors.Is(err, io.EOF) {
			return one, err
		}
	}
}

// letter takes one message.
func (c *collector) letter(n int, r io.Reader) error {
	e, err := message.Read(r)
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		c.bad(n, "", "not a message")
		return c.ctx.Err()
	}
	if e.Header.Len() == 0 {
		c.bad(n, "", "a message without a header")
		return c.ctx.Err()
	}
	l := letter{parts: MaxParts}
	l.entity(e, 0)
	return c.value(n, l.text.String())
}

// letter gathers the text of a message.
type letter struct {
	text  strings.Builder
	parts int // that may still be read
}

func (l *letter) entity(e *message.Entity, depth int) {
	if l.parts--; l.parts < 0 || depth > MaxWithin || l.text.Len() > MaxProse {
		return
	}
	if subject, err := e.Header.Text("Subject"); err == nil && subject != "" {
		l.text.WriteString(subject + "\n")
	}
	if m := e.MultipartReader(); m != nil {
		defer m.Close()
		for {
			part, err := m.NextPart()
			if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return
			}
			if l.entity(part, depth+1); l.parts < 0 {
				return
			}
		}
	}
	kind, params, err := e.Header.ContentType()
	if err != nil {
		kind = "text/plain"
	}
	body := io.LimitReader(decoded(e.Body, params["charset"]), MaxProse)
	switch kind {
	case "text/plain", "":
		b, _ := io.ReadAll(body) // what came before a broken end counts
		l.text.Write(b)
	case "text/html":
		text, _ := visible(body, true)
		l.text.WriteString(text)
	case "message/rfc822":
		if within, err := message.Read(body); within != nil && (err == nil || message.IsUnknownCharset(err) || message.IsUnknownEncoding(err)) {
			l.entity(within, depth+1)
		}
	}
	l.text.WriteByte('\n')
}

// decoded reads a body in its charset; the library itself knows UTF-8 alone.
func decoded(r io.Reader, label string) io.Reader {
	if label == "" || strings.EqualFold(label, "utf-8") || strings.EqualFold(label, "us-ascii") {
		return r
	}
	if in, err := charset.NewReaderLabel(label, r); err == nil {
		return in
	}
	return r
}

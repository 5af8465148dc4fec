// Package saved turns a saved file into the documents it holds: HAR 1.2, MHTML and other MIME messages, WARC 0.17 to 1.1, each also under
// gzip, and any other file as the one document it is. It tells them apart by their content. It does not know what is in the documents,
// and opens nothing: it reads what it is given.
//
// Saved files come from the sites and from strangers: everything is bounded, nothing is trusted, and what is broken costs itself, not
// what stands around it.
package saved

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/klauspost/compress/gzip"

	"scamatlas/crawler"
)

// Entry is one document of a saved file.
type Entry struct {
	URL         string // where it came from; empty when the file does not say
	Name        string // what its type can be told by when ContentType does not say: the address or the file's name; may be empty
	ContentType string // as saved; may be empty
	Body        []byte // without transfer and content encodings, at most MaxBody bytes (MaxFile when the file itself is the document)
	Cut         string // why Body is not whole: "size", "ratio", "encoding", "unexpected_eof"; "" = whole
}

// Reasons in Entry.Cut, those of crawler.Response.Truncated.
const (
	cutSize     = "size"
	cutRatio    = "ratio"
	cutEncoding = "encoding"
	cutEOF      = "unexpected_eof"
)

// ErrBounds is wrapped by errors about files that hold more than we read.
var ErrBounds = errors.New("over the bounds")

// Read gives the documents of r in order. name is the file's name; its ending helps with files of no known format. An error stands for
// one document that could not be read, or, when nothing follows, for the rest of the file. r is read as the loop goes on.
func Read(name string, r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		o := &output{yield: yield}
		in := bufio.NewReaderSize(r, maxSniff)
		if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
			z, err := gunzip(in)
			if err != nil {
				o.fail(fmt.Errorf("unpacking: %w", err))
				return
			}
			defer z.Close()
			name = strings.TrimSuffix(name, ".gz")
			in = bufio.NewReaderSize(z, maxSniff)
		}
		in = bufio.NewReaderSize(&bounded{r: in, left: MaxTotal}, maxSniff)
		read(name, in, o)
	}
}

func read(name string, in *bufio.Reader, o *output) {
	head, _ := in.Peek(maxSniff)
	switch {
	case bytes.HasPrefix(head, []byte(warcMark)):
		readWARC(in, o)
	case isHAR(head):
		readHAR(in, o)
	case isMessage(head):
		readMessage(in, o)
	default:
		body, err := io.ReadAll(io.LimitReader(in, MaxFile+1))
		e := Entry{Name: name, Body: body}
		if len(body) > MaxFile {
			e.Body, e.Cut = body[:MaxFile], cutSize
		}
		if len(e.Body) > 0 || err == nil {
			o.give(e)
		}
		if err != nil {
			o.fail(fmt.Errorf("reading: %w", err))
		}
	}
}

// output hands entries to the caller and remembers when it wants no more.
type output struct {
	yield   func(Entry, error) bool
	n       int
	stopped bool
}

// give hands over e; false means: stop.
func (o *output) give(e Entry) bool {
	if o.stopped {
		return false
	}
	if o.n++; o.n > MaxEntries {
		o.fail(fmt.Errorf("%w: only the first %d documents are read", ErrBounds, MaxEntries))
		o.stopped = true
		return false
	}
	e.URL = address(e.URL)
	if e.Name == "" && e.ContentType != requestType {
		e.Name = e.URL
	}
	o.stopped = !o.yield(e, nil)
	return !o.stopped
}

func (o *output) fail(err error) bool {
	if !o.stopped {
		o.stopped = !o.yield(Entry{}, err)
	}
	return !o.stopped
}

// requestType marks what was sent, an address or a form: read as text whatever the address ends in.
const requestType = "text/plain; charset=utf-8"

// address keeps what can be an address of a document.
func address(s string) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD")
	if len(s) > crawler.MaxURL {
		s = strings.ToValidUTF8(s[:crawler.MaxURL], "")
	}
	return s
}

// bounded ends with an error, not silently, where a file is longer than we read.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: only the first %d bytes are read", ErrBounds, int64(MaxTotal))
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// gunzip undoes gzip, member after member, and stops where far more comes out than went in.
func gunzip(r io.Reader) (*thrifty, error) {
	in := &counting{r: r}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return &thrifty{z: z, in: in}, nil
}

type thrifty struct {
	z   *gzip.Reader
	in  *counting
	out int64
}

func (t *thrifty) Read(p []byte) (int, error) {
	n, err := t.z.Read(p)
	t.out += int64(n)
	if t.out > ratioFrom && t.out > maxRatio*t.in.n {
		return n, fmt.Errorf("%w: unpacks to more than %d times its size", ErrBounds, maxRatio)
	}
	return n, err
}

func (t *thrifty) Close() error { return t.z.Close() }

type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

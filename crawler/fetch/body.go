package fetch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"scamatlas/crawler"
	"scamatlas/crawler/judge"
)

// Reasons in crawler.Response.Truncated.
const (
	cutSize     = "size"
	cutRatio    = "ratio"
	cutTime     = "time"
	cutReset    = "reset"
	cutEncoding = "encoding"
	cutEOF      = "unexpected_eof"
)

// bodies reads answers within bounds and keeps decoders for the next one.
type bodies struct {
	gzip, brotli, zstd, raw sync.Pool
}

// read gives the decoded body of res, at most limit bytes, and what kept it from being whole ("" and nil: nothing); rawCut is what
// kept the bytes as sent from being read to their end. It never reads past the bound: the caller closes the body, and with it the
// connection.
func (b *bodies) read(res *http.Response, limit int) (body []byte, cut, rawCut string, err error) {
	encoding := contentEncoding(res.Header)
	if encoding == "" {
		raw, cut, err := readRaw(res.Body, make([]byte, 0, sizeHint(res.ContentLength, limit)), limit)
		return raw, cut, cut, err
	}
	pooled, _ := b.raw.Get().(*[]byte)
	if pooled == nil {
		pooled = new([]byte)
	}
	raw, rawCut, err := readRaw(res.Body, (*pooled)[:0], limit)
	body, cut = b.decode(encoding, raw, limit)
	if rawCut != "" && cut != cutSize && cut != cutRatio {
		cut = rawCut // the decoder only noticed that the rest is missing
	}
	if cap(raw) <= 1<<20 {
		*pooled = raw
		b.raw.Put(pooled)
	}
	return body, cut, rawCut, err
}

// sizeHint is how much to allocate for a body that says it is n long.
func sizeHint(n int64, limit int) int {
	if n < 0 {
		return 16 << 10
	}
	return int(min(n, int64(limit), 1<<20)) + 1 // one more, so that the end is found without growing
}

// readRaw appends at most limit bytes of r to buf. An error with bytes before it keeps them.
func readRaw(r io.Reader, buf []byte, limit int) (raw []byte, cut string, err error) {
	for {
		if len(buf) > limit {
			return buf[:limit:limit], cutSize, nil
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):min(cap(buf), limit+1)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			if len(buf) > limit {
				return buf[:limit:limit], cutSize, nil
			}
			return buf, "", nil
		}
		if err != nil {
			return buf[:min(len(buf), limit)], cutOf(err), err
		}
	}
}

// cutOf names what ended a body early.
func cutOf(err error) string {
	switch {
	case judge.TimedOut(err):
		return cutTime
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return cutReset
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return cutEOF
	default:
		return cutEncoding // broken chunks, no HTTP
	}
}

// contentEncoding is "" for a body that came as it is.
func contentEncoding(h http.Header) string {
	e := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	if e == "identity" {
		return ""
	}
	return strings.TrimPrefix(e, "x-")
}

// decode undoes one layer of content encoding; an unknown or doubled one is not undone. Where nothing could be decoded, the
// bytes as sent are the body: a server that says gzip and sends text does not hide its page. The result never aliases raw.
func (b *bodies) decode(encoding string, raw []byte, limit int) (body []byte, cut string) {
	if len(raw) == 0 {
		return nil, ""
	}
	in := &countingReader{r: bytes.NewReader(raw)}
	decoder, release := b.decoder(encoding, in)
	if decoder == nil {
		return bytes.Clone(raw), cutEncoding
	}
	defer release()
	out := make([]byte, 0, decodedHint(encoding, raw, limit))
	for {
		if len(out) > limit {
			return out[:limit:limit], cutSize
		}
		if len(out) > crawler.RatioFrom && len(out) > crawler.MaxRatio*in.n {
			return out, cutRatio
		}
		if len(out) == cap(out) {
			out = append(out, 0)[:len(out)]
		}
		n, err := decoder.Read(out[len(out):min(cap(out), limit+1)])
		out = out[:len(out)+n]
		switch {
		case err == nil:
			continue
		case err == io.EOF:
			if len(out) > limit {
				return out[:limit:limit], cutSize
			}
			return out, ""
		case len(out) == 0:
			return bytes.Clone(raw), cutEncoding
		case errors.Is(err, io.ErrUnexpectedEOF):
			return out[:min(len(out), limit)], cutEOF
		default:
			return out[:min(len(out), limit)], cutEncoding
		}
	}
}

// decodedHint trusts the length at the end of a gzip stream as far as the ratio bound goes.
func decodedHint(encoding string, raw []byte, limit int) int {
	hint := 4 * len(raw)
	if encoding == "gzip" && len(raw) >= 18 {
		if n := int(binary.LittleEndian.Uint32(raw[len(raw)-4:])); n <= 32*len(raw) {
			hint = n
		}
	}
	return min(hint, limit) + 1
}

// decoder gives a decoder over in, nil for an encoding we did not offer or that in does not hold, and how to give it back.
func (b *bodies) decoder(encoding string, in *countingReader) (io.Reader, func()) {
	switch encoding {
	case "gzip":
		z, _ := b.gzip.Get().(*gzip.Reader)
		if z == nil {
			z = new(gzip.Reader)
		}
		release := func() { b.gzip.Put(z) }
		if z.Reset(in) != nil {
			release()
			return nil, nil
		}
		return z, release
	case "br":
		z, _ := b.brotli.Get().(*brotli.Reader)
		if z == nil {
			z = brotli.NewReader(nil)
		}
		if z.Reset(in) != nil {
			return nil, nil
		}
		return z, func() { b.brotli.Put(z) }
	case "zstd":
		z, _ := b.zstd.Get().(*zstd.Decoder)
		if z == nil {
			// 8 MiB is the window every decoder must support and senders should keep to (RFC 8878, 3.1.1.1.2).
			var err error
			z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
			if err != nil {
				return nil, nil
			}
		}
		if z.Reset(in) != nil {
			return nil, nil
		}
		return z, func() { b.zstd.Put(z) }
	case "deflate":
		return inflater(in), func() {}
	default:
		return nil, nil
	}
}

// inflater undoes "deflate", which is zlib by the standard (RFC 9110, 8.4.1.2) and bare DEFLATE from some servers; nil for neither.
func inflater(in *countingReader) io.Reader {
	var head [2]byte
	if n, _ := in.r.ReadAt(head[:], 0); n == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		z, err := zlib.NewReader(in)
		if err != nil {
			return nil
		}
		return z
	}
	return flate.NewReader(in)
}

// countingReader counts what a decoder consumed. It has ReadByte so that gzip does not read ahead.
type countingReader struct {
	r *bytes.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func (c *countingReader) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

package saved

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http/httputil"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// capped reads what a decoder makes of raw, at most limit bytes and at most maxRatio times its size. cut says why it is not whole; what
// came before an error stays.
func capped(decoder io.Reader, raw int, limit int) (body []byte, cut string) {
	var out bytes.Buffer
	for {
		_, err := io.CopyN(&out, decoder, int64(min(256<<10, limit+1-out.Len())))
		switch {
		case out.Len() > limit:
			return out.Bytes()[:limit], cutSize
		case out.Len() > ratioFrom && out.Len() > maxRatio*raw:
			return out.Bytes(), cutRatio
		case errors.Is(err, io.EOF):
			return out.Bytes(), ""
		case errors.Is(err, io.ErrUnexpectedEOF):
			return out.Bytes(), cutEOF
		case err != nil:
			return out.Bytes(), cutEncoding
		}
	}
}

// dechunk undoes chunked transfer encoding. Archivers often keep the header and write the body without chunks: what holds no chunk is
// given as it is.
func dechunk(raw []byte, limit int) (body []byte, cut string) {
	body, cut = capped(httputil.NewChunkedReader(bytes.NewReader(raw)), len(raw), limit)
	if len(body) == 0 && cut != "" {
		return raw, ""
	}
	return body, cut
}

// uncode undoes the content encodings of one answer, last one first, at most two. What cannot be undone is given as it is: archivers keep the
// header of bodies that they have unpacked.
func uncode(encodings string, raw []byte, limit int) (body []byte, cut string) {
	list := strings.Split(strings.ToLower(encodings), ",")
	for i := len(list) - 1; i >= max(0, len(list)-2); i-- {
		decoder := decoderOf(strings.TrimSpace(list[i]), raw)
		if decoder == nil {
			continue
		}
		out, c := capped(decoder, len(raw), limit)
		if z, ok := decoder.(interface{ Close() }); ok {
			z.Close() // zstd: ends its goroutines
		}
		if len(out) == 0 && c != "" {
			continue
		}
		raw = out
		if c != "" {
			return raw, c
		}
	}
	if len(raw) > limit {
		return raw[:limit], cutSize
	}
	return raw, ""
}

func decoderOf(encoding string, raw []byte) io.Reader {
	in := bytes.NewReader(raw)
	switch encoding {
	case "gzip", "x-gzip":
		if z, err := gzip.NewReader(in); err == nil {
			return z
		}
	case "deflate": // RFC 9110 means zlib, many servers send the bare stream
		if z, err := zlib.NewReader(in); err == nil {
			return z
		}
		return flate.NewReader(bytes.NewReader(raw))
	case "br":
		return brotli.NewReader(in)
	case "zstd":
		if z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow)); err == nil {
			return z
		}
	}
	return nil
}

// transferred undoes a Content-Transfer-Encoding (RFC 2045, 6). Both decoders take what mail programs and browsers take: bytes that do not
// belong there are left out (base64) or stand for themselves (quoted-printable).
func transferred(encoding string, raw []byte) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return unbase64(raw)
	case "quoted-printable":
		return unquote(raw)
	}
	return raw
}

func unbase64(raw []byte) []byte {
	letters := make([]byte, 0, len(raw))
	for _, c := range raw {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			letters = append(letters, c)
		case c == '-':
			letters = append(letters, '+')
		case c == '_':
			letters = append(letters, '/')
		}
	}
	letters = letters[:len(letters)-b2i(len(letters)%4 == 1)] // six bits are no byte
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, _ := base64.RawStdEncoding.Decode(out, letters)
	return out[:n]
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func unquote(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '=' {
			out = append(out, raw[i])
			continue
		}
		if i+2 < len(raw) {
			hi, lo := unhex(raw[i+1]), unhex(raw[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		if end := softBreak(raw[i+1:]); end >= 0 {
			i += end
			continue
		}
		out = append(out, '=')
	}
	return out
}

// softBreak gives the length of the line end that follows a = at the end of a line, blanks before it included; -1 when none does.
func softBreak(b []byte) int {
	for i, c := range b {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return -1
		}
		if i > maxLine {
			return -1
		}
	}
	return len(b)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

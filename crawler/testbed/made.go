package testbed

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// markValue gives what stands in place of a build mark: a value of with, or what is made of one.
//
//	qr:NAME    the code of the value, as JSON: a text of 0 and 1 for each row of modules
//	hide:NAME  the value's bytes as JSON numbers, each xor 90: it cannot be read off the file
//	filler:N   about N bytes of script that does nothing
func markValue(mark string, with map[string]string) (string, error) {
	how, name, made := strings.Cut(mark, ":")
	if made && how == "filler" {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 || n > maxFiller {
			return "", fmt.Errorf("mark %q: not a number of bytes up to %d", mark, maxFiller)
		}
		return idleScript(n), nil
	}
	if !made {
		name = mark
	}
	value, ok := with[name]
	if !ok {
		return "", fmt.Errorf("no value for the mark %q", mark)
	}
	switch {
	case !made:
		return value, nil
	case how == "qr":
		return qrRows(value)
	case how == "hide":
		return hide(value), nil
	}
	return "", fmt.Errorf("mark %q: nothing is made by %q", mark, how)
}

func hide(value string) string {
	codes := make([]string, len(value))
	for i := range len(value) {
		codes[i] = strconv.Itoa(int(value[i] ^ 90))
	}
	return "[" + strings.Join(codes, ",") + "]"
}

// qrRows gives the modules without the light margin.
func qrRows(text string) (string, error) {
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 0, 0, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		return "", fmt.Errorf("making the code of %q: %w", text, err)
	}
	rows := make([]string, m.GetHeight())
	for y := range rows {
		row := make([]byte, m.GetWidth())
		for x := range row {
			row[x] = '0'
			if m.Get(x, y) {
				row[x] = '1'
			}
		}
		rows[y] = `"` + string(row) + `"`
	}
	return "[" + strings.Join(rows, ",") + "]", nil
}

// idleScript looks like a bundle of libraries: one line of functions that nobody calls.
func idleScript(size int) string {
	r := rand.New(rand.NewPCG(4, uint64(size)))
	words := synthVocabulary()
	word := func() string { return words[r.IntN(len(words))] }
	var b strings.Builder
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "function m%d(e,t,n){var r=t.%s||{},i=n&&n.%s;return void 0===i?e.%s(r):e.push({%s:r,%s:i*%d,%s:%q}),e}", n, word(), word(), word(), word(), word(), r.IntN(997), word(), word()+" "+word())
	}
	return b.String()
}

package qr

import (
	"strconv"
	"strings"
)

// lightOf gives the brightness of a CSS colour; ok is false when it paints nothing. current is what currentColor stands for.
// What it does not know, like gradients, is dark: codes are dark on light.
func lightOf(s, current string) (light byte, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "" || s == "none" || s == "transparent":
		return 0, false
	case s == "currentcolor":
		if current == "" || strings.EqualFold(strings.TrimSpace(current), "currentcolor") {
			return 0, true
		}
		return lightOf(current, "")
	case s[0] == '#':
		return hexLight(s[1:])
	case strings.HasPrefix(s, "rgb"):
		return rgbLight(s)
	case strings.HasPrefix(s, "hsl"):
		if v := numbers(strings.NewReplacer("deg", " ", "%", " ", "/", " ").Replace(s[strings.IndexByte(s, '(')+1:]), 4); len(v) >= 3 {
			return byte(min(255, max(0, v[2]*2.55))), len(v) < 4 || v[3] > 0.3
		}
		return 0, true
	}
	if v, is := colourNames[s]; is {
		return v, true
	}
	return 0, true
}

func hexLight(s string) (byte, bool) {
	if len(s) == 3 || len(s) == 4 {
		wide := make([]byte, 0, 8)
		for i := range len(s) {
			wide = append(wide, s[i], s[i])
		}
		s = string(wide)
	}
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 6 && len(s) != 8 {
		return 0, true
	}
	if len(s) == 8 {
		if v&0xff < 0x50 {
			return 0, false
		}
		v >>= 8
	}
	return byte((299*(v>>16) + 587*(v>>8&0xff) + 114*(v&0xff)) / 1000), true
}

func rgbLight(s string) (byte, bool) {
	percent := strings.Contains(s, "%")
	v := numbers(strings.NewReplacer("%", " ", "/", " ").Replace(s[strings.IndexByte(s, '(')+1:]), 4)
	if len(v) < 3 {
		return 0, true
	}
	l := (299*v[0] + 587*v[1] + 114*v[2]) / 1000
	if percent {
		l *= 2.55
	}
	return byte(min(255, max(0, l))), len(v) < 4 || v[3] > 0.3
}

// colourNames gives the brightness of the names that code drawings use besides black (CSS Color 4, section 6.1).
var colourNames = map[string]byte{
	"white": 255, "#fff": 255, "snow": 251, "ivory": 253, "whitesmoke": 245, "ghostwhite": 249, "floralwhite": 249, "lightgray": 211, "lightgrey": 211,
	"silver": 192, "gainsboro": 220, "yellow": 226, "gold": 202, "orange": 173, "lime": 150, "aqua": 179, "cyan": 179, "lightyellow": 251, "beige": 242,
	"gray": 128, "grey": 128, "red": 76, "green": 75, "blue": 29, "navy": 15, "darkblue": 16, "darkgreen": 59, "maroon": 38, "purple": 53, "teal": 90,
}

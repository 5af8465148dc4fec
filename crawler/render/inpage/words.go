package inpage

import (
	"strconv"
	"strings"
)

// wordList is what steps.js looks for.
type wordList struct {
	Want  [][2]any `json:"want"` // word, score
	Never []string `json:"never"`
	Leave []string `json:"leave"`
	Coin  []string `json:"coin"`
}

func words() wordList {
	raw, err := files.ReadFile("words.txt")
	if err != nil {
		panic(err) // a file of our own
	}
	var w wordList
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		head, list, ok := strings.Cut(line, ":")
		f := strings.Fields(head)
		if !ok || len(f) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		score, _ := strconv.Atoi(f[1])
		for word := range strings.SplitSeq(list, ",") {
			word = strings.TrimSpace(word)
			switch f[0] {
			case "want":
				w.Want = append(w.Want, [2]any{word, score})
			case "never":
				w.Never = append(w.Never, word)
			case "leave":
				w.Leave = append(w.Leave, word)
			case "coin":
				w.Coin = append(w.Coin, word)
			}
		}
	}
	return w
}

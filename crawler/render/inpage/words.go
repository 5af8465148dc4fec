package inpage

import "strings"

// wordList is what steps.js looks for.
type wordList struct {
	Want  map[string][]string `json:"want"` // by score
	Never []string            `json:"never"`
	Leave []string            `json:"leave"`
	Coin  []string            `json:"coin"`
}

func words() wordList {
	raw, err := files.ReadFile("words.txt")
	if err != nil {
		panic(err) // a file of our own
	}
	w := wordList{Want: map[string][]string{}}
	for line := range strings.Lines(string(raw)) {
		head, list, ok := strings.Cut(strings.TrimSpace(line), ":")
		f := strings.Fields(head)
		if !ok || len(f) != 3 || f[0] == "#" {
			continue
		}
		var all []string
		for word := range strings.SplitSeq(list, ",") {
			all = append(all, strings.TrimSpace(word))
		}
		switch f[0] {
		case "want":
			w.Want[f[1]] = append(w.Want[f[1]], all...)
		case "never":
			w.Never = append(w.Never, all...)
		case "leave":
			w.Leave = append(w.Leave, all...)
		case "coin":
			w.Coin = append(w.Coin, all...)
		}
	}
	return w
}

package lookalike

// typos finds words that differ from a word of its list by one or two letters, by looking up what is left when letters are taken away
// (symmetric deletion), so that the time does not grow with the list.
type typos struct {
	left     map[string][]int32 // what is left → words
	words    []string
	wrong    []int // letters of each that may be wrong
	shortest int
	longest  int
}

const (
	typoFrom    = 5 // letters of a word from which one letter may be wrong
	typoTwoFrom = 8 // from which two may
)

// newTypos makes a list; wrong says how many letters of a word may be wrong, 0 to 2.
func newTypos(words []string, wrong func(string) int) *typos {
	t := &typos{left: map[string][]int32{}, words: words, shortest: maxWord}
	for i, w := range words {
		n := wrong(w)
		t.wrong = append(t.wrong, n)
		if n == 0 {
			continue
		}
		t.shortest, t.longest = min(t.shortest, len(w)-n), max(t.longest, len(w)+n)
		seen := map[string]bool{}
		deletions([]byte(w), 0, n, func(s []byte) {
			if !seen[string(s)] {
				seen[string(s)] = true
				t.left[string(s)] = append(t.left[string(s)], int32(i))
			}
		})
	}
	return t
}

// allowed is how many letters of a word of its length may be wrong.
func allowed(w string) int {
	switch {
	case len(w) >= typoTwoFrom:
		return 2
	case len(w) >= typoFrom:
		return 1
	}
	return 0
}

// deletions calls f with s and with what is left of it without up to n of its letters from the one at from on. What f is given is
// valid only while it runs.
func deletions(s []byte, from, n int, f func([]byte)) {
	f(s)
	if n == 0 {
		return
	}
	var room [maxLabel]byte
	for i := from; i < len(s); i++ {
		if i > from && s[i] == s[i-1] {
			continue // the same as without the one before
		}
		deletions(append(append(room[:0], s[:i]...), s[i+1:]...), i, n-1, f)
	}
}

// nearest gives the word nearest to token and how many letters they differ by, at most most; -1 when none is near.
func (t *typos) nearest(token string, most int) (word int32, distance int) {
	word, distance = -1, most+1
	if len(token) < t.shortest || len(token) > min(t.longest, maxLabel) {
		return -1, 0
	}
	var room [maxLabel]byte
	deletions(append(room[:0], token...), 0, most, func(s []byte) {
		for _, w := range t.left[string(s)] {
			if d := apart(token, t.words[w], min(distance-1, t.wrong[w])); d < distance {
				word, distance = w, d
			}
		}
	})
	return word, distance
}

// apart counts the letters to change, add, leave out, or swap with their neighbour, to make b of a (optimal string alignment); more than
// most is given as a large number.
func apart(a, b string, most int) int {
	const far = 1 << 20
	if most < 0 || len(a)-len(b) > most || len(b)-len(a) > most || len(a) > maxLabel || len(b) > maxLabel {
		return far
	}
	var rows [3][maxLabel + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		now, last, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			d := min(last[j]+1, now[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			now[j], least = d, min(least, d)
		}
		if least > most {
			return far
		}
	}
	if d := rows[len(a)%3][len(b)]; d <= most {
		return d
	}
	return far
}

package letters

import "testing"

func TestSmall(t *testing.T) {
	for in, want := range map[rune]rune{'A': 'a', 'z': 'z', '5': '5', 'Ａ': 'a', '％': '%', '’': '\'', 'Ж': 'ж', 'Đ': 'đ', '收': '收'} {
		if got := Small(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestAlone(t *testing.T) {
	for r, want := range map[rune]bool{'收': true, 'の': true, 'ー': true, 'ก': true, '한': true, 'a': false, 'ж': false, 'ạ': false, '5': false, '。': false} {
		if Alone(r) != want {
			t.Errorf("%q: want it %v", r, want)
		}
	}
}

func TestTrie(t *testing.T) {
	var trie Trie[string]
	words := []string{"profit", "pro", "prize", "收益", "x"}
	for _, w := range words {
		*trie.At(trie.Grow(0, w)) = w
	}
	find := func(w string) string {
		at := int32(0)
		for i := range len(w) {
			if at = trie.Step(at, w[i]); at == 0 {
				return ""
			}
		}
		return *trie.At(at)
	}
	for _, w := range words {
		if find(w) != w {
			t.Errorf("%q gives %q", w, find(w))
		}
	}
	for _, w := range []string{"", "p", "profits", "y", "收"} {
		if got := find(w); got != "" {
			t.Errorf("%q gives %q, it was never put in", w, got)
		}
	}
}

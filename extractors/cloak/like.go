package cloak

// relation of two pages.
type relation int

const (
	unknown relation = iota // too little to tell
	alike
	other
)

// likeness compares two pages: shares of words and layout in common, 0 to 1, -1 where one of both has none.
type likeness struct {
	relation  relation
	text, dom float64
}

// compare tells whether two pages are the same one at another time, for another device or in another language.
func compare(a, b *content) likeness {
	l := likeness{text: jaccard(a.pairs, b.pairs), dom: layoutOf(a, b)}
	switch {
	case a.small() && b.small():
		l.relation = compareSmall(a, b, l)
	case a.small() || b.small():
		l.relation = compareScrap(a, b)
	default:
		l.relation = comparePages(a, b, l)
	}
	if l.relation == other && (a.partial || b.partial) {
		l.relation = unknown
	}
	return l
}

// compareSmall compares two pages that hold hardly anything: frames for scripts, short notes.
func compareSmall(a, b *content, l likeness) relation {
	marks := jaccard(a.marks, b.marks)
	switch {
	case l.text >= alikeText, l.text < 0 && l.dom >= alikeDOM, marks >= alikeMarks && (a.words < fewWords || b.words < fewWords):
		return alike
	case marks >= alikeMarks && l.dom >= alikeDOM && jaccard(a.title, b.title) >= alikeText:
		return alike
	case a.loading() || b.loading() || a.words < fewWords && b.words < fewWords:
		return unknown
	case a.words == 0 || b.words == 0, l.text < someText:
		return other
	}
	return unknown
}

// compareScrap compares a page with hardly anything on it with a full one.
func compareScrap(a, b *content) relation {
	scrap, full := a, b
	if full.small() {
		scrap, full = full, scrap
	}
	switch {
	case scrap.loading():
		return unknown
	case len(scrap.pairs) > 0 && ratio(len(scrap.pairs), len(full.pairs)) >= partSize && inside(scrap.pairs, full.pairs) >= within:
		return alike
	}
	return other
}

// comparePages compares two full pages. Any one kind of likeness will do when it is strong: a translation keeps the layout, a page
// made for phones keeps words or addresses.
func comparePages(a, b *content, l likeness) relation {
	in, size := inside(a.pairs, b.pairs), ratio(len(a.pairs), len(b.pairs))
	marks := -1.0
	if len(a.marks)+len(b.marks) >= manyMarks {
		marks = jaccard(a.marks, b.marks)
	}
	switch {
	case l.text >= alikeText:
		return alike
	case in >= within && size >= partSize, in >= wholly && size >= scrapSize:
		return alike
	case l.dom >= alikeDOM && !contradict(a, b, l):
		return alike
	case marks >= alikeMarks && size >= partSize:
		return alike
	case l.text >= someText && l.dom >= someDOM:
		return alike
	}
	return other
}

// contradict reports pages in one language with one layout that say wholly different things, under different titles and leading
// elsewhere: a kit filled twice.
func contradict(a, b *content, l likeness) bool {
	return l.text >= 0 && l.text < foreignText && a.lang == b.lang && min(len(a.pairs), len(b.pairs)) >= manyPairs &&
		jaccard(a.title, b.title) <= someText && jaccard(a.marks, b.marks) < someDOM
}

// layoutOf is the mean likeness of element runs and class names, those that both have.
func layoutOf(a, b *content) float64 {
	tags, classes := jaccard(a.tags, b.tags), jaccard(a.classes, b.classes)
	switch {
	case tags < 0:
		return classes
	case classes < 0:
		return tags
	}
	return (tags + classes) / 2
}

// jaccard is the share of two sorted sets in common, -1 when one is empty.
func jaccard(a, b []uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return -1
	}
	n := shared(a, b)
	return float64(n) / float64(len(a)+len(b)-n)
}

// inside is the share of the smaller set that the larger has, -1 when one is empty.
func inside(a, b []uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return -1
	}
	return float64(shared(a, b)) / float64(min(len(a), len(b)))
}

func ratio(a, b int) float64 { return float64(min(a, b)) / float64(max(a, b, 1)) }

func shared(a, b []uint64) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

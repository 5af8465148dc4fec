package hosting

// markers finds many literal strings in one pass over a text (Aho and Corasick, "Efficient string matching", 1975). Upper-case ASCII
// letters of the text count as lower case.
type markers struct {
	class [256]uint16 // of a byte: 0 = in no marker
	width int         // number of classes
	next  []uint32    // state*width+class -> state; once linked, to twice the state*width, odd when markers end there
	ends  [][]uint32  // markers that end in a state
}

// newMarkers makes the automaton of lower-case strings; an empty one is never found.
func newMarkers(words []string) *markers {
	m := &markers{width: 1}
	for _, w := range words {
		for i := range len(w) {
			if m.class[w[i]] == 0 {
				m.class[w[i]] = uint16(m.width)
				m.width++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		m.class[c] = m.class[c+'a'-'A']
	}
	m.state()
	for n, w := range words {
		m.add(w, uint32(n))
	}
	m.link()
	for i, to := range m.next {
		m.next[i] = to * uint32(m.width) << 1
		if len(m.ends[to]) > 0 {
			m.next[i] |= 1
		}
	}
	return m
}

func (m *markers) state() uint32 {
	m.next = append(m.next, make([]uint32, m.width)...)
	m.ends = append(m.ends, nil)
	return uint32(len(m.ends) - 1)
}

func (m *markers) add(word string, n uint32) {
	if word == "" {
		return
	}
	at := uint32(0)
	for i := range len(word) {
		edge := int(at)*m.width + int(m.class[word[i]])
		to := m.next[edge]
		if to == 0 {
			to = m.state()
			m.next[edge] = to
		}
		at = to
	}
	m.ends[at] = append(m.ends[at], n)
}

// link fills the missing edges, breadth first: a state without an edge goes where its longest proper suffix goes.
func (m *markers) link() {
	fail := make([]uint32, len(m.ends))
	queue := []uint32{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for c := range m.width {
			edge := int(s)*m.width + c
			to, back := m.next[edge], m.next[int(fail[s])*m.width+c]
			if to == 0 {
				m.next[edge] = back
				continue
			}
			if s != 0 {
				fail[to] = back
			}
			m.ends[to] = append(m.ends[to], m.ends[fail[to]]...)
			queue = append(queue, to)
		}
	}
}

// find calls hit with every marker that text holds, as often as it does.
func find[T string | []byte](m *markers, text T, hit func(n uint32)) {
	at := uint32(0)
	for i := range len(text) {
		at = m.next[at>>1+uint32(m.class[text[i]])]
		if at&1 != 0 {
			for _, n := range m.ends[at>>1/uint32(m.width)] {
				hit(n)
			}
		}
	}
}

package cluster

// meeting counts how much one site shares with others.
type meeting struct {
	shared  []counts // by number of the listed site; zero outside a search
	met     []int32  // numbers, the first n of them
	n       int
	lists   []postingList
	touched int32 // means nothing
	recent  []int32
	near    []candidate
	roots   []int
	probe   *probe
}

// candidate is a site that may be similar, and how alike the samples say it is.
type candidate struct {
	site int32
	like float32
}

func newMeeting(f *finder, listed int) *meeting {
	// A search meets no more sites than the lists of its sample hold, and of those of one block no more than there are.
	return &meeting{shared: make([]counts, listed), met: make([]int32, 1+max(block, kinds*sampleTokens*maxPostings)), probe: newProbe(f.kits)}
}

func (m *meeting) begin() { m.n = 0 }

// meet counts the sites of one list. It runs without branches: whether a site was met before cannot be foretold, and its count has to be
// waited for.
func (m *meeting) meet(numbers []int32, kind int, steps uint8) {
	n, by := m.n, counts(steps)<<(8*kind)
	met, shared := m.met, m.shared
	for _, k := range numbers {
		met[n] = k
		before := shared[k]
		shared[k] = before + by
		next := n + 1
		if before != 0 {
			next = n
		}
		n = next
	}
	m.n = n
}

// counts says what the sampled tokens of each kind weigh that two sites share, in steps, a byte for each kind.
type counts uint64

const (
	_ = uint(8 - kinds) // kinds fit
	_ = uint8(sampleTokens * weightSteps)
)

func (c counts) of(kind int) int { return int(c >> (8 * kind) & 0xff) }

// sum adds up all kinds.
func (c counts) sum() int {
	const even = 0x00ff00ff00ff00ff
	return int((c&even + c>>8&even) * 0x0001000100010001 >> 48)
}

// sketch is what estimates need of a site and its samples. It fills a line of the cache.
type sketch struct {
	sampled [kinds]uint8 // what the tokens of the sample weigh, in steps
	frame   bool         // see site.isFrame
	site    int32
	signals [signals]struct {
		step   uint16 // part of the set that one step of the sample stands for
		common uint16 // part that was passed over because it is common
		enough uint16 // how far the set says enough, see signal.enough
	}
	_ [6]byte
}

const (
	whole16  = 1<<16 - 1 // all of it
	halfStep = 0.5

	scriptPercent = 100 * scriptWeight // that scripts count of two pages
)

func (t *sketch) weighs() (all int) {
	for _, n := range t.sampled {
		all += int(n)
	}
	return all
}

// sampledAs notes what the sample of one signal weighs, and what was passed over, in steps.
func (t *sketch) sampledAs(s signal, sampled, common int, w *weighed) {
	t.sampled[s] = uint8(sampled)
	if w.shared == 0 || sampled+common == 0 { // nobody but near copies holds anything of it
		return
	}
	step := float64(w.shared) / float64(w.shared+w.lone) / float64(sampled+common)
	p := &t.signals[s]
	p.step, p.common = uint16(whole16*step+halfStep), uint16(whole16*step*float64(common)+halfStep)
	p.enough = uint16(whole16*min(1, float64(w.info)/s.enough()) + halfStep)
}

// mayBe reports whether what the samples share may make two sites alike enough: the signals' parts summed, which is more than alike makes
// of them. Nearly all of those met fail here.
func (t *sketch) mayBe(other *sketch, shared counts, cut float32) bool {
	sum := uint64(shared.of(bands)) * whole16 / uint64(max(1, t.sampled[bands], other.sampled[bands]))
	framed := t.frame || other.frame
	for s := range signals {
		a, b := &t.signals[s], &other.signals[s]
		n := shared.of(int(s))
		x, y := uint64(n*int(a.step)+int(a.common)), uint64(n*int(b.step)+int(b.common))
		share := min(x, y)
		if t.frame != other.frame {
			share = max(x, y)
		}
		part := share * uint64(min(a.enough, b.enough)) >> 16
		if s == script && !framed {
			part = part * scriptPercent / 100
		}
		sum += part
	}
	return float32(sum) >= cut*(whole16-1)
}

// alike estimates the similarity of two sites from what their samples share. What is common is taken to be shared.
func (t *sketch) alike(other *sketch, shared counts) float32 {
	framed := t.frame || other.frame
	doubt := 1 - bandTrust*float32(shared.of(bands))/float32(max(1, t.sampled[bands], other.sampled[bands]))
	for s := range signals {
		a, b := &t.signals[s], &other.signals[s]
		n := shared.of(int(s))
		x, y := float32(n*int(a.step)+int(a.common)), float32(n*int(b.step)+int(b.common))
		if x == 0 || y == 0 {
			continue
		}
		part := x * y / ((x+y)*whole16 - x*y) // Jaccard
		trust := float32(trusts[s])
		switch {
		case s == script && !framed:
			trust = scriptWeight
		case s != script && t.frame && !other.frame:
			part = x / whole16
		case s != script && other.frame && !t.frame:
			part = y / whole16
		}
		doubt *= 1 - trust*part*float32(min(a.enough, b.enough))/whole16
	}
	return 1 - doubt
}

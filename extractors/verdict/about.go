package verdict

// spreadAbout: a site whose entry page is about frauds, or most of whose words are on such pages, speaks of others on its other pages too:
// lists of firms, judgments, reports. Who offers to get money back is none of these.
func (s *site) spreadAbout() {
	if len(s.pages) < 2 {
		return
	}
	about := 0
	for _, p := range s.pages {
		if p.about {
			about += p.text.words
		}
		for _, h := range p.hits {
			if h.phrase.code == codeRecovery {
				return
			}
		}
	}
	if !s.pages[0].about && 2*about < s.words {
		return
	}
	for _, p := range s.pages {
		p.toOthers()
	}
}

// toOthers takes all that lures on a page as said of others.
func (p *reading) toOthers() {
	p.about = true
	kept := p.hits[:0]
	for _, h := range p.hits {
		if isTopic(h.phrase.code) {
			kept = append(kept, h)
			continue
		}
		p.reported = append(p.reported, h)
	}
	p.hits = kept
}

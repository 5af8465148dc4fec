package verdict

import (
	"strings"
	"time"

	"scamatlas/crawler"
	"scamatlas/extractors"
)

// SafeEntry says that a host is honest, who says so, and until when.
type SafeEntry struct {
	Host  string    `yaml:"host"`  // a registrable domain, which stands for all below it, or one host
	Label string    `yaml:"label"` // reference or benign
	Why   string    `yaml:"why"`
	Who   string    `yaml:"who"`
	Until time.Time `yaml:"until"` // it no longer counts from then on
}

func (l *loading) safe(r *Rules) {
	var form struct {
		Safe []lined[SafeEntry] `yaml:"safe"`
	}
	r.safe = map[string]*SafeEntry{}
	if !l.read(safeFile, &form) {
		return
	}
	for i := range form.Safe {
		e, line := &form.Safe[i].value, form.Safe[i].line
		host, err := crawler.NormalHost(e.Host)
		switch {
		case err != nil || host != e.Host:
			l.bad.add(safeFile, line, "%q is no host as the index writes it", e.Host)
		case e.Label != extractors.LabelReference && e.Label != extractors.LabelBenign:
			l.bad.add(safeFile, line, "%s: label %q is neither reference nor benign", e.Host, e.Label)
		case e.Why == "" || e.Who == "" || e.Until.IsZero():
			l.bad.add(safeFile, line, "%s: why, who and until must be given", e.Host)
		case r.safe[host] != nil:
			l.bad.add(safeFile, line, "%s stands there twice", host)
		default:
			r.safe[host] = e
		}
	}
}

// Safe gives the entry of the safe list for a host: its own, else that of a domain above it; nil when there is none that still counts.
func (r *Rules) Safe(host string, now time.Time) *SafeEntry {
	for h := host; h != ""; {
		if e := r.safe[h]; e != nil && now.Before(e.Until) {
			c := *e
			return &c
		}
		_, parent, ok := strings.Cut(h, ".")
		if !ok {
			return nil
		}
		h = parent
	}
	return nil
}

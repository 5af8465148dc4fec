package fetch

import (
	"net/url"
	"strings"

	"scamatlas/crawler"
)

// assetItem is a file to fetch.
type assetItem struct {
	kind    crawler.AssetKind
	u       *url.URL
	from    string
	guessed bool // no page names it
}

// assetQueue holds what the pages load, each address once; scripts, styles and icons apart from images, which come last.
type assetQueue struct {
	files, images *queue[assetItem]
	seen          map[string]bool
	bytes         int // of the bodies kept
}

func newAssetQueue() *assetQueue {
	return &assetQueue{files: &queue[assetItem]{}, images: &queue[assetItem]{}, seen: map[string]bool{}}
}

// add queues one asset; the result names the bound it met, "" when none. No level holds more than could ever be fetched.
func (q *assetQueue) add(item assetItem, weight int) (bound string) {
	k := key(item.u)
	if q.seen[k] {
		return ""
	}
	to := q.files
	if item.kind == crawler.Image {
		to = q.images
	}
	if len(q.seen) >= maxSeen || len(to.levels[weight]) >= crawler.MaxAssets {
		return capAssets
	}
	q.seen[k] = true
	to.add(item, weight)
	return ""
}

// imageWeight puts payment codes before logos before anything else.
func imageWeight(w *words, u *url.URL, text string) int {
	name := strings.ToLower(u.Path + " " + text)
	weight := w.weight(u, text)
	switch {
	case strings.Contains(name, "qr"):
		return topWeight
	case strings.Contains(name, "logo"):
		return max(weight, topWeight-1)
	}
	return weight
}

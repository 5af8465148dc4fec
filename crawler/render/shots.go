package render

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"math"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"scamatlas/crawler"
	"scamatlas/crawler/render/inpage"
)

// shoot takes the pictures of a view: what is on the screen, the whole page, and whatever may be a code. text is the number of
// letters that the page shows.
func (v *visit) shoot(ctx context.Context, view *crawler.View, text int) error {
	screen, err := v.picture(ctx, page.CaptureScreenshotParams{})
	if err != nil {
		view.Err = "no picture: " + clip(err.Error(), 200)
		if text == 0 {
			view.Blank = "no text"
		}
		return v.fatal(ctx, err)
	}
	if len(screen) < v.who.Width*v.who.Height/plainPixels { // a larger file shows something: no need to decode it
		view.Blank = inpage.BlankPicture(screen)
	}
	v.hang(view, crawler.ShotViewport, screen, "")
	if err := v.shootWhole(ctx, view, screen); err != nil {
		return err
	}
	return v.shootCodes(ctx, view)
}

// shootWhole takes the whole page; one that fits on the screen is the picture of the screen. What a click has changed is seen on the
// screen: the page around it was taken before.
func (v *visit) shootWhole(ctx context.Context, view *crawler.View, screen []byte) error {
	if len(view.Steps) > 0 {
		return nil
	}
	one, cancel := context.WithTimeout(ctx, v.slow(callTimeout))
	defer cancel()
	size, err := cdp.Call(one, v.page, page.GetLayoutMetrics, cdp.Empty{})
	if err != nil || size.CSSContentSize == nil {
		return v.fatal(ctx, err)
	}
	w, h := math.Ceil(size.CSSContentSize.Width), math.Ceil(size.CSSContentSize.Height)
	if h <= float64(v.who.Height) {
		v.hang(view, crawler.ShotFull, screen, "")
		return nil
	}
	whole, err := v.picture(ctx, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true),
		// One pixel for one CSS pixel: what a phone shows sharper would be nine times as much.
		Clip: &page.Viewport{Width: min(w, 2*float64(v.who.Width)), Height: min(h, crawler.MaxShotHeight), Scale: 1 / max(v.who.Scale, 1)},
	})
	if err != nil {
		return v.fatal(ctx, err)
	}
	v.hang(view, crawler.ShotFull, whole, "")
	return nil
}

// shootCodes takes what may be a QR code, large enough to be read.
func (v *visit) shootCodes(ctx context.Context, view *crawler.View) error {
	raw, err := v.ask(ctx, inpage.FindCodes(maxCodes))
	if err != nil {
		return v.fatal(ctx, err)
	}
	boxes, err := inpage.ParseCodes(raw)
	if err != nil {
		return nil
	}
	for _, b := range boxes[:min(len(boxes), maxCodes)] {
		if !(b.W >= 1 && b.H >= 1 && b.W <= 4000 && b.H <= 4000 && b.X >= 0 && b.Y >= 0 && b.Y < 1e5 && b.X < 1e5) {
			continue
		}
		scale := min(max(codePixels/min(b.W, b.H), 1), maxCodeScale) / max(v.who.Scale, 1)
		shot, err := v.picture(ctx, page.CaptureScreenshotParams{
			CaptureBeyondViewport: new(true), Clip: &page.Viewport{X: b.X, Y: b.Y, Width: b.W, Height: b.H, Scale: scale},
		})
		if err != nil {
			if err := v.fatal(ctx, err); err != nil {
				return err
			}
			continue
		}
		v.hang(view, crawler.ShotElement, shot, b.Of)
	}
	return nil
}

// picture takes one picture within callTimeout.
func (v *visit) picture(ctx context.Context, p page.CaptureScreenshotParams) ([]byte, error) {
	one, cancel := context.WithTimeout(ctx, v.slow(callTimeout))
	defer cancel()
	p.Format, p.OptimizeForSpeed = page.CaptureScreenshotFormatPng, new(true)
	got, err := cdp.Call(one, v.page, page.CaptureScreenshot, p)
	if err == nil && len(got.Data) == 0 {
		err = errors.New("the browser gave an empty one")
	}
	return got.Data, err
}

// hang adds a picture to a view.
func (v *visit) hang(view *crawler.View, kind string, data []byte, of string) {
	if v.shots >= crawler.MaxShots {
		v.rec.cap("pictures")
		return
	}
	head, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return
	}
	v.shots++
	view.Pictures = append(view.Pictures, crawler.Shot{Kind: kind, PNG: data, SHA256: sum(data), Width: head.Width, Height: head.Height, Of: clip(of, 40)})
}

package render

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// worldName is of the isolated world our scripts run in: they see the page's elements, not its variables, and it sees none of ours.
const worldName = "reader"

// world is the place of our scripts in one document.
type world struct {
	loader cdp.LoaderID
	id     runtime.ExecutionContextID
}

// ask evaluates an expression in our world of the page and gives its value as JSON; a string that the expression made is given as
// it is, so that it may hold JSON itself. A page that does not let us in within stuckAfter has its script ended, once for each question.
func (v *visit) ask(ctx context.Context, expression string) ([]byte, error) {
	out, err := v.askOnce(ctx, expression, v.slow(stuckAfter))
	if err == nil || !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return out, err
	}
	if !v.b.answers(ctx) {
		return nil, errLost
	}
	if v.rec.going() { // to a document that does not come: no question gets through before it did
		v.rec.stay()
	} else {
		v.stuck++
		v.rec.cap("scripts")
	}
	v.page.tell(runtime.TerminateExecution.Method, cdp.Empty{})
	if out, err = v.askOnce(ctx, expression, v.slow(callTimeout)); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = errStuck
	}
	return out, err
}

func (v *visit) askOnce(ctx context.Context, expression string, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for again := true; ; again = false {
		id, err := v.enter(ctx)
		if err != nil {
			return nil, err
		}
		res, err := cdp.Call(ctx, v.page, runtime.Evaluate, runtime.EvaluateParams{
			Expression: expression, ContextID: id, ReturnByValue: new(true), AwaitPromise: new(true), Silent: new(true),
		})
		var gone *cdproto.Error // the document went while we asked
		if errors.As(err, &gone) && again {
			v.world = world{}
			continue
		}
		if err != nil {
			return nil, err
		}
		return value(&res)
	}
}

func value(res *runtime.EvaluateResult) ([]byte, error) {
	if d := res.ExceptionDetails; d != nil {
		text := d.Text
		if d.Exception != nil && d.Exception.Description != "" {
			text = d.Exception.Description
		}
		return nil, fmt.Errorf("a script of ours failed: %s", clip(strings.ReplaceAll(text, "\n", " "), 200))
	}
	if res.Result == nil || len(res.Result.Value) == 0 {
		return []byte("null"), nil
	}
	if res.Result.Value.Kind() != '"' {
		return res.Result.Value, nil
	}
	var s string
	if err := json.Unmarshal(res.Result.Value, &s); err != nil {
		return nil, fmt.Errorf("reading what a script of ours gave: %w", err)
	}
	return []byte(s), nil
}

// enter gives our world in the document shown.
func (v *visit) enter(ctx context.Context) (runtime.ExecutionContextID, error) {
	v.rec.mu.Lock()
	loader := v.rec.loader
	v.rec.mu.Unlock()
	if v.world.id != 0 && v.world.loader == loader {
		return v.world.id, nil
	}
	made, err := cdp.Call(ctx, v.page, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: cdp.FrameID(v.root), WorldName: worldName})
	if err != nil {
		return 0, err
	}
	v.world = world{loader, made.ExecutionContextID}
	return made.ExecutionContextID, nil
}

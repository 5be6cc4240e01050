package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

const (
	defaultTimeout = 10 * time.Second
	firstRetry     = 100 * time.Millisecond
	longestRetry   = time.Second // while the event waits; a worker waits as long as the switch says
)

// input is a payload at a node, with what the node can reach.
type input struct {
	node.Input
	reach   reach
	bounded timeLimit
}

// reach is the run as one node sees it.
type reach struct {
	node.Run
	run    *Run
	node   string
	values node.Values // nil until they are asked for
	memo   *Memo
	key    memoKey
}

func (r *Run) input(a *Around, v *Visit) *input {
	a.call++
	if len(r.inputs) == 0 {
		r.inputs = make([]input, max(1, min(len(r.Flow.steps)-len(r.Trace)+1, 32)))
	}
	in := &r.inputs[0]
	r.inputs = r.inputs[1:]
	in.Input.Port, in.Input.Edge, in.Input.Payload = v.Port, a.edge, v.Input
	in.reach = reach{Run: a.Host, run: r, node: v.Node, memo: a.Memo, key: memoKey{r.Flow.ID, v.Node, a.call}}
	in.Input.Run = &in.reach
	return in
}

// Look implements node.Run.
func (r *reach) Look(source string, path expr.Path) (any, bool) {
	switch source {
	case "memory":
		return tracardi.Dig(r.run.Memory, path.Steps()...)
	case "flow":
		return tracardi.Dig(r.run.Flow.about, path.Steps()...)
	}
	return r.Run.Look(source, path)
}

// Change implements node.Run.
func (r *reach) Change(source string, path expr.Path, value any) error {
	if source != "memory" {
		return r.Run.Change(source, path, value)
	}
	memory, err := set(r.run.Memory, value, path.Steps())
	if err == nil {
		r.run.Memory = memory
	}
	return err
}

// Log implements node.Env.
func (r *reach) Log(level slog.Level, message string) { r.run.log(r.Now(), r.node, level, message) }

// Measure implements node.Run.
func (r *reach) Measure(name string, by float64) {
	if r.run.Measures == nil {
		r.run.Measures = map[string]float64{}
	}
	r.run.Measures[name] += by
}

// Values implements node.Env.
func (r *reach) Values() node.Values {
	if r.values == nil {
		r.values = r.Run.Values()
		if r.memo != nil {
			r.values = r.memo.values(r.key, r.values)
		}
	}
	return r.values
}

// reshaped makes a new payload of the one that arrived, as the switch says.
func (s *step) reshaped(in *node.Input) error {
	made, err := s.reshape.Apply(in, expr.ReshapeOptions{UseDefault: !s.Join.Strict})
	if err != nil {
		return err
	}
	payload, ok := made.(map[string]any)
	if !ok {
		return errors.New("the reshaped payload is no object")
	}
	in.Payload = payload
	return nil
}

// isNew tells whether a node that runs once for each value is to run, and gives a function that notes the value.
func (s *step) isNew(ctx context.Context, in *input) (mark func(context.Context) error, runs bool, err error) {
	if s.RunOnce == nil {
		return nil, true, nil
	}
	var value any
	if s.onceCondition != nil {
		holds, problem := s.onceCondition.EvalAt(in.Now(), &in.Input)
		if problem != nil {
			in.Warn("%v", problem)
		}
		value = holds
	} else if value, err = s.onceValue.Resolve(&in.Input); err != nil {
		return nil, false, err
	}
	key := "once/" + in.reach.run.Flow.ID + "/" + s.id
	if profile := in.Profile(); !s.RunOnce.Shared && profile != nil {
		key += "/" + profile.ID
	}
	text := tracardi.AppendValue(nil, value)
	last, ok, err := in.Values().Get(ctx, key)
	if err != nil || ok && string(last) == string(text) {
		return nil, false, err
	}
	return func(ctx context.Context) error { return in.Values().Set(ctx, key, text, s.RunOnce.TTL.Duration()) }, true, nil
}

// call runs a node as often as its switch says, and remembers what one that acts gave.
func (r *Run) call(ctx context.Context, a *Around, s *step, in *input) (out node.Output, err error) {
	if s.kind.Acts && a.Memo != nil {
		if out, err, known := a.Memo.output(in.reach.key); known {
			return out, err
		}
	}
	for again := 0; ; again++ {
		out, err = s.once(ctx, in)
		if err == nil || s.Retry == nil || again == s.Retry.Times || !worthwhile(err) || s.unsure(err) || a.Abandoned || !sleep(ctx, min(s.retryAfter(again), longestRetry)) {
			break
		}
	}
	if s.kind.Acts && a.Memo != nil {
		a.Memo.keep(in.reach.key, out, err)
	}
	return out, err
}

// retryAfter is the time to wait before a node is called again that was called again so many times.
func (s *step) retryAfter(again int) time.Duration {
	first := s.Retry.Wait.Duration()
	if first == 0 {
		first = firstRetry
	}
	return first << again
}

// unsure tells whether a call may have been made although it failed, and must not be made twice.
func (s *step) unsure(err error) bool {
	return s.onlyOnce() && node.IsUnknown(err)
}

// onlyOnce tells whether the node must not be called again when nobody knows whether it did what it does.
func (s *step) onlyOnce() bool {
	if !s.kind.Acts || s.kind.Repeatable {
		return false
	}
	repeater, ok := s.node.(node.Repeater)
	return !ok || !repeater.Repeatable()
}

// worthwhile tells whether the same call may have a better end.
func worthwhile(err error) bool {
	kind := tracardi.KindOf(err)
	return kind != tracardi.Invalid && kind != tracardi.NotFound && kind != tracardi.TooLarge
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// once runs a node. A panic is its failure.
func (s *step) once(ctx context.Context, in *input) (out node.Output, err error) {
	limit := s.Timeout.Duration()
	if limit == 0 {
		limit = defaultTimeout
	}
	bounded := &in.bounded
	*bounded = timeLimit{Context: ctx, limit: limit} // a repeated call has a time of its own
	defer bounded.end()
	defer func() {
		if broke := recover(); broke != nil {
			in.Log(slog.LevelDebug, string(debug.Stack()))
			err = tracardi.Errorf(tracardi.Internal, "the node broke: %v", broke)
		}
	}()
	out, err = s.node.Run(bounded, &in.Input)
	switch {
	case err != nil && bounded.expired() && !node.IsUnknown(err):
		return node.Output{}, tracardi.Errorf(tracardi.Unavailable, "took longer than %v", limit)
	case err != nil:
		return node.Output{}, err
	}
	for _, result := range out.Results {
		if !s.kind.HasOut(result.Port) {
			return node.Output{}, fmt.Errorf("the node sent to its port %q, which it does not have", result.Port)
		}
	}
	return out, nil
}

// timeLimit is a context with a time limit that costs nothing until somebody asks for it: most nodes are done at once.
type timeLimit struct {
	context.Context
	limit time.Duration

	once   sync.Once
	inner  context.Context
	cancel context.CancelFunc
}

func (b *timeLimit) made() context.Context {
	b.once.Do(func() { b.inner, b.cancel = context.WithTimeout(b.Context, b.limit) })
	return b.inner
}

// Deadline implements context.Context.
func (b *timeLimit) Deadline() (time.Time, bool) { return b.made().Deadline() }

// Done implements context.Context.
func (b *timeLimit) Done() <-chan struct{} { return b.made().Done() }

// Err implements context.Context.
func (b *timeLimit) Err() error { return b.made().Err() }

// Value implements context.Context.
func (b *timeLimit) Value(key any) any { return b.made().Value(key) }

func (b *timeLimit) expired() bool {
	return b.inner != nil && errors.Is(b.inner.Err(), context.DeadlineExceeded) && b.Context.Err() == nil
}

func (b *timeLimit) end() {
	if b.cancel != nil {
		b.cancel()
	}
}

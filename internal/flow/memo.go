package flow

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

// Memo remembers what nodes did outside while a payload was processed, so that another attempt at the same payload, after
// somebody else changed the profile, does it no second time. It belongs to one goroutine.
type Memo struct {
	outputs map[memoKey]remembered
	steps   map[memoKey][]valueStep
}

// memoKey names a call: the how-manieth of all calls for the payload it is. Where attempts take different ways, calls differ in
// the node, and nothing is remembered.
type memoKey struct {
	flow, node string
	call       int
}

type remembered struct {
	output node.Output
	err    error
}

func (m *Memo) output(key memoKey) (out node.Output, err error, known bool) { //nolint:staticcheck // the error is the node's
	r, known := m.outputs[key]
	return r.output, r.err, known
}

func (m *Memo) keep(key memoKey, out node.Output, err error) {
	if m.outputs == nil {
		m.outputs = map[memoKey]remembered{}
	}
	m.outputs[key] = remembered{out, err}
}

// values answers again what shared values answered at the first attempt, and passes on what is new.
func (m *Memo) values(key memoKey, real node.Values) node.Values {
	return &memoValues{memo: m, key: key, real: real}
}

// valueStep is what one call of node.Values gave.
type valueStep struct {
	value []byte
	ok    bool
	n     int64
	err   error
}

type memoValues struct {
	memo *Memo
	key  memoKey
	real node.Values
	at   int
}

func (v *memoValues) do(call func() valueStep) valueStep {
	v.at++
	if done := v.memo.steps[v.key]; v.at <= len(done) {
		return done[v.at-1]
	}
	step := call()
	if v.memo.steps == nil {
		v.memo.steps = map[memoKey][]valueStep{}
	}
	v.memo.steps[v.key] = append(v.memo.steps[v.key], step)
	return step
}

// Get implements node.Values.
func (v *memoValues) Get(ctx context.Context, key string) ([]byte, bool, error) {
	s := v.do(func() (s valueStep) { s.value, s.ok, s.err = v.real.Get(ctx, key); return s })
	return s.value, s.ok, s.err
}

// Set implements node.Values.
func (v *memoValues) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return v.do(func() valueStep { return valueStep{err: v.real.Set(ctx, key, value, ttl)} }).err
}

// Add implements node.Values.
func (v *memoValues) Add(ctx context.Context, key string, n int64, ttl time.Duration) (int64, error) {
	s := v.do(func() (s valueStep) { s.n, s.err = v.real.Add(ctx, key, n, ttl); return s })
	return s.n, s.err
}

// Delete implements node.Values.
func (v *memoValues) Delete(ctx context.Context, keys ...string) error {
	return v.do(func() valueStep { return valueStep{err: v.real.Delete(ctx, keys...)} }).err
}

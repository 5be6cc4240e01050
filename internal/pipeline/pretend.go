package pipeline

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go/internal/flow"
)

// pretend makes the work one whose flows change nothing outside.
func (w *Work) pretend(test *flow.Test, values *pretended) {
	w.around.Test, w.outcome.pretended = test, values
}

// pretended are shared values of a test: what the flows of the test set, and nothing else.
type pretended struct {
	clock func() time.Time
	mu    sync.Mutex
	kept  map[string]pretendedValue
}

type pretendedValue struct {
	value string
	until time.Time // zero for none
}

func (v *pretended) find(key string) (pretendedValue, bool) {
	found, ok := v.kept[key]
	return found, ok && (found.until.IsZero() || found.until.After(v.clock()))
}

func (v *pretended) put(key, value string, ttl time.Duration) {
	if v.kept == nil {
		v.kept = map[string]pretendedValue{}
	}
	k := pretendedValue{value: value}
	if ttl > 0 {
		k.until = v.clock().Add(ttl)
	}
	v.kept[key] = k
}

// Get implements node.Values.
func (v *pretended) Get(_ context.Context, key string) ([]byte, bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	found, ok := v.find(key)
	return []byte(found.value), ok, nil
}

// Set implements node.Values.
func (v *pretended) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.put(key, string(value), ttl)
	return nil
}

// Add implements node.Values.
func (v *pretended) Add(_ context.Context, key string, n int64, ttl time.Duration) (int64, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	found, ok := v.find(key)
	if !ok {
		v.put(key, strconv.FormatInt(n, 10), ttl)
		return n, nil
	}
	sum, err := strconv.ParseInt(found.value, 10, 64)
	if err != nil {
		return 0, err
	}
	sum += n
	v.kept[key] = pretendedValue{strconv.FormatInt(sum, 10), found.until}
	return sum, nil
}

// Delete implements node.Values.
func (v *pretended) Delete(_ context.Context, keys ...string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, key := range keys {
		delete(v.kept, key)
	}
	return nil
}

package pipeline

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// pretend makes the work one whose flows change nothing outside.
func (w *Work) pretend(test *flow.Test, values *pretended) {
	w.around.Test, w.outcome.pretended = test, values
}

// pretended are shared values of a test, what the flows of the test set and nothing else, and the people that events were made over
// to.
type pretended struct {
	clock  func() time.Time
	people map[string]*tracardi.Profile
	mu     sync.Mutex
	kept   map[string]pretendedValue
}

// lookAtPerson reads the profile that is known by an id into a copy of its own; it is nil when there is none.
func (p *Pipeline) lookAtPerson(ctx context.Context, w *Work, id string) (*tracardi.Profile, error) {
	if w.pretended != nil && w.pretended.people[id] != nil {
		return w.pretended.people[id], nil
	}
	profile := &tracardi.Profile{}
	version, err := p.document(ctx, w.Payload.Tenant, storage.Profiles, id, profile)
	if version > 0 || err != nil {
		profile.Version = version
		return profile, err
	}
	current, _, err := p.alias(ctx, w.Payload.Tenant, id)
	if current == "" || err != nil {
		return nil, err
	}
	return p.lookAtPerson(ctx, w, current)
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

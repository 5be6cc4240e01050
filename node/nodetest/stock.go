package nodetest

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

// Memory is what flows share; a test may look into it.
type Memory map[string]Kept

// Kept is a value and its end.
type Kept struct {
	Value string
	Until time.Time // zero for none
}

type values struct{ flow *Flow }

func (v *values) get(key string) (Kept, bool) {
	kept, ok := v.flow.Shared[key]
	return kept, ok && (kept.Until.IsZero() || kept.Until.After(v.flow.Time))
}

func (v *values) put(key, value string, ttl time.Duration) {
	kept := Kept{Value: value}
	if ttl > 0 {
		kept.Until = v.flow.Time.Add(ttl)
	}
	v.flow.Shared[key] = kept
}

// Get implements node.Values.
func (v *values) Get(_ context.Context, key string) (value []byte, ok bool, err error) {
	v.flow.note(func() {
		var kept Kept
		kept, ok = v.get(key)
		value = []byte(kept.Value)
	})
	return value, ok, nil
}

// Set implements node.Values.
func (v *values) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	v.flow.note(func() { v.put(key, string(value), ttl) })
	return nil
}

// Add implements node.Values.
func (v *values) Add(_ context.Context, key string, n int64, ttl time.Duration) (sum int64, err error) {
	v.flow.note(func() {
		kept, ok := v.get(key)
		if !ok {
			sum = n
			v.put(key, strconv.FormatInt(n, 10), ttl)
			return
		}
		if sum, err = strconv.ParseInt(kept.Value, 10, 64); err == nil {
			sum += n
			v.flow.Shared[key] = Kept{strconv.FormatInt(sum, 10), kept.Until}
		}
	})
	return sum, err
}

// Delete implements node.Values.
func (v *values) Delete(_ context.Context, keys ...string) error {
	v.flow.note(func() {
		for _, key := range keys {
			delete(v.flow.Shared, key)
		}
	})
	return nil
}

// Stock is what is stored: collection → documents, newest first, each with an "id".
type Stock map[string][]map[string]any

// Get implements node.Records.
func (s Stock) Get(_ context.Context, collection, id string) (map[string]any, error) {
	for _, document := range s[collection] {
		if document["id"] == id {
			return document, nil
		}
	}
	return nil, nil
}

// Search implements node.Records.
func (s Stock) Search(_ context.Context, collection string, where *expr.Condition, limit int) (found []map[string]any, err error) {
	for _, document := range s[collection] {
		text, err := json.Marshal(document)
		if err != nil {
			return nil, err
		}
		if holds, _ := where.EvalAt(Now, expr.Document(text)); holds && len(found) < limit {
			found = append(found, document)
		}
	}
	return found, nil
}

// Count implements node.Records.
func (s Stock) Count(ctx context.Context, collection string, where *expr.Condition) (int64, error) {
	found, err := s.Search(ctx, collection, where, len(s[collection]))
	return int64(len(found)), err
}

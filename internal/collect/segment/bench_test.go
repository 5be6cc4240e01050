package segment_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

// BenchmarkBatch sends batches of 100 messages of 2000 people over 16 connections; one round is one message.
func BenchmarkBatch(b *testing.B) {
	e := newEdge(b)
	batch := func(random *rand.Rand) string {
		now := time.Now().UTC()
		messages := make([]map[string]any, 100)
		for i := range messages {
			messages[i] = map[string]any{
				"type": "track", "messageId": uuid.NewString(), "userId": fmt.Sprintf("user-%d", random.IntN(2000)),
				"timestamp": now, "event": "Product Viewed",
				"properties": map[string]any{"product_id": fmt.Sprintf("ABCD-%05d", random.IntN(300)), "category": "shoes", "price": 9.5, "quantity": 3, "currency": "EUR"},
				"context":    map[string]any{"library": map[string]any{"name": "analytics-go", "version": "3.3.0"}, "ip": "203.0.113.9", "locale": "en-US"},
			}
		}
		body, _ := json.Marshal(map[string]any{"batch": messages, "sentAt": now}) // texts, numbers, maps
		return string(body)
	}
	bodies := make([]string, b.N/100+1)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range bodies {
		bodies[i] = batch(random)
	}
	b.ResetTimer()
	var next atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) {
					return
				}
				if status, text, _ := e.post("/v1/batch", "key", bodies[i]); status != 200 {
					b.Error(status, text)
				}
			}
		})
	}
	all.Wait()
}

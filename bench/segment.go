package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/google/uuid"
)

const (
	perBatch = 100
	people   = 2000
)

// segment measures batches of Segment's protocol, each of 100 messages of many people as a server sends them, beside two ways
// to write the same documents in one loop: with our store, which indexes them, and with its engine alone.
func segment(ctx context.Context, s settings) error {
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	var source struct {
		Key string `json:"write_key"`
	}
	if err := ours.call(http.MethodPost, "/api/v1/sources", map[string]any{"id": "segment", "name": "Segment", "types": []string{"segment"}}, &source); err != nil {
		return err
	}
	const connections = 16
	address := ours.url + "/v1/batch?writeKey=" + source.Key
	random := make([]*rand.Rand, connections)
	for i := range random {
		random[i] = rand.New(rand.NewPCG(1, uint64(i)))
	}
	body := func(worker, _ int) []byte { return segmentBatch(random[worker]) }
	closedLoop(ctx, address, connections, s.duration/3, body)
	before := ours.cpu()
	got := closedLoop(ctx, address, connections, s.duration, body)
	if got.failed > 0 {
		return fmt.Errorf("%d requests failed: %s", got.failed, got.firstFail)
	}
	used := (ours.cpu() - before) / float64(got.requests*perBatch) * 1e6
	rate := got.rate() * perBatch
	documents, err := sample(ours, 4000)
	if err != nil {
		return err
	}
	memory := ours.memory()
	ours.stop()
	store, err := storeAlone(ctx, documents, perBatch, s.duration)
	if err != nil {
		return err
	}
	engine, err := engineAlone(ctx, documents, perBatch, s.duration)
	if err != nil {
		return err
	}
	fmt.Printf("\n| batches of %d messages of %d people, %d connections | events/s | of the store | of the engine | p50 | p99 |\n|---|---|---|---|---|---|\n", perBatch, people, connections)
	fmt.Printf("| the engine alone, same documents, one loop, synced batches of %d | %.0f | | 1.000 | | |\n", perBatch, engine)
	fmt.Printf("| the store, same documents, one loop, synced batches of %d | %.0f | 1.000 | %.3f | | |\n", perBatch, store, store/engine)
	fmt.Printf("| Segment's route, fully processed and durable | %.0f | %.3f | %.3f | %v | %v |\n", rate, rate/store, rate/engine,
		got.quantile(50).Round(time.Millisecond), got.quantile(99).Round(time.Millisecond))
	fmt.Printf("\nThe server used %.0f µs of processor time for an event, and %.0f MB of memory.\n", used, memory)
	return nil
}

var eventNames = []string{"Product Viewed", "Product Clicked", "Cart Viewed", "Article Read", "Video Played", "Plan Compared"}

// segmentBatch is a request as Segment's libraries for servers send it.
func segmentBatch(random *rand.Rand) []byte {
	now := time.Now().UTC()
	messages := make([]map[string]any, perBatch)
	for i := range messages {
		person := random.IntN(people)
		messages[i] = map[string]any{
			"type": "track", "messageId": uuid.NewString(), "userId": fmt.Sprintf("user-%d", person),
			"timestamp": now.Add(-time.Duration(random.IntN(5000)) * time.Millisecond), "event": eventNames[random.IntN(len(eventNames))],
			"properties": map[string]any{
				"product_id": fmt.Sprintf("ABCD-%05d", random.IntN(300)), "category": fmt.Sprintf("Category %d", random.IntN(12)),
				"price": float64(random.IntN(99990)) / 100, "quantity": 1 + random.IntN(3), "currency": "EUR",
			},
			"context": map[string]any{"library": map[string]any{"name": "analytics-go", "version": "3.3.0"}, "ip": "203.0.113.9", "locale": "en-US"},
		}
	}
	body, _ := json.Marshal(map[string]any{"batch": messages, "sentAt": now}) // texts, numbers, maps
	return body
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
)

const (
	perBatch = 100
	people   = 2000
)

// segment measures batches of Segment's protocol, each of 100 messages of many people as a server sends them, beside
// ways to write the same documents in one loop: all of them with our store, which indexes them; the events alone with it; and the
// events with its engine alone.
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
	batches := make([]segmentBatch, 100)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range batches {
		batches[i] = newSegmentBatch(random)
	}
	body := func(worker, n int) []byte { return batches[(worker*31+n)%len(batches)].body() }
	closedLoop(ctx, address, connections, s.duration/3, body)
	before := ours.cpu()
	got := closedLoop(ctx, address, connections, s.duration, body)
	if got.failed > 0 {
		return fmt.Errorf("%d requests failed: %s", got.failed, got.firstFail)
	}
	used := (ours.cpu() - before) / float64(got.requests*perBatch) * 1e6
	rate := got.rate() * perBatch
	documents, err := sample(ours, "events", 4000)
	if err != nil {
		return err
	}
	visitors, err := sampleVisitors(ours, 1000)
	if err != nil {
		return err
	}
	memory := ours.memory()
	ours.stop()
	all, err := alone(func() (float64, error) { return storeAlone(ctx, documents, visitors, perBatch, s.duration) }, s.duration)
	if err != nil {
		return err
	}
	store, err := alone(func() (float64, error) { return storeAlone(ctx, documents, nil, perBatch, s.duration) }, s.duration)
	if err != nil {
		return err
	}
	engine, err := alone(func() (float64, error) { return engineAlone(ctx, documents, perBatch, s.duration) }, s.duration)
	if err != nil {
		return err
	}
	fmt.Printf("\n| batches of %d messages of %d people, %d connections | events/s | ours is | processor time of an event | p50 | p99 |\n|---|---|---|---|---|---|\n", perBatch, people, connections)
	fmt.Printf("| Segment's route, fully processed and durable | %.0f | | %.0f µs | %v | %v |\n", rate, used, got.quantile(50).Round(time.Millisecond), got.quantile(99).Round(time.Millisecond))
	for _, one := range []struct {
		what string
		limit
	}{
		{"the store: the same events, profiles and sessions", all}, {"the store: the events alone", store}, {"its engine: the events under one key each", engine},
	} {
		fmt.Printf("| %s, in one loop of synced batches | %.0f | %.3f | %.0f µs | | |\n", one.what, one.rate, rate/one.rate, one.cpu)
	}
	fmt.Printf("\nMemory of the server under this load: %.0f MB.\n", memory)
	return nil
}

// limit is what writing in one loop has reached: documents a second, and microseconds of processor time for each.
type limit struct{ rate, cpu float64 }

func alone(write func() (float64, error), d time.Duration) (limit, error) {
	before := cpuOf(os.Getpid())
	rate, err := write()
	return limit{rate, (cpuOf(os.Getpid()) - before) / (rate * d.Seconds()) * 1e6}, err
}

func init() { uuid.EnableRandPool() } // the load generator shares the processors

var eventNames = []string{"Product Viewed", "Product Clicked", "Cart Viewed", "Article Read", "Video Played", "Plan Compared"}

// segmentBatch is a request as Segment's libraries for servers send it, in parts between which the ids of its messages belong.
// It is put together before the load begins.
type segmentBatch struct{ parts [][]byte }

func newSegmentBatch(random *rand.Rand) segmentBatch {
	now := time.Now().UTC()
	messages := make([]map[string]any, perBatch)
	for i := range messages {
		messages[i] = map[string]any{
			"type": "track", "messageId": "ID", "userId": fmt.Sprintf("user-%d", random.IntN(people)),
			"timestamp": now.Add(-time.Duration(random.IntN(5000)) * time.Millisecond), "event": eventNames[random.IntN(len(eventNames))],
			"properties": map[string]any{
				"product_id": fmt.Sprintf("ABCD-%05d", random.IntN(300)), "category": fmt.Sprintf("Category %d", random.IntN(12)),
				"price": float64(random.IntN(99990)) / 100, "quantity": 1 + random.IntN(3), "currency": "EUR",
			},
			"context": map[string]any{"library": map[string]any{"name": "analytics-go", "version": "3.3.0"}, "ip": "203.0.113.9", "locale": "en-US"},
		}
	}
	body, _ := json.Marshal(map[string]any{"batch": messages, "sentAt": now}) // texts, numbers, maps
	return segmentBatch{bytes.Split(body, []byte(`"messageId":"ID"`))}
}

// body gives every message an id of its own.
func (b segmentBatch) body() []byte {
	body := bytes.Clone(b.parts[0])
	for _, part := range b.parts[1:] {
		body = append(append(append(body, `"messageId":"`...), uuid.NewString()...), '"')
		body = append(body, part...)
	}
	return body
}

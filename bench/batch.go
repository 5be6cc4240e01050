package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// batch measures the mix of batches beside the store's engine alone, which writes the same documents in one loop, each
// payload's documents in one synced batch.
func batch(ctx context.Context, s settings) error {
	mix := newBatchMix(400)
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	const connections = 16
	var events atomic.Int64
	body := func(worker, n int) []byte {
		at := (worker*31 + n) % len(mix.bodies)
		events.Add(int64(mix.events[at]))
		return mix.bodies[at]
	}
	closedLoop(ctx, ours.url+"/track", connections, s.duration/3, body)
	events.Store(0)
	got := closedLoop(ctx, ours.url+"/track", connections, s.duration, body)
	if got.failed > 0 {
		return fmt.Errorf("%d requests failed: %s", got.failed, got.firstFail)
	}
	rate := float64(events.Load()) / got.elapsed.Seconds()
	documents, err := sample(ours, "events", 4000)
	if err != nil {
		return err
	}
	peak := ours.memory()
	limit, err := engineAlone(ctx, documents, 150, s.duration)
	if err != nil {
		return err
	}
	fmt.Printf("\n| batches of 100 to 200 events, %d connections | events/s | of the limit | p50 | p99 |\n|---|---|---|---|---|\n", connections)
	fmt.Printf("| the engine alone, same documents, one loop, synced batches of 150 | %.0f | 1.000 | | |\n", limit)
	fmt.Printf("| tracardi, fully processed and durable | %.0f | %.3f | %v | %v |\n", rate, rate/limit, got.quantile(50).Round(time.Millisecond), got.quantile(99).Round(time.Millisecond))
	fmt.Printf("\nMemory of the server under this load: %.0f MB.\n", peak)
	return nil
}

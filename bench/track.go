package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// track measures single events: new and returning visitors, each beside the bare server, in turns.
func track(ctx context.Context, s settings) error {
	bare, err := startBare(ctx)
	if err != nil {
		return err
	}
	defer bare.stop()
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	rest := ours.memory()
	sessions := make([]string, 20_000)
	for i := range sessions {
		sessions[i] = uuid.NewString()
	}
	known := returning(sessions)
	warm := func(worker, n int) []byte { return known(worker, n) }
	closedLoop(ctx, ours.url+"/track", s.connections, s.duration/2, warm)

	fmt.Printf("\n| single event, %d connections | requests/s | of the limit | p50 | p99 | max | failed | server CPU per request |\n|---|---|---|---|---|---|---|---|\n", s.connections)
	for _, kind := range []struct {
		name string
		body maker
	}{{"new visitors", newVisitors}, {"returning visitors", known}} {
		limit := closedLoop(ctx, bare.url, s.connections, s.duration, kind.body)
		before := ours.cpu()
		got := closedLoop(ctx, ours.url+"/track", s.connections, s.duration, kind.body)
		used := (ours.cpu() - before) / float64(max(1, got.requests)) * 1e6
		row("bare server, "+kind.name, limit, limit, "")
		row("tracardi, "+kind.name, got, limit, fmt.Sprintf("%.0f µs", used))
		perSecond := s.rate
		if perSecond == 0 {
			perSecond = int(got.rate() / 2)
		}
		open := openLoop(ctx, ours.url+"/track", perSecond, s.duration, kind.body)
		row(fmt.Sprintf("tracardi, %s, open loop at %d/s", kind.name, perSecond), open, limit, "")
	}
	fmt.Printf("\nMemory of the server: %.0f MB at rest, %.0f MB after the load.\n", rest, ours.memory())
	return nil
}

func row(name string, r, limit result, extra string) {
	fmt.Printf("| %s | %.0f | %.3f | %.1f ms | %.1f ms | %.1f ms | %d %s | %s |\n", name, r.rate(), r.rate()/limit.rate(),
		float64(r.quantile(50).Microseconds())/1000, float64(r.quantile(99).Microseconds())/1000, float64(r.latencies.Max())/1000, r.failed, r.firstFail, extra)
}

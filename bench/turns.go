package main

import (
	"context"
	"time"
)

// kind is one of the kinds of requests that are measured in turns.
type kind struct {
	name string
	to   *server
	body maker
}

// measured is what all turns of a kind gave.
type measured struct {
	kind
	requests int64
	elapsed  time.Duration
	cpu      float64 // seconds of the server
}

func (m measured) rate() float64 { return float64(m.requests) / m.elapsed.Seconds() }

// cost is the processor time of a request in microseconds.
func (m measured) cost() float64 { return m.cpu / float64(max(1, m.requests)) * 1e6 }

// inTurns sends requests of some kinds, one kind after the other and from the first again, so that what neighbours on the machine do
// meets all of them alike. The first round only warms up.
func inTurns(ctx context.Context, connections int, d time.Duration, kinds ...kind) ([]measured, error) {
	const rounds = 6
	sums := make([]measured, len(kinds))
	for i, k := range kinds {
		sums[i].kind = k
	}
	for round := range rounds + 1 {
		for i, k := range kinds {
			before := k.to.cpu()
			got := closedLoop(ctx, k.to.url+"/track", connections, d/rounds, k.body)
			if err := got.err(); err != nil {
				return nil, err
			}
			if round == 0 {
				continue
			}
			sums[i].cpu += k.to.cpu() - before
			sums[i].requests += got.requests
			sums[i].elapsed += got.elapsed
		}
	}
	return sums, ctx.Err()
}

package main

import (
	"context"
	"errors"
	"fmt"
)

// before measures an older program and this one with embedded storage, in turns.
func before(ctx context.Context, s settings) error {
	if s.before == "" {
		return errors.New("name the older program: -before /tmp/tracardi-of-then")
	}
	mix, sessions := newBatchMix(400), newSessions(2000)
	older := s
	older.binary = s.before
	fmt.Printf("\n| in turns | older, requests/s | this one | times the older | processor time of a request, older | this one | times the older |\n|---|---|---|---|---|---|---|\n")
	for _, load := range []struct {
		name        string
		connections int
		body        maker
	}{
		{"new visitors", s.connections, newVisitors},
		{"returning visitors", s.connections, returning(sessions)},
		{"batches of 100 to 200 events", 16, func(worker, n int) []byte { return mix.bodies[(worker*31+n)%len(mix.bodies)] }},
	} {
		got, err := bothInTurns(ctx, older, s, load.connections, load.body)
		if err != nil {
			return err
		}
		then, now := got[0], got[1]
		fmt.Printf("| %s | %.0f | %.0f | %.2f | %.0f µs | %.0f µs | %.2f |\n", load.name, then.rate(), now.rate(), now.rate()/then.rate(), then.cost(), now.cost(), now.cost()/then.cost())
	}
	return nil
}

// bothInTurns measures two programs on fresh folders.
func bothInTurns(ctx context.Context, older, s settings, connections int, body maker) ([]measured, error) {
	var kinds []kind
	for _, each := range []settings{older, s} {
		server, err := startServer(ctx, each)
		if err != nil {
			return nil, err
		}
		defer server.stop()
		kinds = append(kinds, kind{each.binary, server, body})
	}
	return inTurns(ctx, connections, s.duration, kinds...)
}

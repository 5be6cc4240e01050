package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// hot measures all requests on one profile: their order is kept, so nothing runs beside another.
func hot(ctx context.Context, s settings) error {
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
	session := uuid.NewString()
	limit := closedLoop(ctx, bare.url, s.connections, s.duration, oneVisitor(session))
	got := closedLoop(ctx, ours.url+"/track", s.connections, s.duration, oneVisitor(session))
	fmt.Printf("\n| one profile, %d connections | requests/s | of the limit | p50 | p99 | max | failed | |\n|---|---|---|---|---|---|---|---|\n", s.connections)
	row("bare server", limit, limit, "")
	row("tracardi", got, limit, "")
	stored, err := ours.total("events", `session.id = "`+session+`" AND type = "page-view"`)
	if err != nil {
		return err
	}
	fmt.Printf("\nAcknowledged %d events, stored %d.\n", got.requests, stored)
	if stored < got.requests {
		return fmt.Errorf("%d acknowledged events are missing", got.requests-stored)
	}
	return nil
}

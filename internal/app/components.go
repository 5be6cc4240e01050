package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// component is a part of the running program.
type component struct {
	name string
	// run works until ctx ends and returns when its goroutines are gone and what it had begun is finished. An earlier return
	// with an error stops the program.
	run func(ctx context.Context) error
}

// runAll starts components in order. When ctx ends, or one of them fails, it stops them in reverse order, each only after those
// that may need it are gone.
func runAll(ctx context.Context, log *slog.Logger, components []component) error {
	type running struct {
		name string
		stop context.CancelFunc
		done chan error // holds the result when the component has ended
	}
	var started []running
	failed := make(chan struct{}, len(components))
	for _, c := range components {
		own, stop := context.WithCancel(context.WithoutCancel(ctx))
		done := make(chan error, 1)
		go func() {
			err := c.run(own)
			done <- err
			if err != nil {
				failed <- struct{}{}
			}
		}()
		started = append(started, running{c.name, stop, done})
	}
	select {
	case <-ctx.Done():
	case <-failed:
	}
	var errs []error
	for _, r := range slices.Backward(started) {
		r.stop()
		if err := <-r.done; err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.name, err))
		}
		log.Debug("stopped", "component", r.name)
	}
	return errors.Join(errs...)
}

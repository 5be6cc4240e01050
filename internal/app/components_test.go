package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tape notes what happens, in order.
type tape struct {
	mu    sync.Mutex
	lines []string
}

func (t *tape) note(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestComponentsStopInReverseOrder(t *testing.T) {
	var notes tape
	var up sync.WaitGroup
	part := func(name string) component {
		up.Add(1)
		return component{name, func(ctx context.Context) error {
			up.Done()
			<-ctx.Done()
			notes.note(name)
			return nil
		}}
	}
	ctx, cancel := context.WithCancel(t.Context())
	components := []component{part("stores"), part("worker"), part("http")}
	go func() { up.Wait(); cancel() }()
	if err := runAll(ctx, quiet(), components); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"http", "worker", "stores"}, notes.lines); diff != "" {
		t.Error(diff)
	}
}

func TestFailureStopsTheOthers(t *testing.T) {
	broken := errors.New("broken")
	var notes tape
	err := runAll(t.Context(), quiet(), []component{
		{"patient", func(ctx context.Context) error { <-ctx.Done(); notes.note("patient"); return nil }},
		{"weak", func(context.Context) error { return broken }},
		{"clumsy", func(ctx context.Context) error { <-ctx.Done(); return errors.New("fell while stopping") }},
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "weak: broken") || !strings.Contains(err.Error(), "clumsy: fell") {
		t.Errorf("got %v", err)
	}
	if len(notes.lines) != 1 {
		t.Error("the healthy component was not stopped")
	}
}

func TestComponentThatIsDoneEarlyStopsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := runAll(ctx, quiet(), []component{
		{"quick", func(context.Context) error { return nil }},
		{"slow", func(ctx context.Context) error {
			cancel()
			<-ctx.Done()
			return nil
		}},
	})
	if err != nil {
		t.Error(err)
	}
}

package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/vitals"
	"github.com/tracardi/tracardi-go/storage"
)

func (c *client) health() (h api.Health) {
	c.t.Helper()
	c.send("GET", "/health", "").wants(http.StatusOK).read(&h)
	return h
}

// kinds are the problems in short.
func kinds(h api.Health) (list []string) {
	for _, p := range h.Problems {
		list = append(list, strings.TrimSpace(p.Level+" "+p.Kind+" "+p.Subject))
	}
	return list
}

// worker is a process beside that lives until stop.
func (h *house) worker() (stop func()) {
	m := vitals.New(vitals.Options{
		ID: "worker", Roles: []string{"worker"}, Cache: h.cache, Beat: time.Millisecond,
		Counts: func() vitals.Counts { return vitals.Counts{} }, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	return func() {
		cancel()
		h.must(<-done)
	}
}

// until asks for the health until it is as it should be.
func (c *client) until(what string, holds func(api.Health) bool) api.Health {
	c.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(time.Minute); ; {
		h := c.health()
		if holds(h) {
			return h
		}
		select {
		case <-deadline:
			c.t.Fatalf("waited in vain for %s: %+v", what, h)
		case <-tick.C:
		}
	}
}

func TestHealth(t *testing.T) {
	h := web(t)
	c := h.as(auth.Viewer)
	got := c.health()
	if diff := cmp.Diff([]string{"error no_worker"}, kinds(got)); diff != "" || got.Status != "error" {
		t.Errorf("%s: %s", got.Status, diff)
	}
	if len(got.Minutes) != 60 || got.Rate != (api.Rate{}) || len(got.Processes) != 1 || got.Processes[0].ID != "this" {
		t.Errorf("got %+v", got)
	}
	stop := h.worker()
	got = c.until("the worker", func(h api.Health) bool { return len(h.Processes) == 2 })
	if got.Status != "ok" || len(got.Problems) != 0 {
		t.Errorf("got %+v", got.Problems)
	}
	for range 30 {
		h.track(`{"source":{"id":"web"},"session":{"id":"s"},"events":[{"type":"a"},{"type":"b"}]}`)
	}
	got = c.health()
	if sum := got.Minutes[58].Events + got.Minutes[59].Events; sum != 60 || got.Rate.Events <= 0 || got.Rate.P95 < 2.5 || got.Rate.P95 > 5 || got.Rate.Refused != 0 {
		t.Errorf("%d events are counted, %+v", sum, got.Rate)
	}
	stop()
	c.until("the worker's end", func(h api.Health) bool { return slices.Contains(kinds(h), "error no_worker") })
}

func TestHealthProblems(t *testing.T) {
	h := web(t)
	defer h.worker()()
	c := h.as(auth.Viewer)
	c.until("the worker", func(h api.Health) bool { return len(h.Problems) == 0 })
	h.stores = []api.StoreState{{Name: "records", Ready: true, Milliseconds: 1}, {Name: "cache", Reason: "gives no answer"}}
	h.free = 5 << 20
	h.must(h.store.Queue().Publish(t.Context(), tenant, storage.Message{Topic: topic, ID: "bad", Body: []byte("x")}))
	ctx, cancel := context.WithCancel(t.Context())
	h.must(h.store.Queue().Consume(ctx, topic, storage.Consume{}, func(context.Context, *storage.Lease) storage.Verdict {
		cancel()
		return storage.Dead("cannot be done")
	}))
	mux := http.NewServeMux()
	h.collector.Routes(mux)
	for range 20 {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "POST", "http://cdp.example/track", strings.NewReader("{")))
	}
	got := c.health()
	want := []string{"error store cache", "warning dead_letters " + topic, "warning disk", "warning refusals"}
	if diff := cmp.Diff(want, kinds(got)); diff != "" || got.Status != "error" {
		t.Errorf("%s: %s", got.Status, diff)
	}
	if text := got.Problems[2].Message; !strings.Contains(text, "Only 5 MB") || got.Problems[2].Number != 5 {
		t.Errorf("got %q", text)
	}
	if got.Rate.Refused != 1 {
		t.Errorf("got %+v", got.Rate)
	}
}

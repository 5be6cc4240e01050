package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
)

// big fills a store and measures what a full one costs: the rate beside the empty store's, first pages, totals, conditions,
// and how long an accepted event takes to be visible.
func big(ctx context.Context, s settings) error {
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	empty := closedLoop(ctx, ours.url+"/track", s.connections, s.duration, newVisitors)
	mix := newBatchMix(400)
	fmt.Printf("\nFilling the store with %d events …\n", s.events)
	for started := time.Now(); ctx.Err() == nil; {
		closedLoop(ctx, ours.url+"/track", 16, 20*time.Second, func(worker, n int) []byte { return mix.bodies[(worker*31+n)%len(mix.bodies)] })
		total, err := ours.total("events", "")
		if err != nil {
			return err
		}
		if total >= int64(s.events) {
			fmt.Printf("\n%d events after %v, memory %.0f MB.\n", total, time.Since(started).Round(time.Second), ours.memory())
			break
		}
	}
	full := closedLoop(ctx, ours.url+"/track", s.connections, s.duration, newVisitors)
	fmt.Printf("\n| new visitors | requests/s | of the empty store | p99 |\n|---|---|---|---|\n")
	fmt.Printf("| empty store | %.0f | 1.000 | %v |\n| full store | %.0f | %.3f | %v |\n", empty.rate(), empty.quantile(99), full.rate(), full.rate()/empty.rate(), full.quantile(99))
	return queries(ctx, ours)
}

func queries(ctx context.Context, ours *server) error {
	condition := url.QueryEscape(`properties.category = "Category 3" AND properties.price > 500`)
	fmt.Printf("\n| question | wanted | median of 5 | slowest |\n|---|---|---|---|\n")
	for _, q := range []struct{ name, wanted, path string }{
		{"first page of events", "100 ms", "/api/v1/events?limit=50&total=false"},
		{"total", "100 ms", "/api/v1/events/count"},
		{"histogram", "100 ms", "/api/v1/events/histogram?interval=hour"},
		{"top types", "100 ms", "/api/v1/events/top/type"},
		{"two conditions on properties, first rows", "300 ms", "/api/v1/events?limit=50&total=false&q=" + condition},
		{"two conditions, exact total", "1.5 s", "/api/v1/events/count?q=" + condition},
		{"two conditions, histogram", "1.5 s", "/api/v1/events/histogram?interval=hour&q=" + condition},
	} {
		var times []time.Duration
		for range 5 {
			started := time.Now()
			if err := ours.call(http.MethodGet, q.path, nil, &json.RawMessage{}); err != nil {
				return err
			}
			times = append(times, time.Since(started))
		}
		slices.Sort(times)
		fmt.Printf("| %s | %s | %v | %v |\n", q.name, q.wanted, times[2].Round(100*time.Microsecond), times[4].Round(100*time.Microsecond))
	}
	return visible(ctx, ours)
}

// visible measures the time from an event's acceptance to its appearance in a search.
func visible(ctx context.Context, ours *server) error {
	client := newClient(1)
	var times []time.Duration
	for range 200 {
		session := uuid.NewString()
		if err := post(client, ours.url+"/track", fmt.Appendf(nil, pageView, session, "null")); err != nil {
			return err
		}
		accepted := time.Now()
		for ctx.Err() == nil {
			total, err := ours.total("events", `session.id = "`+session+`"`)
			if err != nil {
				return err
			}
			if total > 0 {
				break
			}
		}
		times = append(times, time.Since(accepted))
	}
	slices.Sort(times)
	fmt.Printf("| accepted to visible in a search, p99 of 200 | 50 ms | %v (median) | %v (p99) |\n", times[100].Round(100*time.Microsecond), times[198].Round(100*time.Microsecond))
	return nil
}

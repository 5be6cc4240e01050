package vitals_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/vitals"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

func newCache(t *testing.T) storage.Cache {
	cache := memory.NewCache(1 << 20)
	t.Cleanup(func() {
		if err := cache.Close(); err != nil {
			t.Error(err)
		}
	})
	return cache
}

// clock is a time that the test sets.
type clock struct{ atomic.Pointer[time.Time] }

func (c *clock) set(t time.Time) { c.Store(&t) }
func (c *clock) now() time.Time  { return *c.Load() }

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// living is a process that gives signs of life.
type living struct {
	*vitals.Monitor
	counts vitals.Counts
	stop   func()
}

func live(t *testing.T, id string, cache storage.Cache, now func() time.Time) *living {
	t.Helper()
	l := &living{}
	l.Monitor = vitals.New(vitals.Options{
		ID: id, Roles: []string{"worker"}, Version: "1", Cache: cache, Counts: func() vitals.Counts { return l.counts },
		Log: slog.New(slog.DiscardHandler), Beat: time.Millisecond, Now: now,
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	l.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		done <- nil
	}
	t.Cleanup(l.stop)
	return l
}

// sees waits until a monitor lists that many processes.
func sees(t *testing.T, m *vitals.Monitor, want int) (ids []string) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(time.Minute); ; {
		all, err := m.Processes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == want {
			for _, p := range all {
				ids = append(ids, p.ID)
			}
			return ids
		}
		select {
		case <-deadline:
			t.Fatalf("%d processes are seen, want %d", len(all), want)
		case <-tick.C:
		}
	}
}

func TestProcessesSeeEachOther(t *testing.T) {
	cache := newCache(t)
	first := live(t, "b", cache, nil)
	if diff := cmp.Diff([]string{"b"}, sees(t, first.Monitor, 1)); diff != "" {
		t.Error(diff)
	}
	var others []*living
	for i := range 30 { // more than would find places of their own by chance
		others = append(others, live(t, fmt.Sprintf("a%02d", i), cache, nil))
	}
	if ids := sees(t, first.Monitor, 31); ids[0] != "b" || ids[1] != "a00" || ids[30] != "a29" {
		t.Errorf("got %v", ids)
	}
	for _, other := range others {
		other.stop()
	}
	sees(t, first.Monitor, 1)
}

func TestProcessThatDiedIsNotSeen(t *testing.T) {
	cache := newCache(t)
	var then, now clock
	then.set(noon)
	now.set(noon.Add(15 * time.Second))
	live(t, "silent", cache, then.now)
	alive := live(t, "alive", cache, now.now)
	sees(t, alive.Monitor, 2)
	now.set(noon.Add(16 * time.Second))
	sees(t, alive.Monitor, 1)
}

func TestMinutes(t *testing.T) {
	var now clock
	now.set(noon)
	counts := vitals.Counts{}
	m := vitals.New(vitals.Options{ID: "a", Cache: newCache(t), Counts: func() vitals.Counts { return counts }, Now: now.now})
	minutes := func() []vitals.Minute {
		t.Helper()
		all, err := m.Processes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Minutes
	}
	if got := minutes(); len(got) != 0 {
		t.Errorf("a quiet minute is listed: %v", got)
	}
	counts = vitals.Counts{Payloads: 2, Events: 5}
	m.Observe(time.Millisecond)
	minutes()
	counts = vitals.Counts{Payloads: 3, Events: 6, Failed: 1}
	m.Observe(20 * time.Second)
	now.set(noon.Add(59 * time.Second))
	minutes()
	now.set(noon.Add(10 * time.Minute))
	counts.Refused = 4
	took := func(at ...int) []int64 {
		list := make([]int64, len(vitals.Bounds)+1)
		for _, i := range at {
			list[i]++
		}
		return list
	}
	want := []vitals.Minute{
		{Time: noon, Counts: vitals.Counts{Payloads: 3, Events: 6, Failed: 1}, Took: took(1, len(vitals.Bounds))},
		{Time: noon.Add(10 * time.Minute), Counts: vitals.Counts{Refused: 4}, Took: took()},
	}
	if diff := cmp.Diff(want, minutes()); diff != "" {
		t.Error(diff)
	}
	now.set(noon.Add(61 * time.Minute))
	if diff := cmp.Diff(want[1:], minutes()); diff != "" {
		t.Errorf("after an hour: %s", diff)
	}
}

func TestQuantile(t *testing.T) {
	f := func(share, want float64, took ...int64) {
		t.Helper()
		m := vitals.Minute{Took: append(took, make([]int64, len(vitals.Bounds)+1-len(took))...)}
		if got := m.Quantile(share); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v of %v: got %v, want %v", share, took, got, want)
		}
	}
	f(.95, 0)
	f(.5, .00025, 10)
	f(.95, .0005*.95, 100)
	f(.95, .0005+.0005*.5, 90, 10)
	f(1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)
}

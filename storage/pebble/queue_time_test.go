package pebble_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/storage"
)

// clock is a clock that tests turn.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

func (c *clock) turn(d time.Duration) { c.offset.Add(int64(d)) }

func TestManyDelayed(t *testing.T) {
	q, c := openQueue(t), &clock{}
	q.store.SetClock(c.now)
	const n = 100_000
	start := c.now()
	msgs := make([]storage.Message, 0, 10_000)
	for i := range n {
		msgs = append(msgs, storage.Message{Topic: work, ID: strconv.Itoa(i), Due: start.Add(time.Duration(1+i*7919%n) * time.Hour)})
		if len(msgs) == cap(msgs) {
			check(t, q.Publish(t.Context(), "acme", msgs...))
			msgs = msgs[:0]
		}
	}
	wantDepth(t, q, "acme", storage.Depth{Delayed: n})
	got := make(chan storage.Lease, 100)
	consume(t, q, 2, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		got <- *lease
		return storage.Done()
	})
	want := func(ids ...string) {
		t.Helper()
		for range ids {
			select {
			case lease := <-got:
				if !slices.Contains(ids, lease.Message.ID) {
					t.Errorf("got message %s, due in %v, want one of %v", lease.Message.ID, lease.Message.Due.Sub(c.now()), ids)
				}
			case <-time.After(patience):
				t.Fatal("no message came")
			}
		}
	}
	publish := func(id string, due time.Duration) {
		t.Helper()
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: id, Due: c.now().Add(due)}))
	}
	publish("soon", 30*time.Millisecond)
	want("soon")
	publish("now", 0)
	want("now")

	// i*7919 mod n is 0, 1 and 2 for these.
	c.turn(3*time.Hour + 30*time.Minute) // which leaves a slow machine half an hour
	publish("wake up", 0)
	want("0", "wake up", strconv.Itoa(inverse(1, n)), strconv.Itoa(inverse(2, n)))
	eventually(t, "they are settled", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d.Ready == 0 })
	wantDepth(t, q, "acme", storage.Depth{Delayed: n - 3})
	select {
	case lease := <-got:
		t.Errorf("got message %s before it is due", lease.Message.ID)
	default:
	}
}

// inverse returns the i for which i*7919 mod n is k.
func inverse(k, n int) int {
	for i := range n {
		if i*7919%n == k {
			return i
		}
	}
	return -1
}

func TestDepthFollowsTheClock(t *testing.T) {
	q, c := openQueue(t), &clock{}
	q.store.SetClock(c.now)
	for i := range 10 {
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: strconv.Itoa(i), Due: c.now().Add(time.Duration(i+1) * time.Hour)}))
	}
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "k", Key: "k"}, storage.Message{Topic: work, ID: "behind", Key: "k"}))
	wantDepth(t, q, "acme", storage.Depth{Ready: 2, Delayed: 10})
	c.turn(3*time.Hour + time.Minute)
	wantDepth(t, q, "acme", storage.Depth{Ready: 5, Delayed: 7})

	// A key waits as long as its first message does, and another day goes by in the next process.
	tried := make(chan string, 10)
	stop := consume(t, q, 1, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		tried <- lease.Message.ID
		return storage.Again(24 * time.Hour)
	})
	for range 4 {
		<-tried
	}
	stop()
	wantDepth(t, q, "acme", storage.Depth{Ready: 1, Delayed: 11})
	after := crash(t, q)
	after.store.SetClock(c.now)
	c.turn(48 * time.Hour)
	wantDepth(t, after, "acme", storage.Depth{Ready: 12})
	var mu sync.Mutex
	var order []string
	consume(t, after, 3, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		mu.Lock()
		defer mu.Unlock()
		if lease.Message.Key == "k" {
			order = append(order, lease.Message.ID)
		}
		return storage.Done()
	})
	eventually(t, "all are handled", func() bool { d, err := after.Depth(t.Context(), "acme", work); return err == nil && d.Ready == 0 })
	wantDepth(t, after, "acme", storage.Depth{})
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"k", "behind"}, order); diff != "" {
		t.Errorf("messages of the key (-want +got):\n%s", diff)
	}
}

func TestClockIsSetBack(t *testing.T) {
	q, c := openQueue(t), &clock{}
	q.store.SetClock(c.now)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "a", Due: c.now().Add(time.Hour)}))
	got := make(chan string, 2)
	consume(t, q, 1, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		got <- lease.Message.ID
		return storage.Done()
	})
	c.turn(2 * time.Hour)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "b", Due: c.now().Add(time.Millisecond)}))
	if first, second := <-got, <-got; first != "a" || second != "b" {
		t.Errorf("got %s and %s, want a and b", first, second)
	}
	c.turn(-2 * time.Hour)
	wantDepth(t, q, "acme", storage.Depth{})
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "c", Due: c.now().Add(20 * time.Millisecond)}))
	if id := <-got; id != "c" {
		t.Errorf("got %s, want c", id)
	}
	eventually(t, "it is settled", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d == storage.Depth{} })
}

// What was read is handed out once, also when messages arrive that are due before it.
func TestEarlierMessagesComeLater(t *testing.T) {
	q, c := openQueue(t), &clock{}
	q.store.SetClock(c.now)
	due := c.now().Add(time.Hour)
	for i := range 5 {
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "held", Key: strconv.Itoa(i / 3), Due: due}))
	}
	for range 4 {
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "read", Due: due}))
	}
	var mu sync.Mutex
	counts := map[string]int{}
	count := func(id string, want int) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return counts[id] == want
		}
	}
	release := map[string]chan struct{}{"held": make(chan struct{}), "read": make(chan struct{})}
	consume(t, q, 3, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		mu.Lock()
		counts[lease.Message.ID]++
		mu.Unlock()
		if wait := release[lease.Message.ID]; wait != nil {
			<-wait
		}
		return storage.Done()
	})
	c.turn(2 * time.Hour)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "now"}))
	eventually(t, "both keys are in hands", count("held", 2))
	eventually(t, "another one is in hands", count("read", 1))
	c.turn(-2 * time.Hour)
	for range 40 { // more than are read at once
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "earlier", Due: c.now().Add(time.Minute)}))
	}
	c.turn(2 * time.Hour)
	close(release["read"])
	eventually(t, "the earlier ones are handled", count("earlier", 40))
	eventually(t, "those without a key are handled", count("read", 4))
	close(release["held"])
	eventually(t, "nothing waits", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d == storage.Depth{} })
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(map[string]int{"held": 5, "read": 4, "earlier": 40, "now": 1}, counts); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

// After a crash a key still waits for its first message, which still waits for its time. A message that was delayed has its
// turn where it was published.
func TestRetriesWaitAfterCrash(t *testing.T) {
	q, c := openQueue(t), &clock{}
	q.store.SetClock(c.now)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "retried", Key: "a"}, storage.Message{Topic: work, ID: "behind", Key: "a"},
		storage.Message{Topic: work, ID: "first", Key: "b"}, storage.Message{Topic: work, ID: "delayed", Key: "b", Due: c.now().Add(time.Hour)}))
	c.turn(2 * time.Hour)
	var mu sync.Mutex
	var order []string
	handler := func(answer func(id string) storage.Verdict) storage.Handler {
		return func(_ context.Context, lease *storage.Lease) storage.Verdict {
			mu.Lock()
			order = append(order, lease.Message.ID)
			mu.Unlock()
			return answer(lease.Message.ID)
		}
	}
	handled := func(want ...string) {
		t.Helper()
		eventually(t, fmt.Sprint("handled are ", want), func() bool { mu.Lock(); defer mu.Unlock(); return len(order) >= len(want) })
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(order)
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		order = nil
	}
	stop := consume(t, q, 1, handler(func(string) storage.Verdict { return storage.Again(time.Hour) }))
	handled("delayed", "retried")
	stop()
	q = crash(t, q)
	q.store.SetClock(c.now)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "last"}))
	gate := make(chan struct{})
	consume(t, q, 2, handler(func(id string) storage.Verdict {
		if id == "first" {
			<-gate
		}
		return storage.Done()
	}))
	handled("first", "last") // so that the one behind the first was read
	close(gate)
	eventually(t, "two wait for their time", func() bool {
		d, err := q.Depth(t.Context(), "acme", work)
		return err == nil && d.Delayed == 2 && d.Ready == 1
	})
	c.turn(90 * time.Minute)
	check(t, q.Publish(t.Context(), "other", storage.Message{Topic: work, ID: "wakes"}))
	eventually(t, "all are handled", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 4 })
	mu.Lock()
	defer mu.Unlock()
	order = slices.DeleteFunc(order, func(id string) bool { return id == "wakes" || id == "delayed" })
	if diff := cmp.Diff([]string{"retried", "behind"}, order); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
}

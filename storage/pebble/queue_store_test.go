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

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	patience = 30 * time.Second
	work     = "work"
)

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("after %v still not: %s", patience, what)
		}
		<-time.After(time.Millisecond)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantDepth(t *testing.T, q storage.Queue, tenant string, want storage.Depth) {
	t.Helper()
	got, err := q.Depth(t.Context(), tenant, work)
	check(t, err)
	want.Oldest = got.Oldest
	if got != want || got.Oldest.IsZero() != (got.Ready == 0) {
		t.Errorf("got depth %+v, want %+v", got, want)
	}
}

// consume handles the messages of a topic until the function it returns is called.
func consume(t *testing.T, q storage.Queue, workers int, h storage.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.Consume(ctx, work, storage.Consume{Workers: workers}, h) }()
	stop = sync.OnceFunc(func() {
		cancel()
		check(t, <-done)
	})
	t.Cleanup(stop)
	return stop
}

// receive hands one message out and leaves it to the test to answer.
func receive(t *testing.T, q storage.Queue) (lease *storage.Lease, answer func(storage.Verdict)) {
	t.Helper()
	leases, verdicts := make(chan *storage.Lease), make(chan storage.Verdict)
	stop := consume(t, q, 1, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		select {
		case leases <- lease:
		case <-ctx.Done():
			return storage.Again(time.Millisecond)
		}
		select {
		case v := <-verdicts:
			return v
		case <-ctx.Done():
			return storage.Again(time.Millisecond)
		}
	})
	select {
	case lease = <-leases:
	case <-time.After(patience):
		t.Fatal("no message came")
	}
	return lease, func(v storage.Verdict) {
		verdicts <- v
		stop()
	}
}

func event(id string) storage.Write {
	return storage.Write{Collection: storage.Events, Doc: storage.Doc{ID: id, Time: time.Now(), Body: []byte(`{"id":"` + id + `"}`), Unique: true}}
}

func stored(t *testing.T, q *queueStore, id string) bool {
	t.Helper()
	docs, err := q.store.Read(t.Context(), "acme", storage.Events, []string{id})
	check(t, err)
	return docs[0].Body != nil
}

func wantConflict(t *testing.T, err error) {
	t.Helper()
	if tracardi.KindOf(err) != tracardi.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
}

func TestChangeSetAcknowledges(t *testing.T) {
	q := openQueue(t, t.TempDir())
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "a"}))
	lease, answer := receive(t, q)
	commit := func(id string) error {
		return q.store.Commit(&storage.ChangeSet{Tenant: "acme", Writes: []storage.Write{event(id)}, Done: lease,
			Publish: []storage.Message{{Topic: "out", ID: id}}}).Wait(t.Context())
	}
	check(t, commit("first"))
	wantConflict(t, commit("second"))
	answer(storage.Committed())
	wantConflict(t, commit("third"))
	for _, q := range []*queueStore{q, crash(t, q)} {
		wantDepth(t, q, "acme", storage.Depth{})
		if !stored(t, q, "first") || stored(t, q, "second") || stored(t, q, "third") {
			t.Error("the first change set is to be stored, and no other")
		}
		if out, err := q.Depth(t.Context(), "acme", "out"); err != nil || out.Ready != 1 {
			t.Errorf("got %+v and %v in the next topic, want one message", out, err)
		}
	}
}

func TestLostLeaseConflicts(t *testing.T) {
	q := openQueue(t, t.TempDir())
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "a", Key: "k"}))
	lost, answer := receive(t, q)
	answer(storage.Again(time.Millisecond))
	foreign := &storage.Lease{Tenant: "acme", Message: lost.Message, Token: []byte("another engine's")}
	next, answer := receive(t, q)
	for _, lease := range []*storage.Lease{lost, foreign} {
		wantConflict(t, q.store.Commit(&storage.ChangeSet{Tenant: "acme", Writes: []storage.Write{event("a")}, Done: lease}).Wait(t.Context()))
	}
	if stored(t, q, "a") {
		t.Error("a change set was stored although its message was lost")
	}
	check(t, q.store.Commit(&storage.ChangeSet{Tenant: "acme", Writes: []storage.Write{event("a")}, Done: next}).Wait(t.Context()))
	answer(storage.Again(time.Hour)) // too late: it is done
	wantDepth(t, q, "acme", storage.Depth{})
}

// A handler may answer before its change set is stored.
func TestCommittedBeforeStored(t *testing.T) {
	q := openQueue(t, t.TempDir())
	const n = 500
	for i := range n {
		check(t, q.store.Commit(&storage.ChangeSet{Tenant: "acme", Publish: []storage.Message{
			{Topic: work, ID: strconv.Itoa(i), Key: strconv.Itoa(i % 7), Due: time.Now().Add(time.Duration(i%3) * time.Millisecond)},
		}}).Wait(t.Context()))
	}
	var tickets sync.Map
	var deliveries atomic.Int64
	stop := consume(t, q, 8, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		deliveries.Add(1)
		ticket := q.store.Commit(&storage.ChangeSet{Tenant: "acme", Writes: []storage.Write{event(lease.Message.ID)}, Done: lease})
		tickets.Store(lease.Message.ID, ticket)
		return storage.Committed()
	})
	eventually(t, "all are done", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d.Ready+d.Delayed == 0 })
	stop()
	tickets.Range(func(id, ticket any) bool {
		if err := ticket.(storage.Ticket).Wait(t.Context()); err != nil {
			t.Errorf("message %s: %v", id, err)
		}
		return true
	})
	if deliveries.Load() != n {
		t.Errorf("got %d deliveries, want %d", deliveries.Load(), n)
	}
}

// At any moment each accepted message is either waiting or done, and what it caused is there once.
func TestCrashUnderLoad(t *testing.T) {
	q := openQueue(t, t.TempDir())
	stop := consume(t, q, 4, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		err := q.store.Commit(&storage.ChangeSet{Tenant: "acme", Writes: []storage.Write{event(lease.Message.ID)}, Done: lease,
			Publish: []storage.Message{{Topic: "out", ID: lease.Message.ID}}}).Wait(ctx)
		if err != nil {
			return storage.Again(time.Millisecond)
		}
		return storage.Committed()
	})
	var mu sync.Mutex
	var accepted []string
	var publishing sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for p := range 4 {
		publishing.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				id := fmt.Sprintf("%d-%d", p, i)
				if q.Publish(ctx, "acme", storage.Message{Topic: work, ID: id, Key: strconv.Itoa(i % 5)}) == nil {
					mu.Lock()
					accepted = append(accepted, id)
					mu.Unlock()
				}
			}
		})
	}
	for round := range 3 {
		eventually(t, "more is published", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(accepted) > (round+1)*200
		})
		mu.Lock()
		before := slices.Clone(accepted)
		mu.Unlock()
		after := crash(t, q)
		done := 0
		for _, id := range before {
			if stored(t, after, id) {
				done++
			}
		}
		cancelled, err := after.Cancel(t.Context(), "acme", work, before...)
		check(t, err)
		if done+cancelled != len(before) {
			t.Errorf("%d messages were accepted, but %d are done and %d wait", len(before), done, cancelled)
		}
		total, err := after.store.Count(t.Context(), "acme", storage.Events, storage.Query{})
		check(t, err)
		if out, err := after.Depth(t.Context(), "acme", "out"); err != nil || out.Ready != total {
			t.Errorf("%d events are stored, but %d messages were published for them (%v)", total, out.Ready, err)
		}
		check(t, after.Close())
	}
	cancel()
	publishing.Wait()
	stop()
}

func TestTenantsAreServedInTurn(t *testing.T) {
	q := openQueue(t, t.TempDir())
	flood := make([]storage.Message, 20_000)
	for i := range flood {
		flood[i] = storage.Message{Topic: work, Key: strconv.Itoa(i % 100)}
	}
	check(t, q.Publish(t.Context(), "loud", flood...))
	for _, tenant := range []string{"quiet", "calm"} {
		check(t, q.Publish(t.Context(), tenant, slices.Repeat([]storage.Message{{Topic: work}}, 10)...))
	}
	var mu sync.Mutex
	var order []string
	consume(t, q, 1, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, lease.Tenant)
		return storage.Done()
	})
	eventually(t, "some are handled", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) >= 60
	})
	mu.Lock()
	defer mu.Unlock()
	for _, tenant := range []string{"quiet", "calm"} {
		n := 0
		for _, each := range order[:60] {
			if each == tenant {
				n++
			}
		}
		if n != 10 {
			t.Errorf("%d of the first 60 messages are of %s, want all 10", n, tenant)
		}
	}
}

// clock is a clock that tests turn.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

func (c *clock) turn(d time.Duration) { c.offset.Add(int64(d)) }

func TestManyDelayed(t *testing.T) {
	q, c := openQueue(t, t.TempDir()), &clock{}
	q.store.SetClock(c.now)
	const n = 100_000
	start := c.now()
	msgs := make([]storage.Message, 0, 10_000)
	for i := range n {
		msgs = append(msgs, storage.Message{Topic: work, ID: strconv.Itoa(i), Due: start.Add(time.Hour + time.Duration(i*7919%n)*time.Minute)})
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
	c.turn(time.Hour + 150*time.Second)
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
	q, c := openQueue(t, t.TempDir()), &clock{}
	q.store.SetClock(c.now)
	for i := range 10 {
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: strconv.Itoa(i), Due: c.now().Add(time.Duration(i+1) * time.Hour)}))
	}
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "k", Key: "k"}, storage.Message{Topic: work, ID: "behind", Key: "k"}))
	wantDepth(t, q, "acme", storage.Depth{Ready: 2, Delayed: 10})
	c.turn(3*time.Hour + time.Minute)
	wantDepth(t, q, "acme", storage.Depth{Ready: 5, Delayed: 7})
	n, err := q.Cancel(t.Context(), "acme", work, "1", "5", "5", "none")
	check(t, err)
	if n != 2 {
		t.Errorf("%d were cancelled, want 2", n)
	}
	wantDepth(t, q, "acme", storage.Depth{Ready: 4, Delayed: 6})

	// A key waits as long as its first message does, and another day goes by in the next process.
	tried := make(chan string, 10)
	stop := consume(t, q, 1, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		tried <- lease.Message.ID
		return storage.Again(24 * time.Hour)
	})
	for range 3 {
		<-tried
	}
	stop()
	wantDepth(t, q, "acme", storage.Depth{Ready: 1, Delayed: 9})
	after := crash(t, q)
	after.store.SetClock(c.now)
	c.turn(48 * time.Hour)
	wantDepth(t, after, "acme", storage.Depth{Ready: 10})
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

// Ids that the queue made find messages wherever they are, and equal ids find all of them.
func TestFindByID(t *testing.T) {
	q := openQueue(t, t.TempDir())
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, Key: "k"}, storage.Message{Topic: work, Key: "k", Body: []byte("2")}))
	lease, answer := receive(t, q)
	answer(storage.Dead("bad"))
	first := lease.Message.ID
	lease, answer = receive(t, q)
	second := lease.Message.ID
	if n, err := q.Cancel(t.Context(), "acme", work, second); n != 0 || err != nil {
		t.Errorf("got %d, %v for a message that is being handled", n, err)
	}
	answer(storage.Again(time.Hour))
	if n, err := q.Replay(t.Context(), "acme", work, first, first); n != 1 || err != nil {
		t.Errorf("got %d, %v, want one message replayed", n, err)
	}
	for _, q := range []*queueStore{crash(t, q), q} {
		n, err := q.Cancel(t.Context(), "acme", work, first, second)
		if n != 2 || err != nil {
			t.Errorf("got %d, %v, want two messages cancelled", n, err)
		}
		wantDepth(t, q, "acme", storage.Depth{})
	}

	twin := storage.Message{Topic: work, ID: "twin"}
	later := twin
	later.Due = time.Now().Add(time.Hour)
	check(t, q.Publish(t.Context(), "acme", twin, later, twin))
	if n, err := q.Cancel(t.Context(), "acme", work, "twin"); n != 3 || err != nil {
		t.Errorf("got %d, %v, want three messages cancelled", n, err)
	}
	wantDepth(t, q, "acme", storage.Depth{})
}

func TestDropForgetsMessages(t *testing.T) {
	q := openQueue(t, t.TempDir())
	publish := func() {
		t.Helper()
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "a", Key: "k"}, storage.Message{Topic: work, ID: "b", Key: "k"},
			storage.Message{Topic: work, ID: "c", Due: time.Now().Add(time.Hour)}))
	}
	publish()
	check(t, q.Publish(t.Context(), "other", storage.Message{Topic: work, ID: "d"}))
	_, answer := receive(t, q)
	check(t, q.store.Drop(t.Context(), "acme"))
	answer(storage.Again(time.Millisecond))
	wantDepth(t, q, "acme", storage.Depth{})
	wantDepth(t, q, "other", storage.Depth{Ready: 1})
	publish()
	for _, q := range []*queueStore{q, crash(t, q)} {
		wantDepth(t, q, "acme", storage.Depth{Ready: 2, Delayed: 1})
		var n atomic.Int64
		consume(t, q, 2, func(context.Context, *storage.Lease) storage.Verdict { n.Add(1); return storage.Done() })
		eventually(t, "all that is ready is handled", func() bool { return n.Load() == 3 })
	}
}

func TestOpenWithManyMessages(t *testing.T) {
	dir := t.TempDir()
	q := openQueue(t, dir)
	const n = 60_000
	msgs := slices.Repeat([]storage.Message{{Topic: work, Key: "k", Body: make([]byte, 200)}}, n/10)
	for range 10 {
		check(t, q.Publish(t.Context(), "acme", msgs...))
	}
	check(t, q.Close())
	q = openQueue(t, dir)
	wantDepth(t, q, "acme", storage.Depth{Ready: n})
	var handled atomic.Int64
	stop := consume(t, q, 4, func(context.Context, *storage.Lease) storage.Verdict { handled.Add(1); return storage.Done() })
	eventually(t, "some are handled", func() bool { return handled.Load() > 1000 })
	stop()
	wantDepth(t, q, "acme", storage.Depth{Ready: n - handled.Load()})
}

// A line that has read as much as it may goes on when there is room again.
func TestLimitOfWhatIsInMemory(t *testing.T) {
	q := openQueue(t, t.TempDir())
	q.store.SetLimits(3, 5)
	var msgs []storage.Message
	want := map[string][]string{}
	for i := range 60 {
		m := storage.Message{Topic: work, ID: strconv.Itoa(i), Key: strconv.Itoa(i % 20)}
		msgs = append(msgs, m)
		want[m.Key] = append(want[m.Key], m.ID+" 1", m.ID+" 2")
	}
	check(t, q.Publish(t.Context(), "acme", msgs...))
	var mu sync.Mutex
	got := map[string][]string{}
	consume(t, q, 4, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		mu.Lock()
		defer mu.Unlock()
		m := lease.Message
		got[m.Key] = append(got[m.Key], fmt.Sprint(m.ID, " ", m.Attempt))
		if m.Attempt == 1 {
			return storage.Again(5 * time.Millisecond)
		}
		return storage.Done()
	})
	eventually(t, "all are handled", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d == storage.Depth{} })
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries by key (-want +got):\n%s", diff)
	}
}

func TestClockIsSetBack(t *testing.T) {
	q, c := openQueue(t, t.TempDir()), &clock{}
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

func TestReplayKeepsTheOrderOfDying(t *testing.T) {
	q := openQueue(t, t.TempDir())
	for _, id := range []string{"c", "a", "b"} {
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: id, Key: "k"}))
	}
	for range 3 {
		_, answer := receive(t, q)
		answer(storage.Dead("bad"))
	}
	n, err := q.Replay(t.Context(), "acme", work, "b", "a", "c")
	check(t, err)
	order := []string{}
	for range n {
		lease, answer := receive(t, q)
		order = append(order, lease.Message.ID)
		answer(storage.Done())
	}
	if diff := cmp.Diff([]string{"c", "a", "b"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

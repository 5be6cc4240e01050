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
	q := openQueue(t)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "a"}))
	lease, answer := receive(t, q)
	commit := func(id string) error {
		return q.store.Commit(&storage.ChangeSet{
			Tenant: "acme", Writes: []storage.Write{event(id)}, Done: lease,
			Publish: []storage.Message{{Topic: "out", ID: id}},
		}).Wait(t.Context())
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
	q := openQueue(t)
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
	q := openQueue(t)
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
	q := openQueue(t)
	stop := consume(t, q, 4, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		err := q.store.Commit(&storage.ChangeSet{
			Tenant: "acme", Writes: []storage.Write{event(lease.Message.ID)}, Done: lease,
			Publish: []storage.Message{{Topic: "out", ID: lease.Message.ID}},
		}).Wait(ctx)
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
		waiting := drain(t, after)
		left := 0
		for _, id := range before {
			if waiting[id] {
				left++
			}
		}
		if done+left != len(before) {
			t.Errorf("%d messages were accepted, but %d are done and %d wait", len(before), done, left)
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

// drain takes out all messages that wait and returns their ids.
func drain(t *testing.T, q *queueStore) map[string]bool {
	t.Helper()
	var mu sync.Mutex
	ids := map[string]bool{}
	stop := consume(t, q, 4, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		mu.Lock()
		defer mu.Unlock()
		ids[lease.Message.ID] = true
		return storage.Done()
	})
	eventually(t, "nothing waits", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d.Ready+d.Delayed == 0 })
	stop()
	return ids
}

func TestTenantsAreServedInTurn(t *testing.T) {
	q := openQueue(t)
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

// Ids that the queue made find dead letters, also after a crash, and equal ids find all of them.
func TestFindByID(t *testing.T) {
	q := openQueue(t)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, Key: "k"}, storage.Message{Topic: work, Key: "k"}, storage.Message{Topic: work, ID: "twin"},
		storage.Message{Topic: work, ID: "twin"}, storage.Message{Topic: work, ID: "twin", Due: time.Now().Add(time.Hour)}))
	var ids []string
	for range 4 {
		lease, answer := receive(t, q)
		ids = append(ids, lease.Message.ID)
		answer(storage.Dead("bad"))
	}
	wantDepth(t, q, "acme", storage.Depth{Delayed: 1, Dead: 4})
	made := ids[slices.IndexFunc(ids, func(id string) bool { return id != "twin" })] // ids are handed out in any order
	if n, err := q.Replay(t.Context(), "acme", work, made, made); n != 1 || err != nil {
		t.Errorf("got %d, %v, want one message replayed", n, err)
	}
	for _, q := range []*queueStore{crash(t, q), q} {
		n, err := q.Replay(t.Context(), "acme", work, ids...)
		if n != 3 || err != nil {
			t.Errorf("got %d, %v, want three messages replayed", n, err)
		}
		if d, err := q.Depth(t.Context(), "acme", work); err != nil || d.Ready != 4 || d.Delayed != 1 || d.Dead != 0 {
			t.Errorf("got %+v, %v", d, err)
		}
	}
}

func TestDropForgetsMessages(t *testing.T) {
	q := openQueue(t)
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
	q := openQueue(t)
	const n = 60_000
	msgs := slices.Repeat([]storage.Message{{Topic: work, Key: "k", Body: make([]byte, 200)}}, n/10)
	for range 10 {
		check(t, q.Publish(t.Context(), "acme", msgs...))
	}
	check(t, q.Close())
	q = openQueueOn(t, q.fs)
	wantDepth(t, q, "acme", storage.Depth{Ready: n})
	var handled atomic.Int64
	stop := consume(t, q, 4, func(context.Context, *storage.Lease) storage.Verdict { handled.Add(1); return storage.Done() })
	eventually(t, "some are handled", func() bool { return handled.Load() > 1000 })
	stop()
	wantDepth(t, q, "acme", storage.Depth{Ready: n - handled.Load()})
}

// A line that has read as much as it may goes on when there is room again.
func TestLimitOfWhatIsInMemory(t *testing.T) {
	q := openQueue(t)
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

func TestReplayKeepsTheOrderOfDying(t *testing.T) {
	q := openQueue(t)
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

// A change set may be on its way when its handler asks for another delivery: one of the two counts.
func TestAgainWhileCommitting(t *testing.T) {
	q := openQueue(t)
	const n = 400
	for i := range n {
		check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: strconv.Itoa(i), Key: strconv.Itoa(i % 9)}))
	}
	var refused atomic.Int64
	var waiting sync.WaitGroup
	stop := consume(t, q, 6, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		ticket := q.store.Commit(&storage.ChangeSet{Tenant: "acme", Writes: []storage.Write{event(lease.Message.ID)}, Done: lease})
		waiting.Go(func() {
			if err := ticket.Wait(context.Background()); err != nil {
				wantConflict(t, err)
				refused.Add(1)
			}
		})
		if lease.Message.Attempt > 5 {
			return storage.Committed()
		}
		return storage.Again(time.Millisecond)
	})
	eventually(t, "all are done", func() bool { d, err := q.Depth(t.Context(), "acme", work); return err == nil && d == storage.Depth{} })
	stop()
	waiting.Wait()
	total, err := q.store.Count(t.Context(), "acme", storage.Events, storage.Query{})
	check(t, err)
	if total != n {
		t.Errorf("%d change sets were stored and %d refused, want %d stored", total, refused.Load(), n)
	}
}

// A change set that was found good but could not be staged leaves its message to the handler.
func TestVerdictAfterFailedChangeSet(t *testing.T) {
	q := openQueue(t)
	check(t, q.Publish(t.Context(), "acme", storage.Message{Topic: work, ID: "a"}))
	lease, answer := receive(t, q)
	check(t, q.store.CheckLease(lease))
	answer(storage.Again(time.Millisecond))
	lease, answer = receive(t, q)
	if lease.Message.Attempt != 2 {
		t.Errorf("got attempt %d, want 2", lease.Message.Attempt)
	}
	answer(storage.Done())
	wantDepth(t, q, "acme", storage.Depth{})
}

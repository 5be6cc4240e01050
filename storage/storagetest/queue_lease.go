package storagetest

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var queueLeaseTests = []test[storage.Queue]{
	{"attempts are counted", queueAttempts},
	{"a lease is extended while its handler runs", queueExtended},
	{"a message that nobody settles comes again", queueExpired},
	{"a message comes again after the time that was asked for", queueAgainLater},
	{"a message does not come before it is due", queueDue},
	{"messages come in the order in which they are due", queueDueOrder},
	{"a message that is due already comes at once", queueOverdue},
	{"what a consumer leaves behind is there for the next", queueLeftBehind},
}

func queueAttempts(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("k", "a"), message("", "b"))
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Message.Attempt < 5 {
			return storage.Again(time.Millisecond)
		}
		return storage.Done()
	}), "acme")
	same(t, "deliveries", got.seen("k"), []string{"a", "a#2", "a#3", "a#4", "a#5"})
	same(t, "deliveries without a key", got.seen(""), []string{"b", "b#2", "b#3", "b#4", "b#5"})
	for _, lease := range got.leases {
		if first := got.leases[0].Message; lease.Message.ID == first.ID && !lease.Message.At.Equal(first.At) {
			t.Errorf("published at %v on attempt %d, at %v before", lease.Message.At, lease.Message.Attempt, first.At)
		}
	}
}

func queueExtended(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", numbered("a", 1, 2)...)
	got := &log{t: t}
	handler := got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Message.ID == "a-01" {
			pause(4 * qs.Pace)
		}
		return storage.Done()
	})
	qs.consume(t, qs.peer(t, q), topic, storage.Consume{Workers: 2, Lease: qs.Pace}, handler)
	qs.drain(t, q, topic, storage.Consume{Workers: 2, Lease: qs.Pace}, handler, "acme")
	same(t, "deliveries", got.seen("a"), []string{"a-01", "a-02"})
}

// Committed without a change set stands for a holder that died: nobody settles the message and nobody extends its lease.
func queueExpired(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", numbered("a", 1, 3)...)
	publish(t, q, "acme", message("", "b"))
	got := &log{t: t}
	start := time.Now()
	var again time.Duration // when the first message came again
	qs.drain(t, q, topic, storage.Consume{Lease: qs.Pace}, got.handler(func(lease *storage.Lease) storage.Verdict {
		switch {
		case lease.Message.ID != "a-03" && lease.Message.Attempt == 1:
			return storage.Committed()
		case lease.Message.ID == "a-01" && lease.Message.Attempt == 2:
			again = time.Since(start)
			return storage.Committed()
		}
		return storage.Done()
	}), "acme")
	same(t, "deliveries", got.seen("a"), []string{"a-01", "a-01#2", "a-01#3", "a-02", "a-02#2", "a-03"})
	same(t, "deliveries without a key", got.seen(""), []string{"b", "b#2"})
	if again < qs.Pace/2 {
		t.Errorf("came again after %v, before the lease of %v was over", again, qs.Pace)
	}
}

func queueAgainLater(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("a", "a"), message("", "b"))
	asked := map[string]time.Time{}
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if first, repeated := asked[lease.Message.ID]; repeated {
			if took := time.Since(first); took < 2*qs.Pace*9/10 {
				t.Errorf("%s came again after %v, want %v", lease.Message.ID, took, 2*qs.Pace)
			}
			return storage.Done()
		}
		asked[lease.Message.ID] = time.Now()
		return storage.Again(2 * qs.Pace)
	}), "acme")
	same(t, "number of deliveries", got.count(), 4)
}

func queueDue(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	due := time.Now().Add(2 * qs.Pace)
	for _, key := range []string{"", "k"} {
		m := message(key, "later"+key)
		m.Due = due
		publish(t, q, "acme", m)
	}
	publish(t, q, "acme", message("other", "now"))
	never := message("never", "never")
	never.Due = time.Now().Add(long)
	publish(t, q, "acme", never)
	got := &log{t: t}
	qs.consume(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if early := time.Until(due); lease.Message.ID != "now" && early > qs.Pace/10 {
			t.Errorf("%s came %v before it was due", lease.Message.ID, early)
		}
		return storage.Done()
	}))
	qs.eventually(t, "the messages that are due were handled", func() bool { return got.count() >= 3 })
	same(t, "first message", got.all()[0], "now")
	qs.eventually(t, "only the last one waits", func() bool {
		d := depth(t, q, "acme", topic)
		return d.Ready == 0 && d.Delayed == 1
	})
	same(t, "number of deliveries", got.count(), 3)
}

func queueDueOrder(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	now := time.Now()
	for i, id := range []string{"third", "first", "fourth", "second"} {
		m := message("", id)
		m.Due = now.Add(time.Duration([]int{4, 2, 5, 3}[i]) * qs.Pace)
		publish(t, q, "acme", m)
	}
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(done), "acme")
	same(t, "deliveries", got.all(), []string{"first", "second", "third", "fourth"})
}

func queueOverdue(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	for i, due := range []time.Time{time.Now().Add(-long), time.Unix(0, 0), time.Now()} {
		m := message("k", string(rune('a'+i)))
		m.Due = due
		publish(t, q, "acme", m)
	}
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(done), "acme")
	same(t, "deliveries", got.seen("k"), []string{"a", "b", "c"})
}

func queueLeftBehind(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", numbered("a", 1, 20)...)
	for range 20 {
		publish(t, q, "acme", message("", ""))
	}
	got := &log{t: t}
	for round := 1; got.count() < 40; round++ {
		first := make(chan struct{}, 40)
		running := qs.consume(t, q, topic, storage.Consume{Workers: 2, Lease: long}, got.handler(func(*storage.Lease) storage.Verdict {
			first <- struct{}{}
			return storage.Done()
		}))
		receive(t, qs, "the next consumer gets something", first)
		qs.stop(t, running)
	}
	same(t, "deliveries", got.seen("a"), messageIDs(numbered("a", 1, 20)))
	same(t, "depth", depth(t, q, "acme", topic), storage.Depth{})
}

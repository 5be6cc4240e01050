package storagetest

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var queueCrashTests = []test[storage.Queue]{
	{"what was published survives", queueSurvives},
	{"what was leased comes again", queueSurvivesLease},
	{"delays, attempts and dead letters survive", queueSurvivesState},
}

func queueSurvives(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	const publishers, each = 8, 20
	var running sync.WaitGroup
	for p := range publishers {
		running.Go(func() {
			key := strconv.Itoa(p)
			for _, m := range numbered(key, 1, each) {
				if err := q.Publish(context.Background(), "acme", m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	q = qs.reopen(t, q)
	same(t, "ready", depth(t, q, "acme", topic).Ready, publishers*each)
	publish(t, q, "acme", numbered("0", each+1, each+1)...)
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 4}, got.handler(done), "acme")
	for p := range publishers {
		last := each
		if p == 0 {
			last++
		}
		key := strconv.Itoa(p)
		same(t, "deliveries of key "+key, got.seen(key), messageIDs(numbered(key, 1, last)))
	}
}

func queueSurvivesLease(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	for k := range 4 {
		publish(t, q, "acme", numbered(strconv.Itoa(k), 1, 3)...)
	}
	got := &log{t: t}
	running := qs.consume(t, q, topic, storage.Consume{Workers: 4, Lease: qs.Pace}, got.handler(func(*storage.Lease) storage.Verdict {
		return storage.Committed() // as if the holder had died
	}))
	qs.eventually(t, "the first of each key are leased", func() bool { return got.count() >= 4 })
	qs.stop(t, running)
	q = qs.reopen(t, q)
	same(t, "ready", depth(t, q, "acme", topic).Ready, 12)
	got = &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 4, Lease: qs.Pace}, got.handler(done), "acme")
	for k := range 4 {
		key := strconv.Itoa(k)
		same(t, "deliveries of key "+key, firsts(got.seen(key)), messageIDs(numbered(key, 1, 3)))
	}
}

func queueSurvivesState(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("dead", "dead"), message("again", "again"), message("again", "behind"))
	due := time.Now().Add(3 * qs.Pace)
	later := message("later", "later")
	later.Due = due
	publish(t, q, "acme", later)
	got := &log{t: t}
	running := qs.consume(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Message.ID == "dead" {
			return storage.Dead("bad")
		}
		return storage.Again(qs.Pace)
	}))
	qs.eventually(t, "the first ones were tried", func() bool { return got.count() >= 2 })
	qs.stop(t, running)
	q = qs.reopen(t, q)

	letters := deadLetters(t, q, "acme")
	same(t, "dead letters", fmt.Sprint(messageIDs(letters)), "[dead]")
	if len(letters) == 1 {
		same(t, "reason", letters[0].Reason, "bad")
	}
	again := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, again.handler(func(lease *storage.Lease) storage.Verdict {
		if early := time.Until(due); lease.Message.ID == "later" && early > qs.Pace/10 {
			t.Errorf("the delayed message came %v before it was due", early)
		}
		return storage.Done()
	}), "acme")
	same(t, "messages behind the repeated one", firsts(again.seen("again")), []string{"again", "behind"})
	same(t, "delayed messages", firsts(again.seen("later")), []string{"later"})
	for _, lease := range again.leases {
		if m := lease.Message; m.ID == "again" && m.Attempt < 2 {
			t.Errorf("the message that was tried before comes with attempt %d", m.Attempt)
		}
	}
}

package storagetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
)

var queueModelTests = []test[storage.Queue]{
	{"any course of calls agrees with lists", queueModel},
}

// queueState is the simplest queue: two lists. A message's body says what becomes of it: "a" for another attempt, then "d" for
// done or "x" for dead.
type queueState struct {
	topic   string // of this run: the runs share a store
	next    int    // number of the next message
	waiting []storage.Message
	dead    []storage.Message
}

func queueModel(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		m := &queueState{topic: "run" + strconv.Itoa(runs)}
		rt.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) { m.publish(t, q) },
			"replay":  func(t *rapid.T) { m.replay(t, q) },
			"consume": func(rt *rapid.T) { m.consume(rt, q, qs.Patience) },
			"":        func(t *rapid.T) { m.check(t, q) },
		})
	})
}

func (m *queueState) publish(t *rapid.T, q storage.Queue) {
	var batch []storage.Message
	for range rapid.IntRange(1, 5).Draw(t, "messages") {
		m.next++
		batch = append(batch, storage.Message{
			Topic: m.topic,
			ID:    strconv.Itoa(m.next),
			Key:   rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "key"),
			Body:  []byte(rapid.SampledFrom([]string{"d", "d", "d", "ad", "aad", "x", "ax"}).Draw(t, "fate")),
		})
	}
	m.waiting = append(m.waiting, batch...)
	publish(t, q, "acme", batch...)
}

func (m *queueState) replay(t *rapid.T, q storage.Queue) {
	var chosen []string
	if rapid.Bool().Draw(t, "by id") {
		chosen = []string{strconv.Itoa(rapid.IntRange(1, m.next+1).Draw(t, "id"))} // mostly of a message that exists or existed
	}
	var back []storage.Message
	m.dead = slices.DeleteFunc(m.dead, func(each storage.Message) bool {
		found := chosen == nil || chosen[0] == each.ID
		if found {
			back = append(back, each)
		}
		return found
	})
	m.waiting = append(m.waiting, back...)
	n, err := q.Replay(context.Background(), "acme", m.topic, chosen...)
	ok(t, err)
	same(t, "replayed", n, len(back))
}

// consume handles everything that waits and compares the order by keys.
func (m *queueState) consume(t *rapid.T, q storage.Queue, patience time.Duration) {
	var mu sync.Mutex
	got := map[string][]string{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	workers := rapid.IntRange(1, 4).Draw(t, "workers")
	go func() {
		ended <- q.Consume(ctx, m.topic, storage.Consume{Workers: workers}, func(_ context.Context, lease *storage.Lease) storage.Verdict {
			mu.Lock()
			defer mu.Unlock()
			msg := lease.Message
			got[msg.Key] = append(got[msg.Key], entry(msg.ID, msg.Attempt))
			return fate(msg.Body, msg.Attempt)
		})
	}()
	deadline := time.Now().Add(patience)
	for {
		if d := depth(t, q, "acme", m.topic); d.Ready+d.Delayed == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the queue is not empty after %v", patience)
		}
		pause(time.Millisecond)
	}
	cancel()
	ok(t, <-ended)
	want := m.handle()
	slices.Sort(got[""]) // in no order
	slices.Sort(want[""])
	same(t, "deliveries", got, want)
}

func fate(body []byte, attempt int) storage.Verdict {
	switch body[min(attempt, len(body))-1] {
	case 'a':
		return storage.Again(time.Millisecond)
	case 'x':
		return storage.Dead("fate")
	}
	return storage.Done()
}

// handle empties the list as a consumer should and returns the deliveries by key.
func (m *queueState) handle() map[string][]string {
	want := map[string][]string{}
	for _, each := range m.waiting {
		for attempt := 1; attempt <= len(each.Body); attempt++ {
			want[each.Key] = append(want[each.Key], entry(each.ID, attempt))
		}
		if strings.HasSuffix(string(each.Body), "x") {
			m.dead = append(m.dead, each)
		}
	}
	m.waiting = nil
	return want
}

func (m *queueState) check(t *rapid.T, q storage.Queue) {
	d := depth(t, q, "acme", m.topic)
	same(t, "waiting and dead", []int64{d.Ready + d.Delayed, d.Dead}, []int64{int64(len(m.waiting)), int64(len(m.dead))})
	letters, err := q.DeadLetters(context.Background(), "acme", m.topic, 1000)
	ok(t, err)
	same(t, "dead letters by key", byKey(letters), byKey(m.dead))
}

// byKey describes messages in their order within each key; those without a key in any order.
func byKey(msgs []storage.Message) map[string][]string {
	all := map[string][]string{}
	for _, each := range msgs {
		all[each.Key] = append(all[each.Key], fmt.Sprintf("%s %s", each.ID, each.Body))
	}
	slices.Sort(all[""])
	if len(all[""]) == 0 {
		delete(all, "")
	}
	return all
}

package storagetest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var queueOrderTests = []test[storage.Queue]{
	{"messages of a key come in order", queueOrder},
	{"messages of a key wait while one is delivered again", queueOrderAgain},
	{"messages of a key go on after a dead one", queueOrderDead},
	{"a message waits for the one before that is being handled", queueOrderRunning},
	{"consumers share a topic and keep the order of keys", queueOrderShared},
	{"a slow key holds up no other", queueSlowKey},
	{"messages without a key hold up nobody", queueNoKey},
	{"no more handlers run than workers are asked for", queueWorkers},
	{"messages published while the consumer waits come at once", queueWakes},
}

// numbered makes messages of a key, with ids such as key-01.
func numbered(key string, from, to int) []storage.Message {
	var msgs []storage.Message
	for i := from; i <= to; i++ {
		msgs = append(msgs, message(key, fmt.Sprintf("%s-%02d", key, i)))
	}
	return msgs
}

func queueOrder(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	const keys, each = 12, 20
	for i := 1; i <= each; i += 4 {
		for k := range keys {
			publish(t, q, "acme", numbered(strconv.Itoa(k), i, i)...)
		}
		var batch []storage.Message
		for k := range keys {
			batch = append(batch, numbered(strconv.Itoa(k), i+1, i+2)...)
			batch = append(batch, message("", ""))
		}
		publish(t, q, "acme", batch...)
		for k := range keys {
			publish(t, q, "acme", numbered(strconv.Itoa(k), i+3, i+3)...)
		}
	}
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 5}, got.handler(done), "acme")
	for k := range keys {
		key := strconv.Itoa(k)
		same(t, "messages of key "+key, got.seen(key), messageIDs(numbered(key, 1, each)))
	}
}

func queueOrderAgain(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", numbered("a", 1, 4)...)
	publish(t, q, "acme", numbered("b", 1, 3)...)
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 4}, got.handler(func(lease *storage.Lease) storage.Verdict {
		switch {
		case lease.Message.ID == "a-01" && lease.Message.Attempt < 3:
			return storage.Again(qs.Pace / 2)
		case lease.Message.ID == "a-03" && lease.Message.Attempt < 2:
			return storage.Again(time.Millisecond)
		}
		return storage.Done()
	}), "acme")
	same(t, "deliveries", got.seen("a"), []string{"a-01", "a-01#2", "a-01#3", "a-02", "a-03", "a-03#2", "a-04"})
	same(t, "deliveries of another key", got.seen("b"), []string{"b-01", "b-02", "b-03"})
	position := map[string]int{}
	for i, id := range got.all() {
		position[id] = i
	}
	if position["b-03"] > position["a-01#3"] {
		t.Error("key b waited for the repeated deliveries of key a")
	}
}

func queueOrderDead(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", numbered("a", 1, 4)...)
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 2}, got.handler(func(lease *storage.Lease) storage.Verdict {
		switch {
		case lease.Message.ID == "a-02" && lease.Message.Attempt < 2:
			return storage.Again(time.Millisecond)
		case lease.Message.ID == "a-02" || lease.Message.ID == "a-03":
			return storage.Dead("no good")
		}
		return storage.Done()
	}), "acme")
	same(t, "deliveries", got.seen("a"), []string{"a-01", "a-02", "a-02#2", "a-03", "a-04"})
}

func queueOrderRunning(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	started, finish := make(chan struct{}), make(chan struct{})
	got := &log{t: t}
	handler := got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Message.ID == "a-01" {
			close(started)
			<-finish
		}
		return storage.Done()
	})
	publish(t, q, "acme", numbered("a", 1, 1)...)
	qs.consume(t, q, topic, storage.Consume{Workers: 4}, handler)
	qs.consume(t, qs.peer(t, q), topic, storage.Consume{Workers: 4}, handler)
	receive(t, qs, "the first message is handed out", started)
	publish(t, q, "acme", numbered("a", 2, 3)...)
	publish(t, q, "acme", numbered("b", 1, 1)...)
	qs.eventually(t, "the other key is handled", func() bool { return len(got.seen("b")) == 1 })
	pause(qs.Pace)
	same(t, "messages handed out", got.seen("a"), []string{"a-01"})
	close(finish)
	qs.eventually(t, "the others are handled", func() bool { return len(got.seen("a")) == 3 })
	same(t, "messages handed out", got.seen("a"), []string{"a-01", "a-02", "a-03"})
}

func queueOrderShared(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	const keys, each = 8, 15
	got := &log{t: t}
	handler := got.handler(func(lease *storage.Lease) storage.Verdict {
		pause(time.Millisecond) // so that every consumer gets some
		return storage.Done()
	})
	for _, view := range []storage.Queue{q, q, qs.peer(t, q), qs.peer(t, q)} {
		qs.consume(t, view, topic, storage.Consume{Workers: 2}, handler)
	}
	for i := 1; i <= each; i++ {
		for k := range keys {
			publish(t, q, "acme", numbered(strconv.Itoa(k), i, i)...)
		}
	}
	qs.eventually(t, "the queue is empty", func() bool { return depth(t, q, "acme", topic).Ready == 0 })
	for k := range keys {
		key := strconv.Itoa(k)
		same(t, "messages of key "+key, firsts(got.seen(key)), messageIDs(numbered(key, 1, each)))
	}
}

func queueSlowKey(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", numbered("slow", 1, 50)...)
	for k := range 10 {
		publish(t, q, "acme", numbered(strconv.Itoa(k), 1, 5)...)
	}
	finish := make(chan struct{})
	got := &log{t: t}
	qs.consume(t, q, topic, storage.Consume{Workers: 2}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Message.Key == "slow" {
			<-finish
		}
		return storage.Done()
	}))
	qs.eventually(t, "all other keys are handled", func() bool { return got.count() == 51 })
	same(t, "messages of the slow key", got.seen("slow"), []string{"slow-01"})
	close(finish)
	qs.eventually(t, "the slow key is handled", func() bool { return depth(t, q, "acme", topic).Ready == 0 })
	same(t, "messages of the slow key", got.seen("slow"), messageIDs(numbered("slow", 1, 50)))
}

func queueNoKey(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	const workers = 6
	for range workers {
		publish(t, q, "acme", message("", ""))
	}
	var all sync.WaitGroup
	all.Add(workers)
	got := &log{t: t}
	qs.consume(t, q, topic, storage.Consume{Workers: workers}, got.handler(func(*storage.Lease) storage.Verdict {
		all.Done()
		all.Wait() // ends only when all run at once
		return storage.Done()
	}))
	qs.eventually(t, "all are handled", func() bool { return depth(t, q, "acme", topic).Ready == 0 })
}

func queueWorkers(t *testing.T, qs *queueSuite) {
	for workers, want := range map[int]int{0: 1, 1: 1, 3: 3} {
		t.Run(strconv.Itoa(workers), func(t *testing.T) {
			q := qs.open(t)
			for i := range 30 {
				publish(t, q, "acme", message(strconv.Itoa(i), strconv.Itoa(i)))
			}
			got := &log{t: t}
			qs.drain(t, q, topic, storage.Consume{Workers: workers}, got.handler(func(*storage.Lease) storage.Verdict {
				pause(2 * time.Millisecond)
				return storage.Done()
			}), "acme")
			same(t, "handlers at once", got.most, want)
		})
	}
}

func queueWakes(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	got := &log{t: t}
	qs.consume(t, qs.peer(t, q), topic, storage.Consume{Workers: 2}, got.handler(done))
	pause(qs.Pace)
	for i := range 10 {
		publish(t, q, "acme", message("k", strconv.Itoa(i)))
		start := time.Now()
		qs.eventually(t, "the message is handled", func() bool { return got.count() == i+1 })
		if took := time.Since(start); took > 10*qs.Pace {
			t.Errorf("came after %v", took)
		}
	}
}

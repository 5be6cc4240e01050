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

// Queue checks an engine for queues. open opens a fresh, empty one, which the suite closes.
func Queue(t *testing.T, open func(t *testing.T) storage.Queue, o Options[storage.Queue]) {
	run(t, open, o, queueTests, queueOrderTests, queueLeaseTests, queueDeadTests, queueCrashTests, queueTenantTests, queueModelTests)
}

type queueSuite = suite[storage.Queue]

var queueTests = []test[storage.Queue]{
	{"a message comes as it was published", queueRoundTrip},
	{"a message without an id gets one", queueIDs},
	{"publishing nothing is no error", queueNothing},
	{"messages belong to the publisher", queueOwnership},
	{"one call publishes to many topics", queueTopics},
	{"awkward names stay apart", queueAwkward},
	{"the depth counts what waits", queueDepth},
	{"nothing is lost between many publishers and consumers", queueRace},
	{"an ended context stops every method", queueContext},
	{"an ended context ends consuming", queueConsumeContext},
	{"closing twice is harmless", queueClose},
	{"closing ends consuming", queueCloseConsume},
}

const topic = "work"

func publish(t rapid.TB, q storage.Queue, tenant string, msgs ...storage.Message) {
	t.Helper()
	ok(t, q.Publish(context.Background(), tenant, msgs...))
}

// message makes a message whose body is its id.
func message(key, id string) storage.Message {
	return storage.Message{Topic: topic, ID: id, Key: key, Body: []byte(id)}
}

func depth(t rapid.TB, q storage.Queue, tenant, topic string) storage.Depth {
	t.Helper()
	d, err := q.Depth(context.Background(), tenant, topic)
	ok(t, err)
	return d
}

func deadLetters(t rapid.TB, q storage.Queue, tenant string) []storage.Message {
	t.Helper()
	letters, err := q.DeadLetters(context.Background(), tenant, topic, 1000)
	ok(t, err)
	return letters
}

func messageIDs(msgs []storage.Message) []string {
	all := make([]string, len(msgs))
	for i := range msgs {
		all[i] = msgs[i].ID
	}
	return all
}

// consumer is a running Consume.
type consumer struct {
	cancel context.CancelFunc
	done   chan error
}

// consume starts to consume a topic until the test ends or stop is called.
func (s *suite[S]) consume(t *testing.T, q storage.Queue, topic string, c storage.Consume, h storage.Handler) *consumer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	running := &consumer{cancel: cancel, done: make(chan error, 1)}
	go func() { running.done <- q.Consume(ctx, topic, c, h) }()
	t.Cleanup(cancel)
	return running
}

// stop ends a consumer and waits for it.
func (s *suite[S]) stop(t *testing.T, c *consumer) {
	t.Helper()
	c.cancel()
	if err := receive(t, s, "consuming ends with its context", c.done); err != nil {
		t.Errorf("consuming ended with %v, want nil when its context ends", err)
	}
}

// log remembers what was handed out. Its checks may run while handlers do.
type log struct {
	t       *testing.T
	mu      sync.Mutex
	leases  []storage.Lease // in the order of their starts
	running map[string]int  // by tenant and key
	now     int             // handlers that run
	most    int             // handlers that ran at once
}

// handler records each call, checks that no key is handled twice at the same time, and answers as h does.
func (l *log) handler(h func(lease *storage.Lease) storage.Verdict) storage.Handler {
	return func(_ context.Context, lease *storage.Lease) storage.Verdict {
		line := strconv.Quote(lease.Tenant) + lease.Message.Key
		l.mu.Lock()
		l.leases = append(l.leases, *lease)
		if l.running == nil {
			l.running = map[string]int{}
		}
		if l.running[line]++; l.running[line] > 1 && lease.Message.Key != "" {
			l.t.Errorf("two messages of key %q are handled at once", lease.Message.Key)
		}
		l.now++
		l.most = max(l.most, l.now)
		l.mu.Unlock()
		verdict := h(lease)
		l.mu.Lock()
		l.running[line]--
		l.now--
		l.mu.Unlock()
		return verdict
	}
}

func done(*storage.Lease) storage.Verdict { return storage.Done() }

func (l *log) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.leases)
}

// seen returns the ids of a key in the order of handing out, "#2" behind one for the second attempt.
func (l *log) seen(key string) []string {
	return l.filter(func(m *storage.Message) bool { return m.Key == key })
}

// all returns the ids of all keys.
func (l *log) all() []string { return l.filter(func(*storage.Message) bool { return true }) }

func (l *log) filter(want func(m *storage.Message) bool) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []string{}
	for _, lease := range l.leases {
		if want(&lease.Message) {
			found = append(found, entry(lease.Message.ID, lease.Message.Attempt))
		}
	}
	return found
}

func entry(id string, attempt int) string {
	if attempt == 1 {
		return id
	}
	return fmt.Sprintf("%s#%d", id, attempt)
}

// drain consumes a topic until nothing of the tenants waits any more.
func (s *suite[S]) drain(t *testing.T, q storage.Queue, topic string, c storage.Consume, h storage.Handler, tenants ...string) {
	t.Helper()
	running := s.consume(t, q, topic, c, h)
	for _, tenant := range tenants {
		s.eventually(t, "the queue is empty", func() bool {
			d := depth(t, q, tenant, topic)
			return d.Ready+d.Delayed == 0
		})
	}
	s.stop(t, running)
}

func queueRoundTrip(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	bodies := map[string][]byte{"text": []byte(`{"a":1}`), "empty": nil, "binary": {0, 1, 0xff, 0xfe, 0}, "large": make([]byte, 1<<20)}
	before := time.Now().Add(-time.Second)
	for id, body := range bodies {
		publish(t, q, "acme", storage.Message{Topic: topic, ID: id, Key: "key of " + id, Body: body})
	}
	got := &log{t: t}
	qs.drain(t, qs.peer(t, q), topic, storage.Consume{}, got.handler(done), "acme")
	same(t, "number of deliveries", len(got.leases), len(bodies))
	for _, lease := range got.leases {
		m := lease.Message
		if lease.Tenant != "acme" || m.Topic != topic || m.Key != "key of "+m.ID || m.Attempt != 1 || m.Reason != "" {
			t.Errorf("got %q %+v", lease.Tenant, m)
		}
		if string(m.Body) != string(bodies[m.ID]) {
			t.Errorf("%s: got a body of %d bytes, want %d", m.ID, len(m.Body), len(bodies[m.ID]))
		}
		if m.At.Before(before) || m.At.After(time.Now().Add(time.Second)) {
			t.Errorf("published at %v, want about now", m.At)
		}
	}
}

func queueIDs(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	for range 10 {
		publish(t, q, "acme", message("", ""), message("k", ""), message("k", ""))
	}
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 4}, got.handler(done), "acme")
	names := got.all()
	slices.Sort(names)
	same(t, "number of different ids", len(slices.Compact(names)), 30)
	if names[0] == "" {
		t.Error("a message came without an id")
	}
}

func queueNothing(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme")
	same(t, "depth", depth(t, q, "acme", topic), storage.Depth{})
	same(t, "number of dead letters", len(deadLetters(t, q, "acme")), 0)
	for _, ids := range [][]string{nil, {"none"}} {
		n, err := q.Replay(t.Context(), "acme", topic, ids...)
		ok(t, err)
		same(t, "replayed", n, 0)
	}
}

func queueOwnership(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	m := message("k", "a")
	msgs := []storage.Message{m}
	publish(t, q, "acme", msgs...)
	clear(m.Body)
	clear(msgs)
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		same(t, "body", string(lease.Message.Body), "a")
		clear(lease.Message.Body) // what a handler does to its copy is not delivered again
		if lease.Message.Attempt < 2 {
			return storage.Again(time.Millisecond)
		}
		return storage.Done()
	}), "acme")
	same(t, "deliveries", got.seen("k"), []string{"a", "a#2"})
}

func queueTopics(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	topics := []string{"deliver.a", "deliver.ab", "deliver.a.b", "deliver", "Deliver.a", "deliver.b"}
	var msgs []storage.Message
	for i := range 5 {
		for _, name := range topics {
			msgs = append(msgs, storage.Message{Topic: name, ID: name + strconv.Itoa(i), Key: "k"})
		}
	}
	publish(t, q, "acme", msgs...)
	for _, name := range topics {
		same(t, "ready", depth(t, q, "acme", name).Ready, 5)
		got := &log{t: t}
		qs.drain(t, q, name, storage.Consume{Workers: 3}, got.handler(done), "acme")
		want := []string{}
		for i := range 5 {
			want = append(want, name+strconv.Itoa(i))
		}
		same(t, "messages of "+name, got.all(), want)
	}
}

func queueAwkward(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	for i, name := range awkward {
		publish(t, q, "acme", storage.Message{Topic: topic, ID: name, Key: name, Body: []byte(name)},
			storage.Message{Topic: topic, ID: name + "2", Key: name, Body: []byte(name)})
		publish(t, q, "tenant "+name, message("k", strconv.Itoa(i)))
	}
	same(t, "ready", depth(t, q, "acme", topic).Ready, int64(2*len(awkward)))
	got, others := &log{t: t}, map[string]bool{}
	var mu sync.Mutex
	handler := got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Tenant != "acme" {
			mu.Lock()
			others[lease.Tenant] = true
			mu.Unlock()
		} else if string(lease.Message.Body) != lease.Message.Key {
			t.Errorf("key %q came with body %q", lease.Message.Key, lease.Message.Body)
		}
		return storage.Done()
	})
	tenants := []string{"acme"}
	for _, name := range awkward {
		tenants = append(tenants, "tenant "+name)
	}
	qs.drain(t, q, topic, storage.Consume{Workers: 4}, handler, tenants...)
	same(t, "number of other tenants", len(others), len(awkward))
	for _, name := range awkward {
		same(t, "messages of key "+strconv.Quote(name), got.seen(name), []string{name, name + "2"})
	}
}

func queueDepth(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	before := time.Now().Add(-time.Second)
	publish(t, q, "acme", message("a", "1"), message("a", "2"), message("", "3"))
	later := message("b", "4")
	later.Due = time.Now().Add(long)
	publish(t, q, "acme", later)
	view := qs.peer(t, q)
	d := depth(t, view, "acme", topic)
	if d.Oldest.Before(before) || d.Oldest.After(time.Now().Add(time.Second)) {
		t.Errorf("oldest is of %v, want about now", d.Oldest)
	}
	oldest := d.Oldest
	same(t, "depth", d, storage.Depth{Ready: 3, Delayed: 1, Oldest: oldest})

	started, finish := make(chan string, 3), make(chan struct{})
	got := &log{t: t}
	running := qs.consume(t, q, topic, storage.Consume{Workers: 3}, got.handler(func(lease *storage.Lease) storage.Verdict {
		started <- lease.Message.ID
		<-finish
		if lease.Message.ID == "3" {
			return storage.Dead("bad")
		}
		return storage.Done()
	}))
	receive(t, qs, "the first message is handed out", started)
	receive(t, qs, "the second message is handed out", started)
	d = depth(t, view, "acme", topic)
	same(t, "ready with two that are leased", d.Ready, 3)
	close(finish)
	qs.eventually(t, "all are handled", func() bool {
		d = depth(t, view, "acme", topic)
		return d.Ready == 0 && d.Dead == 1
	})
	same(t, "depth", d, storage.Depth{Delayed: 1, Dead: 1})
	qs.stop(t, running)
}

func queueRace(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	const publishers, keys, each = 8, 5, 40
	got := &log{t: t}
	for range 2 {
		qs.consume(t, qs.peer(t, q), topic, storage.Consume{Workers: 4}, got.handler(func(lease *storage.Lease) storage.Verdict {
			if lease.Message.Attempt == 1 && strings.HasSuffix(lease.Message.ID, "7") {
				return storage.Again(time.Millisecond)
			}
			return storage.Done()
		}))
	}
	var running sync.WaitGroup
	for p := range publishers {
		running.Go(func() {
			for i := range each {
				key := fmt.Sprintf("%d-%d", p, i%keys)
				if err := q.Publish(context.Background(), "acme", message(key, fmt.Sprintf("%s-%03d", key, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	qs.eventually(t, "the queue is empty", func() bool {
		d := depth(t, q, "acme", topic)
		return d.Ready+d.Delayed == 0
	})
	for p := range publishers {
		for k := range keys {
			key := fmt.Sprintf("%d-%d", p, k)
			var want []string
			for i := k; i < each; i += keys {
				want = append(want, fmt.Sprintf("%s-%03d", key, i))
			}
			same(t, "messages of key "+key, firsts(got.seen(key)), want)
		}
	}
}

// firsts leaves out repeated deliveries.
func firsts(seen []string) []string {
	var all []string
	for _, id := range seen {
		if id, _, _ = strings.Cut(id, "#"); !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

func queueCalls(q storage.Queue) calls {
	return calls{
		"Publish":     func(ctx context.Context) error { return q.Publish(ctx, "acme", message("k", "b")) },
		"Depth":       func(ctx context.Context) error { _, err := q.Depth(ctx, "acme", topic); return err },
		"DeadLetters": func(ctx context.Context) error { _, err := q.DeadLetters(ctx, "acme", topic, 10); return err },
		"Replay":      func(ctx context.Context) error { _, err := q.Replay(ctx, "acme", topic); return err },
		"Discard": func(ctx context.Context) error {
			_, err := q.Discard(ctx, "acme", topic, func(*storage.Message) bool { return true })
			return err
		},
	}
}

func queueContext(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("k", "a"))
	wantContextHonoured(t, queueCalls(q))
	same(t, "ready", depth(t, q, "acme", topic).Ready, 1)
}

func queueConsumeContext(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("k", "a"), message("k", "b"), message("k", "c"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ok(t, q.Consume(ctx, topic, storage.Consume{}, func(context.Context, *storage.Lease) storage.Verdict {
		t.Error("a handler was called after the context had ended")
		return storage.Done()
	}))

	qs.stop(t, qs.consume(t, q, "another topic", storage.Consume{}, nil)) // with nothing to do

	started, finish := make(chan struct{}, 3), make(chan struct{})
	got := &log{t: t}
	running := qs.consume(t, q, topic, storage.Consume{Lease: long}, got.handler(func(*storage.Lease) storage.Verdict {
		started <- struct{}{}
		<-finish
		return storage.Done()
	}))
	receive(t, qs, "the first message is handed out", started)
	running.cancel()
	select {
	case <-running.done:
		t.Fatal("consuming ended while a handler was running")
	case <-time.After(qs.Pace):
	}
	close(finish)
	ok(t, receive(t, qs, "consuming ends with its last handler", running.done))
	same(t, "messages handed out", got.all(), []string{"a"})

	// What the handler answered counts, and nothing else was kept from other consumers.
	qs.drain(t, q, topic, storage.Consume{Lease: long}, got.handler(done), "acme")
	same(t, "messages handed out", got.all(), []string{"a", "b", "c"})
}

func queueClose(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("k", "a"))
	methods := queueCalls(q)
	methods["Consume"] = func(ctx context.Context) error { return q.Consume(ctx, topic, storage.Consume{}, nil) }
	wantClosed(t, q, methods)
}

func queueCloseConsume(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	got := &log{t: t}
	running := qs.consume(t, q, topic, storage.Consume{Workers: 2}, got.handler(done))
	publish(t, q, "acme", message("k", "a"))
	qs.eventually(t, "the message is handled", func() bool { return got.count() == 1 })
	ok(t, q.Close())
	receive(t, qs, "consuming ends when the queue is closed", running.done)
}

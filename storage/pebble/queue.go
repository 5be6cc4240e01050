package pebble

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// queue keeps messages next to the documents. Leases are in memory only: one process owns the store, and after its end all that
// was not acknowledged is ready again.
//
// Locks are taken in this order: topic.mu, store.changing, dropping, queue.mu. Who holds store.changing knows that everything published or
// acknowledged so far is visible in the store, and that nothing more is until it lets go.
type queue struct {
	store  *Store
	now    func() time.Time
	seed   maphash.Seed
	origin uint64 // makes the ids of this store unlike those of others
	broken error  // why nothing works; nil normally

	maxLanes, maxParked int // of a line

	next, reserved uint64 // number of the next message, and the first that is not safe to use; guarded by store.changing

	dropping sync.RWMutex // held for reading by what writes without store.changing

	unsynced  chan struct{} // holds one mark when something was settled and not synced
	consumers sync.WaitGroup
	ended     context.Context
	end       context.CancelFunc

	mu     sync.Mutex
	closed bool
	topics map[string]*topic
	lines  map[lineID]*line
	leases map[uint64]*holding
	token  uint64 // of the newest lease
}

type lineID struct {
	tenant uint16
	topic  string
}

var _ storage.Queue = (*queue)(nil)

// Queue returns the queue of this store. Closing it ends consuming and leaves the store open.
func (s *Store) Queue() storage.Queue { return s.queue }

func newQueue(s *Store) *queue {
	q := &queue{
		store: s, now: time.Now, seed: maphash.MakeSeed(), unsynced: make(chan struct{}, 1), maxLanes: maxLanes, maxParked: maxParked,
		topics: map[string]*topic{}, lines: map[lineID]*line{}, leases: map[uint64]*holding{},
	}
	q.ended, q.end = context.WithCancel(context.Background())
	if err := q.load(); err != nil {
		q.broken = s.failure(err)
	}
	return q
}

const queueMeta = "messages" // number of the next message, origin

// load reads the counters; messages stay on the disk.
func (q *queue) load() error {
	value, err := get(q.store.db, metaKey(queueMeta))
	if err != nil {
		return err
	}
	q.next, q.origin = 1, rand.Uint64()
	if value != nil {
		if len(value) != 16 {
			return errDamaged
		}
		q.next, q.origin = binary.BigEndian.Uint64(value), binary.BigEndian.Uint64(value[8:])
	}
	q.reserved = q.next
	for _, tenant := range q.store.tenants {
		prefix := []byte{tagReady, byte(tenant >> 8), byte(tenant), queueCount}
		err := q.store.each(prefix, func(key, value []byte) error {
			name, state, err := parseCountKey(key[len(prefix):])
			if n := counterValue(value); err == nil && n != 0 {
				l := q.line(tenant, name)
				l.counts[state] = n
				l.touch(0)
				l.topic.news = true
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// topic returns a topic, with q.mu held or before anyone else knows the queue.
func (q *queue) topic(name string) *topic {
	t := q.topics[name]
	if t == nil {
		t = &topic{queue: q, name: name, nextTime: never}
		q.topics[name] = t
	}
	return t
}

// line returns a tenant's part of a topic, with q.mu held or before anyone else knows the queue.
func (q *queue) line(tenant uint16, name string) *line {
	id := lineID{tenant, name}
	l := q.lines[id]
	if l == nil {
		l = newLine(q.topic(name), tenant, q.store.tenantName(tenant))
		q.lines[id] = l
		l.topic.lines = append(l.topic.lines, l)
	}
	return l
}

func (s *Store) tenantName(number uint16) string {
	s.tenantsMu.RLock()
	defer s.tenantsMu.RUnlock()
	for name, each := range s.tenants {
		if each == number {
			return name
		}
	}
	return ""
}

func (q *queue) micros() uint64 { return uint64(max(q.now().UnixMicro(), 1)) }

// number returns the next number, with store.changing held. The reservation goes ahead of the message in the store's log, so
// that no number is used twice whatever becomes of the message.
func (q *queue) number() (uint64, error) {
	if q.next == q.reserved {
		value := binary.BigEndian.AppendUint64(nil, q.next+numbersAtOnce)
		value = binary.BigEndian.AppendUint64(value, q.origin)
		if err := q.store.db.Set(metaKey(queueMeta), value, pebble.NoSync); err != nil {
			return 0, err
		}
		q.reserved = q.next + numbersAtOnce
	}
	q.next++
	return q.next - 1, nil
}

// check tells whether a change set may acknowledge a message. acknowledge or nothing follows before store.changing is let go.
func (q *queue) check(lease *storage.Lease) error {
	if q.broken != nil || lease == nil {
		return q.broken
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.leases[tokenOf(lease)]
	if h == nil {
		return tracardi.Errorf(tracardi.Conflict, "message %q is not leased any more: it is done, or was handed out again", lease.Message.ID)
	}
	h.promised = true
	return nil
}

// publish stages a message, with store.changing held.
func (q *queue) publish(b *pebble.Batch, tenant uint16, m *storage.Message) error {
	number, err := q.number()
	if err != nil {
		return err
	}
	q.mu.Lock()
	l := q.line(tenant, m.Topic)
	q.mu.Unlock()
	at := location{number: number}
	if due := storage.MicrosUp(m.Due); due > 0 && uint64(due) > q.micros() {
		at.due = uint64(due)
	}
	published := *m
	published.At, published.Attempt, published.Reason = q.now(), 0, ""
	e := edit{line: l, batch: b}
	e.put(at, &published, 0)
	q.mu.Lock()
	l.touch(at.due)
	q.mu.Unlock()
	return e.err
}

// acknowledge stages the end of a message that check has found leased, with store.changing held.
func (q *queue) acknowledge(b *pebble.Batch, lease *storage.Lease) error {
	q.mu.Lock()
	h := q.leases[tokenOf(lease)]
	delete(q.leases, tokenOf(lease))
	q.mu.Unlock()
	if h == nil {
		return tracardi.Errorf(tracardi.Conflict, "message %q is acknowledged twice", lease.Message.ID)
	}
	e := edit{line: h.line, batch: b}
	e.remove(h.at, h.id)
	return e.err
}

// wake tells consumers of topics that a batch is durable which published to them or acknowledged messages of theirs.
func (q *queue) wake(topics []string) {
	slices.Sort(topics)
	for _, name := range slices.Compact(topics) {
		q.mu.Lock()
		t := q.topic(name)
		t.news = true
		q.mu.Unlock()
		t.bell.ring()
	}
}

// enter begins a call that uses the files, until store.end.
func (q *queue) enter(ctx context.Context) error {
	if err := q.store.begin(ctx); err != nil {
		return q.store.failure(err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	err := q.broken
	if q.closed {
		err = tracardi.Errorf(tracardi.Unavailable, "the queue is closed")
	}
	if err != nil {
		q.store.end()
	}
	return err
}

// enterLine begins a call, until store.end unless the line is nil: then nothing was published there yet, or err is set.
func (q *queue) enterLine(ctx context.Context, tenant, topic string) (*line, error) {
	if err := q.enter(ctx); err != nil {
		return nil, err
	}
	number, known, err := q.store.tenant(tenant, false)
	var l *line
	if known && err == nil {
		q.mu.Lock()
		l = q.lines[lineID{number, topic}]
		q.mu.Unlock()
	}
	if l == nil {
		q.store.end()
	}
	return l, q.store.failure(err)
}

// Publish implements storage.Queue.
func (q *queue) Publish(ctx context.Context, tenant string, msgs ...storage.Message) error {
	if err := q.enter(ctx); err != nil {
		return err
	}
	q.store.end()
	if len(msgs) == 0 {
		return nil
	}
	msgs = slices.Clone(msgs) // the caller may have them back before the change set is stored
	for i := range msgs {
		msgs[i].Body = slices.Clone(msgs[i].Body)
	}
	return q.store.Commit(&storage.ChangeSet{Tenant: tenant, Publish: msgs}).Wait(ctx)
}

// Depth implements storage.Queue.
func (q *queue) Depth(ctx context.Context, tenant, topic string) (storage.Depth, error) {
	l, err := q.enterLine(ctx, tenant, topic)
	if l == nil {
		return storage.Depth{}, err
	}
	defer q.store.end()
	d, err := l.depth(q.micros())
	return d, q.store.failure(err)
}

// DeadLetters implements storage.Queue.
func (q *queue) DeadLetters(ctx context.Context, tenant, topic string, limit int) ([]storage.Message, error) {
	l, err := q.enterLine(ctx, tenant, topic)
	if l == nil {
		return nil, err
	}
	defer q.store.end()
	letters, err := l.deadLetters(limit)
	messages := make([]storage.Message, len(letters))
	for i := range letters {
		messages[i] = letters[i].Message
	}
	return messages, q.store.failure(err)
}

// replayAtOnce is how many dead letters move in one batch.
const replayAtOnce = 256

// Discard implements storage.Queue.
func (q *queue) Discard(ctx context.Context, tenant, topic string, which func(*storage.Message) bool) (n int, err error) {
	l, err := q.enterLine(ctx, tenant, topic)
	if l == nil {
		return 0, err
	}
	defer q.store.end()
	from := location{due: buried}
	for more := true; more && err == nil; {
		var letters []stored
		if letters, from, more, err = l.pick(from, which); err == nil {
			var gone int
			gone, err = l.discard(letters)
			n += gone
			err = errors.Join(err, ctx.Err())
		}
	}
	if n > 0 && err == nil {
		err = q.sync()
	}
	return n, q.store.failure(err)
}

// Replay implements storage.Queue.
func (q *queue) Replay(ctx context.Context, tenant, topic string, ids ...string) (n int, err error) {
	l, err := q.enterLine(ctx, tenant, topic)
	if l == nil {
		return 0, err
	}
	defer q.store.end()
	for more := true; more && err == nil; {
		var moved int
		if moved, err = l.replay(ids); err == nil {
			n += moved
			err = ctx.Err()
		}
		more = moved == replayAtOnce && len(ids) == 0
	}
	if n > 0 {
		q.wake([]string{topic})
		if err == nil {
			err = q.sync()
		}
	}
	return n, q.store.failure(err)
}

// sync waits until everything that was settled so far is on the disk.
func (q *queue) sync() error { return q.store.db.LogData(nil, pebble.Sync) }

// forget takes what is known of a tenant's messages out of memory, after they were deleted. store.changing is held, so that
// nothing is published meanwhile; what was settled meanwhile is deleted here.
func (q *queue) forget(tenant uint16) {
	q.dropping.Lock()
	defer q.dropping.Unlock()
	prefix := []byte{tagReady, byte(tenant >> 8), byte(tenant)}
	if err := q.store.db.DeleteRange(prefix, after(prefix), pebble.NoSync); err != nil {
		q.store.log.Error("storage: a dropped tenant's counters are wrong", "error", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, l := range q.lines {
		if id.tenant == tenant {
			l.dropped.Store(true)
			delete(q.lines, id)
			l.topic.lines = slices.DeleteFunc(slices.Clone(l.topic.lines), func(each *line) bool { return each == l })
		}
	}
	maps.DeleteFunc(q.leases, func(_ uint64, h *holding) bool { return h.line.dropped.Load() })
}

// Close implements storage.Queue.
func (q *queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.end()
	q.consumers.Wait()
	return nil
}

package pebble

import (
	"bytes"
	"container/heap"
	"errors"
	"hash/maphash"
	"math"
	"slices"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/storage"
)

const (
	never = math.MaxUint64 // a time

	chunkMessages = 32 // read at once
	chunkBytes    = 128 << 10

	// A line reads no further while so many keys are busy or so many messages wait for them, so that memory has a limit.
	maxLanes  = 1 << 17
	maxParked = 1 << 20
)

// line is a tenant's part of a topic. Its messages stay on the disk; in memory is only how far they were read, and which keys
// are busy.
type line struct {
	topic  *topic
	tenant string
	id     lineID

	messages, ids, counters []byte // beginnings of keys

	// Guarded by queue.mu.
	counts   [states]int64
	mark     uint64 // delayed messages that are due until then are among the passed
	passed   int64
	fresh    bool   // there is more to read
	freshDue uint64 // when the earliest of the delayed messages among it is due

	dropped atomic.Bool // its tenant is no more

	// Guarded by topic.mu.
	active    bool
	nextReady uint64   // messages with lower numbers were read
	drained   bool     // all others too
	nextDue   location // delayed messages before it were read
	dueAt     uint64   // nothing behind it is due before
	low       [2]location
	buffer    []stored // was read, is to be handed out
	held      map[location]bool
	lanes     map[uint64]*lane
	parked    int      // messages in lanes
	runnable  []uint64 // lanes that may hand out their first message
	retries   retries
	retrying  int // lanes whose first message waits for its time
}

// lane is the messages of one key that were read: the first is being handled, or is to be.
type lane struct {
	queue []location
}

// holding is a message in a consumer's hands.
type holding struct {
	line     *line
	at       location
	id       string
	attempt  int
	keyed    bool
	hash     uint64
	token    uint64
	promised bool // a change set is about to acknowledge it; guarded by queue.mu
	lease    storage.Lease
}

func newLine(t *topic, tenant uint16, name string) *line {
	return &line{
		topic: t, tenant: name, id: lineID{tenant, t.name},
		messages: queueKey(tenant, queueMessage, t.name),
		ids:      queueKey(tenant, queueID, t.name),
		counters: queueKey(tenant, queueCount, t.name),
		freshDue: never, nextDue: location{due: 1}, low: [2]location{stateReady: {}, stateDelayed: {due: 1}},
		held: map[location]bool{}, lanes: map[uint64]*lane{},
	}
}

// touch notes that there is more to read, due at a time or at once. queue.mu is held.
func (l *line) touch(due uint64) {
	if !l.fresh {
		l.fresh = true
		l.topic.fresh = append(l.topic.fresh, l)
	}
	if due > 0 {
		l.freshDue = min(l.freshDue, due)
	}
}

func (l *line) activate() {
	if !l.active {
		l.active = true
		l.topic.active = append(l.topic.active, l)
	}
}

// lower makes sure that delayed messages are read which are due at a time.
func (l *line) lower(due uint64) {
	l.dueAt = min(l.dueAt, due)
	l.topic.nextTime = min(l.topic.nextTime, due)
	l.low[stateDelayed] = earlier(l.low[stateDelayed], location{due: due})
	if due <= l.nextDue.due {
		l.nextDue = location{due: due}
		l.buffer = slices.DeleteFunc(l.buffer, func(m stored) bool { return m.place.due >= due })
	}
}

func earlier(a, b location) location {
	if b.due < a.due || b.due == a.due && b.number < a.number {
		return b
	}
	return a
}

// nextTime is when there may be something to hand out without anyone's doing.
func (l *line) nextTime() uint64 {
	at := uint64(never)
	if len(l.retries) > 0 {
		at = l.retries[0].at
	}
	if !l.full() {
		at = min(at, l.dueAt)
	}
	return at
}

func (l *line) full() bool {
	q := l.topic.queue
	return len(l.lanes) >= q.maxLanes || l.parked >= q.maxParked
}

// next hands out a message; nil if there is none now. more tells that another call may find one at once.
func (l *line) next(now uint64) (h *holding, more bool, err error) {
	if l.dropped.Load() {
		return nil, false, nil
	}
	l.resume(now)
	for len(l.runnable) > 0 {
		hash := l.runnable[0]
		l.runnable = l.runnable[1:]
		if h, err = l.nextOf(hash, now); h != nil || err != nil {
			return h, true, err
		}
	}
	if len(l.buffer) == 0 && !l.full() {
		if err = l.load(now); err != nil {
			return nil, false, err
		}
	}
	for len(l.buffer) > 0 {
		m := l.buffer[0]
		l.buffer[0] = stored{}
		l.buffer = l.buffer[1:]
		if h = l.admit(&m, now); h != nil {
			return h, true, nil
		}
	}
	return nil, !l.full() && (!l.drained || l.dueAt <= now), nil
}

// admit hands out a message that was read, or parks it behind others of its key.
func (l *line) admit(m *stored, now uint64) *holding {
	if m.Key == "" {
		return l.handOut(m, 0)
	}
	hash := maphash.String(l.topic.queue.seed, m.Key)
	of := l.lanes[hash]
	if of == nil {
		of = &lane{}
		l.lanes[hash] = of
	}
	of.queue = append(of.queue, m.place)
	l.parked++
	switch {
	case len(of.queue) > 1:
		if m.place.due > 0 {
			l.held[m.place] = true
		}
		return nil
	case m.until > now:
		l.retry(hash, of, m.until)
		return nil
	}
	return l.handOut(m, hash)
}

// nextOf hands out the first message of a key.
func (l *line) nextOf(hash, now uint64) (*holding, error) {
	of := l.lanes[hash]
	for of != nil && len(of.queue) > 0 {
		m, err := l.get(of.queue[0])
		switch {
		case err != nil:
			return nil, err
		case m == nil: // its tenant was dropped
			l.shift(hash, of)
		case m.until > now:
			l.retry(hash, of, m.until)
			return nil, nil
		default:
			return l.handOut(m, hash), nil
		}
	}
	return nil, nil
}

func (l *line) handOut(m *stored, hash uint64) *holding {
	l.held[m.place] = true
	m.Attempt++
	q := l.topic.queue
	h := &holding{line: l, at: m.place, id: m.ID, attempt: m.Attempt, keyed: m.Key != "", hash: hash}
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.dropped.Load() {
		return nil
	}
	q.token++
	h.token = q.token
	h.lease = storage.Lease{Tenant: l.tenant, Message: m.Message, Token: appendToken(h.token)}
	q.leases[h.token] = h
	return h
}

// shift takes the first message out of a lane, and the lane away when it was the last.
func (l *line) shift(hash uint64, of *lane) {
	delete(l.held, of.queue[0])
	of.queue = of.queue[1:]
	l.parked--
	if len(of.queue) == 0 {
		delete(l.lanes, hash)
	}
}

// release forgets a message that is settled; the next one of its key may follow.
func (l *line) release(h *holding) {
	delete(l.held, h.at)
	if of := l.lanes[h.hash]; h.keyed && of != nil {
		l.shift(h.hash, of)
		if len(of.queue) > 0 {
			l.runnable = append(l.runnable, h.hash)
		}
	}
	l.activate()
}

// retry lets the first message of a lane wait for its time.
func (l *line) retry(hash uint64, of *lane, at uint64) {
	l.held[of.queue[0]] = true
	l.retrying++
	heap.Push(&l.retries, retry{at, hash})
	l.topic.nextTime = min(l.topic.nextTime, at)
}

// resume lets messages go on whose time has come.
func (l *line) resume(now uint64) {
	for len(l.retries) > 0 && l.retries[0].at <= now {
		due := heap.Pop(&l.retries).(retry)
		l.retrying--
		l.runnable = append(l.runnable, due.hash)
		l.activate()
	}
}

// advance notes which delayed messages have become ready until now.
func (l *line) advance(now uint64) error {
	q := l.topic.queue
	q.mu.Lock()
	waiting := now > l.mark && l.counts[stateDelayed] > l.passed
	q.mu.Unlock()
	if !waiting {
		return nil
	}
	q.store.changing.Lock()
	q.mu.Lock()
	from := l.mark
	l.mark = now
	q.mu.Unlock()
	iter, err := l.iter(location{due: from + 1}, location{due: now + 1})
	q.store.changing.Unlock()
	if err != nil {
		return err
	}
	n := int64(0)
	for valid := iter.First(); valid; valid = iter.Next() {
		n++
	}
	q.mu.Lock()
	l.passed += n
	q.mu.Unlock()
	return iter.Close()
}

// iter reads a range; an empty one when to is not behind from, as when the clock was set back.
func (l *line) iter(from, to location) (*pebble.Iterator, error) {
	from = earlier(from, to)
	return l.topic.queue.store.db.NewIter(&pebble.IterOptions{LowerBound: l.key(from), UpperBound: l.key(to)})
}

// load reads some messages that are due and some that wait for their turn, so that neither starve.
func (l *line) load(now uint64) error {
	if l.dueAt <= now {
		if err := l.advance(now); err != nil {
			return err
		}
		l.dueAt = never
		more, err := l.read(l.nextDue, location{due: now + 1})
		if more {
			l.dueAt = 0
		} else if err == nil {
			err = l.peek(now)
		}
		if err != nil {
			return err
		}
	}
	if l.drained {
		return nil
	}
	more, err := l.read(location{number: l.nextReady}, location{due: 1})
	l.drained = !more
	return err
}

// peek finds out when the next delayed message is due.
func (l *line) peek(now uint64) error {
	iter, err := l.iter(location{due: now + 1}, location{due: buried})
	if err != nil {
		return err
	}
	if iter.First() {
		at, err := l.location(iter.Key())
		if err != nil {
			return errors.Join(err, iter.Close())
		}
		l.dueAt = at.due
	}
	return iter.Close()
}

// read adds messages to the buffer and tells whether there are more.
func (l *line) read(from, to location) (more bool, err error) {
	iter, err := l.iter(from, to)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	bytesRead, n := 0, 0
	for valid := iter.First(); valid; valid = iter.Next() {
		at, err := l.location(iter.Key())
		if err != nil {
			return false, err
		}
		if n == chunkMessages || bytesRead > chunkBytes {
			return true, nil
		}
		l.passedBy(at)
		if l.held[at] {
			continue
		}
		value := bytes.Clone(iter.Value())
		m, err := l.parse(at, value)
		if err != nil {
			return false, err
		}
		l.buffer = append(l.buffer, m)
		n++
		bytesRead += len(value)
	}
	return false, nil // closing tells of an error
}

// passedBy moves the place from where to read on behind a message.
func (l *line) passedBy(at location) {
	if at.due == 0 {
		l.nextReady = at.number + 1
	} else {
		l.nextDue = location{at.due, at.number + 1}
	}
}

// retry is a lane that waits for a time; retries is a heap of them.
type retry struct{ at, hash uint64 }

type retries []retry

func (r retries) Len() int           { return len(r) }
func (r retries) Less(i, j int) bool { return r[i].at < r[j].at }
func (r retries) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *retries) Push(x any)        { *r = append(*r, x.(retry)) }
func (r *retries) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

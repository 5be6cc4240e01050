package pebble

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	defaultLease = 30 * time.Second
	// syncPause is how long settled messages may wait for a sync that they share. Those in between come again after a crash.
	syncPause = 20 * time.Millisecond
	// longestWait bounds the wait for a due time, which clocks that are set could make wrong.
	longestWait = time.Minute
)

// topic is the messages of one topic, of all tenants.
type topic struct {
	queue *queue
	name  string
	bell  bell // rings when there may be something to hand out

	// Guarded by queue.mu.
	lines []*line
	fresh []*line // with more to read
	news  bool    // fresh has lines whose messages are durable

	mu       sync.Mutex
	active   []*line // that may have something to hand out now; served in turn
	turn     int
	nextTime uint64 // when one of the others may have something
}

// bell wakes all who listen.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

func (b *bell) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

func appendToken(token uint64) []byte { return binary.BigEndian.AppendUint64(nil, token) }

// tokenOf reads a lease's mark; 0, which no lease has, when it is not ours.
func tokenOf(lease *storage.Lease) uint64 {
	if len(lease.Token) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(lease.Token)
}

// Consume implements storage.Queue. A lease has no end while its handler runs. After the handler it ends with the verdict, or
// when the change set that was to acknowledge the message did not come in time.
func (q *queue) Consume(ctx context.Context, name string, c storage.Consume, handle storage.Handler) error {
	t, err := q.join(name)
	if err != nil {
		return err
	}
	defer q.consumers.Done()
	if c.Lease <= 0 {
		c.Lease = defaultLease
	}
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	defer context.AfterFunc(q.ended, func() { fail(tracardi.Errorf(tracardi.Unavailable, "the queue is closed")) })()

	var running, syncing sync.WaitGroup
	settled := make(chan struct{})
	syncing.Go(func() { q.keepSynced(settled) })
	slots := make(chan struct{}, max(c.Workers, 1))
	for {
		slots <- struct{}{} // handlers end, so it comes
		h, err := q.take(inner, t)
		if err != nil {
			fail(err)
		}
		if h == nil {
			break
		}
		running.Go(func() {
			defer func() { <-slots }()
			if err := q.settle(inner, h, handle(inner, &h.lease), c.Lease); err != nil {
				fail(err)
			}
		})
	}
	running.Wait()
	close(settled)
	syncing.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return context.Cause(inner)
}

func (q *queue) join(name string) (*topic, error) {
	if err := q.enter(context.Background()); err != nil {
		return nil, err
	}
	defer q.store.end()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.consumers.Add(1)
	return q.topic(name), nil
}

// keepSynced brings to the disk what was settled, many at once, until done is closed.
func (q *queue) keepSynced(done <-chan struct{}) {
	for open := true; open; {
		select {
		case <-q.unsynced:
			select {
			case <-time.After(syncPause):
			case <-done:
			}
		case <-done:
			open = false
			select {
			case <-q.unsynced:
			default:
				return
			}
		}
		if q.store.begin(context.Background()) != nil {
			return // the store is closed, and with it on the disk
		}
		if err := q.sync(); err != nil {
			q.store.log.Error("storage: settled messages are not on the disk yet", "error", err)
		}
		q.store.end()
	}
}

// take waits for a message that may be handed out; nil when ctx has ended.
func (q *queue) take(ctx context.Context, t *topic) (*holding, error) {
	for ctx.Err() == nil {
		rung := t.bell.listen()
		if err := q.enter(ctx); err != nil {
			return nil, err
		}
		h, wait, err := t.take()
		q.store.end()
		if h != nil || err != nil {
			return h, q.store.failure(err)
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(min(wait, longestWait))
		select {
		case <-rung:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return nil, nil
}

// take hands out a message of the tenant whose turn it is, or tells how long to wait.
func (t *topic) take() (*holding, time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.queue.micros()
	t.refresh(now)
	busy := false
	for range len(t.active) {
		t.turn %= len(t.active)
		l := t.active[t.turn]
		h, more, err := l.next(now)
		if h != nil || err != nil {
			t.turn++
			return h, 0, err
		}
		if more {
			busy = true
			t.turn++
			continue
		}
		l.active = false
		t.active = append(t.active[:t.turn], t.active[t.turn+1:]...)
		t.nextTime = min(t.nextTime, l.nextTime())
	}
	switch {
	case busy:
		return nil, 0, nil
	case t.nextTime > now+uint64(longestWait/time.Microsecond):
		return nil, longestWait, nil
	}
	return nil, time.Duration(t.nextTime-min(now, t.nextTime)) * time.Microsecond, nil
}

// refresh activates the lines that have something new to read and those whose time has come.
func (t *topic) refresh(now uint64) {
	q := t.queue
	q.mu.Lock()
	news, lines := t.news, t.lines
	q.mu.Unlock()
	if news {
		t.absorb()
	}
	if t.nextTime > now {
		return
	}
	t.nextTime = never
	for _, l := range lines {
		if at := l.nextTime(); at <= now {
			l.activate()
		} else {
			t.nextTime = min(t.nextTime, at)
		}
	}
}

// absorb lets lines read on. What was published to them until now is visible.
func (t *topic) absorb() {
	q := t.queue
	q.store.changing.Lock()
	q.mu.Lock()
	defer q.store.changing.Unlock()
	defer q.mu.Unlock()
	for _, l := range t.fresh {
		if l.freshDue < never {
			l.lower(l.freshDue)
		}
		l.fresh, l.freshDue, l.drained = false, never, false
		l.activate()
	}
	t.fresh, t.news = t.fresh[:0], false
}

// settle does what a verdict says.
func (q *queue) settle(ctx context.Context, h *holding, v storage.Verdict, patience time.Duration) error {
	if !v.Settle {
		q.awaitAcknowledged(ctx, h, patience)
		v = storage.Again(0) // unless it was
	}
	if err := q.store.begin(context.Background()); err != nil {
		return q.store.failure(err)
	}
	defer q.store.end()
	if !q.claim(h) {
		h.line.finish(h)
		return nil
	}
	var err error
	switch {
	case v.Dead != "":
		err = h.line.bury(h, v.Dead)
	case v.Again > 0:
		err = h.line.again(h, v.Again)
	default:
		e := h.line.edit()
		e.remove(h.at, h.id)
		err = e.apply()
	}
	if err != nil {
		return q.store.failure(err)
	}
	if v.Again == 0 || v.Dead != "" {
		h.line.finish(h)
	}
	select {
	case q.unsynced <- struct{}{}:
	default:
	}
	return nil
}

// awaitAcknowledged waits for a change set to acknowledge a message.
func (q *queue) awaitAcknowledged(ctx context.Context, h *holding, patience time.Duration) {
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		rung := h.line.topic.bell.listen()
		q.mu.Lock()
		leased := q.leases[h.token] != nil
		q.mu.Unlock()
		if !leased {
			return
		}
		select {
		case <-rung:
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// claim takes a lease back from change sets that may come; false when one has acknowledged the message.
func (q *queue) claim(h *holding) bool {
	take := func() (taken, promised bool) {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.leases[h.token] == nil {
			return false, false
		}
		if h.promised {
			return false, true
		}
		delete(q.leases, h.token)
		return true, false
	}
	taken, promised := take()
	if promised { // by a change set that is being staged, or by one that could not be
		q.store.changing.Lock()
		defer q.store.changing.Unlock()
		q.mu.Lock()
		h.promised = false
		q.mu.Unlock()
		taken, _ = take()
	}
	return taken
}

// finish lets the messages behind a settled one go on. A change set that has acknowledged it may not be visible yet, and until
// then a message that was due could be read again.
func (l *line) finish(h *holding) {
	l.topic.mu.Lock()
	if h.at.due > 0 {
		l.topic.queue.store.changing.Lock()
		l.release(h)
		l.topic.queue.store.changing.Unlock()
	} else {
		l.release(h)
	}
	l.topic.mu.Unlock()
	l.topic.bell.ring()
}

// bury moves a message to the dead letters.
func (l *line) bury(h *holding, reason string) error {
	q := l.topic.queue
	q.store.changing.Lock()
	defer q.store.changing.Unlock()
	m, err := l.get(h.at) // and not the lease, which the handler could change
	if err != nil || m == nil {
		return err
	}
	number, err := q.number()
	if err != nil {
		return err
	}
	m.Attempt, m.Reason = h.attempt, reason
	e := l.edit()
	e.remove(h.at, h.id)
	e.put(location{buried, number}, &m.Message, 0)
	return e.apply()
}

// again lets a message wait for another delivery. One with a key keeps its turn, so that those behind it wait too, also after a
// crash; one without joins the delayed ones.
func (l *line) again(h *holding, after time.Duration) error {
	q := l.topic.queue
	l.topic.mu.Lock()
	defer l.topic.bell.ring()
	defer l.topic.mu.Unlock()
	m, err := l.get(h.at)
	if err != nil || m == nil {
		return err // or the line was dropped
	}
	due := uint64(max(storage.MicrosUp(q.now().Add(after)), 1))
	at, until := location{due, h.at.number}, uint64(0)
	if h.keyed {
		at, until = location{0, h.at.number}, due
	}
	m.Attempt = h.attempt
	e := l.edit()
	e.remove(h.at, h.id)
	e.put(at, &m.Message, until)
	if err := e.apply(); err != nil {
		return err
	}
	delete(l.held, h.at)
	if of := l.lanes[h.hash]; h.keyed && of != nil {
		of.queue[0] = at
		l.low[stateReady] = earlier(l.low[stateReady], at)
		l.retry(h.hash, of, due)
	} else {
		l.lower(due)
	}
	return nil
}

package pebble

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

// committer turns the change sets of many requests into one batch and one sync. While a batch is on its way to the disk the
// next one is put together.
type committer struct {
	store *Store

	mu      sync.Mutex
	pending []submission
	wake    chan struct{} // holds one mark when there is something pending
	closed  bool
	taken   uint64            // change sets that Commit took so far
	applied uint64            // how many of these reads see, or were refused
	grew    chan struct{}     // closed when applied grows; nil when nobody waits
	writing map[docKey]uint64 // mutable documents in change sets that reads don't see yet → the last such change set

	syncing chan *flight // unbuffered: at most one batch syncs while another is built

	next     uint64 // number of the next immutable document
	reserved uint64 // numbers below are safe to use after a crash
}

// docKey names a document.
type docKey struct {
	space space
	id    string
}

// submission is a change set on its way.
type submission struct {
	set    *storage.ChangeSet
	tenant uint16
	writes []write
	ticket *ticket
}

type flight struct {
	batch   *pebble.Batch
	tickets []*ticket
	wrote   map[space]int // immutable documents
	topics  []string
}

type ticket struct {
	done chan struct{}
	err  error
}

// Wait implements storage.Ticket.
func (t *ticket) Wait(ctx context.Context) error {
	select {
	case <-t.done:
		return t.err
	case <-ctx.Done():
		return endedError(ctx.Err())
	}
}

func (t *ticket) settle(err error) {
	t.err = err
	close(t.done)
}

const (
	numbersAtOnce = 1 << 16
	maxBatchBytes = 4 << 20
	maxPending    = 65536
)

func newCommitter(s *Store) (*committer, error) {
	c := &committer{store: s, wake: make(chan struct{}, 1), syncing: make(chan *flight), writing: map[docKey]uint64{}}
	value, err := get(s.db, metaKey("numbers"))
	if err != nil {
		return nil, err
	}
	if value != nil {
		if c.next, err = parseNumber(value); err != nil {
			return nil, err
		}
	}
	c.reserved = c.next
	return c, nil
}

// Commit implements storage.Committer. What the documents need for their way is made here, by as many processors as there
// are callers, and not where all change sets pass one by one.
func (s *Store) Commit(set *storage.ChangeSet) storage.Ticket {
	t := &ticket{done: make(chan struct{})}
	if err := s.submit(set, t); err != nil {
		t.settle(s.failure(err))
	}
	return t
}

func (s *Store) submit(set *storage.ChangeSet, t *ticket) error {
	if err := s.begin(context.Background()); err != nil {
		return err
	}
	defer s.end()
	if err := s.disk.full(); err != nil {
		return err
	}
	tenant, _, err := s.tenant(set.Tenant, true)
	if err != nil {
		return err
	}
	return s.committer.take(submission{set, tenant, newWrites(tenant, set.Writes), t})
}

func (c *committer) take(sub submission) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) >= maxPending {
		return &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: time.Second, Message: "too much waits for the disk: send again in a second"}
	}
	c.pending = append(c.pending, sub)
	c.taken++
	for i := range sub.writes {
		if w := &sub.writes[i]; !w.schema.Immutable {
			c.writing[w.docKey] = c.taken
		}
	}
	c.signal()
	return nil
}

func (c *committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.signal()
}

// visible waits until reads see every change set that was taken before.
func (c *committer) visible(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.await(ctx, c.taken)
}

// visibleDocs waits until reads see the change sets that write one of some mutable documents.
func (c *committer) visibleDocs(ctx context.Context, where space, ids []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := uint64(0)
	if len(c.writing) > 0 {
		for _, id := range ids {
			last = max(last, c.writing[docKey{where, id}])
		}
	}
	return c.await(ctx, last)
}

// await waits, with c.mu held, until reads see a change set.
func (c *committer) await(ctx context.Context, last uint64) error {
	for c.applied < last {
		if c.grew == nil {
			c.grew = make(chan struct{})
		}
		grew := c.grew
		c.mu.Unlock()
		var err error
		select {
		case <-grew:
		case <-ctx.Done():
			err = ctx.Err()
		}
		c.mu.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}

// handled notes that reads see some change sets, or never will.
func (c *committer) handled(subs []submission) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range subs {
		c.applied++
		for j := range subs[i].writes {
			if key := subs[i].writes[j].docKey; c.writing[key] == c.applied {
				delete(c.writing, key)
			}
		}
	}
	if c.grew != nil {
		close(c.grew)
		c.grew = nil
	}
}

// build runs until the committer is closed and nothing is pending.
func (c *committer) build() {
	defer close(c.syncing)
	var spare []submission
	for {
		c.mu.Lock()
		work, closed := c.pending, c.closed
		c.pending = spare[:0]
		c.mu.Unlock()
		if len(work) == 0 {
			spare = work
			if closed {
				return
			}
			<-c.wake
			continue
		}
		for rest := work; len(rest) > 0; {
			rest = c.buildBatch(rest)
		}
		clear(work)
		spare = work
	}
}

// buildBatch stages change sets up to a batch's size, hands the batch to the engine and returns the rest.
func (c *committer) buildBatch(work []submission) []submission {
	out, n, err := c.apply(work)
	if err != nil {
		for _, t := range out.tickets {
			t.settle(c.store.failure(err))
		}
		out.tickets = nil
	}
	c.handled(work[:n])
	if len(out.tickets) > 0 {
		c.syncing <- out
	}
	return work[n:]
}

// apply makes the effects of the first n change sets visible, except for those that it refuses. On an error nothing of them is
// written and the tickets of the flight are to be settled.
func (c *committer) apply(work []submission) (out *flight, n int, err error) {
	c.store.changing.Lock()
	defer c.store.changing.Unlock()
	b := c.store.newStaging()
	out = &flight{batch: b.batch, wrote: b.wrote}
	for ; n < len(work) && b.batch.Len()+b.held < maxBatchBytes && err == nil; n++ {
		sub := &work[n]
		refused := c.store.disk.full()
		if refused == nil {
			refused = b.check(sub)
		}
		if refused != nil {
			sub.ticket.settle(c.store.failure(refused))
			continue
		}
		out.tickets = append(out.tickets, sub.ticket)
		err = b.stage(sub)
	}
	err = errors.Join(err, b.close())
	if err == nil && len(out.tickets) > 0 {
		if err = b.finish(); err == nil {
			err = c.store.db.ApplyNoSyncWait(b.batch, pebble.Sync)
			fault.At(fault.Written)
		}
	}
	if err != nil {
		c.reserved = c.next // the batch may have held the reservation
		c.store.headers.forgetAll()
	} else {
		b.remember()
	}
	if err != nil || len(out.tickets) == 0 {
		_ = b.batch.Close() // nothing is in use
	}
	out.topics = b.topics
	return out, n, err
}

// settle waits for each batch to be on the disk and tells those who wait.
func (c *committer) settle() {
	for f := range c.syncing {
		err := c.store.failure(f.batch.SyncWait())
		fault.At(fault.Synced)
		for _, t := range f.tickets {
			t.settle(err)
		}
		_ = f.batch.Close() // its content is applied
		for where, n := range f.wrote {
			c.store.segments.grown(where, n)
		}
		c.store.queue.wake(f.topics)
	}
}

// number returns the next number for an immutable document, staging a new reservation when the old one is used up.
func (c *committer) number(b *pebble.Batch) (uint64, error) {
	if c.next == c.reserved {
		c.reserved += numbersAtOnce
		if err := b.Set(metaKey("numbers"), binary.BigEndian.AppendUint64(nil, c.reserved), nil); err != nil {
			return 0, err
		}
	}
	c.next++
	return c.next - 1, nil
}

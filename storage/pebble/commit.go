package pebble

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
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

	syncing chan *flight // unbuffered: at most one batch syncs while another is built

	next     uint64 // number of the next immutable document
	reserved uint64 // numbers below are safe to use after a crash
}

type submission struct {
	set    *storage.ChangeSet
	ticket *ticket
}

type flight struct {
	batch   *pebble.Batch
	tickets []*ticket
	wrote   []written
	topics  []string
}

// written tells the segmenter how many immutable documents a batch added to a collection.
type written struct {
	space space
	count int
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
		return ctx.Err()
	}
}

func (t *ticket) settle(err error) {
	t.err = err
	close(t.done)
}

const (
	numbersAtOnce = 1 << 20
	maxBatchBytes = 4 << 20
	maxPending    = 65536
)

func newCommitter(s *Store) (*committer, error) {
	c := &committer{store: s, wake: make(chan struct{}, 1), syncing: make(chan *flight)}
	value, err := get(s.db, metaKey("numbers"))
	if err != nil {
		return nil, err
	}
	if len(value) == 8 {
		c.next = binary.BigEndian.Uint64(value)
	}
	c.reserved = c.next
	return c, nil
}

// Commit implements storage.Committer.
func (s *Store) Commit(set *storage.ChangeSet) storage.Ticket {
	t := &ticket{done: make(chan struct{})}
	if err := s.disk.full(); err != nil {
		t.settle(err)
		return t
	}
	c := s.committer
	c.mu.Lock()
	switch {
	case c.closed:
		t.settle(tracardi.Errorf(tracardi.Unavailable, "the store is closing"))
	case len(c.pending) >= maxPending:
		t.settle(&tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: time.Second, Message: "too much waits for the disk: send again in a second"})
	default:
		c.pending = append(c.pending, submission{set, t})
	}
	c.mu.Unlock()
	c.signal()
	return t
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

// build runs until the committer is closed and nothing is pending.
func (c *committer) build() {
	defer close(c.syncing)
	for {
		c.mu.Lock()
		work, closed := c.pending, c.closed
		c.pending = nil
		c.mu.Unlock()
		if len(work) == 0 {
			if closed {
				return
			}
			<-c.wake
			continue
		}
		for len(work) > 0 {
			work = c.buildBatch(work)
		}
	}
}

// buildBatch stages change sets up to a batch's size, hands the batch to the engine and returns the rest.
func (c *committer) buildBatch(work []submission) []submission {
	b := c.store.newStaging()
	out := &flight{batch: b.batch}
	for len(work) > 0 && b.batch.Len() < maxBatchBytes {
		next := work[0]
		work = work[1:]
		if err := b.add(next.set); err != nil {
			next.ticket.settle(c.store.failure(err))
			continue
		}
		out.tickets = append(out.tickets, next.ticket)
	}
	err := b.finish()
	if err == nil {
		err = c.store.db.ApplyNoSyncWait(b.batch, pebble.Sync)
	}
	if err != nil {
		for _, t := range out.tickets {
			t.settle(c.store.failure(err))
		}
		return work
	}
	out.wrote, out.topics = b.wrote, b.topics
	c.syncing <- out
	return work
}

// settle waits for each batch to be on the disk and tells those who wait.
func (c *committer) settle() {
	for f := range c.syncing {
		err := c.store.failure(f.batch.SyncWait())
		for _, t := range f.tickets {
			t.settle(err)
		}
		_ = f.batch.Close() // its content is applied
		for _, w := range f.wrote {
			c.store.segments.grown(w.space, w.count)
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

// staging is a batch under construction. Mutable documents are held back to its end: of several writes in one batch only the
// last goes to the disk.
type staging struct {
	store   *Store
	batch   *pebble.Batch
	mutable map[mutableID]*mutableDoc
	ids     map[mutableID]bool // unique ids of immutable documents in this batch
	counts  map[countID]int64
	wrote   []written
	topics  []string
	scratch []byte
}

type mutableID struct {
	space space
	id    string
}

type mutableDoc struct {
	stored  *document // what the disk holds; nil if nothing
	version uint64    // as of the writes staged so far
	doc     *storage.Doc
	keys    []storage.Key
}

type countID struct {
	space space
	hour  int64
	group byte
	value string
}

func (s *Store) newStaging() *staging {
	return &staging{store: s, batch: s.db.NewBatch(), mutable: map[mutableID]*mutableDoc{}, ids: map[mutableID]bool{}, counts: map[countID]int64{}}
}

// add checks a change set and, when nothing conflicts, stages it.
func (b *staging) add(set *storage.ChangeSet) error {
	number, _, err := b.store.tenant(set.Tenant, true)
	if err != nil {
		return err
	}
	for i := range set.Writes {
		if err := b.check(number, &set.Writes[i]); err != nil {
			return err
		}
	}
	if err := b.store.queue.check(set.Done); err != nil {
		return err
	}
	runs := make([]run, 0, 4)
	for i := range set.Writes {
		w := &set.Writes[i]
		schema := storage.SchemaOf(w.Collection)
		where := spaceOf(number, w.Collection)
		if !schema.Immutable {
			b.stageMutable(schema, where, &w.Doc)
			continue
		}
		if runs, err = b.stageImmutable(schema, where, &w.Doc, runs); err != nil {
			return err
		}
	}
	if err := b.flushRuns(runs); err != nil {
		return err
	}
	return b.stageMessages(number, set)
}

func (b *staging) stageMessages(tenant uint16, set *storage.ChangeSet) error {
	for i := range set.Publish {
		if err := b.store.queue.publish(b.batch, tenant, &set.Publish[i]); err != nil {
			return err
		}
		b.topics = append(b.topics, set.Publish[i].Topic)
	}
	if set.Done == nil {
		return nil
	}
	b.topics = append(b.topics, set.Done.Message.Topic)
	return b.store.queue.acknowledge(b.batch, set.Done)
}

func (b *staging) check(tenant uint16, w *storage.Write) error {
	where := spaceOf(tenant, w.Collection)
	id := mutableID{where, w.Doc.ID}
	if storage.SchemaOf(w.Collection).Immutable {
		if !w.Doc.Unique {
			return nil
		}
		value, err := get(b.store.db, where.id(w.Doc.ID))
		if err == nil && (value != nil || b.ids[id]) {
			err = tracardi.Errorf(tracardi.Conflict, "%s %q is stored already", w.Collection, w.Doc.ID)
		}
		return err
	}
	staged, ok := b.mutable[id]
	if !ok {
		staged = &mutableDoc{}
		value, err := get(b.store.db, where.docID(w.Doc.ID))
		if err != nil {
			return err
		}
		if value != nil {
			stored, err := parseDocument(value)
			if err != nil {
				return err
			}
			staged.stored, staged.version = &stored, stored.version
		}
		b.mutable[id] = staged
	}
	if staged.version != w.Doc.Version {
		return tracardi.Errorf(tracardi.Conflict, "%s %q was changed meanwhile", w.Collection, w.Doc.ID)
	}
	return nil
}

func (b *staging) stageMutable(schema *storage.Schema, where space, doc *storage.Doc) {
	staged := b.mutable[mutableID{where, doc.ID}]
	if staged.stored == nil && staged.doc == nil {
		b.counts[countID{where, hourOf(micros(doc.Time)), 0, ""}]++
	}
	staged.version++
	staged.doc, staged.keys = doc, keysOf(schema, doc)
}

// run is a row of immutable documents with consecutive numbers and the same key.
type run struct {
	space       space
	key         storage.Key
	first, last uint64
	from, to    int64 // earliest and latest time
}

func (b *staging) stageImmutable(schema *storage.Schema, where space, doc *storage.Doc, runs []run) ([]run, error) {
	number, err := b.store.committer.number(b.batch)
	if err != nil {
		return runs, err
	}
	t := micros(doc.Time)
	value := document{time: t, id: doc.ID, body: doc.Body}
	if err := b.batch.Set(where.docNumber(number), b.append(&value), nil); err != nil {
		return runs, err
	}
	if err := b.batch.Set(where.id(doc.ID), binary.BigEndian.AppendUint64(nil, number), nil); err != nil {
		return runs, err
	}
	if doc.Unique {
		b.ids[mutableID{where, doc.ID}] = true
	}
	hour := hourOf(t)
	b.counts[countID{where, hour, 0, ""}]++
	for i, group := range groupsOf(schema, doc) {
		b.counts[countID{where, hour, byte(i + 1), group}]++
	}
	b.grew(where)
next:
	for _, key := range keysOf(schema, doc) {
		for i := range runs {
			if r := &runs[i]; r.space == where && r.key == key && r.last+1 == number {
				r.last, r.from, r.to = number, min(r.from, t), max(r.to, t)
				continue next
			}
		}
		runs = append(runs, run{where, key, number, number, t, t})
	}
	return runs, nil
}

func (b *staging) grew(where space) {
	for i := range b.wrote {
		if b.wrote[i].space == where {
			b.wrote[i].count++
			return
		}
	}
	b.wrote = append(b.wrote, written{where, 1})
}

func (b *staging) flushRuns(runs []run) error {
	for i := range runs {
		r := &runs[i]
		if err := b.batch.Set(r.space.run(r.key.Field, r.key.Value, r.first), r.value(), nil); err != nil {
			return err
		}
	}
	return nil
}

// value holds the run's length, its earliest time and how much later its latest is.
func (r *run) value() []byte {
	dst := binary.AppendUvarint(make([]byte, 0, 16), r.last-r.first+1)
	dst = binary.AppendVarint(dst, r.from)
	return binary.AppendUvarint(dst, uint64(r.to-r.from))
}

func (r *run) parse(first uint64, value []byte) error {
	n, width := binary.Uvarint(value)
	if width <= 0 || n == 0 {
		return errDamaged
	}
	from, more := binary.Varint(value[width:])
	if more <= 0 {
		return errDamaged
	}
	span, last := binary.Uvarint(value[width+more:])
	if last <= 0 {
		return errDamaged
	}
	r.first, r.last, r.from, r.to = first, first+n-1, from, from+int64(span)
	return nil
}

// finish writes what was held back: the last state of mutable documents, and counters.
func (b *staging) finish() error {
	for id, staged := range b.mutable {
		if staged.doc == nil {
			continue // its change set conflicted
		}
		if err := b.writeMutable(id, staged); err != nil {
			return err
		}
	}
	for id, n := range b.counts {
		if err := b.batch.Merge(id.space.count(id.hour, id.group, id.value), appendCounter(nil, n), nil); err != nil {
			return err
		}
	}
	return nil
}

// append writes a value into the scratch space, which the batch copies from.
func (b *staging) append(value *document) []byte {
	b.scratch = value.append(b.scratch[:0])
	return b.scratch
}

func (b *staging) writeMutable(id mutableID, staged *mutableDoc) error {
	t := micros(staged.doc.Time)
	value := document{time: t, version: staged.version, id: id.id, keys: staged.keys, body: staged.doc.Body}
	if err := b.batch.Set(id.space.docID(id.id), b.append(&value), nil); err != nil {
		return err
	}
	old := staged.stored
	if old == nil {
		old = &document{}
	}
	if staged.stored == nil || old.time != t {
		if staged.stored != nil {
			if err := b.batch.Delete(id.space.byTime(old.time, id.id), nil); err != nil {
				return err
			}
			b.counts[countID{id.space, hourOf(old.time), 0, ""}]--
			b.counts[countID{id.space, hourOf(t), 0, ""}]++
		}
		if err := b.batch.Set(id.space.byTime(t, id.id), nil, nil); err != nil {
			return err
		}
	}
	for _, key := range old.keys {
		if !slices.Contains(staged.keys, key) {
			if err := b.batch.Delete(append(id.space.byKey(key.Field, key.Value), id.id...), nil); err != nil {
				return err
			}
		}
	}
	for _, key := range staged.keys {
		if !slices.Contains(old.keys, key) {
			if err := b.batch.Set(append(id.space.byKey(key.Field, key.Value), id.id...), nil, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

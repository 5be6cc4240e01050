package ordered

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	maxPending  = 65536   // change sets that wait
	batchWrites = 2000    // documents of a batch, about
	batchBytes  = 4 << 20 // their size, about
	sweepEvery  = 5 * time.Second
	forgetAfter = 200 * time.Millisecond

	// Beside a batch on its way another one goes when so many documents wait, or after this time. What comes until then shares a batch:
	// a store does the same work for few documents and for many.
	fullBatch  = 500
	slowFlight = 50 * time.Millisecond
)

// goneAfter is how many looks an entry must outlast before its writer is held for gone, who gives up after Options.Within.
const goneAfter = 5

// Committer is a storage.Committer. Change sets of many callers share a batch; several batches are on their way at once, but
// never two that touch the same document.
type Committer struct {
	engine  Engine
	options Options

	mu      sync.Mutex
	pending []*submission
	waiting int                      // documents of them
	busy    map[string]bool          // documents of batches on their way
	flying  map[string]chan struct{} // entries of batches on their way; closed when they have landed
	over    map[string]bool          // entries that are known to be finished
	done    []string                 // entries to be removed
	left    time.Time                // when the last batch went
	closed  bool
	wake    chan struct{}
	slots   chan struct{}

	ctx     context.Context // of the work; ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup
}

// submission is a change set on its way.
type submission struct {
	set      *storage.ChangeSet // writes and bodies must not be read any more
	docs     []*Document
	anchor   *Document // the mutable document that decides; nil when there is none
	messages []storage.Message
	bytes    int
	ticket   *ticket
}

type ticket struct {
	once sync.Once
	done chan struct{}
	err  error
}

// Wait implements storage.Ticket.
func (t *ticket) Wait(ctx context.Context) error {
	select {
	case <-t.done:
		return t.err
	case <-ctx.Done():
		return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the request ended before its change was stored", Err: ctx.Err()}
	}
}

func (t *ticket) settle(err error) {
	t.once.Do(func() {
		t.err = err
		close(t.done)
	})
}

// New starts a committer. Close stops it.
func New(engine Engine, o Options) *Committer {
	if o.Flights == 0 {
		o.Flights = 3
	}
	if o.Within == 0 {
		o.Within = 10 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Committer{
		engine: engine, options: o, busy: map[string]bool{}, flying: map[string]chan struct{}{}, over: map[string]bool{},
		wake: make(chan struct{}, 1), slots: make(chan struct{}, o.Flights),
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.running.Go(c.dispatch)
	c.running.Go(c.sweep)
	return c
}

// Close lets what was taken finish, for a moment, and stops.
func (c *Committer) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.signal()
	hurry := time.AfterFunc(c.options.Within, c.stop)
	c.running.Wait()
	hurry.Stop()
	c.stop()
}

// Commit implements storage.Committer.
func (c *Committer) Commit(set *storage.ChangeSet) storage.Ticket {
	t := &ticket{done: make(chan struct{})}
	sub, err := c.submission(set, t)
	if err == nil && len(sub.docs)+len(sub.messages) == 0 {
		t.settle(c.open())
		return t
	}
	if err == nil {
		err = c.take(sub)
	}
	if err != nil {
		t.settle(err)
	}
	return t
}

// submission prepares a change set, by as many processors as there are callers.
func (c *Committer) submission(set *storage.ChangeSet, t *ticket) (*submission, error) {
	docs, err := c.engine.Documents(set)
	if err != nil {
		return nil, err
	}
	sub := &submission{set: &storage.ChangeSet{Tenant: set.Tenant}, docs: docs, ticket: t}
	seen := make(map[string]bool, len(docs))
	for _, doc := range docs {
		if seen[doc.Key] && (doc.Mutable || doc.Unique) {
			return nil, conflict()
		}
		seen[doc.Key] = true
		sub.bytes += len(doc.Content)
		// A document with a new id decides nothing where there is another: whoever does the same work again makes another id.
		if doc.Mutable && (sub.anchor == nil || sub.anchor.Fresh && !doc.Fresh) {
			sub.anchor = doc
		}
	}
	if sub.anchor != nil {
		sub.anchor.Lax = true
	}
	for _, m := range set.Publish {
		if m.ID == "" { // a message that is published again must be the same
			m.ID = uuid.NewString()
		}
		sub.messages = append(sub.messages, m)
	}
	return sub, nil
}

func conflict() error {
	return tracardi.Errorf(tracardi.Conflict, "somebody else changed the document meanwhile: load it and try again")
}

func unavailable(err error) error {
	if _, ok := errors.AsType[*tracardi.Error](err); ok {
		return err
	}
	return &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: time.Second, Message: "the change could not be stored now: send it again in a moment", Err: err}
}

func (c *Committer) open() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the store is closed"}
	}
	return nil
}

func (c *Committer) take(sub *submission) error {
	if err := c.open(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) >= maxPending {
		return &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: time.Second, Message: "too much waits for the store: send again in a second"}
	}
	c.pending = append(c.pending, sub)
	c.waiting += len(sub.docs)
	c.signal()
	return nil
}

func (c *Committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// dispatch sends batches on their way until the committer is closed and nothing is left.
func (c *Committer) dispatch() {
	for {
		c.slots <- struct{}{}
		f := c.nextFlight()
		for f == nil {
			if c.idle() {
				return
			}
			<-c.wake
			f = c.nextFlight()
		}
		c.running.Go(func() {
			f.run()
			c.landed(f)
			<-c.slots
			c.signal()
		})
	}
}

// idle tells whether there is nothing more to do, ever.
func (c *Committer) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed && len(c.pending) == 0
}

// nextFlight takes the change sets that may go now, in their order; nil when there are none, or too few to go beside others. One
// that touches a document of a batch on its way waits, and so does everything behind it that touches the same documents.
func (c *Committer) nextFlight() *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.flying) > 0 && time.Since(c.left) < slowFlight && c.waiting < fullBatch {
		return nil
	}
	f := &flight{committer: c, id: uuid.Must(uuid.NewV7()).String(), owner: map[string]*component{}}
	blocked := map[string]bool{}
	writes, bytes := 0, 0
	left := c.pending[:0]
	for _, sub := range c.pending {
		if writes < batchWrites && bytes < batchBytes && !c.touches(sub, blocked) && f.join(sub) {
			writes += len(sub.docs)
			bytes += sub.bytes
			continue
		}
		for _, doc := range sub.docs {
			if doc.exclusive() {
				blocked[doc.Key] = true
			}
		}
		left = append(left, sub)
	}
	c.waiting -= writes
	clear(c.pending[len(left):])
	c.pending = left
	if len(f.components) == 0 {
		return nil
	}
	for key := range f.owner {
		c.busy[key] = true
	}
	c.flying[f.id] = make(chan struct{})
	c.left = time.Now()
	time.AfterFunc(slowFlight, c.signal)
	return f
}

// exclusive tells whether two writers of the document must not be on their way at once.
func (d *Document) exclusive() bool { return d.Mutable || d.Unique }

func (c *Committer) touches(sub *submission, blocked map[string]bool) bool {
	for _, doc := range sub.docs {
		if doc.exclusive() && (c.busy[doc.Key] || blocked[doc.Key]) {
			return true
		}
	}
	return false
}

// landed gives back the documents of a batch.
func (c *Committer) landed(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range f.owner {
		delete(c.busy, key)
	}
	close(c.flying[f.id])
	delete(c.flying, f.id)
	if f.noted && f.finished {
		c.remember(f.id)
		c.done = append(c.done, f.id)
	}
}

const rememberedEntries = 10000

// remember notes, with c.mu held, that an entry is finished.
func (c *Committer) remember(id string) {
	if len(c.over) >= rememberedEntries {
		clear(c.over) // it is only a shortcut
	}
	c.over[id] = true
}

// takeDone returns the entries to be removed.
func (c *Committer) takeDone() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := c.done
	c.done = nil
	return done
}

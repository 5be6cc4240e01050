package pulsar

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
)

// note is what a consumer must know of a message beside its content.
type note struct {
	attempts  int        // that were begun
	notBefore time.Time  // of the next one
	places    []position // where it is written
}

const (
	propertyOf        = "of" // the place of the message
	propertyNotBefore = "not-before"
)

func (n *note) encode(of position) *pulsar.ProducerMessage {
	properties := map[string]string{propertyOf: of.String(), propertyAttempt: strconv.Itoa(n.attempts)}
	if !n.notBefore.IsZero() {
		properties[propertyNotBefore] = strconv.FormatInt(n.notBefore.UnixNano(), 10)
	}
	return &pulsar.ProducerMessage{Payload: []byte{}, Properties: properties}
}

// add takes in a written note. Attempts only grow.
func (n *note) add(m pulsar.Message) {
	properties := m.Properties()
	if attempts, _ := strconv.Atoi(properties[propertyAttempt]); attempts > n.attempts {
		n.attempts, n.notBefore = attempts, time.Time{}
		if at, err := strconv.ParseInt(properties[propertyNotBefore], 10, 64); err == nil {
			n.notBefore = time.Unix(0, at)
		}
	}
	n.places = append(n.places, positionOf(m.ID()))
}

// readNotes returns the notes of a topic as they are now.
func (q *Queue) readNotes(ctx context.Context, topic string) (map[position]*note, error) {
	found := map[position]*note{}
	err := q.notes(topic).read(ctx, func(m pulsar.Message) bool {
		collect(found, m)
		return true
	})
	return found, err
}

func collect(into map[position]*note, m pulsar.Message) {
	of, err := parsePosition(m.Properties()[propertyOf])
	if err != nil {
		return
	}
	if into[of] == nil {
		into[of] = &note{}
	}
	into[of].add(m)
}

// notebook follows the notes of a topic while a consumer runs.
type notebook struct {
	pile   *pile
	reader pulsar.Reader
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu    sync.Mutex
	notes map[position]*note
	gone  []position // of notes that are to be taken away
	read  position
	grown chan struct{} // closed when read grows
}

// follow opens the notebook of a topic.
func (q *Queue) follow(ctx context.Context, topic string) (*notebook, error) {
	p := q.notes(topic)
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	c, err := q.admin.cursor(ctx, p.name, p.subscription)
	if err != nil {
		return nil, err
	}
	reader, err := q.client.CreateReader(pulsar.ReaderOptions{
		Topic: p.path(), StartMessageID: pulsar.NewMessageID(c.acknowledged.ledger, c.acknowledged.entry, -1, 0),
	})
	if err != nil {
		return nil, err
	}
	b := &notebook{
		pile: p, reader: reader, notes: map[position]*note{}, read: c.acknowledged, grown: make(chan struct{}),
	}
	var own context.Context
	own, b.stop = context.WithCancel(context.Background())
	b.done.Go(func() { b.run(own, c) })
	b.done.Go(func() { b.sweep(own) })
	if err := b.catchUp(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// run reads what is written. Notes that were taken away before are left out.
func (b *notebook) run(ctx context.Context, old *cursor) {
	for {
		m, err := b.reader.Next(ctx)
		if err != nil {
			return // the reader is closed: it mends broken connections itself
		}
		at := positionOf(m.ID())
		b.mu.Lock()
		if !old.has(at) {
			collect(b.notes, m)
		}
		b.read = at
		close(b.grown)
		b.grown = make(chan struct{})
		b.mu.Unlock()
	}
}

// catchUp waits until everything is read that was written before the call.
func (b *notebook) catchUp(ctx context.Context) error {
	id, err := b.reader.GetLastMessageID()
	if err != nil {
		return err
	}
	last := positionOf(id)
	for {
		b.mu.Lock()
		read, grown := b.read, b.grown
		b.mu.Unlock()
		if !read.before(last) || last.entry < 0 {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (b *notebook) get(of position) note {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := b.notes[of]; n != nil {
		return *n
	}
	return note{}
}

// write writes a note and waits until the broker has it.
func (b *notebook) write(ctx context.Context, of position, n note) error {
	return b.pile.put(ctx, n.encode(of))
}

// forget has the notes of a message that is done taken away.
func (b *notebook) forget(of position) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := b.notes[of]; n != nil {
		b.gone = append(b.gone, n.places...)
		delete(b.notes, of)
	}
}

// tidy has the notes of messages taken away that are acknowledged: their consumer ended before it could.
func (b *notebook) tidy(c *cursor) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for of, n := range b.notes {
		if c.has(of) {
			b.gone = append(b.gone, n.places...)
			delete(b.notes, of)
		}
	}
}

// sweep takes away what is to be forgotten, many notes at a time. What fails is left for the next consumer.
func (b *notebook) sweep(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		b.mu.Lock()
		gone := b.gone
		b.gone = nil
		b.mu.Unlock()
		if err := b.pile.remove(gone); err != nil {
			b.pile.queue.log.Debug("queue: notes are left for the next consumer to take away", "topic", b.pile.name, "error", err)
		}
	}
}

func (b *notebook) close() {
	b.stop()
	b.done.Wait()
	b.reader.Close()
}

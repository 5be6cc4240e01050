package pulsar

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	defaultLease = 30 * time.Second
	prefetched   = 200    // messages that the client asks for before they are needed
	mostHeld     = 10_000 // messages that a consumer keeps back because those before them are not done
	mostBytes    = 64 << 20
	mostAtWork   = 4 << 20         // bytes of messages that are handed out at once: what handlers make of them takes many times as much
	grace        = 5 * time.Second // at the end, for what a handler answered to reach the broker
)

// Consume implements storage.Queue. A connection to the broker is the lease: while it is there, nobody else gets the messages
// that this consumer holds. When it breaks, or the process is gone, others do, after a minute at the latest. The time of
// Consume.Lease counts for a message that its handler neither settles nor has settled.
func (q *Queue) Consume(ctx context.Context, topic string, c storage.Consume, h storage.Handler) error {
	if ctx.Err() != nil {
		return nil
	}
	q.mu.Lock()
	if err := q.check(ctx, "consume"); err != nil {
		q.mu.Unlock()
		return err
	}
	q.using.Add(1)
	q.mu.Unlock()
	defer q.using.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(q.over, cancel)()

	r := &run{
		queue: q, topic: topic, options: c, handler: h, lines: newLines(),
		arrived: make(chan []*held), finished: make(chan outcome), acks: make(chan ack),
	}
	r.options.Workers, r.options.Lease = max(c.Workers, 1), c.Lease
	if c.Lease <= 0 {
		r.options.Lease = defaultLease
	}
	subscribed := r.persist(ctx, "subscribe", func() error { return r.open(ctx) })
	if r.notes != nil {
		defer r.notes.close()
	}
	if !subscribed {
		return nil
	}
	acking := make(chan struct{})
	go func() {
		defer close(acking)
		r.acknowledge()
	}()
	receiving := make(chan struct{})
	go func() {
		defer close(receiving)
		r.receive(ctx)
	}()
	r.loop(ctx)
	cancel()
	<-receiving
	close(r.acks)
	<-acking
	r.consumer.Close()
	return nil
}

// run is a running Consume. Its loop alone touches the lines.
type run struct {
	queue    *Queue
	topic    string
	options  storage.Consume
	handler  storage.Handler
	consumer pulsar.Consumer
	notes    *notebook
	old      position // of the last message that was there before this consumer
	lines    *lines
	running  int // messages that are handed out
	atWork   int // bytes of them
	arrived  chan []*held
	finished chan outcome
	acks     chan ack
}

// outcome is what became of a message that was handed out.
type outcome struct {
	held  *held
	done  bool
	again time.Time // when it is to be handed out again, unless done
}

// open subscribes, and reads the notes of those who held the messages before.
func (r *run) open(ctx context.Context) error {
	messages := r.queue.messages(r.topic)
	err := messages.prepare(ctx)
	if err == nil && r.notes == nil {
		r.notes, err = r.queue.follow(ctx, r.topic)
	}
	if err != nil {
		return err
	}
	c, err := r.queue.admin.cursor(ctx, messages.name, messages.subscription)
	if err != nil || c == nil {
		return cmp.Or(err, errGone)
	}
	r.old = c.last
	r.notes.tidy(c)
	r.consumer, err = r.queue.client.Subscribe(pulsar.ConsumerOptions{
		Topic: messages.path(), SubscriptionName: workers, Type: pulsar.KeyShared,
		SubscriptionInitialPosition: pulsar.SubscriptionPositionEarliest, ReceiverQueueSize: prefetched, AckWithResponse: true,
	})
	return err
}

var errGone = errors.New("its topic was removed meanwhile")

// receive takes messages from the broker and sees to it that the notes about them are read: whoever had them before wrote the
// notes before it let the messages go.
func (r *run) receive(ctx context.Context) {
	suspects := 0
	for {
		var batch []*held
		select {
		case <-ctx.Done():
			return
		case m, open := <-r.consumer.Chan():
			for more := open; more; {
				batch = append(batch, &held{id: m.ID(), at: positionOf(m.ID()), lease: decode(r.topic, m.Message), suspect: m.RedeliveryCount() > 0})
				select {
				case m, more = <-r.consumer.Chan():
				default:
					more = false
				}
				more = more && len(batch) < prefetched
			}
		}
		for _, h := range batch {
			// The consumer before had no more than this in its hands.
			if suspects < mostHeld && !r.old.before(h.at) {
				h.suspect = true
				suspects++
			}
		}
		if !r.persist(ctx, "read notes", func() error { return r.notes.catchUp(ctx) }) {
			return
		}
		select {
		case r.arrived <- batch:
		case <-ctx.Done():
			return
		}
	}
}

func (r *run) loop(ctx context.Context) {
	alarm := time.NewTimer(time.Hour)
	defer alarm.Stop()
	for ctx.Err() == nil {
		for r.running < r.options.Workers && r.atWork < mostAtWork {
			next := r.lines.begin()
			if next == nil {
				break
			}
			r.running++
			r.atWork += len(next.lease.Message.Body)
			go func() { r.finished <- r.work(ctx, next) }()
		}
		var more <-chan []*held
		if r.lines.ready() < 2*r.options.Workers && r.lines.count() < mostHeld && r.lines.bytes < mostBytes {
			more = r.arrived
		}
		alarm.Reset(r.lines.nextWake())
		select {
		case <-ctx.Done():
		case batch := <-more:
			for _, h := range batch {
				r.lines.add(h)
			}
		case o := <-r.finished:
			r.finish(o)
		case <-alarm.C:
			r.lines.wake(time.Now())
		}
	}
	for r.running > 0 {
		r.finish(<-r.finished)
	}
}

func (r *run) finish(o outcome) {
	r.running--
	r.atWork -= len(o.held.lease.Message.Body)
	if o.done {
		r.lines.done(o.held)
	} else {
		r.lines.sleep(o.held, o.again)
	}
}

// work hands out a message and does what its handler answers.
func (r *run) work(ctx context.Context, h *held) outcome {
	// What a handler has answered reaches the broker although the consumer is to end, if that can be done soon.
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	n := r.notes.get(h.at)
	if !h.known {
		h.known, h.attempts = true, n.attempts
		if n.notBefore.After(time.Now()) {
			return outcome{held: h, again: n.notBefore}
		}
	}
	if ctx.Err() != nil {
		return outcome{held: h}
	}
	h.attempts++
	// So that a message on which processes die comes to an end, what may have been tried before is counted before it is tried.
	if h.suspect && !r.note(late, h, note{attempts: h.attempts}) {
		return outcome{held: h}
	}
	h.suspect = false
	lease := h.lease
	lease.Message.Attempt, lease.Message.Body = h.attempts, bytes.Clone(lease.Message.Body)
	verdict := r.handler(ctx, &lease)
	switch {
	case !verdict.Settle: // the time is this consumer's; another one may have the message now
		at := time.Now().Add(r.options.Lease)
		r.note(late, h, note{attempts: h.attempts})
		return outcome{held: h, again: at}
	case verdict.Again > 0:
		at := time.Now().Add(verdict.Again)
		r.note(late, h, note{attempts: h.attempts, notBefore: at})
		return outcome{held: h, again: at}
	case verdict.Dead != "":
		dead := h.lease.Message
		dead.Attempt, dead.Reason, dead.Due = h.attempts, verdict.Dead, time.Time{}
		if !r.persist(late, "put a message aside", func() error { return r.queue.letters(r.topic).put(late, encode(h.lease.Tenant, &dead)) }) {
			return outcome{held: h}
		}
	}
	return r.settle(late, h)
}

// note writes down what others must know if they get the message.
func (r *run) note(ctx context.Context, h *held, n note) bool {
	return r.persist(ctx, "note an attempt", func() error { return r.notes.write(ctx, h.at, n) })
}

// settle acknowledges a message.
func (r *run) settle(ctx context.Context, h *held) outcome {
	fault.At(fault.Acknowledging)
	done := r.persist(ctx, "acknowledge a message", func() error {
		answer := make(chan error, 1)
		r.acks <- ack{h.id, answer}
		return <-answer
	})
	fault.At(fault.Acknowledged)
	if done {
		r.notes.forget(h.at)
	}
	return outcome{held: h, done: done}
}

// persist does something until it works, and returns false when ctx ends before.
func (r *run) persist(ctx context.Context, what string, do func() error) bool {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := do()
		if err == nil {
			return true
		}
		if ctx.Err() == nil {
			r.queue.log.Warn("queue: "+what+" failed; it is tried again", "topic", r.topic, "error", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

// ack asks for a message to be acknowledged.
type ack struct {
	id     pulsar.MessageID
	answer chan error
}

// acknowledge asks the broker for many messages at once: it answers one request after the other.
func (r *run) acknowledge() {
	for first := range r.acks {
		list := []ack{first}
		for more := true; more; {
			select {
			case next, open := <-r.acks:
				if more = open; open {
					list = append(list, next)
				}
			default:
				more = false
			}
		}
		ids := make([]pulsar.MessageID, len(list))
		for i := range list {
			ids[i] = list[i].id
		}
		err := r.consumer.AckIDList(ids)
		for _, a := range list {
			a.answer <- err
		}
	}
}

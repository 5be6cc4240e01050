package pulsar

import (
	"context"
	"sync"

	"github.com/apache/pulsar-client-go/pulsar"
)

// pile is one of Pulsar's topics, of which what is not acknowledged by one subscription is kept.
type pile struct {
	queue        *Queue
	name         string // of the topic, without the namespace
	subscription string

	mu       sync.Mutex
	producer pulsar.Producer
	taker    pulsar.Consumer // acknowledges what others have read; receives nothing
}

// Names of subscriptions.
const (
	workers = "workers" // of messages
	kept    = "kept"    // of dead letters and notes
)

func (q *Queue) messages(topic string) *pile { return q.pile(escape(topic), workers) }
func (q *Queue) letters(topic string) *pile  { return q.pile(escape(topic)+":dead", kept) }
func (q *Queue) notes(topic string) *pile    { return q.pile(escape(topic)+":notes", kept) }

func (q *Queue) pile(name, subscription string) *pile {
	name = q.target.prefix + ":" + name
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.piles[name]
	if p == nil {
		p = &pile{queue: q, name: name, subscription: subscription}
		q.piles[name] = p
	}
	return p
}

// path is the full name of the topic.
func (p *pile) path() string { return "persistent://" + p.queue.target.namespace + "/" + p.name }

// prepare makes sure that what is sent is kept.
func (p *pile) prepare(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.producer != nil {
		return nil
	}
	if err := p.keep(ctx); err != nil {
		return err
	}
	producer, err := p.queue.client.CreateProducer(pulsar.ProducerOptions{
		Topic: p.path(), SendTimeout: operating, MaxPendingMessages: 10_000, DisableBlockIfQueueFull: true,
		DisableBatching: true, // each message is acknowledged by itself
	})
	if err != nil {
		return err
	}
	p.producer = producer
	return nil
}

// keep makes the subscription if it is not there, by joining it for a moment: Pulsar keeps nothing without one. The REST
// interface could make it too, but when two do that at once, it takes back what was acknowledged in between.
func (p *pile) keep(ctx context.Context) error {
	c, err := p.queue.admin.cursor(ctx, p.name, p.subscription)
	if err != nil || c != nil {
		return err
	}
	consumer, err := p.queue.client.Subscribe(p.subscribing())
	if err != nil {
		return err
	}
	consumer.Close()
	return nil
}

// subscribing are the options of a consumer that receives nothing.
func (p *pile) subscribing() pulsar.ConsumerOptions {
	o := pulsar.ConsumerOptions{
		Topic: p.path(), SubscriptionName: p.subscription, SubscriptionInitialPosition: pulsar.SubscriptionPositionEarliest,
		Type: pulsar.Shared, EnableZeroQueueConsumer: true, AckWithResponse: true,
	}
	if p.subscription == workers {
		o.Type = pulsar.KeyShared
	}
	return o
}

// send sends a message and its result to a channel with room for it. prepare must have been called.
func (p *pile) send(ctx context.Context, m *pulsar.ProducerMessage, result chan<- error) {
	// A message on its way is not called back: whoever gives up waiting may be told that nothing may be assumed.
	p.producer.SendAsync(context.WithoutCancel(ctx), m, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) { result <- err })
}

// put sends messages and waits until the broker has them.
func (p *pile) put(ctx context.Context, msgs ...*pulsar.ProducerMessage) error {
	if err := p.prepare(ctx); err != nil {
		return err
	}
	sent := make(chan error, len(msgs))
	for _, m := range msgs {
		p.send(ctx, m, sent)
	}
	return wait(ctx, sent, len(msgs))
}

// remove acknowledges messages that were read.
func (p *pile) remove(ids []position) error {
	if len(ids) == 0 {
		return nil
	}
	taker, err := p.take()
	if err != nil {
		return err
	}
	list := make([]pulsar.MessageID, len(ids))
	for i, id := range ids {
		list[i] = pulsar.NewMessageID(id.ledger, id.entry, -1, -1) // as this kind of consumer counts its partitions
	}
	return taker.AckIDList(list)
}

func (p *pile) take() (pulsar.Consumer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taker != nil {
		return p.taker, nil
	}
	taker, err := p.queue.client.Subscribe(p.subscribing())
	if err != nil {
		return nil, err
	}
	p.taker = taker
	return taker, nil
}

// read calls visit for each message that is not acknowledged, in their order, until it returns false.
func (p *pile) read(ctx context.Context, visit func(pulsar.Message) bool) error {
	c, err := p.queue.admin.cursor(ctx, p.name, p.subscription)
	if err != nil || c == nil {
		return err
	}
	return p.readFrom(ctx, c, visit)
}

func (p *pile) readFrom(ctx context.Context, c *cursor, visit func(pulsar.Message) bool) error {
	if !c.acknowledged.before(c.last) {
		return nil
	}
	reader, err := p.queue.client.CreateReader(pulsar.ReaderOptions{
		Topic: p.path(), StartMessageID: pulsar.NewMessageID(c.acknowledged.ledger, c.acknowledged.entry, -1, 0),
	})
	if err != nil {
		return err
	}
	defer reader.Close()
	for reader.HasNext() {
		m, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		at := positionOf(m.ID())
		if c.last.before(at) {
			return nil
		}
		if !c.has(at) && !visit(m) || at == c.last {
			return nil
		}
	}
	return nil
}

func (p *pile) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.producer != nil {
		p.producer.Close()
	}
	if p.taker != nil {
		p.taker.Close()
	}
}

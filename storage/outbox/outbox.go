// Package outbox joins records that have a queue of their own, in one store, with a queue on another server. What a change set
// publishes is stored with it, in the store's own queue, and handed on to the server from there. The message whose work a change
// set is gets acknowledged last, when its handler returns, which is after the change set is stored.
package outbox

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

// topic is where messages wait in the store for their way to the server.
const topic = "outbox"

// Outbox is records and queue as one.
type Outbox struct {
	records storage.Records
	inner   storage.Queue
	outer   storage.Queue
}

// New joins records, the queue of their store, and the queue on a server.
func New(records storage.Records, inner, outer storage.Queue) *Outbox {
	return &Outbox{records: records, inner: inner, outer: outer}
}

// Records are the records, whose change sets publish to the server.
func (o *Outbox) Records() storage.Records { return &recordsWithOutbox{o.records} }

// Queue is the queue on the server.
func (o *Outbox) Queue() storage.Queue { return &queueBesideRecords{o.outer} }

type recordsWithOutbox struct{ storage.Records }

// Commit implements storage.Committer.
func (r *recordsWithOutbox) Commit(set *storage.ChangeSet) storage.Ticket {
	inner := &storage.ChangeSet{Tenant: set.Tenant, Writes: set.Writes}
	for _, m := range set.Publish {
		text, err := json.Marshal(m)
		if err != nil {
			return failed{err}
		}
		waiting := storage.Message{Topic: topic, Body: text}
		if m.Key != "" {
			waiting.Key = m.Topic + " " + m.Key
		}
		inner.Publish = append(inner.Publish, waiting)
	}
	return r.Records.Commit(inner)
}

// failed is a ticket of a change set that cannot be stored.
type failed struct{ err error }

// Wait implements storage.Ticket.
func (f failed) Wait(context.Context) error { return f.err }

type queueBesideRecords struct{ storage.Queue }

// Consume implements storage.Queue.
func (q *queueBesideRecords) Consume(ctx context.Context, topic string, c storage.Consume, h storage.Handler) error {
	return q.Queue.Consume(ctx, topic, c, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		if verdict := h(ctx, lease); verdict != storage.Committed() {
			return verdict
		}
		return storage.Done()
	})
}

// Run hands messages on to the server until ctx ends. While the server cannot be reached they wait, in their order.
func (o *Outbox) Run(ctx context.Context) error {
	const workers = 64 // each waits for the server
	return o.inner.Consume(ctx, topic, storage.Consume{Workers: workers}, func(ctx context.Context, lease *storage.Lease) storage.Verdict {
		var m storage.Message
		if err := json.Unmarshal(lease.Message.Body, &m); err != nil {
			return storage.Dead("it is no message: " + err.Error())
		}
		fault.At(fault.HandingOver)
		if err := o.outer.Publish(ctx, lease.Tenant, m); err != nil {
			return storage.Again(min(100*time.Millisecond<<min(lease.Message.Attempt, 8), 10*time.Second))
		}
		fault.At(fault.HandedOver)
		return storage.Done()
	})
}

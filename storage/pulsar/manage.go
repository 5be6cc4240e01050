package pulsar

import (
	"context"
	"slices"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/tracardi/tracardi-go/storage"
)

// exact is the number of messages up to which Depth looks at each of them, and at none behind.
const exact = 1000

// Depth implements storage.Queue. Of a topic in which more waits, it tells what the broker counts: the messages of all tenants,
// those as delayed that the broker holds back, and no oldest one when none of the first is ready.
func (q *Queue) Depth(ctx context.Context, tenant, topic string) (d storage.Depth, err error) {
	const doing = "count messages"
	if err := q.check(ctx, doing); err != nil {
		return d, err
	}
	if err := q.depth(ctx, tenant, topic, &d); err != nil {
		return storage.Depth{}, q.failure(ctx, doing, err)
	}
	return d, nil
}

func (q *Queue) depth(ctx context.Context, tenant, topic string, d *storage.Depth) error {
	messages := q.messages(topic)
	c, err := q.admin.cursor(ctx, messages.name, messages.subscription)
	if err != nil || c == nil { // without messages there was never a dead letter
		return err
	}
	many := c.backlog > exact
	notes, err := q.readNotes(ctx, topic)
	if err != nil {
		return err
	}
	if many {
		if d.Delayed, err = q.admin.delayed(ctx, messages.name, messages.subscription); err != nil {
			return err
		}
		d.Ready = max(0, c.backlog-d.Delayed)
	}
	now, left := time.Now(), exact
	err = messages.readFrom(ctx, c, func(m pulsar.Message) bool {
		lease, n := decode(topic, m), notes[positionOf(m.ID())]
		switch {
		case lease.Tenant != tenant && !many:
		case many:
			waits := lease.Message.Due.After(now) || n != nil && n.notBefore.After(now)
			if !waits {
				d.Oldest = lease.Message.At // in the order of publishing
			}
			left--
			return waits && left > 0
		case lease.Message.Due.After(now), n != nil && n.notBefore.After(now):
			d.Delayed++
		default:
			d.Ready++
			if d.Oldest.IsZero() || lease.Message.At.Before(d.Oldest) {
				d.Oldest = lease.Message.At
			}
		}
		return true
	})
	if err != nil {
		return err
	}
	return q.letters(topic).read(ctx, func(m pulsar.Message) bool {
		if decode(topic, m).Tenant == tenant {
			d.Dead++
		}
		return true
	})
}

// DeadLetters implements storage.Queue.
func (q *Queue) DeadLetters(ctx context.Context, tenant, topic string, limit int) (list []storage.Message, err error) {
	const doing = "list dead letters"
	if err := q.check(ctx, doing); err != nil {
		return nil, err
	}
	err = q.letters(topic).read(ctx, func(m pulsar.Message) bool {
		if lease := decode(topic, m); lease.Tenant == tenant {
			list = append(list, lease.Message)
		}
		return len(list) < limit
	})
	return list, q.failure(ctx, doing, err)
}

// Replay implements storage.Queue. One that is interrupted may publish a letter and keep it too.
func (q *Queue) Replay(ctx context.Context, tenant, topic string, ids ...string) (int, error) {
	const doing = "replay dead letters"
	if err := q.check(ctx, doing); err != nil {
		return 0, err
	}
	letters := q.letters(topic)
	var again []*pulsar.ProducerMessage
	var places []position
	err := letters.read(ctx, func(m pulsar.Message) bool {
		lease := decode(topic, m)
		if lease.Tenant == tenant && (len(ids) == 0 || slices.Contains(ids, lease.Message.ID)) {
			lease.Message.Attempt, lease.Message.Reason = 0, ""
			again = append(again, encode(tenant, &lease.Message))
			places = append(places, positionOf(m.ID()))
		}
		return true
	})
	if err == nil && len(again) > 0 {
		err = q.messages(topic).put(ctx, again...)
	}
	if err == nil {
		err = letters.remove(places)
	}
	if err != nil {
		return 0, q.failure(ctx, doing, err)
	}
	return len(again), nil
}

// Discard implements storage.Queue.
func (q *Queue) Discard(ctx context.Context, tenant, topic string, which func(*storage.Message) bool) (int, error) {
	const doing = "discard dead letters"
	if err := q.check(ctx, doing); err != nil {
		return 0, err
	}
	letters := q.letters(topic)
	var places []position
	err := letters.read(ctx, func(m pulsar.Message) bool {
		if lease := decode(topic, m); lease.Tenant == tenant && which(&lease.Message) {
			places = append(places, positionOf(m.ID()))
		}
		return true
	})
	if err == nil {
		err = letters.remove(places)
	}
	if err != nil {
		return 0, q.failure(ctx, doing, err)
	}
	return len(places), nil
}

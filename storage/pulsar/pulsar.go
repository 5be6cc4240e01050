// Package pulsar keeps the queue in Apache Pulsar, where many processes share it. A topic of ours is up to three of Pulsar's:
//
//	prefix:topic         the messages; subscription "workers" of type Key_Shared hands them out
//	prefix:topic:dead    the dead letters
//	prefix:topic:notes   what a consumer must know of messages beside their content: attempts, and when the next one may be
//
// Pulsar keeps what is not acknowledged. Dead letters and notes are acknowledged when they are taken away; nobody consumes them.
//
// Key_Shared gives the messages of a key to one consumer, also while consumers come and go. Everything else about order is done
// in the consumer, which keeps a line for each key: a message that is to come again stays with it, unacknowledged, and those
// behind wait. When the consumer ends, all of them go to others, and the notes tell what was tried before.
package pulsar

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
	"github.com/apache/pulsar-client-go/pulsar/log"
	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/trust"
)

const (
	connecting = 5 * time.Second
	operating  = 10 * time.Second // for one request to a broker, and for a message to be acknowledged
)

// Queue is a storage.Queue. Depth, DeadLetters and Replay read what waits in the topic, message by message; they are for
// people and rare events, not for every request.
type Queue struct {
	target *target
	client pulsar.Client
	admin  *admin
	log    *slog.Logger

	over context.Context // ends with Close
	end  context.CancelFunc

	mu    sync.Mutex
	piles map[string]*pile
	done  sync.Once
	using sync.WaitGroup // running Consume
}

// Open connects to the brokers that a URL names. A URL that cannot work is Invalid, a broker that cannot be reached Unavailable.
func Open(ctx context.Context, address string, logger *slog.Logger) (*Queue, error) {
	t, err := parse(address)
	if err != nil {
		return nil, err
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	client, err := t.client(pulsar.ClientOptions{
		ConnectionTimeout: connecting, OperationTimeout: operating, Logger: log.NewLoggerWithSlog(slog.New(quiet{logger.Handler()})),
	})
	if err != nil {
		return nil, tracardi.Errorf(tracardi.Invalid, "queue-url: %w", err)
	}
	q := &Queue{target: t, client: client, admin: newAdmin(t), log: logger, piles: map[string]*pile{}}
	q.over, q.end = context.WithCancel(context.Background())
	if err := q.Ping(ctx); err != nil {
		return nil, errors.Join(q.explain(ctx, err), q.Close())
	}
	if err := t.greet(ctx); err != nil {
		return nil, errors.Join(err, q.Close())
	}
	return q, nil
}

// explain tells the operator about an error that kept the queue from being opened. What does not pass by itself is Invalid.
func (q *Queue) explain(ctx context.Context, err error) error {
	where := "queue on " + q.target.service
	if advice := trust.Explain(err); advice != "" {
		return tracardi.Errorf(tracardi.Invalid, "%s cannot be used at %s: %s: %w", where, q.target.admin, advice, err)
	}
	if host, plain := strings.CutPrefix(q.target.admin, "http://"); plain && trust.Expected(ctx, host) {
		return tracardi.Errorf(tracardi.Invalid, "%s: %s speaks TLS: begin the URL with pulsar+ssl:// and admin with https://: %w", where, host, err)
	}
	return tracardi.Errorf(tracardi.KindOf(err), "%s: %w", where, err)
}

// quiet lets pass what the client has to warn of.
type quiet struct{ slog.Handler }

// Handle implements slog.Handler. The broker may have sent more to a reader than it wanted before it was closed: that is no trouble.
func (h quiet) Handle(ctx context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "Got unexpected message") {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// Enabled implements slog.Handler.
func (h quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }

// Ping tells whether a broker answers for the namespace.
func (q *Queue) Ping(ctx context.Context) error {
	const doing = "ask pulsar"
	if err := q.check(ctx, doing); err != nil {
		return err
	}
	return q.failure(ctx, doing, q.admin.ping(ctx))
}

// Close ends consuming, waits for it, and closes the connections. A second call does nothing; calls after it are Unavailable.
func (q *Queue) Close() error {
	q.done.Do(func() {
		q.end()
		q.using.Wait()
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, p := range q.piles {
			p.close()
		}
		q.client.Close()
		q.admin.close()
	})
	return nil
}

// Publish implements storage.Queue.
func (q *Queue) Publish(ctx context.Context, tenant string, msgs ...storage.Message) error {
	const doing = "publish"
	if err := q.check(ctx, doing); err != nil {
		return err
	}
	sent := make(chan error, len(msgs))
	for i := range msgs {
		m := msgs[i] // the caller's own stays as it is
		if m.ID == "" {
			m.ID = uuid.Must(uuid.NewV7()).String()
		}
		m.At, m.Attempt, m.Reason = time.Now(), 0, ""
		p := q.messages(m.Topic)
		if err := p.prepare(ctx); err != nil {
			return q.failure(ctx, doing, err)
		}
		p.send(ctx, encode(tenant, &m), sent)
	}
	return q.failure(ctx, doing, wait(ctx, sent, len(msgs)))
}

// wait waits for a number of results and returns the first error.
func wait(ctx context.Context, results <-chan error, n int) error {
	var first error
	for range n {
		select {
		case err := <-results:
			if first == nil {
				first = err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return first
}

func (q *Queue) check(ctx context.Context, doing string) error {
	if ctx.Err() != nil {
		return &tracardi.Error{Kind: tracardi.Unavailable, Message: doing + ": it was given up before it was done", Err: context.Cause(ctx)}
	}
	if q.over.Err() != nil {
		return tracardi.Errorf(tracardi.Unavailable, "%s: the queue is closed", doing)
	}
	return nil
}

// failure makes an error of the platform out of one of the client.
func (q *Queue) failure(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if checked := q.check(ctx, doing); checked != nil {
		return checked
	}
	if _, ok := errors.AsType[*tracardi.Error](err); ok {
		return err
	}
	if errors.Is(err, pulsar.ErrMessageTooLarge) {
		return &tracardi.Error{Kind: tracardi.TooLarge, Message: doing + ": the message is larger than pulsar takes", Err: err}
	}
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: doing + ": pulsar cannot do it now, try again", Err: err, RetryAfter: time.Second}
}

package storage

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
)

// Message is a piece of work that was accepted and is to be done by a worker.
type Message struct {
	Topic string // such as "collected" or "deliver.<destination>"
	ID    string // made by the queue when empty
	Key   string // messages of equal key are handled one after the other, in publishing order; empty for no order
	Body  []byte
	Due   time.Time // not handed out before; zero for at once

	Attempt int       // 1 on the first delivery; set by the queue
	At      time.Time // when it was published; set by the queue
	Reason  string    // why it is in the dead letters; set by the queue
}

// Lease is a message that a consumer holds. It goes to another consumer when it is neither settled nor extended in time.
type Lease struct {
	Tenant  string
	Message Message
	Token   []byte // the engine's own mark
}

// Verdict says what becomes of a message.
type Verdict struct {
	Again  time.Duration // above 0: deliver again after this long
	Dead   string        // not empty: move to the dead letters, with this reason
	Settle bool          // false when a ChangeSet with Done took it already; then the queue does nothing
}

// Done acknowledges a message, Again hands it out once more after a while, Dead puts it aside.
func Done() Verdict { return Verdict{Settle: true} }

// Again asks for another delivery after d.
func Again(d time.Duration) Verdict { return Verdict{Settle: true, Again: max(d, time.Millisecond)} }

// Dead moves the message to the dead letters.
func Dead(reason string) Verdict { return Verdict{Settle: true, Dead: reason} }

// Committed tells that a change set has acknowledged the message.
func Committed() Verdict { return Verdict{} }

const (
	mostAttempts   = 20              // at what may never work; about ten minutes
	longestPause   = time.Minute     // between them
	longestAbsence = 5 * time.Second // between looks whether something is back
)

// Failed is the verdict on a message whose work ended with an error that may have been for the moment. Work for which something
// was Unavailable is tried until that is back, and soon then: an outage is not the message's fault. Anything else ends in the dead
// letters, after pauses that double.
func Failed(attempt int, err error) Verdict {
	pause := min(100*time.Millisecond<<min(attempt, 10), longestPause)
	switch {
	case tracardi.KindOf(err) == tracardi.Unavailable:
		return Again(min(pause, longestAbsence))
	case attempt >= mostAttempts:
		return Dead(err.Error())
	}
	return Again(pause)
}

// Handler does the work of one message.
type Handler func(ctx context.Context, lease *Lease) Verdict

// Depth is the state of a topic.
type Depth struct {
	Ready   int64 // waiting to be handed out, leased ones included
	Delayed int64
	Dead    int64
	Oldest  time.Time // publishing time of the oldest ready message; zero if none
}

// Consume is how a topic is consumed.
type Consume struct {
	Workers int           // handlers at once; 0 means 1
	Lease   time.Duration // time for one message, extended while its handler runs; 0 means 30 s
}

// Queue delivers each message at least once. Messages of equal key are handled one after the other, in publishing order, by
// one consumer at a time: while one is delivered again, those behind it wait.
type Queue interface {
	// Publish returns nil when the messages survive a crash.
	Publish(ctx context.Context, tenant string, msgs ...Message) error
	// Consume calls h for the messages of a topic of all tenants until ctx ends, then waits for the running calls.
	Consume(ctx context.Context, topic string, c Consume, h Handler) error
	// Depth tells how much is waiting.
	Depth(ctx context.Context, tenant, topic string) (Depth, error)
	// DeadLetters lists messages that were put aside, oldest first.
	DeadLetters(ctx context.Context, tenant, topic string, limit int) ([]Message, error)
	// Replay publishes dead letters again, all of the topic when ids is empty, and returns how many.
	Replay(ctx context.Context, tenant, topic string, ids ...string) (int, error)
	// Discard removes for good the dead letters that which picks, and returns how many there were. which sees each of them once,
	// one after the other.
	Discard(ctx context.Context, tenant, topic string, which func(*Message) bool) (int, error)
	Close() error
}

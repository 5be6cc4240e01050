package pulsar

import (
	"container/heap"
	"slices"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/tracardi/tracardi-go/storage"
)

// held is a message that a consumer has and has not acknowledged.
type held struct {
	id       pulsar.MessageID
	at       position
	lease    storage.Lease
	attempts int  // that were begun
	known    bool // the notes of other consumers were looked at
	suspect  bool // another consumer may have died with it

	line *queueLine // nil while it is not due
}

// queueLine is the messages of a key, in the order of their handing out. Only the first one moves.
type queueLine struct {
	name string
	msgs []*held
}

// lines are all messages that a consumer holds.
type lines struct {
	all    map[position]*held
	byName map[string]*queueLine
	begins []*queueLine // whose first message may be handed out, in the order of their coming
	asleep sleepers
	bytes  int
}

func newLines() *lines {
	return &lines{all: map[position]*held{}, byName: map[string]*queueLine{}}
}

func (l *lines) ready() int { return len(l.begins) }
func (l *lines) count() int { return len(l.all) }

// add takes a message in. One that the broker delivers again, because the connection broke, is here already.
func (l *lines) add(h *held) {
	if l.all[h.at] != nil {
		return
	}
	l.all[h.at] = h
	l.bytes += len(h.lease.Message.Body)
	if h.lease.Message.Due.After(time.Now()) {
		l.sleep(h, h.lease.Message.Due)
		return
	}
	l.enlist(h)
}

// enlist puts a message into its line, behind those that are before it in the topic and behind the first one, which has begun.
func (l *lines) enlist(h *held) {
	name := line(h.lease.Tenant, h.lease.Message.Key)
	if h.lease.Message.Key == "" {
		name = h.at.String() // a line of its own; no name of a key has this form, as it would begin with the tenant's length
	}
	q := l.byName[name]
	if q == nil {
		q = &queueLine{name: name}
		l.byName[name] = q
	}
	h.line = q
	at := len(q.msgs)
	for at > 1 && h.at.before(q.msgs[at-1].at) {
		at--
	}
	q.msgs = slices.Insert(q.msgs, at, h)
	if at == 0 {
		l.begins = append(l.begins, q)
	}
}

// begin returns the next message to be handed out, nil when there is none.
func (l *lines) begin() *held {
	if len(l.begins) == 0 {
		return nil
	}
	q := l.begins[0]
	l.begins = l.begins[1:]
	return q.msgs[0]
}

// done takes a message out; the next one of its line may begin.
func (l *lines) done(h *held) {
	delete(l.all, h.at)
	l.bytes -= len(h.lease.Message.Body)
	q := h.line
	q.msgs = slices.Delete(q.msgs, 0, 1)
	if len(q.msgs) == 0 {
		delete(l.byName, q.name)
		return
	}
	l.begins = append(l.begins, q)
}

// sleep keeps a message back until its time comes, at the head of its line when it was handed out.
func (l *lines) sleep(h *held, until time.Time) { heap.Push(&l.asleep, sleeper{h, until}) }

// wake brings back those whose time has come.
func (l *lines) wake(now time.Time) {
	for len(l.asleep) > 0 && !l.asleep[0].until.After(now) {
		h := heap.Pop(&l.asleep).(sleeper).held
		if h.line == nil {
			l.enlist(h)
		} else {
			l.begins = append(l.begins, h.line)
		}
	}
}

// nextWake is the time until the next message wakes.
func (l *lines) nextWake() time.Duration {
	if len(l.asleep) == 0 {
		return time.Hour
	}
	return max(0, time.Until(l.asleep[0].until))
}

// sleeper is an entry of the heap.
type sleeper struct {
	held  *held
	until time.Time
}

type sleepers []sleeper

// Len implements heap.Interface.
func (s sleepers) Len() int { return len(s) }

// Less implements heap.Interface.
func (s sleepers) Less(i, j int) bool { return s[i].until.Before(s[j].until) }

// Swap implements heap.Interface.
func (s sleepers) Swap(i, j int) { s[i], s[j] = s[j], s[i] }

// Push implements heap.Interface.
func (s *sleepers) Push(x any) { *s = append(*s, x.(sleeper)) }

// Pop implements heap.Interface.
func (s *sleepers) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}

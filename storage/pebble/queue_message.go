package pebble

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/storage"
)

// Under tagReady and the tenant's number comes one of these, then the topic.
const (
	queueCount   = 'c' // state → count
	queueID      = 'i' // id, number → due time
	queueMessage = 'm' // due time, number → message
)

// A message is in one of these states; they are part of the counters' keys.
const (
	stateReady = iota
	stateDelayed
	stateDead
	states
)

// location is where a message is kept. Messages that wait for their turn come first, in the order of their numbers, then the
// delayed ones in the order in which they are due, then the dead letters.
type location struct {
	due    uint64 // µs since 1970; 0 for messages that wait for their turn
	number uint64
}

const buried = math.MaxUint64 // due time of dead letters

func (at location) state() int {
	switch at.due {
	case 0:
		return stateReady
	case buried:
		return stateDead
	}
	return stateDelayed
}

func queueKey(tenant uint16, kind byte, topic string) []byte {
	return appendEscaped([]byte{tagReady, byte(tenant >> 8), byte(tenant), kind}, topic)
}

func (l *line) key(at location) []byte {
	key := append(make([]byte, 0, len(l.messages)+16), l.messages...)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(key, at.due), at.number)
}

// location reads where a key of a message is.
func (l *line) location(key []byte) (location, error) {
	at := key[min(len(key), len(l.messages)):]
	if len(at) != 16 {
		return location{}, errDamaged
	}
	return location{binary.BigEndian.Uint64(at), binary.BigEndian.Uint64(at[8:])}, nil
}

func (l *line) idKey(id string, number uint64) []byte {
	return binary.BigEndian.AppendUint64(appendEscaped(bytes.Clone(l.ids), id), number)
}

// parseCountKey reads topic and state out of the key of a counter, of which the beginning is cut off.
func parseCountKey(key []byte) (topic string, state byte, err error) {
	end := len(key) - 3
	if end < 0 || key[end] != 0 || key[end+1] != 1 || key[end+2] >= states {
		return "", 0, errDamaged
	}
	return strings.ReplaceAll(string(key[:end]), "\x00\xff", "\x00"), key[end+2], nil
}

// madeID is the id of a message that was published without one. It tells where the message is, so that no key needs to.
func (q *queue) madeID(number uint64) string {
	return strconv.FormatUint(q.origin, 36) + "." + strconv.FormatUint(number, 36)
}

func (q *queue) parseMadeID(id string) (number uint64, ok bool) {
	origin, rest, _ := strings.Cut(id, ".")
	number, err := strconv.ParseUint(rest, 36, 64)
	return number, err == nil && origin == strconv.FormatUint(q.origin, 36)
}

// stored is a message in the store.
type stored struct {
	storage.Message        // its topic is in the key
	until           uint64 // when it is delivered again, in its turn; µs since 1970
	place           location
}

// appendMessage writes a message under an id, which is empty when its number gives it.
func appendMessage(dst []byte, m *storage.Message, id string, until uint64) []byte {
	dst = binary.AppendUvarint(dst, until)
	dst = binary.AppendUvarint(dst, uint64(m.Attempt))
	dst = binary.AppendVarint(dst, m.At.UnixNano())
	dst = appendTime(dst, m.Due)
	for _, text := range []string{m.Key, id, m.Reason} {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	return append(dst, m.Body...)
}

// appendTime writes 0, or 1 and a time.
func appendTime(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, 0)
	}
	return binary.AppendUvarint(binary.AppendVarint(append(dst, 1), t.Unix()), uint64(t.Nanosecond()))
}

// messageReader reads a stored value from its beginning. After the first mistake it gives zeros.
type messageReader struct {
	rest []byte
	bad  bool
}

func (r *messageReader) took(width int) {
	if width <= 0 || width > len(r.rest) {
		r.rest, r.bad = nil, true
		return
	}
	r.rest = r.rest[width:]
}

func (r *messageReader) unsigned() uint64 {
	n, width := binary.Uvarint(r.rest)
	r.took(width)
	return n
}

func (r *messageReader) signed() int64 {
	n, width := binary.Varint(r.rest)
	r.took(width)
	return n
}

func (r *messageReader) text() string {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.bad = true
		return ""
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}

func (r *messageReader) time() time.Time {
	if r.unsigned() == 0 {
		return time.Time{}
	}
	seconds := r.signed()
	return time.Unix(seconds, int64(r.unsigned()%1e9)).UTC()
}

// parseMessage reads a value; the body is a part of it.
func parseMessage(value []byte) (m stored, err error) {
	r := messageReader{rest: value}
	m.until = r.unsigned()
	m.Attempt = int(r.unsigned() & math.MaxInt32)
	m.At = time.Unix(0, r.signed()).UTC()
	m.Due = r.time()
	m.Key, m.ID, m.Reason = r.text(), r.text(), r.text()
	if r.bad {
		return stored{}, errDamaged
	}
	if len(r.rest) > 0 {
		m.Body = r.rest
	}
	return m, nil
}

// parse reads a message of a line; the body is a part of the value.
func (l *line) parse(at location, value []byte) (stored, error) {
	m, err := parseMessage(value)
	m.place, m.Topic = at, l.topic.name
	if m.ID == "" {
		m.ID = l.topic.queue.madeID(at.number)
	}
	return m, err
}

// get reads a message; nil when there is none.
func (l *line) get(at location) (*stored, error) {
	value, err := get(l.topic.queue.store.db, l.key(at))
	if err != nil || value == nil {
		return nil, err
	}
	m, err := l.parse(at, value)
	return &m, err
}

// edit is a change of a line's messages. It keeps the first error.
type edit struct {
	line  *line
	batch *pebble.Batch
	err   error
}

func (l *line) edit() *edit { return &edit{line: l, batch: l.topic.queue.store.db.NewBatch()} }

func (e *edit) do(err error) {
	if e.err == nil {
		e.err = err
	}
}

// put writes a message to a place, with what finds it there by its id.
func (e *edit) put(at location, m *storage.Message, until uint64) {
	q, id, full := e.line.topic.queue, m.ID, m.ID
	if at.due != 0 || id != "" {
		made := q.madeID(at.number)
		if id == made {
			id = ""
		}
		if full == "" {
			full = made
		}
	}
	value := appendMessage(make([]byte, 0, 64+len(m.Key)+len(m.ID)+len(m.Body)), m, id, until)
	e.do(e.batch.Set(e.line.key(at), value, nil))
	if at.due != 0 || id != "" {
		e.do(e.batch.Set(e.line.idKey(full, at.number), binary.BigEndian.AppendUint64(nil, at.due), nil))
	}
	e.count(at, 1)
}

// remove deletes what put wrote.
func (e *edit) remove(at location, id string) {
	e.do(e.batch.Delete(e.line.key(at), nil))
	if at.due != 0 || id != e.line.topic.queue.madeID(at.number) {
		e.do(e.batch.Delete(e.line.idKey(id, at.number), nil))
	}
	e.count(at, -1)
}

// count changes the counters, on disk with the batch, in memory at once.
func (e *edit) count(at location, n int64) {
	l, state := e.line, at.state()
	e.do(e.batch.Merge(append(bytes.Clone(l.counters), byte(state)), appendCounter(nil, n), nil))
	l.topic.queue.mu.Lock()
	l.counts[state] += n
	if state == stateDelayed && at.due <= l.mark {
		l.passed += n
	}
	l.topic.queue.mu.Unlock()
}

// apply makes the change visible, unless the tenant was dropped. It is on the disk after the next sync.
func (e *edit) apply() error {
	q := e.line.topic.queue
	q.dropping.RLock()
	defer q.dropping.RUnlock()
	if e.err == nil && !e.line.dropped.Load() {
		e.err = q.store.db.Apply(e.batch, pebble.NoSync)
	}
	return errors.Join(e.err, e.batch.Close())
}

// find returns the places of all messages with an id.
func (l *line) find(id string) ([]location, error) {
	var found []location
	q, prefix := l.topic.queue, appendEscaped(bytes.Clone(l.ids), id)
	err := q.store.each(prefix, func(key, value []byte) error {
		number, err := parseNumber(key[len(prefix):])
		due, more := parseNumber(value)
		found = append(found, location{due, number})
		return errors.Join(err, more)
	})
	if number, ok := q.parseMadeID(id); ok && err == nil {
		var m *stored
		if m, err = l.get(location{number: number}); m != nil && m.ID == id {
			found = append(found, m.place)
		}
	}
	return found, err
}

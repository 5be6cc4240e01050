package pebble

import (
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

// SetClock gives the queue another clock, before its first use.
func (s *Store) SetClock(now func() time.Time) { s.queue.now = now }

// SetLimits bounds the busy keys and the messages behind them that are in memory, before the first use.
func (s *Store) SetLimits(lanes, parked int) { s.queue.maxLanes, s.queue.maxParked = lanes, parked }

// CheckLease does the first half of what the committer does with a lease.
func (s *Store) CheckLease(lease *storage.Lease) error { return s.queue.check(lease) }

// RoundTrip writes and reads a message as the queue stores it.
func RoundTrip(m storage.Message, until uint64) (storage.Message, uint64, error) {
	back, err := parseMessage(appendMessage(nil, &m, m.ID, until))
	return back.Message, back.until, err
}

// ParseMessage reads bytes as the queue would.
func ParseMessage(value []byte) error {
	_, err := parseMessage(value)
	return err
}

// ParseCountKey reads the key of a counter of a topic.
func ParseCountKey(topic string, state byte) (string, byte, error) {
	return parseCountKey(append(appendEscaped(nil, topic), state))
}

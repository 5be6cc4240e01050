package pebble

import "time"

// SetClock gives the queue another clock, before its first use.
func (s *Store) SetClock(now func() time.Time) { s.queue.now = now }

package memory

import (
	"container/list"
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Locks is a storage.Locks. A lock costs memory only while it is held or waited for, and a goroutine never; who waits gets it
// in the order of arrival.
type Locks struct {
	seed   maphash.Seed
	start  time.Time // times are durations since then, which are cheap and do not jump
	shards [64]shard
}

// shard holds the locks of some names.
type shard struct {
	mu     sync.Mutex
	held   map[key]hold
	fence  int64 // of the last holder of any name
	sweep  int   // number of held locks at which those of dead holders are looked for
	closed bool
	locks  *Locks
	_      [64]byte // neighbours are used by other cores
}

// hold is a lock in somebody's hands.
type hold struct {
	fence int64
	until time.Duration
	line  *line // nil when nobody waits
}

// line is who waits for a lock. Its timer ends the lease of a holder that does not unlock, at once if it is over already.
type line struct {
	waiters list.List // of *waiter
	timer   *time.Timer
}

type waiter struct {
	ttl  time.Duration
	turn chan *lock // gets the lock, or nil when the locks are closed
}

// lock is a storage.Lock.
type lock struct {
	shard *shard
	key   key
	fence int64
}

const sweepAt = 1024

// NewLocks makes a set of locks that are all free.
func NewLocks() *Locks {
	l := &Locks{seed: maphash.MakeSeed(), start: time.Now()}
	for i := range l.shards {
		s := &l.shards[i]
		s.held, s.sweep, s.locks = map[key]hold{}, sweepAt, l
		s.fence = l.start.UnixNano() // above those of the process before
	}
	return l
}

// Lock implements storage.Locks. A time to live of 0 or less is Invalid.
func (l *Locks) Lock(ctx context.Context, tenant, name string, ttl time.Duration) (storage.Lock, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx, "wait for a lock")
	}
	if ttl <= 0 {
		return nil, tracardi.InvalidField("ttl", "is not above zero: a lock that its holder forgets must become free")
	}
	s, k := &l.shards[maphash.String(l.seed, name)%uint64(len(l.shards))], key{tenant, name}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed()
	}
	h, taken := s.held[k]
	if !taken {
		granted := s.grant(k, ttl, nil)
		s.mu.Unlock()
		return granted, nil
	}
	w := &waiter{ttl: ttl, turn: make(chan *lock, 1)}
	place := s.wait(k, h, w)
	s.mu.Unlock()

	select {
	case granted := <-w.turn:
		if granted == nil {
			return nil, errClosed()
		}
		return granted, nil
	case <-ctx.Done():
		s.leave(k, place)
		return nil, ended(ctx, "wait for a lock")
	}
}

// Close sends away who waits. A second call does nothing; locks cannot be taken any more.
func (l *Locks) Close() error {
	for i := range l.shards {
		l.shards[i].close()
	}
	return nil
}

func errClosed() error { return tracardi.Errorf(tracardi.Unavailable, "the locks are closed") }

// Fence implements storage.Lock.
func (l *lock) Fence() int64 { return l.fence }

// Unlock implements storage.Lock. After the lease is over, and the second time, it does nothing.
func (l *lock) Unlock() {
	s := l.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	if h, taken := s.held[l.key]; taken && h.fence == l.fence {
		s.pass(l.key, h)
	}
}

// Extend implements storage.Lock.
func (l *lock) Extend(ctx context.Context, ttl time.Duration) error {
	if ctx.Err() != nil {
		return ended(ctx, "extend a lock")
	}
	s := l.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	h, taken := s.held[l.key]
	now := time.Since(s.locks.start)
	if !taken || h.fence != l.fence || now >= h.until {
		return tracardi.Errorf(tracardi.Conflict, "the lease of lock %q is over", l.key.name)
	}
	h.until = now + ttl
	s.held[l.key] = h
	if h.line != nil {
		h.line.timer.Reset(ttl)
	}
	return nil
}

// The methods below are called with the shard's mutex held, unless they say otherwise.

// grant gives a lock to its next holder.
func (s *shard) grant(k key, ttl time.Duration, behind *line) *lock {
	if len(s.held) >= s.sweep {
		s.clean()
	}
	s.fence++
	s.held[k] = hold{fence: s.fence, until: time.Since(s.locks.start) + ttl, line: behind}
	return &lock{shard: s, key: k, fence: s.fence}
}

// clean removes the locks of holders that died while nobody waited. As it runs only when the number has doubled since the last
// time, it costs each lock next to nothing.
func (s *shard) clean() {
	now := time.Since(s.locks.start)
	for k, h := range s.held {
		if h.line == nil && now >= h.until {
			delete(s.held, k)
		}
	}
	s.sweep = max(sweepAt, 2*len(s.held))
}

// wait puts a waiter at the end of the line.
func (s *shard) wait(k key, h hold, w *waiter) *list.Element {
	if h.line == nil {
		h.line = &line{timer: time.AfterFunc(h.until-time.Since(s.locks.start), func() { s.expire(k) })}
		s.held[k] = h
	}
	return h.line.waiters.PushBack(w)
}

// pass hands a lock on, or frees it when nobody waits.
func (s *shard) pass(k key, h hold) {
	if h.line == nil {
		delete(s.held, k)
		return
	}
	w := h.line.waiters.Remove(h.line.waiters.Front()).(*waiter)
	if h.line.waiters.Len() == 0 {
		h.line.timer.Stop()
		h.line = nil
	} else {
		h.line.timer.Reset(w.ttl)
	}
	w.turn <- s.grant(k, w.ttl, h.line)
}

// expire is called by a line's timer, without the mutex.
func (s *shard) expire(k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, taken := s.held[k]
	if !taken || h.line == nil {
		return
	}
	if left := h.until - time.Since(s.locks.start); left > 0 {
		h.line.timer.Reset(left) // the holder changed while the timer rang
		return
	}
	s.pass(k, h)
}

// leave takes a waiter out of the line, or hands on the lock that it was just given. It is called without the mutex.
func (s *shard) leave(k key, place *list.Element) {
	w := place.Value.(*waiter)
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case granted := <-w.turn:
		if granted == nil {
			return
		}
		if h, taken := s.held[k]; taken && h.fence == granted.fence {
			s.pass(k, h)
		}
		return
	default:
	}
	h := s.held[k]
	h.line.waiters.Remove(place)
	if h.line.waiters.Len() == 0 {
		h.line.timer.Stop()
		h.line = nil
		s.held[k] = h
	}
}

// close is called without the mutex.
func (s *shard) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, h := range s.held {
		if h.line == nil {
			continue
		}
		h.line.timer.Stop()
		for at := h.line.waiters.Front(); at != nil; at = at.Next() {
			at.Value.(*waiter).turn <- nil
		}
	}
	clear(s.held)
}

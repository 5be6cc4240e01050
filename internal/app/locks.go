package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// softLocks keep payloads of one person in order, and make conflicts rare. That is worth waiting for, but not worth refusing
// events: while the server of the shared locks gives no answer, those of the process do, and between processes the versions of
// the documents decide, at the cost of second attempts.
type softLocks struct {
	own    storage.Locks // of the process
	shared storage.Locks
	log    *slog.Logger
	until  atomic.Int64 // the server is not asked before, in nanoseconds since 1970
}

// calm is how long a server that gave no answer is left alone.
const calm = 2 * time.Second

// Lock implements storage.Locks.
func (l *softLocks) Lock(ctx context.Context, tenant, name string, ttl time.Duration) (storage.Lock, error) {
	own, err := l.own.Lock(ctx, tenant, name, ttl)
	if err != nil {
		return nil, err
	}
	if time.Now().UnixNano() < l.until.Load() {
		return own, nil
	}
	shared, err := l.shared.Lock(ctx, tenant, name, ttl)
	switch {
	case err == nil:
		return &softLock{Lock: shared, own: own}, nil
	case ctx.Err() == nil && tracardi.KindOf(err) == tracardi.Unavailable:
		if now := time.Now(); l.until.Swap(now.Add(calm).UnixNano()) < now.UnixNano() {
			l.log.Warn("shared locks give no answer; going on with those of the process", "error", err)
		}
		return own, nil
	}
	own.Unlock()
	return nil, err
}

// Close does nothing: both sets belong to others.
func (l *softLocks) Close() error { return nil }

// softLock is held in the process and on the server.
type softLock struct {
	storage.Lock // the server's
	own          storage.Lock
}

// Unlock implements storage.Lock.
func (l *softLock) Unlock() {
	l.Lock.Unlock()
	l.own.Unlock()
}

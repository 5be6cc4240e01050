package storage

import (
	"context"
	"time"
)

// Cache holds what may be lost at any time.
type Cache interface {
	Get(ctx context.Context, tenant, key string) (value []byte, ok bool, err error)
	Set(ctx context.Context, tenant, key string, value []byte, ttl time.Duration) error
	// Add adds n to a counter and returns it; the first Add starts it and its time to live.
	Add(ctx context.Context, tenant, key string, n int64, ttl time.Duration) (int64, error)
	Delete(ctx context.Context, tenant string, keys ...string) error
	Ping(ctx context.Context) error
	Close() error
}

// Locks hands out leases on names: one holder at a time.
type Locks interface {
	// Lock waits until the name is free or ctx ends.
	Lock(ctx context.Context, tenant, name string, ttl time.Duration) (Lock, error)
	Close() error
}

// Lock is held until Unlock, or until its time to live is over because its holder died or hangs.
type Lock interface {
	// Fence grows with every holder of the name, so that a store can refuse a holder that lost its lease.
	Fence() int64
	// Extend begins the time to live anew. Conflict: the lease is over, and somebody else may have it.
	Extend(ctx context.Context, ttl time.Duration) error
	Unlock()
}

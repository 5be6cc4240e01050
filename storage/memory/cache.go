// Package memory keeps in this process what need not outlive it: the cache and the locks of a system that runs on one machine.
package memory

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/tracardi/tracardi-go"
)

// Cache is a storage.Cache that forgets what is used least when it is full. A time to live of 0 or less lasts for ever.
// A counter reads as its decimal digits, and a value of decimal digits can be counted on.
type Cache struct {
	entries *otter.Cache[key, entry]
	closed  atomic.Bool
}

type key struct{ tenant, name string }

type entry struct {
	value   []byte // of a counter nil
	count   int64
	counter bool
	ttl     time.Duration // from the writing of the entry; 0: what is left of the time before
}

const (
	entryBytes = 200               // an entry's own cost, measured roughly
	forever    = math.MaxInt64 / 4 // far enough, and now + forever still fits
)

// NewCache makes a cache that holds about that many bytes, its own cost included.
func NewCache(bytes uint64) *Cache {
	return &Cache{entries: otter.Must(&otter.Options[key, entry]{
		MaximumWeight:    max(bytes, 1),
		Weigher:          weigh,
		ExpiryCalculator: expiry{},
	})}
}

func weigh(k key, e entry) uint32 {
	return uint32(min(entryBytes+uint64(len(k.tenant)+len(k.name)+len(e.value)), math.MaxUint32))
}

// expiry gives each entry its own time to live.
type expiry struct{}

func (expiry) ExpireAfterCreate(e otter.Entry[key, entry]) time.Duration { return e.Value.ttl }

func (expiry) ExpireAfterUpdate(e otter.Entry[key, entry], _ entry) time.Duration {
	if e.Value.ttl == 0 {
		return e.ExpiresAfter()
	}
	return e.Value.ttl
}

func (expiry) ExpireAfterRead(e otter.Entry[key, entry]) time.Duration { return e.ExpiresAfter() }

func lasting(ttl time.Duration) time.Duration {
	if ttl <= 0 {
		return forever
	}
	return min(ttl, forever)
}

// Get implements storage.Cache. The value belongs to the caller.
func (c *Cache) Get(ctx context.Context, tenant, name string) ([]byte, bool, error) {
	if err := c.check(ctx); err != nil {
		return nil, false, err
	}
	e, ok := c.entries.GetIfPresent(key{tenant, name})
	switch {
	case !ok:
		return nil, false, nil
	case e.counter:
		return strconv.AppendInt(nil, e.count, 10), true, nil
	}
	return bytes.Clone(e.value), true, nil
}

// Set implements storage.Cache. It keeps a copy of the value.
func (c *Cache) Set(ctx context.Context, tenant, name string, value []byte, ttl time.Duration) error {
	if err := c.check(ctx); err != nil {
		return err
	}
	c.entries.Set(key{tenant, name}, entry{value: append([]byte{}, value...), ttl: lasting(ttl)})
	return nil
}

// Add implements storage.Cache. A value that is no whole number is Invalid, as is a sum that does not fit.
func (c *Cache) Add(ctx context.Context, tenant, name string, n int64, ttl time.Duration) (int64, error) {
	if err := c.check(ctx); err != nil {
		return 0, err
	}
	var err error
	now, _ := c.entries.Compute(key{tenant, name}, func(old entry, found bool) (entry, otter.ComputeOp) {
		if !found {
			return entry{counter: true, count: n, ttl: lasting(ttl)}, otter.WriteOp
		}
		if !old.counter {
			if old.count, err = strconv.ParseInt(string(old.value), 10, 64); err != nil {
				err = tracardi.Errorf(tracardi.Invalid, "cache key %q holds no number to add to", name)
				return old, otter.CancelOp
			}
		}
		sum := old.count + n
		if (sum > old.count) != (n > 0) && n != 0 {
			err = tracardi.Errorf(tracardi.Invalid, "the counter in cache key %q cannot grow beyond 64 bits", name)
			return old, otter.CancelOp
		}
		return entry{counter: true, count: sum}, otter.WriteOp
	})
	if err != nil {
		return 0, err
	}
	return now.count, nil
}

// Delete implements storage.Cache.
func (c *Cache) Delete(ctx context.Context, tenant string, names ...string) error {
	if err := c.check(ctx); err != nil {
		return err
	}
	for _, name := range names {
		c.entries.Invalidate(key{tenant, name})
	}
	return nil
}

// Ping implements storage.Cache.
func (c *Cache) Ping(ctx context.Context) error { return c.check(ctx) }

// Close forgets everything. A second call does nothing; calls after it are Unavailable.
func (c *Cache) Close() error {
	if !c.closed.Swap(true) {
		c.entries.StopAllGoroutines()
		c.entries.InvalidateAll()
	}
	return nil
}

func (c *Cache) check(ctx context.Context) error {
	if ctx.Err() != nil {
		return ended(ctx, "use the cache")
	}
	if c.closed.Load() {
		return tracardi.Errorf(tracardi.Unavailable, "the cache is closed")
	}
	return nil
}

// ended is the error for work whose context is over.
func ended(ctx context.Context, doing string) error {
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: doing + ": it was given up before it was done", Err: context.Cause(ctx)}
}

package app

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// TestOneLeader starts a job in three processes, ends them one after the other, and sees it run in one at a time and go on.
func TestOneLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		locks := memory.NewLocks()
		defer locks.Close() // never fails
		var running, runs atomic.Int32
		job := func(ctx context.Context) error {
			if n := running.Add(1); n != 1 {
				t.Errorf("the job runs %d times at once", n)
			}
			runs.Add(1)
			<-ctx.Done()
			running.Add(-1)
			return nil
		}
		var stops []context.CancelFunc
		ended := make(chan error, 3)
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			stops = append(stops, cancel)
			c := (&leader{locks, quiet()}).component("sweep", job)
			go func() { ended <- c.run(ctx) }()
		}
		time.Sleep(5 * time.Minute) //lint:allow sleep in a bubble: leases are extended many times
		if runs.Load() != 1 || running.Load() != 1 {
			t.Errorf("the job began %d times, %d run", runs.Load(), running.Load())
		}
		for _, stop := range stops {
			stop()
			synctest.Wait()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if n := running.Load(); n != 0 {
			t.Errorf("%d jobs still run", n)
		}
	})
}

// deaf are locks whose server stops answering.
type deaf struct {
	storage.Locks
	silent atomic.Bool
}

type deafLock struct {
	storage.Lock
	locks *deaf
}

func (d *deaf) Lock(ctx context.Context, tenant, name string, ttl time.Duration) (storage.Lock, error) {
	if d.silent.Load() {
		return nil, tracardi.Errorf(tracardi.Unavailable, "no answer")
	}
	lock, err := d.Locks.Lock(ctx, tenant, name, ttl)
	return &deafLock{lock, d}, err
}

func (l *deafLock) Extend(ctx context.Context, ttl time.Duration) error {
	if l.locks.silent.Load() {
		return tracardi.Errorf(tracardi.Unavailable, "no answer")
	}
	return l.Lock.Extend(ctx, ttl)
}

// TestLeaderStopsBeforeItsLeaseEnds cuts the leader off from the locks: its job ends before another process can have the lease.
func TestLeaderStopsBeforeItsLeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := memory.NewLocks()
		defer inner.Close() // never fails
		cut := &deaf{Locks: inner}
		var stopped time.Time
		ctx, cancel := context.WithCancel(t.Context())
		c := (&leader{cut, quiet()}).component("sweep", func(ctx context.Context) error {
			<-ctx.Done()
			stopped = time.Now()
			return nil
		})
		ended := make(chan error, 1)
		go func() { ended <- c.run(ctx) }()
		time.Sleep(time.Minute) //lint:allow sleep in a bubble: the job runs
		cut.silent.Store(true)
		lock, err := inner.Lock(t.Context(), tracardi.DefaultTenant, "leader/sweep", leaderLease)
		if err != nil {
			t.Fatal(err)
		}
		if stopped.IsZero() || stopped.After(time.Now()) {
			t.Errorf("another process has the lease at %v; the job stopped at %v", time.Now(), stopped)
		}
		lock.Unlock()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestSoftLocks keeps order within the process while the server of the shared locks is silent, and asks it again later.
func TestSoftLocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, inner := memory.NewLocks(), memory.NewLocks()
		defer own.Close()   // never fails
		defer inner.Close() // never fails
		shared := &deaf{Locks: inner}
		soft := &softLocks{own: own, shared: shared, log: quiet()}
		free := func(l storage.Locks) bool {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			lock, err := l.Lock(ctx, "acme", "a", time.Hour)
			if err == nil {
				lock.Unlock()
			}
			return err == nil
		}
		take := func() storage.Lock {
			lock, err := soft.Lock(t.Context(), "acme", "a", time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			return lock
		}
		lock := take()
		if free(inner) || free(soft) {
			t.Error("somebody else gets the lock")
		}
		lock.Unlock()
		shared.silent.Store(true)
		lock = take()
		if free(soft) {
			t.Error("somebody else in the process gets the lock")
		}
		lock.Unlock()
		shared.silent.Store(false)
		time.Sleep(2 * calm) //lint:allow sleep in a bubble: the server is asked again
		lock = take()
		if free(inner) {
			t.Error("somebody in another process gets the lock")
		}
		lock.Unlock()
		if !free(soft) || !free(inner) {
			t.Error("the lock is not free")
		}
	})
}

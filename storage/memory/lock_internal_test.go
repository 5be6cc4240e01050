package memory

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// kept counts the locks that cost memory.
func (l *Locks) kept() (n int) {
	for i := range l.shards {
		l.shards[i].mu.Lock()
		n += len(l.shards[i].held)
		l.shards[i].mu.Unlock()
	}
	return n
}

func TestFreeLocksCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLocks()
		defer l.Close() // never fails
		lock := func(name string, ttl time.Duration) func() {
			t.Helper()
			held, err := l.Lock(t.Context(), "acme", name, ttl)
			if err != nil {
				t.Fatal(err)
			}
			return held.Unlock
		}
		for i := range 1000 {
			lock(strconv.Itoa(i), time.Minute)()
		}
		if n := l.kept(); n != 0 {
			t.Errorf("%d locks are kept after they were freed", n)
		}

		free := lock("a", time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 10 {
			go func() {
				waiting := ctx
				if i%2 == 0 {
					waiting = t.Context()
				}
				if held, err := l.Lock(waiting, "acme", "a", time.Minute); err == nil && i%4 == 0 {
					held.Unlock()
				}
			}()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		free()
		time.Sleep(time.Hour) //lint:allow sleep in a bubble: the leases of those who forget to unlock run out
		synctest.Wait()
		lock("a", time.Minute)()
		if n := l.kept(); n != 0 {
			t.Errorf("%d locks are kept after a crowd had waited", n)
		}
	})
}

func TestForgottenLocksAreCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLocks()
		defer l.Close() // never fails
		const each = 2 * sweepAt * 64
		for round := range 5 {
			for i := range each {
				if _, err := l.Lock(t.Context(), "acme", strconv.Itoa(round)+"-"+strconv.Itoa(i), time.Second); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute) //lint:allow sleep in a bubble: the leases run out
		}
		if n := l.kept(); n > 2*each {
			t.Errorf("%d locks of dead holders are kept, of %d", n, 5*each)
		}
	})
}

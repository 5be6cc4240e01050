package memory_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCache(t *testing.T) {
	storagetest.Cache(t, func(*testing.T) storage.Cache { return memory.NewCache(64 << 20) }, storagetest.Options[storage.Cache]{})
}

func TestLocks(t *testing.T) {
	storagetest.Locks(t, func(*testing.T) storage.Locks { return memory.NewLocks() }, storagetest.Options[storage.Locks]{})
}

func TestCacheStaysWithinItsBytes(t *testing.T) {
	const limit, value, rounds = 1 << 20, 1 << 10, 10 << 10
	short := strconv.Itoa
	padded := func(i int) string { return fmt.Sprintf("%*d", value, i) }
	one := func(int) string { return "one" }
	for name, c := range map[string]struct {
		rounds, value int
		key           func(i int) string
		least         int // bytes that should stay
	}{
		"many values":       {rounds, value, short, limit / 2},
		"many long keys":    {rounds, 0, padded, limit / 2},
		"values too large":  {20, 2 * limit, short, 0},
		"the same too long": {20, 2 * limit, one, 0},
	} {
		t.Run(name, func(t *testing.T) {
			cache := memory.NewCache(limit)
			defer cache.Close() // never fails
			for i := range c.rounds {
				if err := cache.Set(t.Context(), "acme", c.key(i), make([]byte, c.value), time.Hour); err != nil {
					t.Fatal(err)
				}
			}
			held := func() int {
				found := map[string]int{}
				for i := range c.rounds {
					if got, ok, _ := cache.Get(t.Context(), "acme", c.key(i)); ok {
						found[c.key(i)] = len(c.key(i)) + len(got)
					}
				}
				sum := 0
				for _, each := range found {
					sum += each
				}
				return sum
			}
			deadline := time.Now().Add(10 * time.Second)
			for held() > limit { // the cache cleans up a moment later
				if time.Now().After(deadline) {
					t.Fatalf("holds %d bytes, more than %d", held(), limit)
				}
			}
			if got := held(); got < c.least {
				t.Errorf("holds only %d of %d bytes", got, limit)
			}
		})
	}
}

func TestCacheKeepsWhatIsUsed(t *testing.T) {
	c := memory.NewCache(1 << 20)
	defer c.Close() // never fails
	want := []byte("used")
	if err := c.Set(t.Context(), "acme", "used", want, 0); err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		if err := c.Set(t.Context(), "acme", strconv.Itoa(i), make([]byte, 500), 0); err != nil {
			t.Fatal(err)
		}
		if got, _, err := c.Get(t.Context(), "acme", "used"); !bytes.Equal(got, want) {
			t.Fatalf("after %d others: got %q and error %v", i, got, err)
		}
	}
}

func TestLocksAreHandedOutInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memory.NewLocks()
		defer l.Close() // never fails
		first, err := l.Lock(t.Context(), "acme", "name", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		const waiters = 20
		order := make(chan int, waiters)
		for i := range waiters {
			go func() {
				lock, err := l.Lock(t.Context(), "acme", "name", time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				order <- i
				if i%2 == 0 { // the others let their lease run out
					lock.Unlock()
				}
			}()
			synctest.Wait()
		}
		start := time.Now()
		first.Unlock()
		for want := range waiters {
			if got := <-order; got != want {
				t.Errorf("waiter %d came when it was the turn of %d", got, want)
			}
		}
		if took := time.Since(start); took != (waiters/2-1)*time.Minute {
			t.Errorf("took %v, want %d leases of a minute", took, waiters/2-1)
		}
	})
}

func TestLeaseBeginsWhenTheLockIsGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memory.NewLocks()
		defer l.Close() // never fails
		if _, err := l.Lock(t.Context(), "acme", "name", time.Hour); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		second, err := l.Lock(t.Context(), "acme", "name", time.Minute)
		if err != nil || time.Since(start) != time.Hour {
			t.Fatalf("got the lock after %v with error %v, want an hour", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute-1)
		defer cancel()
		if _, err := l.Lock(ctx, "acme", "name", time.Minute); err == nil {
			t.Error("the second lease ended early")
		}
		second.Unlock()
		third, err := l.Lock(t.Context(), "acme", "name", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		third.Unlock()
	})
}

func BenchmarkLock(b *testing.B) {
	l := memory.NewLocks()
	defer l.Close() // never fails
	names := make([]string, 1000)
	for i := range names {
		names[i] = "profile-" + strconv.Itoa(i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		lock, err := l.Lock(b.Context(), "acme", names[i%len(names)], time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		lock.Unlock()
		i++
	}
}

func BenchmarkCache(b *testing.B) {
	c := memory.NewCache(64 << 20)
	defer c.Close() // never fails
	value := make([]byte, 1000)
	if err := c.Set(b.Context(), "acme", "key", value, time.Hour); err != nil {
		b.Fatal(err)
	}
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok, err := c.Get(b.Context(), "acme", "key"); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.Set(b.Context(), "acme", "key", value, time.Hour); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Add(b.Context(), "acme", "counter", 1, time.Hour); err != nil {
				b.Fatal(err)
			}
		}
	})
}

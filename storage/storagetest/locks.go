package storagetest

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Locks checks an engine for locks. open opens a fresh set, all of them free, which the suite closes.
func Locks(t *testing.T, open func(t *testing.T) storage.Locks, o Options[storage.Locks]) {
	run(t, open, o, []test[storage.Locks]{
		{"a lock is held by one at a time", locksExclude},
		{"two names taken in order never deadlock", locksTwo},
		{"names and tenants are independent", locksIndependent},
		{"awkward names stay apart", locksAwkward},
		{"the fence grows with every holder", locksFence},
		{"everyone who waits gets the lock", locksFair},
		{"a lease that runs out frees the lock", locksExpire},
		{"a lease that runs out hands the lock to who waits", locksHandOver},
		{"a lease that is extended keeps the lock", locksExtend},
		{"a lease that is over cannot be extended", locksExtendLate},
		{"a lease without an end is refused", locksInvalid},
		{"unlocking late or twice frees nobody else's lock", locksStale},
		{"an ended context ends the waiting", locksContext},
		{"who gave up leaves the line", locksGivenUp},
		{"giving up at the last moment loses no lock", locksGivenUpRace},
		{"closing sends away who waits", locksClose},
	})
}

type locksSuite = suite[storage.Locks]

func lock(t *testing.T, l storage.Locks, tenant, name string, ttl time.Duration) storage.Lock {
	t.Helper()
	held, err := l.Lock(t.Context(), tenant, name, ttl)
	ok(t, err)
	return held
}

// wantHeld checks that a lock cannot be had now.
func (s *suite[S]) wantHeld(t *testing.T, l storage.Locks, tenant, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), s.Pace/4)
	defer cancel()
	held, err := l.Lock(ctx, tenant, name, long)
	if err == nil {
		held.Unlock()
		t.Errorf("lock %q of %q is free", name, tenant)
		return
	}
	wantKind(t, err, tracardi.Unavailable)
}

// wantFree checks that a lock can be had soon.
func (s *suite[S]) wantFree(t *testing.T, l storage.Locks, tenant, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), s.Patience)
	defer cancel()
	held, err := l.Lock(ctx, tenant, name, long)
	ok(t, err)
	held.Unlock()
}

// waiting asks for a lock in the background.
func waiting(ctx context.Context, l storage.Locks, name string, ttl time.Duration) <-chan attempt {
	result := make(chan attempt, 1)
	go func() {
		held, err := l.Lock(ctx, "acme", name, ttl)
		result <- attempt{held, err}
	}()
	return result
}

type attempt struct {
	lock storage.Lock
	err  error
}

func locksExclude(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	views := []storage.Locks{l, ls.peer(t, l)}
	const each = 25
	var inside, total atomic.Int64 // no plain numbers: to the race detector, a lock in another process orders nothing
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			for range each {
				held, err := views[i%2].Lock(context.Background(), "acme", "counter", long)
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				before := total.Load()
				runtime.Gosched()
				total.Store(before + 1)
				inside.Add(-1)
				held.Unlock()
			}
		})
	}
	running.Wait()
	same(t, "turns", total.Load(), writers*each)
}

func locksTwo(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	balance := map[string]int{}
	var mu sync.Mutex // the locks protect the values, this the map
	change := func(name string, by int) {
		mu.Lock()
		old := balance[name]
		mu.Unlock()
		runtime.Gosched()
		mu.Lock()
		balance[name] = old + by
		mu.Unlock()
	}
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			for j := range 10 {
				from, to := strconv.Itoa(i%3), strconv.Itoa((i+j)%4)
				if from == to {
					continue
				}
				first, err := l.Lock(context.Background(), "acme", min(from, to), long)
				if err != nil {
					t.Error(err)
					return
				}
				second, err := l.Lock(context.Background(), "acme", max(from, to), long)
				if err != nil {
					t.Error(err)
					return
				}
				change(from, -1)
				change(to, 1)
				second.Unlock()
				first.Unlock()
			}
		})
	}
	running.Wait()
	sum := 0
	for _, each := range balance {
		sum += each
	}
	same(t, "sum", sum, 0)
}

func locksIndependent(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	held := lock(t, l, "acme", "a", long)
	for _, other := range [][2]string{{"acme", "b"}, {"other", "a"}, {"acm", "ea"}, {"acmea", ""}, {"", "acmea"}, {"acme:", "a"}, {"acme", ":a"}} {
		ls.wantFree(t, l, other[0], other[1])
	}
	ls.wantHeld(t, l, "acme", "a")
	held.Unlock()
	ls.wantFree(t, l, "acme", "a")
}

func locksAwkward(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	names := append([]string{"", "\xff"}, awkward...)
	var held []storage.Lock
	for _, name := range names {
		held = append(held, lock(t, l, "acme", name, long), lock(t, l, name, "acme", long))
	}
	for _, each := range held {
		each.Unlock()
	}
	for _, name := range names {
		ls.wantFree(t, l, "acme", name)
		ls.wantFree(t, l, name, "acme")
	}
}

func locksFence(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	views := []storage.Locks{l, ls.peer(t, l)}
	last := int64(0)
	for i := range 20 {
		held := lock(t, views[i%2], "acme", "a", ls.Pace)
		if fence := held.Fence(); fence <= last {
			t.Errorf("fence %d after %d", fence, last)
		}
		last = held.Fence()
		if i != 10 { // that one's lease runs out
			held.Unlock()
		}
	}
}

func locksFair(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	held := lock(t, l, "acme", "a", long)
	var turns []<-chan attempt
	for range writers {
		turns = append(turns, waiting(t.Context(), l, "a", long))
	}
	ls.wantHeld(t, l, "acme", "a")
	held.Unlock()
	done := make(chan struct{})
	for _, turn := range turns {
		go func() {
			got := <-turn
			if got.err != nil {
				t.Error(got.err)
			} else {
				got.lock.Unlock()
			}
			done <- struct{}{}
		}()
	}
	for range turns {
		receive(t, ls, "everyone had the lock", done)
	}
	ls.wantFree(t, l, "acme", "a")
}

func locksExpire(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	for range 3 {
		start := time.Now()
		lock(t, l, "acme", "a", ls.Pace)
		ls.eventually(t, "the lease has run out", func() bool { return time.Since(start) >= ls.Pace })
		ls.wantFree(t, l, "acme", "a")
	}
}

func locksHandOver(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	start := time.Now()
	dead := lock(t, l, "acme", "a", ls.Pace)
	next := waiting(t.Context(), ls.peer(t, l), "a", long)
	got := receive(t, ls, "the lock is handed over", next)
	ok(t, got.err)
	if took := time.Since(start); took < ls.Pace*9/10 {
		t.Errorf("handed over after %v, before the lease of %v was over", took, ls.Pace)
	}
	if got.lock.Fence() <= dead.Fence() {
		t.Errorf("fence %d after %d", got.lock.Fence(), dead.Fence())
	}
	dead.Unlock()
	ls.wantHeld(t, l, "acme", "a")
	got.lock.Unlock()
	ls.wantFree(t, l, "acme", "a")
}

func locksExtend(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	held := lock(t, l, "acme", "a", 2*ls.Pace)
	next := waiting(t.Context(), ls.peer(t, l), "a", long)
	for range 6 {
		pause(ls.Pace / 2)
		ok(t, held.Extend(t.Context(), 2*ls.Pace))
	}
	select {
	case <-next:
		t.Error("another one has the lock")
	default:
	}
	same(t, "kept", held.Extend(t.Context(), ls.Pace), nil)
	start := time.Now()
	got := receive(t, ls, "the lock is handed over", next)
	ok(t, got.err)
	if took := time.Since(start); took < ls.Pace*8/10 {
		t.Errorf("handed over after %v, before the lease of %v was over", took, ls.Pace)
	}
	wantKind(t, held.Extend(t.Context(), long), tracardi.Conflict)
	ls.wantHeld(t, l, "acme", "a")
	got.lock.Unlock()
}

func locksExtendLate(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	held := lock(t, l, "acme", "a", ls.Pace)
	pause(ls.Pace * 3 / 2)
	wantKind(t, held.Extend(t.Context(), long), tracardi.Conflict)
	ls.wantFree(t, l, "acme", "a")
	held = lock(t, l, "acme", "a", long)
	held.Unlock()
	ls.eventually(t, "the lock is given back", func() bool { return held.Extend(t.Context(), long) != nil })
	ls.wantFree(t, l, "acme", "a")
}

func locksInvalid(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	for _, ttl := range []time.Duration{0, -1, -time.Hour} {
		_, err := l.Lock(t.Context(), "acme", "a", ttl)
		wantInvalid(t, err, tracardi.Invalid, "ttl")
	}
	ls.wantFree(t, l, "acme", "a")
}

func locksStale(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	first := lock(t, l, "acme", "a", long)
	first.Unlock()
	second := lock(t, l, "acme", "a", long)
	first.Unlock()
	ls.wantHeld(t, l, "acme", "a")
	third := waiting(t.Context(), l, "a", long)
	ls.wantHeld(t, l, "acme", "a")
	first.Unlock()
	second.Unlock()
	second.Unlock()
	got := receive(t, ls, "the third holder has the lock", third)
	ok(t, got.err)
	second.Unlock()
	ls.wantHeld(t, l, "acme", "a")
	got.lock.Unlock()
	ls.wantFree(t, l, "acme", "a")
}

func locksContext(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	wantContextHonoured(t, calls{
		"Lock": func(ctx context.Context) error { _, err := l.Lock(ctx, "acme", "a", long); return err },
	})
	held := lock(t, l, "acme", "a", long)
	ctx, cancel := context.WithCancel(t.Context())
	waiter := waiting(ctx, l, "a", long)
	ls.wantHeld(t, l, "acme", "a")
	cancel()
	got := receive(t, ls, "the waiter gives up", waiter)
	wantKind(t, got.err, tracardi.Unavailable)
	held.Unlock()
	ls.wantFree(t, l, "acme", "a")
}

func locksGivenUp(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	held := lock(t, l, "acme", "a", long)
	ctx, cancel := context.WithCancel(t.Context())
	var gone, stay []<-chan attempt
	for i := range 10 {
		if i%3 == 1 {
			stay = append(stay, waiting(t.Context(), l, "a", long))
		} else {
			gone = append(gone, waiting(ctx, l, "a", long))
		}
	}
	ls.wantHeld(t, l, "acme", "a")
	cancel()
	for _, each := range gone {
		wantKind(t, receive(t, ls, "the waiter gives up", each).err, tracardi.Unavailable)
	}
	held.Unlock()
	for range stay {
		select {
		case got := <-stay[0]:
			ok(t, got.err)
			got.lock.Unlock()
		case got := <-stay[1]:
			ok(t, got.err)
			got.lock.Unlock()
		case got := <-stay[2]:
			ok(t, got.err)
			got.lock.Unlock()
		case <-time.After(ls.Patience):
			t.Fatal("a waiter that stayed never got the lock")
		}
	}
}

func locksGivenUpRace(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	for i := range 100 {
		held := lock(t, l, "acme", "a", long)
		ctx, cancel := context.WithCancel(t.Context())
		waiter := waiting(ctx, l, "a", long)
		pause(time.Millisecond) // the waiter is in line now
		if i%2 == 0 {
			held.Unlock()
			cancel()
		} else {
			cancel()
			held.Unlock()
		}
		if got := receive(t, ls, "the waiter gives up or has the lock", waiter); got.err == nil {
			got.lock.Unlock()
		}
		ls.wantFree(t, l, "acme", "a")
	}
}

func locksClose(t *testing.T, ls *locksSuite) {
	l := ls.open(t)
	held := lock(t, l, "acme", "a", long)
	waiter := waiting(t.Context(), l, "a", long)
	ls.wantHeld(t, l, "acme", "a")
	wantClosed(t, l, calls{
		"Lock":         func(ctx context.Context) error { _, err := l.Lock(ctx, "acme", "a", long); return err },
		"Lock another": func(ctx context.Context) error { _, err := l.Lock(ctx, "acme", "b", long); return err },
	})
	wantKind(t, receive(t, ls, "the waiter is sent away", waiter).err, tracardi.Unavailable)
	held.Unlock()
}

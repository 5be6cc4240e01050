package storagetest

import (
	"context"
	"math"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Cache checks an engine for the cache. open opens a fresh, empty one, large enough to lose nothing, which the suite closes.
func Cache(t *testing.T, open func(t *testing.T) storage.Cache, o Options[storage.Cache]) {
	run(t, open, o, []test[storage.Cache]{
		{"a value comes back", cacheRoundTrip},
		{"an empty value is not a missing one", cacheEmpty},
		{"values belong to the caller", cacheOwnership},
		{"deleting removes the named keys", cacheDelete},
		{"a value lives as long as it may", cacheTTL},
		{"a value without a time to live stays", cacheForever},
		{"setting again gives a new time to live", cacheTTLAgain},
		{"a counter counts", cacheCounter},
		{"a counter keeps its first time to live", cacheCounterTTL},
		{"many counting at once lose nothing", cacheCounterRace},
		{"a counter can be read and a number be counted on", cacheCounterValue},
		{"awkward keys stay apart", cacheAwkward},
		{"tenants do not see each other", cacheTenants},
		{"another process sees the same", cachePeer},
		{"any course of calls agrees with a map", cacheModel},
		{"an ended context stops every method", cacheContext},
		{"closing twice is harmless", cacheClose},
	})
}

type cacheSuite = suite[storage.Cache]

const long = time.Hour // a time to live that no test sees the end of

func set(t rapid.TB, c storage.Cache, tenant, name, value string, ttl time.Duration) {
	t.Helper()
	ok(t, c.Set(context.Background(), tenant, name, []byte(value), ttl))
}

func add(t rapid.TB, c storage.Cache, tenant, name string, n int64, ttl time.Duration) int64 {
	t.Helper()
	sum, err := c.Add(context.Background(), tenant, name, n, ttl)
	ok(t, err)
	return sum
}

func has(t rapid.TB, c storage.Cache, tenant, name string) bool {
	t.Helper()
	_, found, err := c.Get(context.Background(), tenant, name)
	ok(t, err)
	return found
}

func wantValue(t rapid.TB, c storage.Cache, tenant, name, want string) {
	t.Helper()
	got, found, err := c.Get(context.Background(), tenant, name)
	ok(t, err)
	if !found || string(got) != want {
		t.Errorf("%q of %q: got %q, found %t, want %q", name, tenant, got, found, want)
	}
}

func wantNone(t rapid.TB, c storage.Cache, tenant, name string) {
	t.Helper()
	if got, found, err := c.Get(context.Background(), tenant, name); found || err != nil || got != nil {
		t.Errorf("%q of %q: got %q, found %t, error %v, want nothing", name, tenant, got, found, err)
	}
}

func cacheRoundTrip(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	ok(t, c.Ping(t.Context()))
	wantNone(t, c, "acme", "a")
	for _, value := range []string{"one", "two", "\x00\xff binary", string(make([]byte, 1<<20))} {
		set(t, c, "acme", "a", value, long)
		wantValue(t, c, "acme", "a", value)
	}
}

func cacheEmpty(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	set(t, c, "acme", "empty", "", long)
	ok(t, c.Set(t.Context(), "acme", "nil", nil, long))
	wantValue(t, c, "acme", "empty", "")
	wantValue(t, c, "acme", "nil", "")
	wantNone(t, c, "acme", "none")
}

func cacheOwnership(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	value := []byte("value")
	ok(t, c.Set(t.Context(), "acme", "a", value, long))
	clear(value)
	got, _, err := c.Get(t.Context(), "acme", "a")
	ok(t, err)
	same(t, "value", string(got), "value")
	clear(got)
	wantValue(t, c, "acme", "a", "value")
}

func cacheDelete(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	for _, name := range []string{"a", "b", "c"} {
		set(t, c, "acme", name, name, long)
	}
	add(t, c, "acme", "n", 5, long)
	ok(t, c.Delete(t.Context(), "acme", "a", "n", "none", "c"))
	for _, name := range []string{"a", "c", "n"} {
		wantNone(t, c, "acme", name)
	}
	wantValue(t, c, "acme", "b", "b")
	ok(t, c.Delete(t.Context(), "acme"))
	wantValue(t, c, "acme", "b", "b")
	same(t, "counter that starts again", add(t, c, "acme", "n", 1, long), 1)
}

// wantGoneAfter checks that a key that was written at or after start lives for ttl and not much longer.
func (s *suite[S]) wantGoneAfter(t *testing.T, c storage.Cache, name string, start time.Time, ttl time.Duration) {
	t.Helper()
	s.eventually(t, "the time to live is over", func() bool { return !has(t, c, "acme", name) })
	if lived := time.Since(start); lived < ttl*9/10 {
		t.Errorf("lived %v, want %v", lived, ttl)
	}
}

func cacheTTL(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	start := time.Now()
	set(t, c, "acme", "short", "x", cs.Pace)
	set(t, c, "acme", "long", "x", long)
	cs.wantGoneAfter(t, c, "short", start, cs.Pace)
	wantValue(t, c, "acme", "long", "x")
	set(t, c, "acme", "short", "again", long)
	wantValue(t, c, "acme", "short", "again")
}

func cacheForever(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	start := time.Now()
	for _, ttl := range []time.Duration{0, -1, -long, math.MaxInt64} {
		name := ttl.String()
		set(t, c, "acme", name, "x", ttl)
		add(t, c, "acme", "n"+name, 1, ttl)
	}
	set(t, c, "acme", "clock", "x", cs.Pace)
	cs.wantGoneAfter(t, c, "clock", start, cs.Pace)
	for _, ttl := range []time.Duration{0, -1, -long, math.MaxInt64} {
		wantValue(t, c, "acme", ttl.String(), "x")
		wantValue(t, c, "acme", "n"+ttl.String(), "1")
	}
}

func cacheTTLAgain(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	set(t, c, "acme", "longer", "x", cs.Pace)
	set(t, c, "acme", "longer", "y", long)
	set(t, c, "acme", "shorter", "x", long)
	start := time.Now()
	set(t, c, "acme", "shorter", "y", cs.Pace)
	cs.wantGoneAfter(t, c, "shorter", start, cs.Pace)
	wantValue(t, c, "acme", "longer", "y")
}

func cacheCounter(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	want := int64(0)
	for _, n := range []int64{1, 1, 5, 0, -3, -10, math.MaxInt64, -math.MaxInt64, math.MinInt64 + 6, math.MaxInt64} {
		want += n
		same(t, "counter", add(t, c, "acme", "n", n, long), want)
	}
	same(t, "another counter", add(t, c, "acme", "m", -4, long), -4)
	same(t, "a counter that starts with nothing", add(t, c, "acme", "zero", 0, long), 0)
}

func cacheCounterTTL(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	start := time.Now()
	add(t, c, "acme", "n", 1, cs.Pace)
	add(t, c, "acme", "kept", 1, long)
	add(t, c, "acme", "kept", 1, time.Millisecond)
	for i := int64(2); ; i++ {
		if got := add(t, c, "acme", "n", 1, long); got != i {
			same(t, "counter that starts again", got, 1)
			break
		}
		if time.Since(start) > cs.Patience {
			t.Fatal("the counter never ends: a later Add gave it a new time to live")
		}
		pause(time.Millisecond)
	}
	if lived := time.Since(start); lived < cs.Pace*9/10 {
		t.Errorf("lived %v, want %v", lived, cs.Pace)
	}
	wantValue(t, c, "acme", "kept", "2")
}

func cacheCounterRace(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	const each = 50
	views := []storage.Cache{c, cs.peer(t, c)}
	var running sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]bool{}
	for i := range writers {
		running.Go(func() {
			for range each {
				n, err := views[i%2].Add(context.Background(), "acme", "n", 1, long)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				if seen[n] {
					t.Errorf("two callers got %d", n)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	running.Wait()
	same(t, "counter", add(t, c, "acme", "n", 0, long), writers*each)
}

func cacheCounterValue(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	add(t, c, "acme", "n", -41, long)
	wantValue(t, c, "acme", "n", "-41")
	set(t, c, "acme", "n", "7", long)
	same(t, "counter", add(t, c, "acme", "n", 1, long), 8)
	for _, value := range []string{"word", "", "1.5", "9223372036854775808"} {
		set(t, c, "acme", "n", value, long)
		_, err := c.Add(t.Context(), "acme", "n", 1, long)
		wantKind(t, err, tracardi.Invalid)
		wantValue(t, c, "acme", "n", value)
	}
	for start, n := range map[int64]int64{math.MaxInt64: 1, math.MinInt64: -1} {
		set(t, c, "acme", "n", strconv.FormatInt(start, 10), long)
		_, err := c.Add(t.Context(), "acme", "n", n, long)
		wantKind(t, err, tracardi.Invalid)
		wantValue(t, c, "acme", "n", strconv.FormatInt(start, 10))
	}
}

func cacheAwkward(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	names := append([]string{"", "\xff", "a\xc3"}, awkward...)
	for i, name := range names {
		set(t, c, "acme", name, strconv.Itoa(i), long)
		set(t, c, name, "acme", strconv.Itoa(-i), long)
	}
	for i, name := range names {
		wantValue(t, c, "acme", name, strconv.Itoa(i))
		wantValue(t, c, name, "acme", strconv.Itoa(-i))
		ok(t, c.Delete(t.Context(), "acme", name))
		wantNone(t, c, "acme", name)
		same(t, "counter", add(t, c, "acme", name, 1, long), 1)
	}
	for _, name := range names {
		same(t, "counter", add(t, c, "acme", name, 1, long), 2)
	}
}

func cacheTenants(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	set(t, c, "acme", "a", "mine", long)
	set(t, c, "other", "a", "theirs", long)
	wantValue(t, c, "acme", "a", "mine")
	add(t, c, "acme", "n", 1, long)
	same(t, "counter of another tenant", add(t, c, "other", "n", 1, long), 1)
	ok(t, c.Delete(t.Context(), "other", "a", "n"))
	wantValue(t, c, "acme", "a", "mine")
	wantValue(t, c, "acme", "n", "1")
	for _, shift := range [][2]string{{"acm", "ea"}, {"acmea", ""}, {"", "acmea"}, {"acme:", "a"}, {"acme", ":a"}, {"acme/", "a"}, {"acme", "\x00a"}} {
		wantNone(t, c, shift[0], shift[1])
	}
}

func cachePeer(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	view := cs.peer(t, c)
	set(t, c, "acme", "a", "x", long)
	wantValue(t, view, "acme", "a", "x")
	ok(t, view.Delete(t.Context(), "acme", "a"))
	wantNone(t, c, "acme", "a")
	add(t, c, "acme", "n", 1, long)
	same(t, "counter", add(t, view, "acme", "n", 1, long), 2)
}

func cacheModel(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		prefix := "run" + strconv.Itoa(runs) + "-"
		want := map[[2]string]string{}
		draw := func(t *rapid.T) (string, string) {
			return prefix + rapid.SampledFrom([]string{"a", "b"}).Draw(t, "tenant"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "key")
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				tenant, name := draw(t)
				value := rapid.OneOf(rapid.SampledFrom([]string{"1", "-20"}), rapid.String()).Draw(t, "value")
				set(t, c, tenant, name, value, long)
				want[[2]string{tenant, name}] = value
			},
			"add": func(t *rapid.T) {
				tenant, name := draw(t)
				n := rapid.Int64Range(-1000, 1000).Draw(t, "n")
				sum, err := c.Add(t.Context(), tenant, name, n, long)
				old, found := want[[2]string{tenant, name}]
				start, bad := strconv.ParseInt(old, 10, 64)
				if found && bad != nil {
					wantKind(t, err, tracardi.Invalid)
					return
				}
				ok(t, err)
				same(t, "sum", sum, start+n)
				want[[2]string{tenant, name}] = strconv.FormatInt(sum, 10)
			},
			"delete": func(t *rapid.T) {
				tenant, name := draw(t)
				ok(t, c.Delete(t.Context(), tenant, name))
				delete(want, [2]string{tenant, name})
			},
			"": func(t *rapid.T) {
				for _, tenant := range []string{prefix + "a", prefix + "b"} {
					for _, name := range []string{"1", "2", "3"} {
						if value, found := want[[2]string{tenant, name}]; found {
							wantValue(t, c, tenant, name, value)
						} else {
							wantNone(t, c, tenant, name)
						}
					}
				}
			},
		})
	})
}

func cacheCalls(c storage.Cache) calls {
	return calls{
		"Get":    func(ctx context.Context) error { _, _, err := c.Get(ctx, "acme", "a"); return err },
		"Set":    func(ctx context.Context) error { return c.Set(ctx, "acme", "a", []byte("y"), long) },
		"Add":    func(ctx context.Context) error { _, err := c.Add(ctx, "acme", "n", 1, long); return err },
		"Delete": func(ctx context.Context) error { return c.Delete(ctx, "acme", "a") },
		"Ping":   c.Ping,
	}
}

func cacheContext(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	set(t, c, "acme", "a", "x", long)
	wantContextHonoured(t, cacheCalls(c))
	wantValue(t, c, "acme", "a", "x")
	wantNone(t, c, "acme", "n")
}

func cacheClose(t *testing.T, cs *cacheSuite) {
	c := cs.open(t)
	set(t, c, "acme", "a", "x", long)
	wantClosed(t, c, cacheCalls(c))
}

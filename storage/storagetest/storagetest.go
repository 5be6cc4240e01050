// Package storagetest holds the promises of package storage as tests: one suite for each part, which every engine runs against
// the real thing. A suite opens a fresh, empty store for each test and checks it from outside only.
package storagetest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
)

// Options say what physics demands of an engine. The zero value is for one that lives in this process and keeps nothing.
type Options[S any] struct {
	// Reopen ends the store as hard as the engine's tests can and opens it again on what it left; nil when it keeps nothing.
	Reopen func(t *testing.T, store S) S
	// Peer opens the same data once more, as another process would; nil when the engine belongs to one process.
	Peer func(t *testing.T, store S) S
	// Pace is a lease, delay or time to live that the engine keeps well apart from none and from twice as much; 0 means 300 ms: a busy
	// machine lets a process wait for longer than 100.
	Pace time.Duration
	// Patience is how long the suite waits for what must happen; 0 means a minute.
	Patience time.Duration
	// Without names tests to leave out, because another run of the same engine proves what they prove.
	Without []string
}

// store is what all parts have in common.
type store interface{ io.Closer }

// suite opens stores for tests.
type suite[S store] struct {
	new func(t *testing.T) S
	Options[S]
}

// test is one named promise.
type test[S store] struct {
	name string
	run  func(t *testing.T, s *suite[S])
}

func run[S store](t *testing.T, open func(t *testing.T) S, o Options[S], tests ...[]test[S]) {
	if o.Pace == 0 {
		o.Pace = 300 * time.Millisecond
	}
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	s := &suite[S]{new: open, Options: o}
	without := slices.Clone(o.Without)
	for _, each := range slices.Concat(tests...) {
		if i := slices.Index(without, each.name); i >= 0 {
			without = slices.Delete(without, i, i+1)
			continue
		}
		t.Run(each.name, func(t *testing.T) { each.run(t, s) })
	}
	if len(without) > 0 {
		t.Errorf("there are no tests %q to leave out", without)
	}
}

// open opens an empty store that is closed after the test.
func (s *suite[S]) open(t *testing.T) S {
	t.Helper()
	return closing(t, s.new(t))
}

// reopen ends the store and opens it again. Engines that keep nothing skip the test.
func (s *suite[S]) reopen(t *testing.T, store S) S {
	t.Helper()
	if s.Reopen == nil {
		t.Skip("the engine keeps nothing when it ends")
	}
	return closing(t, s.Reopen(t, store))
}

// peer returns another process's view of the store, or the store itself when only one process can have it.
func (s *suite[S]) peer(t *testing.T, store S) S {
	t.Helper()
	if s.Peer == nil {
		return store
	}
	return closing(t, s.Peer(t, store))
}

func closing[S store](t *testing.T, store S) S {
	t.Helper()
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store
}

// eventually waits until what holds, and fails the test when it does not in time.
func (s *suite[S]) eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(s.Patience)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("after %v still not: %s", s.Patience, what)
		}
		pause(time.Millisecond)
	}
}

// receive waits for a value.
func receive[T any, S store](t *testing.T, s *suite[S], what string, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(s.Patience):
		t.Fatalf("after %v still not: %s", s.Patience, what)
		panic("unreachable")
	}
}

// pause lets time pass where the passing of time is what is tested, or between two looks.
func pause(d time.Duration) { <-time.After(d) }

// wantKind checks the kind of an error. It may be called from any goroutine.
func wantKind(t rapid.TB, err error, want tracardi.Kind) {
	t.Helper()
	if err == nil {
		t.Errorf("got no error, want one of kind %q", want)
		return
	}
	if _, ok := errors.AsType[*tracardi.Error](err); !ok {
		t.Errorf("got %T %v, want a *tracardi.Error", err, err)
	} else if got := tracardi.KindOf(err); got != want {
		t.Errorf("got an error of kind %q, want %q: %v", got, want, err)
	}
}

// wantInvalid checks that an error blames a field.
func wantInvalid(t rapid.TB, err error, want tracardi.Kind, field string) {
	t.Helper()
	wantKind(t, err, want)
	if e, ok := errors.AsType[*tracardi.Error](err); ok && e.Field != field {
		t.Errorf("got field %q in %v, want %q", e.Field, err, field)
	}
}

// ok fails the test on an error.
func ok(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// calls are the methods of a store by name, with harmless arguments.
type calls map[string]func(ctx context.Context) error

// wantContextHonoured checks that no method works when its context has ended.
func wantContextHonoured(t *testing.T, methods calls) {
	t.Helper()
	for name, call := range methods {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err := call(ctx)
			wantKind(t, err, tracardi.Unavailable)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want an error that wraps context.Canceled", err)
			}
		})
	}
}

// wantClosed checks that a second Close does nothing and that no method works afterwards.
func wantClosed(t *testing.T, store io.Closer, methods calls) {
	t.Helper()
	ok(t, store.Close())
	ok(t, store.Close())
	for name, call := range methods {
		t.Run(name, func(t *testing.T) { wantKind(t, call(t.Context()), tracardi.Unavailable) })
	}
}

// awkward are names that stores mix up, cut or refuse: all of them are different and valid.
var awkward = []string{
	"a", "A", "a ", " a", "a\x00", "\x00", "a\x00b", "ab", "b", "a/b", "a:b", "a|b", "a.b", "a..b", "..", "a\\b", `"`, "'", "`",
	"%", "_", "*", "?", "#", "{}", "[]", "<b>", "&amp;", "$1", "null", "0", "-1", "true", "'; DROP TABLE config_item; --",
	"\n", "a\r\nb", "\t", "\u00e4", "a\u0308", "\u00c4", "\u00df", "ss", "\u65e5\u672c", "\U0001f600", "\u200b", "\u202e", "\ufeff",
	"\uffff", "\U0010ffff", strings.Repeat("x", 100), strings.Repeat("x", 99) + "y",
}

package elastic

import (
	"context"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go"
)

// gather bundles the gets of many callers: those that come while enough requests are on their way go together in the next one. A
// caller's request always begins after the call, so that nobody is told what was stored before.
type gather[T any] struct {
	client *client
	fields []string

	mu      sync.Mutex
	waiting []*wish[T]
	flying  int
	closed  bool
	running sync.WaitGroup
}

// wish is what one caller wants.
type wish[T any] struct {
	places []place
	hits   []hit[T]
	err    error
	done   chan struct{}
}

const (
	getsAtOnce = 2
	getsOfOne  = 1000                  // documents; who wants more asks alone
	slowGet    = 50 * time.Millisecond // a request that takes longer has others go on beside it: its server may be ill
)

// get is like the function of this name.
func (g *gather[T]) get(ctx context.Context, places []place) ([]hit[T], error) {
	if len(places) == 0 {
		return nil, nil
	}
	if len(places) > getsOfOne {
		return get[T](ctx, g.client, places, g.fields)
	}
	a := &wish[T]{places: places, done: make(chan struct{})}
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return nil, errClosed()
	}
	g.waiting = append(g.waiting, a)
	g.start()
	g.mu.Unlock()
	select {
	case <-a.done:
		return a.hits, a.err
	case <-ctx.Done():
		return nil, g.client.failure(ctx, ctx.Err())
	}
}

// start sends, with g.mu held, what waits, unless enough is on its way.
func (g *gather[T]) start() {
	if g.closed || g.flying >= getsAtOnce || len(g.waiting) == 0 {
		return
	}
	count, documents := 0, 0
	for _, a := range g.waiting {
		if documents += len(a.places); documents > getsOfOne {
			break
		}
		count++
	}
	wishes := g.waiting[:count:count]
	g.waiting = g.waiting[count:]
	g.flying++
	g.running.Go(func() { g.send(wishes) })
}

func (g *gather[T]) send(wishes []*wish[T]) {
	next := sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.flying--
		g.start()
	})
	slow := time.AfterFunc(slowGet, next)
	defer slow.Stop()
	var places []place
	for _, a := range wishes {
		places = append(places, a.places...)
	}
	hits, err := getAll[T](context.Background(), g.client, places, g.fields) // each caller's own time is over when it says so
	next()
	for _, a := range wishes {
		if a.err = err; err == nil {
			a.hits, hits = hits[:len(a.places):len(a.places)], hits[len(a.places):]
			a.err = errorOf(g.client, a.hits)
		}
		close(a.done)
	}
}

// close waits for the requests on their way. Who waits for another is told that there will be none.
func (g *gather[T]) close() {
	g.mu.Lock()
	g.closed = true
	for _, a := range g.waiting {
		a.err = errClosed()
		close(a.done)
	}
	g.waiting = nil
	g.mu.Unlock()
	g.running.Wait()
}

func errClosed() error {
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the store is closed"}
}

package bridgetest

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/egress"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/reader"
	"github.com/tracardi/tracardi-go/internal/vault"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// place is an installation on embedded stores, with the readers of one copy or more.
type place struct {
	t         *testing.T
	config    storage.Config
	workspace *workspace.Workspace
	store     *pebble.Store
	collector *collect.Collector
	vault     *vault.Vault
	failing   atomic.Pointer[failure] // what becomes of the next messages

	mu     sync.Mutex
	copies int
	taken  map[string][]string // bodies that were accepted, by copy and key and in their order
}

// failure is a fault in the moment between the broker and the queue.
type failure struct {
	times  atomic.Int64 // that it happens
	stored bool         // the messages are accepted all the same, and the broker does not hear of it
}

// source is the source of all tests.
const source = "orders"

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	p := &place{t: t, taken: map[string][]string{}}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	p.config, err = sqlite.Open(t.Context(), filepath.Join(dir, "config.db"))
	ok(err)
	p.store, err = pebble.Open(t.Context(), filepath.Join(dir, "records"), pebble.Options{})
	ok(err)
	p.vault, err = vault.New(make([]byte, 32))
	ok(err)
	p.workspace, err = workspace.Open(t.Context(), p.config, slog.New(slog.DiscardHandler))
	ok(err)
	locks := memory.NewLocks()
	line := pipeline.New(pipeline.Options{
		Records: p.store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), Instance: "test", Log: slog.New(slog.DiscardHandler),
	})
	p.collector = collect.New(collect.Options{Workspace: p.workspace, Process: line.Process, Queue: p.store.Queue(), Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { // after those of what runs, for the last one is the first
		for _, closing := range []func() error{p.store.Close, locks.Close, p.config.Close} {
			if err := closing(); err != nil {
				t.Error(err)
			}
		}
	})
	p.run(p.workspace.Run)
	p.run(func(ctx context.Context) error { return p.collector.Work(ctx, 4) })
	p.run(p.collector.WorkUnread)
	return p
}

// run runs something until the returned function is called, or the test ends.
func (p *place) run(component func(ctx context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := component(ctx); err != nil {
			p.t.Error(err)
		}
	}()
	stop = func() {
		cancel()
		<-done
	}
	p.t.Cleanup(stop)
	return stop
}

// resource stores the resource of the tests.
func (p *place) resource(kind string, settings map[string]any) {
	p.t.Helper()
	r := tracardi.Resource{ID: "broker", Name: "Broker", Type: kind, Enabled: true}
	if err := p.vault.Accept(tracardi.DefaultTenant, &r, nil, settings); err != nil {
		p.t.Fatal(err)
	}
	put(p, workspace.Resources(p.config), r.ID, r)
}

// put stores or replaces something.
func put[T any](p *place, kind workspace.Kind[T], id string, value T) {
	p.t.Helper()
	old, err := kind.Get(p.t.Context(), tracardi.DefaultTenant, id)
	if err != nil && tracardi.KindOf(err) != tracardi.NotFound {
		p.t.Fatal(err)
	}
	if _, err := kind.Put(p.t.Context(), tracardi.DefaultTenant, workspace.Entry[T]{ID: id, Name: id, Value: value, Version: old.Version}); err != nil {
		p.t.Fatal(err)
	}
}

// source stores the source; change may change it.
func (p *place) source(kind string, settings map[string]any, change func(*tracardi.Source)) {
	p.t.Helper()
	settings = maps.Clone(settings)
	settings["server"] = "broker"
	s := tracardi.Source{ID: source, Name: "Orders", Types: []string{kind}, Enabled: true, Bridge: settings}
	if change != nil {
		change(&s)
	}
	put(p, workspace.Sources(p.config), s.ID, s)
}

// copy starts the readers of another process.
func (p *place) copy() (readers *reader.Readers, stop func()) {
	p.mu.Lock()
	p.copies++
	number := p.copies
	p.mu.Unlock()
	readers = reader.New(reader.Options{
		Workspace: p.workspace, Network: egress.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}),
		Resource: (&vault.Resources{Vault: p.vault, Workspace: p.workspace}).Fill, Log: slog.New(slog.DiscardHandler),
		Deliver: func(ctx context.Context, tenant, id, way string, messages []bridge.Message) (int, error) {
			return p.deliver(ctx, number, tenant, id, way, messages)
		},
	})
	return readers, p.run(readers.Run)
}

// deliver stands between the readers of a copy and the collector.
func (p *place) deliver(ctx context.Context, number int, tenant, id, way string, messages []bridge.Message) (int, error) {
	fails := p.failing.Load()
	happens := fails != nil && fails.times.Add(-1) >= 0
	if happens && !fails.stored {
		return 0, tracardi.Errorf(tracardi.Unavailable, "the queue is down")
	}
	unread, err := p.collector.Deliver(ctx, tenant, id, way, messages)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	for _, m := range messages {
		of := fmt.Sprint(number, m.Key)
		p.taken[of] = append(p.taken[of], string(m.Body))
	}
	p.mu.Unlock()
	if happens {
		return 0, tracardi.Errorf(tracardi.Unavailable, "the process dies before the broker hears of it")
	}
	return unread, nil
}

// state is how the reader of a copy does; the zero State when there is none.
func state(readers *reader.Readers) (s reader.State) {
	if all := readers.States(); len(all) > 0 {
		return all[0]
	}
	return s
}

func (p *place) events(query string) int {
	p.t.Helper()
	where, err := expr.ParseSearch(query, string(storage.Events))
	if err != nil {
		p.t.Fatal(err)
	}
	n, err := p.store.Count(p.t.Context(), tracardi.DefaultTenant, storage.Events, storage.Query{Where: where})
	if err != nil {
		p.t.Fatal(err)
	}
	return int(n)
}

// awaitEvents waits until so many events match, and nothing waits in the queue.
func (p *place) awaitEvents(query string, want int) {
	p.t.Helper()
	p.await(fmt.Sprintf("%d events of %s", want, query), func() (bool, string) {
		n := p.events(query)
		return n == want && p.idle(), fmt.Sprint(n)
	})
}

func (p *place) idle() bool {
	for _, topic := range []string{collect.Topic, collect.UnreadTopic} {
		depth, err := p.store.Queue().Depth(p.t.Context(), tracardi.DefaultTenant, topic)
		if err != nil || depth.Ready+depth.Delayed > 0 {
			return false
		}
	}
	return true
}

func (p *place) dead() []storage.Message {
	p.t.Helper()
	letters, err := p.store.Queue().DeadLetters(p.t.Context(), tracardi.DefaultTenant, collect.UnreadTopic, 100)
	if err != nil {
		p.t.Fatal(err)
	}
	return letters
}

// await polls until a condition holds.
func (p *place) await(what string, holds func() (ok bool, instead string)) {
	p.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(60 * time.Second); ; {
		ok, instead := holds()
		if ok {
			return
		}
		select {
		case <-deadline:
			p.t.Fatalf("waited in vain for %s: %s", what, instead)
		case <-tick.C:
		}
	}
}

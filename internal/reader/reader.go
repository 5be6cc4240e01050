// Package reader keeps a bridge running for every event source that reads from a broker, as the configuration says at the moment.
package reader

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
)

// Options are what readers work with.
type Options struct {
	Workspace *workspace.Workspace
	Network   node.Network
	// Resource fills a struct with the settings of a tenant's resource.
	Resource func(ctx context.Context, tenant, id string, into any) error
	// Deliver accepts messages for a source, and tells how many of them could not be read and were put aside. An error means that none
	// need be on the disk.
	Deliver func(ctx context.Context, tenant, source, way string, messages []bridge.Message) (unread int, err error)
	Log     *slog.Logger
}

// Readers are the readers of all sources.
type Readers struct {
	options Options
	changed chan struct{}

	mu      sync.Mutex
	running map[place]*reader
}

// place is whose reader it is.
type place struct{ tenant, source string }

// New makes readers. They follow the configuration from now on, and read while Run runs.
func New(o Options) *Readers {
	r := &Readers{options: o, changed: make(chan struct{}, 1), running: map[place]*reader{}}
	o.Workspace.OnChange(func(_, kind string) {
		if kind != workspace.KindSource && kind != workspace.KindResource {
			return
		}
		select {
		case r.changed <- struct{}{}:
		default: // somebody said so already
		}
	})
	return r
}

// Run reads until ctx ends, and returns nil when all readers have stopped.
func (r *Readers) Run(ctx context.Context) error {
	for {
		r.arrange(ctx, r.wanted())
		select {
		case <-ctx.Done():
			r.arrange(ctx, nil)
			return nil
		case <-r.changed:
		}
	}
}

// wanted are the readers that the configuration asks for.
func (r *Readers) wanted() map[place]*reader {
	all := map[place]*reader{}
	for _, tenant := range r.options.Workspace.Tenants() {
		snapshot := r.options.Workspace.Snapshot(tenant)
		for id, source := range snapshot.Sources {
			if kind := bridge.Of(source.Types); kind != nil && source.Enabled {
				at := place{tenant, id}
				all[at] = newReader(&r.options, at, kind, source, snapshot)
			}
		}
	}
	return all
}

// arrange stops the readers that are not wanted, or not as they are, and starts those that are missing.
func (r *Readers) arrange(ctx context.Context, wanted map[place]*reader) {
	var stopped []*reader
	r.mu.Lock()
	for at, old := range r.running {
		if fresh := wanted[at]; fresh == nil || fresh.mark != old.mark {
			old.stop()
			stopped = append(stopped, old)
			delete(r.running, at)
		}
	}
	r.mu.Unlock()
	for _, old := range stopped {
		<-old.done // two would disturb each other
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for at, fresh := range wanted {
		if r.running[at] == nil {
			r.running[at] = fresh
			fresh.start(ctx)
		}
	}
}

// States tells how all readers do, by tenant and source.
func (r *Readers) States() []State {
	r.mu.Lock()
	defer r.mu.Unlock()
	states := make([]State, 0, len(r.running))
	for _, one := range r.running {
		states = append(states, one.snapshot())
	}
	slices.SortFunc(states, func(a, b State) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Source, b.Source))
	})
	return states
}

// mark is all that a reader depends on. Another mark needs another reader.
func mark(kind *bridge.Kind, settings json.RawMessage, snapshot *workspace.Snapshot) string {
	var resources []*tracardi.Resource
	for _, id := range kind.Form().References(settings, "resource") {
		resources = append(resources, snapshot.Resources[id])
	}
	text, err := json.Marshal([]any{kind.ID, settings, resources})
	if err != nil {
		return err.Error() // they come from JSON
	}
	return string(text)
}

package workspace

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// PollInterval bounds how long a change that another process made stays unseen.
const PollInterval = 500 * time.Millisecond

// Workspace holds the snapshots of all tenants.
type Workspace struct {
	config  storage.Config
	log     *slog.Logger
	tenants atomic.Pointer[map[string]*Snapshot]

	compiled sync.Map // versions of flows that were asked for, by tenant, number and id

	mu        sync.Mutex // one Refresh at a time
	revision  int64
	listeners []func(tenant, kind string)
}

// Open loads the configuration of all tenants. Items that cannot be read are left out and logged.
func Open(ctx context.Context, config storage.Config, log *slog.Logger) (*Workspace, error) {
	w := &Workspace{config: config, log: log}
	w.tenants.Store(&map[string]*Snapshot{})
	if err := w.Refresh(ctx); err != nil {
		return nil, err
	}
	return w, nil
}

// Snapshot returns the present configuration of a tenant, an empty one for a tenant that has none. It never waits.
func (w *Workspace) Snapshot(tenant string) *Snapshot {
	if s := (*w.tenants.Load())[tenant]; s != nil {
		return s
	}
	return empty
}

// Tenants lists the tenants that have a snapshot.
func (w *Workspace) Tenants() []string {
	return slices.Sorted(maps.Keys(*w.tenants.Load()))
}

// OnChange has f called after each change that concerns a kind of configuration of a tenant, once the snapshot shows it, also
// for kinds that are not part of the snapshot. f must be quick and must not call Refresh.
func (w *Workspace) OnChange(f func(tenant, kind string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listeners = append(w.listeners, f)
}

// Run looks for changes until ctx ends, and returns nil then. While the configuration cannot be read the snapshots stay as
// they are.
func (w *Workspace) Run(ctx context.Context) error {
	tick := time.NewTicker(PollInterval)
	defer tick.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := w.Refresh(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			w.log.Error("cannot read changes of the configuration; using what was loaded before", "error", err)
		}
		failing = err != nil
	}
}

// Refresh reads what changed since the last time. A write that was done before the call is in the snapshots after it.
func (w *Workspace) Refresh(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	changes, newest, err := w.config.Changes(ctx, w.revision)
	switch {
	case tracardi.KindOf(err) == tracardi.NotFound, err == nil && newest < w.revision:
		// We were away for too long, or the configuration was restored from a backup.
		return w.reload(ctx)
	case err != nil:
		return err
	}
	return w.apply(ctx, kindsOf(changes), newest)
}

// reload reads all configuration anew, also that of tenants that may be gone.
func (w *Workspace) reload(ctx context.Context) error {
	changes, newest, err := w.config.Changes(ctx, 0)
	if err != nil {
		return err
	}
	changed := kindsOf(changes)
	for tenant := range *w.tenants.Load() {
		for kind := range loaders {
			changed[change{tenant, kind}] = true
		}
	}
	return w.apply(ctx, changed, newest)
}

// change says which kind of which tenant changed.
type change struct{ tenant, kind string }

func kindsOf(changes []storage.Change) map[change]bool {
	changed := map[change]bool{}
	for _, c := range changes {
		changed[change{c.Tenant, c.Kind}] = true
	}
	return changed
}

// apply loads the changed kinds and puts new snapshots in the place of the old ones. When the store fails nothing is replaced
// and the same changes are read again the next time.
func (w *Workspace) apply(ctx context.Context, changed map[change]bool, newest int64) error {
	tenants := maps.Clone(*w.tenants.Load())
	fresh := map[string]*Snapshot{}
	for c := range changed {
		load := loaders[c.kind]
		if load == nil {
			continue
		}
		if fresh[c.tenant] == nil {
			s := Snapshot{}
			if old := tenants[c.tenant]; old != nil {
				s = *old
			}
			s.Revision = newest
			fresh[c.tenant] = &s
		}
		if err := load(w, ctx, fresh[c.tenant], c.tenant); err != nil {
			return err
		}
	}
	maps.Copy(tenants, fresh)
	w.tenants.Store(&tenants)
	w.revision = newest
	for c := range changed {
		for _, listener := range w.listeners {
			listener(c.tenant, c.kind)
		}
	}
	return nil
}

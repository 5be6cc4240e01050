package pipeline

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// Counts are what flows did in this process since its start.
type Counts struct {
	Runs      atomic.Int64 // that began
	Failed    atomic.Int64 // of these or of those that went on, that ended with a failure
	Nodes     atomic.Int64 // calls of nodes
	NodesFail atomic.Int64 // that failed
	Woken     atomic.Int64 // runs that went on after a pause
	Cancelled atomic.Int64
	Unknown   atomic.Int64 // calls of which nobody knows whether they were made
}

// Tally is how often the nodes of a flow ran and its edges were used in an hour.
type Tally struct {
	ID       string      `json:"id"`
	Metadata RunMetadata `json:"metadata"`
	Flow     RunRef      `json:"flow"`
	flow.Counts
}

type tallyKey struct {
	tenant, flow string
	hour         time.Time
}

// tallies are counts that are not stored yet.
type tallies struct {
	mu      sync.Mutex
	pending map[tallyKey]*flow.Counts
}

// count counts what a run did since the last time.
func (p *Pipeline) count(w *Work, run *flowRun) {
	failures := int64(0)
	for i := run.seen; i < len(run.Trace); i++ {
		if run.Trace[i].Error != "" {
			failures++
		}
	}
	if run.stored == 0 {
		p.Counts.Runs.Add(1)
	}
	if run.Done() && run.Failed > 0 {
		p.Counts.Failed.Add(1)
	}
	p.Counts.Nodes.Add(int64(len(run.Trace) - run.seen))
	p.Counts.NodesFail.Add(failures)
	key := tallyKey{w.Payload.Tenant, run.Flow.ID, w.Now.Truncate(time.Hour)}
	p.tallies.mu.Lock()
	defer p.tallies.mu.Unlock()
	if p.tallies.pending == nil {
		p.tallies.pending = map[tallyKey]*flow.Counts{}
	}
	counts := p.tallies.pending[key]
	if counts == nil {
		counts = &flow.Counts{}
		p.tallies.pending[key] = counts
	}
	counts.Add(run.Run, run.seen, run.stored == 0)
	run.seen = len(run.Trace)
}

const tallyInterval = 10 * time.Second

// KeepTallies stores the counts of flows now and then until ctx ends, and a last time then. A crash loses those of the last ten
// seconds.
func (p *Pipeline) KeepTallies(ctx context.Context) error {
	tick := time.NewTicker(tallyInterval)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		if err := p.FlushTallies(context.WithoutCancel(ctx)); err != nil {
			p.options.Log.Warn("pipeline: counts of flows are kept for later", "error", err)
		}
	}
	return nil
}

// FlushTallies stores the counts that are pending. Those that cannot be stored stay pending.
func (p *Pipeline) FlushTallies(ctx context.Context) error {
	p.tallies.mu.Lock()
	pending := p.tallies.pending
	p.tallies.pending = nil
	p.tallies.mu.Unlock()
	var failed error
	for key, counts := range pending {
		err := p.storeTally(ctx, key, counts)
		if err == nil {
			continue
		}
		failed = err
		p.tallies.mu.Lock()
		if p.tallies.pending == nil {
			p.tallies.pending = map[tallyKey]*flow.Counts{}
		}
		if newer := p.tallies.pending[key]; newer != nil {
			counts.Merge(newer)
		}
		p.tallies.pending[key] = counts
		p.tallies.mu.Unlock()
	}
	return failed
}

// storeTally adds counts to the document of their hour, which all processes share.
func (p *Pipeline) storeTally(ctx context.Context, key tallyKey, counts *flow.Counts) error {
	id := key.flow + "/" + key.hour.Format(time.RFC3339)
	var err error
	for range attempts {
		tally := &Tally{ID: id, Flow: RunRef{key.flow}}
		tally.Metadata.Time.Insert = key.hour
		var version uint64
		if version, err = p.document(ctx, key.tenant, storage.Tallies, id, tally); err != nil {
			return err
		}
		tally.Metadata.Time.Update = p.options.Now().UTC()
		tally.Merge(counts)
		body, err2 := json.Marshal(tally)
		if err2 != nil {
			return err2
		}
		err = p.options.Records.Commit(&storage.ChangeSet{Tenant: key.tenant, Writes: []storage.Write{{
			Collection: storage.Tallies, Doc: storage.Doc{ID: id, Time: key.hour, Body: body, Version: version},
		}}}).Wait(ctx)
		if tracardi.KindOf(err) != tracardi.Conflict {
			return err
		}
	}
	return err
}

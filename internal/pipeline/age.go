package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// Keep says how long records are kept; 0 for ever.
type Keep struct {
	Events time.Duration
	Logs   time.Duration
	Runs   time.Duration // of flows, behind their end, with their traces; and the counts of nodes
}

const ageInterval = time.Hour

// DropOld removes what is older than keep says, now and every hour until ctx ends.
func (p *Pipeline) DropOld(ctx context.Context, keep Keep) error {
	tick := time.NewTicker(ageInterval)
	defer tick.Stop()
	for {
		if err := p.DropOldOnce(ctx, keep); err != nil && ctx.Err() == nil {
			p.options.Log.Warn("pipeline: old records are kept for now", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// DropOldOnce removes what is older than keep says. Runs that wait, or that a person has to decide about, have no age.
func (p *Pipeline) DropOldOnce(ctx context.Context, keep Keep) error {
	now := p.options.Now().UTC()
	var failed error
	note := func(tenant string, c storage.Collection, n int64, before time.Time, err error) {
		failed = errors.Join(failed, err)
		if n > 0 {
			p.options.Log.Info("old records are removed", "tenant", tenant, "collection", c, "count", n, "before", before)
		}
	}
	if before := now.Add(-keep.Events); keep.Events > 0 {
		n, err := p.options.Records.DropBefore(ctx, storage.Events, before)
		note("", storage.Events, n, before, err)
	}
	if before := now.Add(-keep.Logs); keep.Logs > 0 {
		n, err := p.options.Records.DropBefore(ctx, storage.Logs, before)
		note("", storage.Logs, n, before, err)
	}
	if keep.Runs <= 0 {
		return failed
	}
	before := now.Add(-keep.Runs)
	for _, tenant := range p.options.Workspace.Tenants() {
		n, err := p.dropEnded(ctx, tenant, storage.Runs, storage.Query{To: before, Where: expr.OneOf(statusField, RunDone, RunFailed, RunCancelled)})
		note(tenant, storage.Runs, n, before, err)
		n, err = p.dropEnded(ctx, tenant, storage.Tallies, storage.Query{To: before})
		note(tenant, storage.Tallies, n, before, err)
	}
	return failed
}

// dropEnded removes what a query finds and did not change since its end.
func (p *Pipeline) dropEnded(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (n int64, err error) {
	const batch = 500
	var ids []string
	flush := func() error {
		if len(ids) == 0 {
			return nil
		}
		removed, err := p.options.Records.Delete(ctx, tenant, c, ids)
		n, ids = n+int64(removed), nil
		return err
	}
	for doc, err := range p.options.Records.Scan(ctx, tenant, c, q) {
		if err != nil {
			return n, err
		}
		var known struct {
			Metadata RunMetadata `json:"metadata"`
		}
		if err := json.Unmarshal(doc.Body, &known); err != nil {
			return n, fmt.Errorf("read %s %q: %w", c, doc.ID, err)
		}
		if known.Metadata.Time.Update.Before(q.To) {
			ids = append(ids, doc.ID)
		}
		if len(ids) == batch {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

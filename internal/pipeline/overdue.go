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

const (
	overdueAfter    = 10 * time.Second // behind its time, and behind the last change of its run
	overdueInterval = time.Hour
)

// WakeOverdue has runs go on that wait behind their time, soon after the start and then every hour until ctx ends. The message that
// should have woken them is lost: the records were restored from a backup, and the queue was not, or not as it was then.
func (p *Pipeline) WakeOverdue(ctx context.Context) error {
	for wait := overdueAfter; ; wait = overdueInterval {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		if err := p.WakeOverdueOnce(ctx); err != nil && ctx.Err() == nil {
			p.options.Log.Warn("pipeline: runs that wait behind their time are woken later", "error", err)
		}
	}
}

// WakeOverdueOnce sends a message for each pause that should have ended. One that is only late has two then, of which the second
// finds nothing to do: those of a run are worked off one after the other.
func (p *Pipeline) WakeOverdueOnce(ctx context.Context) error {
	var failed error
	for _, tenant := range p.options.Workspace.Tenants() {
		n, err := p.wakeOverdueOf(ctx, tenant)
		if failed = errors.Join(failed, err); n > 0 {
			p.options.Log.Info("runs that wait behind their time are woken", "tenant", tenant, "count", n)
		}
	}
	return failed
}

func (p *Pipeline) wakeOverdueOf(ctx context.Context, tenant string) (n int, err error) {
	const batch = 200
	late := p.options.Now().Add(-overdueAfter)
	var messages []storage.Message
	flush := func() error {
		if len(messages) == 0 {
			return nil
		}
		err := p.options.Queue.Publish(ctx, tenant, messages...)
		n, messages = n+len(messages), nil
		return err
	}
	overdue := storage.Query{To: late, Where: expr.All(expr.OneOf(statusField, RunWaiting), expr.Before(dueField, late))}
	for doc, err := range p.options.Records.Scan(ctx, tenant, storage.Runs, overdue) {
		if err != nil {
			return n, err
		}
		var run Run
		if err := json.Unmarshal(doc.Body, &run); err != nil {
			return n, fmt.Errorf("read run %q: %w", doc.ID, err)
		}
		if run.Metadata.Time.Update.After(late) {
			continue
		}
		for _, wait := range run.Waits {
			if wait.Unknown == "" && wait.Until.Before(late) {
				messages = append(messages, wakeMessage(wake{Run: run.ID, Pause: wait.Pause}, time.Time{}))
			}
		}
		if len(messages) >= batch {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

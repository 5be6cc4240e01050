package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// schedule remembers when a trigger was due last. All processes share it: who stores the next time first sends the event.
type schedule struct {
	ID       string      `json:"id"`
	Metadata RunMetadata `json:"metadata"`
	Last     time.Time   `json:"last"`
	Times    string      `json:"times"` // as the trigger said then
}

const (
	scheduleInterval = time.Second
	longestAway      = 7 * 24 * time.Hour // a time that was missed for longer is forgotten
)

// KeepSchedules sends the events of triggers that are due until ctx ends. A time that passed while no worker ran is made up for
// once.
func (p *Pipeline) KeepSchedules(ctx context.Context) error {
	tick := time.NewTicker(scheduleInterval)
	defer tick.Stop()
	next := map[string]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := p.SendDue(ctx, next); err != nil && ctx.Err() == nil {
			p.options.Log.Warn("pipeline: schedules are late", "error", err)
		}
	}
}

// SendDue sends the events of the triggers that are due. next remembers between calls when each is due, so that most calls read
// nothing.
func (p *Pipeline) SendDue(ctx context.Context, next map[string]time.Time) error {
	var failed error
	for _, tenant := range p.options.Workspace.Tenants() {
		plan := p.options.Workspace.Snapshot(tenant).Flows
		if plan == nil {
			continue
		}
		for _, a := range plan.Scheduled {
			times, err := json.Marshal(a.Schedule)
			if err != nil {
				return err
			}
			key := tenant + "/" + a.ID + "/" + string(times)
			if due, known := next[key]; known && p.options.Now().Before(due) {
				continue
			}
			due, err := p.sendIfDue(ctx, tenant, a, string(times))
			if failed = errors.Join(failed, err); err == nil {
				next[key] = due
			} else {
				delete(next, key)
			}
		}
	}
	return failed
}

// sendIfDue sends the event of a trigger when it is due, and returns when it is due again.
func (p *Pipeline) sendIfDue(ctx context.Context, tenant string, a *workspace.Armed, times string) (time.Time, error) {
	now := p.options.Now().UTC()
	s := &schedule{}
	version, err := p.document(ctx, tenant, storage.Schedules, a.ID, s)
	if err != nil {
		return time.Time{}, err
	}
	set := &storage.ChangeSet{Tenant: tenant}
	if version == 0 || s.Times != times {
		s.ID, s.Times, s.Last = a.ID, times, now
		s.Metadata.Time.Insert = now
	} else {
		due := a.Next(latest(s.Last, now.Add(-longestAway)))
		if due.After(now) {
			return due, nil
		}
		for next := a.Next(due); !next.After(now); next = a.Next(due) {
			due = next
		}
		s.Last = due
		message, err := p.options.Message(scheduled(tenant, a, due, now))
		if err != nil {
			return time.Time{}, err
		}
		set.Publish = []storage.Message{message}
	}
	s.Metadata.Time.Update = now
	body, err := json.Marshal(s)
	if err != nil {
		return time.Time{}, err
	}
	set.Writes = []storage.Write{{Collection: storage.Schedules, Doc: storage.Doc{ID: a.ID, Time: s.Metadata.Time.Insert, Body: body, Version: version}}}
	err = p.options.Records.Commit(set).Wait(ctx)
	if tracardi.KindOf(err) == tracardi.Conflict {
		return now, nil // another process was first: look again
	}
	return a.Next(s.Last), err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// scheduled is the payload of a trigger that is due.
func scheduled(tenant string, a *workspace.Armed, due, now time.Time) *tracardi.Payload {
	return &tracardi.Payload{
		ID: uuid.NewString(), Tenant: tenant, Way: tracardi.SourceInternal, Source: tracardi.Ref{ID: InternalSource}, Received: now,
		ProfileLess: true, Options: tracardi.Options{SkipSession: true},
		Events: []tracardi.NewEvent{{
			ID: newID(), Type: scheduleDue, Source: InternalSource,
			Properties: tracardi.NewObject(map[string]any{"trigger": a.ID, "name": a.Name, "due": due.UTC().Format(time.RFC3339)}),
		}},
	}
}

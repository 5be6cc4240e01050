package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// WorkFlows goes on with runs of flows that waited, and calls nodes in the background, until ctx ends.
func (p *Pipeline) WorkFlows(ctx context.Context, workers int) error {
	return p.options.Queue.Consume(ctx, FlowTopic, storage.Consume{Workers: workers}, p.handle)
}

func (p *Pipeline) handle(ctx context.Context, lease *storage.Lease) storage.Verdict {
	var m wake
	if err := json.Unmarshal(lease.Message.Body, &m); err != nil {
		return storage.Dead("the message wakes no run: " + err.Error())
	}
	fault.At(fault.Woken)
	if err := p.resume(ctx, lease, &m); err != nil {
		verdict := storage.Failed(lease.Message.Attempt, err)
		if lease.Message.Attempt == 1 || verdict.Dead != "" { // an outage has many attempts
			p.options.Log.Warn("pipeline: a run of a flow does not go on", "run", m.Run, "attempt", lease.Message.Attempt, "dead", verdict.Dead != "", "error", err)
		}
		return verdict
	}
	fault.At(fault.WentOn)
	return storage.Committed()
}

// resume does what a message asks for, and acknowledges it in the same change set. What it finds done already it leaves alone.
// The run in hand is finished although stop ends.
func (p *Pipeline) resume(stop context.Context, lease *storage.Lease, m *wake) error {
	ctx := context.WithoutCancel(stop)
	var err error
	var memo flow.Memo
	for range attempts {
		var doc *Run
		var run *flowRun
		if doc, run, err = p.readRun(ctx, lease.Tenant, m.Run); err != nil {
			return err
		}
		switch {
		case doc == nil:
			return p.acknowledge(ctx, lease.Tenant, lease)
		case doc.Status == RunCancelled:
			err = p.unlistRun(ctx, lease, doc)
		case run == nil || run.Paused(m.Pause) == nil:
			return p.acknowledge(ctx, lease.Tenant, lease)
		case run.Paused(m.Pause).Unknown != "" && !run.Decide(m.Pause, m.Decide) && m.Cancel == "":
			return p.acknowledge(ctx, lease.Tenant, lease) // a person has still to decide
		case run.Paused(m.Pause).Act && !run.Paused(m.Pause).Acted && m.Cancel == "" && p.endedBefore(lease.Tenant, doc) == "":
			err = p.act(stop, lease, m, doc, run)
		default:
			err = p.goOn(ctx, lease, m, doc, run, &memo)
		}
		if tracardi.KindOf(err) != tracardi.Conflict {
			return err
		}
	}
	return err
}

// readRun reads a run. It is nil when there is none; its state is nil when it does not wait.
func (p *Pipeline) readRun(ctx context.Context, tenant, id string) (*Run, *flowRun, error) {
	doc := &Run{}
	version, err := p.document(ctx, tenant, storage.Runs, id, doc)
	if version == 0 || err != nil {
		return nil, nil, err
	}
	doc.version = version
	if doc.Status != RunWaiting && doc.Status != RunUnknown {
		return doc, nil, nil
	}
	f, err := p.options.Workspace.Flow(ctx, tenant, doc.Flow.ID, doc.Flow.Version)
	if err != nil {
		return nil, nil, err
	}
	run, err := doc.restore(f)
	return doc, run, err
}

// endedBefore says why a run may not go on; empty when it may.
func (p *Pipeline) endedBefore(tenant string, doc *Run) string {
	live := p.options.Workspace.Snapshot(tenant).Flows.Live(doc.Flow.ID)
	if live == nil || live.Since.After(doc.Metadata.Time.Insert) {
		return "the flow was unpublished"
	}
	return ""
}

// workOf is the work that goes on with a run. Its documents are still to be loaded.
func (p *Pipeline) workOf(tenant string, doc *Run, run *flowRun) (*Work, *host) {
	payload := &tracardi.Payload{
		ID: doc.ID, Tenant: tenant, Way: tracardi.SourceInternal, Source: tracardi.Ref{ID: doc.Source.ID},
		Session: doc.Session.ID, Profile: doc.Profile.ID, ProfileLess: doc.Profile.ID == "", Hops: doc.Hops,
	}
	w := p.newWork(payload, &tracardi.Source{ID: doc.Source.ID})
	w.Session = &tracardi.Session{} // of a visit that is not kept
	w.SaveProfile = doc.Profile.ID != ""
	return w, &host{Work: w, pipeline: p, event: run.event, past: true}
}

// goOn ends a pause and takes the run further, with its profile and session locked.
func (p *Pipeline) goOn(ctx context.Context, lease *storage.Lease, m *wake, doc *Run, run *flowRun, memo *flow.Memo) error {
	w, h := p.workOf(lease.Tenant, doc, run)
	w.around.Memo = memo
	locks := &held{locks: p.options.Locks, tenant: lease.Tenant}
	defer locks.release()
	stored := false
	defer func() {
		if !stored {
			p.people.drop(w) // its changes must not be seen by others
		}
	}()
	if err := p.loadFor(ctx, w, doc, locks); err != nil {
		return err
	}
	ended := p.endedBefore(lease.Tenant, doc)
	if doc.Profile.ID != "" && w.Profile == nil {
		ended = "the profile is gone"
	}
	if !w.continued(ctx, h, run, m, ended) {
		stored = true // nothing was changed
		return p.acknowledge(ctx, lease.Tenant, lease)
	}
	if ended == "" && run.ended == "" && run.Done() {
		p.follow(ctx, w, h, run)
	}
	if err := p.settle(w); err != nil {
		return err
	}
	if err := conclusions(w); err != nil {
		return err
	}
	if err := p.versions(ctx, w); err != nil {
		return err
	}
	err := p.commitRun(ctx, w, lease, locks)
	stored = err == nil
	return err
}

// follow runs the flows that come after the one that has ended.
func (p *Pipeline) follow(ctx context.Context, w *Work, h *host, run *flowRun) {
	for _, next := range w.Flows.After(run.Flow.ID) {
		if next.Trigger.After.Failed == (run.Failed > 0) {
			p.runFlow(ctx, w, h, next, 0)
		}
	}
}

// continued ends the pause that a message names, and takes the run as far as it gets. It tells whether there is anything to
// store: a pause that waits for an event is over once the profile does not list it any more.
func (w *Work) continued(ctx context.Context, h *host, run *flowRun, m *wake, ended string) bool {
	pause := run.Paused(m.Pause)
	merged := w.Profile != nil && w.Profile.ID != w.Payload.Profile // into one that may not list what waited for the former
	if pause.Listed && m.Event == nil && m.Cancel == "" && ended == "" && w.Profile != nil && !merged && !w.waits(run.ID, m.Pause) {
		return false
	}
	w.unlist(func(waiting *tracardi.Waiting) bool { return waiting.Run == run.ID && waiting.Pause == m.Pause })
	run.of = w.person
	w.runs = append(w.runs, run)
	switch {
	case ended != "":
		run.ended = ended
	case m.Cancel != "":
		run.ended = m.Cancel
	case w.Profile != nil && !w.Profile.Agrees(w.Now, run.consents...):
		run.ended = "a consent was withdrawn"
	}
	if run.ended != "" {
		run.Cancel()
		w.unlist(func(waiting *tracardi.Waiting) bool { return waiting.Run == run.ID })
		return true
	}
	w.around.Host, w.around.Admit = h, h.admit(run.consents)
	for _, change := range pause.Changes {
		if path, err := expr.ParsePath(change.Path); err == nil {
			w.warn(h.event, h.Change(change.Source, path, change.Value))
		}
	}
	var event map[string]any
	if m.Event != nil && json.Unmarshal(m.Event, &event) != nil {
		event = map[string]any{}
	}
	run.Resume(ctx, &w.around, m.Pause, event)
	w.list(run)
	return true
}

// loadFor reads the documents that a run belongs to and holds them.
func (p *Pipeline) loadFor(ctx context.Context, w *Work, doc *Run, locks *held) error {
	if doc.Session.ID != "" {
		if err := locks.take(ctx, "session/"+doc.Session.ID); err != nil {
			return err
		}
		session, err := p.session(ctx, w.Payload.Tenant, doc.Session.ID)
		if err != nil {
			return err
		}
		if session != nil {
			w.Session = session
		}
	}
	if doc.Profile.ID == "" {
		return nil
	}
	var err error
	w.Profile, err = p.lockedProfile(ctx, locks, w.Payload.Tenant, doc.Profile.ID)
	return err
}

// commitRun stores what going on with a run changed, and acknowledges the message that asked for it.
func (p *Pipeline) commitRun(ctx context.Context, w *Work, lease *storage.Lease, locks *held) error {
	w.SaveSession = w.sessionChanged && w.Session.ID != ""
	ticket, err := p.commit(w, lease)
	if err != nil {
		return err
	}
	if w.Session.ID != "" && !w.sessionChanged {
		keep(p.people.sessions, personKey{w.Payload.Tenant, w.Session.ID}, w.Session, w.Session.Size)
		p.dropErased(w)
	}
	if !p.options.HoldLocks {
		locks.release() // as after a payload
	}
	if err := ticket.Wait(ctx); err != nil {
		p.people.drop(w)
		return err
	}
	p.Counts.Woken.Add(1)
	for _, run := range w.runs {
		if run.ended != "" {
			p.Counts.Cancelled.Add(1)
		}
	}
	p.committed(ctx, w)
	return nil
}

// unlistRun takes a cancelled run out of the list of its profile.
func (p *Pipeline) unlistRun(ctx context.Context, lease *storage.Lease, doc *Run) error {
	w := p.newWork(&tracardi.Payload{Tenant: lease.Tenant}, &tracardi.Source{})
	w.Session = &tracardi.Session{}
	locks := &held{locks: p.options.Locks, tenant: lease.Tenant}
	defer locks.release()
	if doc.Profile.ID != "" {
		var err error
		if w.Profile, err = p.lockedProfile(ctx, locks, lease.Tenant, doc.Profile.ID); err != nil {
			return err
		}
		w.SaveProfile = true
		w.unlist(func(waiting *tracardi.Waiting) bool { return waiting.Run == doc.ID })
	}
	return p.commitRun(ctx, w, lease, locks)
}

// CancelRuns ends all waiting runs of a flow, and returns how many there were.
func CancelRuns(ctx context.Context, stored storage.Records, tenant, id string, now time.Time) (int, error) {
	where := expr.All(expr.OneOf(flowField, id), expr.OneOf(statusField, RunWaiting, RunUnknown))
	cancelled := 0
	set := &storage.ChangeSet{Tenant: tenant}
	flush := func() error {
		if len(set.Writes) == 0 {
			return nil
		}
		n, err := commitEach(ctx, stored, set)
		cancelled += n
		set = &storage.ChangeSet{Tenant: tenant}
		return err
	}
	for doc, err := range stored.Scan(ctx, tenant, storage.Runs, storage.Query{Where: where}) {
		if err != nil {
			return cancelled, err
		}
		var run Run
		if err := json.Unmarshal(doc.Body, &run); err != nil {
			return cancelled, fmt.Errorf("read run %q: %w", doc.ID, err)
		}
		run.Status, run.Reason, run.State, run.Subject, run.Waits, run.Due = RunCancelled, "the flow was unpublished", "", "", nil, time.Time{}
		run.Metadata.Time.Update = now
		body, err := json.Marshal(run)
		if err != nil {
			return cancelled, err
		}
		set.Writes = append(set.Writes, storage.Write{Collection: storage.Runs, Doc: storage.Doc{
			ID: doc.ID, Time: doc.Time, Version: doc.Version, Body: body, Keys: runKeys(&run),
		}})
		if len(set.Writes) == 200 {
			if err := flush(); err != nil {
				return cancelled, err
			}
		}
	}
	return cancelled, flush()
}

// commitEach stores writes together or, when one of them meets a conflict, one by one: that run goes on at this moment, and finds
// out by itself that it may not.
func commitEach(ctx context.Context, stored storage.Records, set *storage.ChangeSet) (int, error) {
	err := stored.Commit(set).Wait(ctx)
	if err == nil {
		return len(set.Writes), nil
	}
	if tracardi.KindOf(err) != tracardi.Conflict || len(set.Writes) == 1 {
		return 0, unlessConflict(err)
	}
	n := 0
	for i := range set.Writes {
		one, err := commitEach(ctx, stored, &storage.ChangeSet{Tenant: set.Tenant, Writes: set.Writes[i : i+1]})
		if n += one; err != nil {
			return n, err
		}
	}
	return n, nil
}

func unlessConflict(err error) error {
	if tracardi.KindOf(err) == tracardi.Conflict {
		return nil
	}
	return err
}

var (
	flowField   = expr.MustPath("flow.id")
	statusField = expr.MustPath("status")
	dueField    = expr.MustPath("due")
)

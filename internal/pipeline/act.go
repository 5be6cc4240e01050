package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// act calls a node in the background. Nothing is locked meanwhile: the node sees the documents as they are stored, and what it
// changes is written down, to be made when the run goes on. What it gave is stored together with the message that makes the
// run go on, so that no conflict repeats the call.
//
// A node whose call must not be repeated has its attempt stored before the call. Whoever finds an attempt without an outcome
// knows that somebody died in between, and leaves the decision to a person.
func (p *Pipeline) act(stop context.Context, lease *storage.Lease, m *wake, doc *Run, run *flowRun) error {
	ctx := context.WithoutCancel(stop)
	w, h := p.workOf(lease.Tenant, doc, run)
	if err := p.lookAt(ctx, w, doc); err != nil {
		return err
	}
	if reason := w.forbidden(doc, run); reason != "" {
		return p.goOn(ctx, lease, &wake{Run: m.Run, Pause: m.Pause, Cancel: reason}, doc, run, nil)
	}
	pause := run.Paused(m.Pause)
	if pause.Calling != "" {
		p.Counts.Unknown.Add(1)
		run.Doubt(m.Pause, w.Now, "the program died, or was cut off, during the call")
		return p.commitAct(ctx, lease, w, run, nil)
	}
	if run.Once(m.Pause) {
		pause.Calling = newID()
		if err := p.commitAct(ctx, nil, w, run, nil); err != nil {
			return err
		}
		run.stored++
	}
	changes := []flow.Change{}
	h.record = &changes
	w.around.Host = h
	attempt := pause.Calling
	again := run.Act(ctx, &w.around, m.Pause)
	result := *run.Paused(m.Pause)
	result.Changes = changes
	return p.keepOutcome(stop, lease, w, run, &outcomeOfCall{result, attempt, again})
}

// forbidden says why a run may not act any more.
func (w *Work) forbidden(doc *Run, run *flowRun) string {
	switch {
	case doc.Profile.ID != "" && w.Profile == nil:
		return "the profile is gone"
	case w.Profile != nil && !w.Profile.Agrees(w.Now, run.consents...):
		return "a consent was withdrawn"
	}
	return ""
}

// outcomeOfCall is what came of a call in the background.
type outcomeOfCall struct {
	pause   flow.Pause
	attempt string        // as it was stored before the call; empty when it was not
	again   time.Duration // above 0: call once more after this time
}

const longestPatience = 5 * time.Second // between attempts to store an outcome

// keepOutcome stores what came of a call. Nobody else knows it, so it is tried until the store takes it or the program stops.
func (p *Pipeline) keepOutcome(stop context.Context, lease *storage.Lease, w *Work, run *flowRun, o *outcomeOfCall) error {
	ctx := context.WithoutCancel(stop)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, longestPatience) {
		*run.Paused(o.pause.ID) = o.pause
		err := p.commitAct(ctx, lease, w, run, o)
		switch tracardi.KindOf(err) {
		case tracardi.Unavailable:
			p.options.Log.Warn("pipeline: what a node did is not stored yet", "run", run.ID, "node", o.pause.Node, "error", err)
			select {
			case <-stop.Done():
				return err
			case <-time.After(wait):
			}
		case tracardi.Conflict: // another pause of the run has ended meanwhile, or somebody holds us for dead
			_, fresh, err := p.readRun(ctx, w.Payload.Tenant, run.ID)
			if err != nil && tracardi.KindOf(err) != tracardi.Unavailable {
				return err
			}
			if err != nil {
				continue
			}
			if fresh == nil || fresh.Paused(o.pause.ID) == nil || fresh.Paused(o.pause.ID).Acted || fresh.Paused(o.pause.ID).Calling != o.attempt {
				return p.acknowledge(ctx, w.Payload.Tenant, lease)
			}
			if fresh.Paused(o.pause.ID).Unknown != "" {
				lease = nil // whoever noted that has acknowledged the message
			}
			fresh.Memory = flow.Over(fresh.Memory, run.Memory)
			fresh.Lines = run.Lines
			run = fresh
		default:
			return err
		}
	}
}

// commitAct stores the run and, when there is an outcome, the message that makes it go on. done, if not nil, is the message to
// acknowledge.
func (p *Pipeline) commitAct(ctx context.Context, done *storage.Lease, w *Work, run *flowRun, o *outcomeOfCall) error {
	run.of = w.person
	w.runs, w.writes, w.messages = []*flowRun{run}, nil, nil
	if err := p.settle(w); err != nil {
		return err
	}
	if err := p.versions(ctx, w); err != nil {
		return err
	}
	if o != nil && o.pause.Unknown == "" {
		due := time.Time{}
		if o.again > 0 {
			due = w.Now.Add(o.again)
		}
		w.messages = append(w.messages, wakeMessage(wake{Run: run.ID, Pause: o.pause.ID}, due))
	}
	set := &storage.ChangeSet{Tenant: w.Payload.Tenant, Writes: w.writes, Publish: w.messages, Done: done}
	return p.options.Records.Commit(set).Wait(ctx)
}

// lookAt reads the documents that a run belongs to without holding them.
func (p *Pipeline) lookAt(ctx context.Context, w *Work, doc *Run) error {
	if doc.Session.ID != "" {
		if _, err := p.document(ctx, w.Payload.Tenant, storage.Sessions, doc.Session.ID, w.Session); err != nil {
			return err
		}
	}
	if doc.Profile.ID == "" {
		return nil
	}
	var err error
	w.Profile, err = p.lookAtPerson(ctx, w, doc.Profile.ID)
	return err
}

// DecideCall lets a run go on that stands at a node of which nobody knows whether it did what it does. outcome is one of
// flow.DecideAgain, flow.DecideDone and flow.DecideFailed.
func DecideCall(ctx context.Context, stored storage.Records, tenant, id string, pause int, outcome string) error {
	docs, err := stored.Read(ctx, tenant, storage.Runs, []string{id})
	if err != nil {
		return err
	}
	if docs[0].Body == nil {
		return tracardi.Errorf(tracardi.NotFound, "there is no run %q", id)
	}
	var run Run
	if err := json.Unmarshal(docs[0].Body, &run); err != nil {
		return fmt.Errorf("read run %q: %w", id, err)
	}
	if !slices.ContainsFunc(run.Waits, func(w RunWait) bool { return w.Pause == pause && w.Unknown != "" }) {
		return tracardi.Errorf(tracardi.Conflict, "the run has nothing to decide at its pause %d", pause)
	}
	message := wakeMessage(wake{Run: id, Pause: pause, Decide: outcome}, time.Time{})
	return stored.Commit(&storage.ChangeSet{Tenant: tenant, Publish: []storage.Message{message}}).Wait(ctx)
}

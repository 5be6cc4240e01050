package pipeline

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// scheduleDue is the type of the event of a schedule. It triggers nothing but the schedule's flow and who asks for the type.
const scheduleDue = "schedule-due"

const maxWaiting = 100 // runs that are listed in a profile

// outcome is what flows make of a payload, beside the changes of its documents.
type outcome struct {
	around   flow.Around
	response map[string]any
	shown    []tracardi.Object
	raised   []raised
	things   map[string]*thing // entities that were stored (or, with nothing in them, removed) by id
	runs     []*flowRun

	writes   []storage.Write // runs, things, lines
	messages []storage.Message
	admitted int // pauses that are to be listed in the profile

	sessionChanged bool
	pretended      *pretended // of a test; nil for the real thing
}

// flowRun is a run of a flow, and where it comes from.
type flowRun struct {
	*flow.Run
	event    *tracardi.Event
	trigger  string // id
	consents []string
	stored   uint64       // version of its document; 0 when there is none
	seen     int          // visits that were counted already
	paused   map[int]bool // pauses that have their messages already
	ended    string       // why it was cancelled
	of       *person      // whose it is
}

// raised is an event that a flow sends, and whose it is.
type raised struct {
	tracardi.NewEvent
	of *person
	in *visiting
}

// flows wakes the runs that wait for the events, and runs the flows that the events trigger, one after the other: each sees
// what those before it changed.
func (p *Pipeline) flows(ctx context.Context, w *Work) error {
	waits := w.Profile != nil && len(w.Profile.Metadata.System.Waiting) > 0
	if w.Flows == nil && !waits {
		return nil
	}
	w.endWithdrawn()
	own, visit := w.person, w.visiting
	for _, e := range w.Events {
		if e.Metadata.Invalid {
			continue
		}
		host := &host{Work: w, pipeline: p, event: e, own: own}
		w.around.Host = host
		w.wake(host)
		p.trigger(ctx, w, host)
		w.person, w.visiting = own, visit
	}
	if w.around.Abandoned {
		return errAbandoned
	}
	return p.settle(w)
}

// trigger runs the flows that an event triggers.
func (p *Pipeline) trigger(ctx context.Context, w *Work, h *host) {
	armed := w.Flows.For(h.event.Type)
	scheduled := h.event.Type == scheduleDue && h.event.Source.ID == InternalSource
	if len(armed) == 0 && !scheduled {
		return
	}
	began := time.Now()
	before := len(w.runs)
	if scheduled {
		if due := w.Flows.Schedule(h.event.Properties.Text("trigger")); due != nil {
			p.runFlow(ctx, w, h, due, before)
		}
	}
	for _, a := range armed {
		if !scheduled || a.EventType == scheduleDue {
			p.runFlow(ctx, w, h, a, before)
		}
	}
	if len(w.runs) > before {
		h.event.Metadata.ProcessTime = time.Since(began).Seconds()
		h.event.Metadata.Status = tracardi.EventProcessed
	}
}

// runFlow runs the flow of a trigger, and then those that follow it. A flow runs once for an event.
func (p *Pipeline) runFlow(ctx context.Context, w *Work, h *host, a *workspace.Armed, before int) {
	for _, r := range w.runs[before:] {
		if r.Flow.ID == a.Flow {
			return
		}
	}
	if !h.meets(a) {
		return
	}
	run := &flowRun{Run: a.Runs.Begin(newID(), w.Now), event: h.event, trigger: a.ID, consents: a.Consents, of: w.person}
	w.runs = append(w.runs, run)
	w.around.Admit = h.admit(a.Consents)
	run.Start(ctx, &w.around)
	p.ran(ctx, w, h, run, before)
}

// ran notes a run that went as far as it gets, and runs the flows that follow it when it is at its end.
func (p *Pipeline) ran(ctx context.Context, w *Work, h *host, run *flowRun, before int) {
	w.list(run)
	m := &h.event.Metadata
	m.Flows, m.Rules = append(m.Flows, run.Flow.ID), append(m.Rules, run.trigger)
	m.Error, m.Warning = m.Error || run.Failed > 0, m.Warning || run.Warned
	if !run.Done() {
		return
	}
	for _, next := range w.Flows.After(run.Flow.ID) {
		if next.Trigger.After.Failed == (run.Failed > 0) {
			p.runFlow(ctx, w, h, next, before)
		}
	}
}

// meets tells whether the event and its profile are what a trigger asks for.
func (h *host) meets(a *workspace.Armed) bool {
	if a.Source != "" && a.Source != h.event.Source.ID {
		return false
	}
	if len(a.Consents) > 0 && (h.Work.Profile == nil || !h.Work.Profile.Agrees(h.Work.Now, a.Consents...)) {
		return false
	}
	if a.Where == nil {
		return true
	}
	holds, problem := a.Where.EvalAt(h.Work.Now, data{h})
	if problem != nil {
		h.warn(h.event, tracardi.Errorf(tracardi.Invalid, "the condition of the trigger %q: %w", a.Name, problem))
	}
	return holds
}

// admit makes the function that refuses pauses for which a profile has no room.
func (h *host) admit(consents []string) func(*flow.Pause) error {
	return func(pause *flow.Pause) error {
		profile := h.Work.Profile
		pause.Listed = !pause.Act && profile != nil && h.Work.SaveProfile && (pause.ForEvent() || len(consents) > 0)
		switch {
		case pause.ForEvent() && !pause.Listed:
			return tracardi.Errorf(tracardi.Invalid, "the profile is not stored, so that no event of it can be waited for")
		case !pause.Listed:
			return nil
		case len(profile.Metadata.System.Waiting)+h.Work.admitted >= maxWaiting && pause.ForEvent():
			return tracardi.Errorf(tracardi.Invalid, "%d runs wait for events of this profile already", maxWaiting)
		case len(profile.Metadata.System.Waiting)+h.Work.admitted >= maxWaiting:
			pause.Listed = false // the consent is then looked at when the time is over
			return nil
		}
		h.Work.admitted++
		return nil
	}
}

// list notes new pauses of a run in the profile, so that the next events find them.
func (w *Work) list(run *flowRun) {
	run.of = w.person
	for i := range run.Pauses {
		pause := &run.Pauses[i]
		if !pause.Listed || w.Profile == nil || w.waits(run.ID, pause.ID) {
			continue
		}
		system := &w.Profile.Metadata.System
		system.Waiting = append(system.Waiting, tracardi.Waiting{
			Run: run.ID, Pause: pause.ID, EventType: pause.EventType, Condition: pause.Condition, Consents: run.consents,
		})
		w.ProfileChanged = true
	}
	w.admitted = 0
}

// waits tells whether the profile lists a pause.
func (w *Work) waits(run string, pause int) bool {
	for _, waiting := range w.Profile.Metadata.System.Waiting {
		if waiting.Run == run && waiting.Pause == pause {
			return true
		}
	}
	return false
}

// unlist takes pauses out of the profile's list.
func (w *Work) unlist(gone func(*tracardi.Waiting) bool) {
	if w.Profile == nil {
		return
	}
	system := &w.Profile.Metadata.System
	var kept []tracardi.Waiting
	for i := range system.Waiting {
		if !gone(&system.Waiting[i]) {
			kept = append(kept, system.Waiting[i])
		}
	}
	if len(kept) != len(system.Waiting) {
		system.Waiting = kept
		w.ProfileChanged = true
	}
}

// wake sends on the runs that wait for an event: the profile forgets them, and a worker goes on with them, all in one change
// set, so that neither another event nor the timer wakes them again.
func (w *Work) wake(h *host) {
	if w.Profile == nil || len(w.Profile.Metadata.System.Waiting) == 0 {
		return
	}
	w.unlist(func(waiting *tracardi.Waiting) bool {
		if waiting.EventType != "" && waiting.EventType != h.event.Type || waiting.EventType == "" && waiting.Condition == "" {
			return false
		}
		if waiting.Condition != "" {
			condition, err := expr.Parse(waiting.Condition)
			if err != nil {
				return false // it was written by a program that knew more
			}
			if holds, _ := condition.EvalAt(w.Now, data{h}); !holds {
				return false
			}
		}
		w.messages = append(w.messages, wakeMessage(wake{Run: waiting.Run, Pause: waiting.Pause, Event: h.event.AppendJSON(nil)}, time.Time{}))
		return true
	})
}

// endWithdrawn cancels the runs that need a consent which the profile no longer gives.
func (w *Work) endWithdrawn() {
	w.unlist(func(waiting *tracardi.Waiting) bool {
		if w.Profile.Agrees(w.Now, waiting.Consents...) {
			return false
		}
		w.messages = append(w.messages, wakeMessage(wake{Run: waiting.Run, Pause: waiting.Pause, Cancel: "a consent was withdrawn"}, time.Time{}))
		return true
	})
}

// sampled tells whether a run that shows nothing special is kept: the first ones, and then one every ten seconds.
func (p *Pipeline) sampled(f *flow.Flow) bool {
	limiter, ok := p.samples.Load(f)
	if !ok {
		limiter, _ = p.samples.LoadOrStore(f, rate.NewLimiter(rate.Every(10*time.Second), 20))
	}
	return limiter.(*rate.Limiter).Allow()
}

package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// Simulation is a flow that is tried on some events. Everything is as it will be, but for the nodes that act, the clock, which
// stands at the next thing to happen, and the store, in which nothing changes.
type Simulation struct {
	Tenant  string
	Plan    *workspace.Plan // what is live in it
	Test    flow.Test
	Events  []SimulatedEvent
	Profile *tracardi.Profile // whose events they are; nil for somebody new. The simulation owns it
	Session *tracardi.Session // nil for a new visit
}

// SimulatedEvent is an event of a simulation.
type SimulatedEvent struct {
	Stored *tracardi.Event   // one that happened: only its flows run; nil for
	New    tracardi.NewEvent // one that is made up, which is processed as if it came in
	Source string
	Less   bool      // it has no profile
	At     time.Time // when it happens; when that has passed, right behind the one before
}

// Simulated is what came of a simulation.
type Simulated struct {
	Runs     []*Run            // each with its trace
	Profile  *tracardi.Profile // of the person that an event was made over to last, or else of the one whose events they are
	Session  *tracardi.Session // that a flow began last, or else that of the events
	Response map[string]any
	Shown    []tracardi.Object
	Sent     []tracardi.NewEvent // that flows sent; they were processed too
	Lines    []json.RawMessage   // that nodes logged
	Ended    time.Time           // of the clock
}

const (
	maxSimulated = 1000                 // things that happen
	maxAhead     = 400 * 24 * time.Hour // behind the last event
)

// simulator is a simulation that runs.
type simulator struct {
	Simulation
	p      *Pipeline
	now    time.Time
	values *pretended
	begun  map[string]*tracardi.Session // by flows
	stored map[string]*Run
	timers []timer
	steps  int
	out    *Simulated
}

type timer struct {
	at   time.Time
	wake wake
}

// Simulate tries a flow.
func (p *Pipeline) Simulate(ctx context.Context, given Simulation) (*Simulated, error) {
	s := &simulator{Simulation: given, p: p, now: p.options.Now().UTC(), begun: map[string]*tracardi.Session{}, stored: map[string]*Run{}, out: &Simulated{}}
	if len(given.Events) > 0 && !given.Events[0].At.IsZero() {
		s.now = given.Events[0].At.UTC()
	}
	s.values = &pretended{clock: func() time.Time { return s.now }, people: map[string]*tracardi.Profile{}}
	for i := range s.Events {
		e := &s.Events[i]
		if e.At.IsZero() || e.At.Before(s.now) {
			e.At = s.now.Add(time.Millisecond)
		}
		if err := s.until(ctx, e.At); err != nil {
			return nil, err
		}
		s.now = e.At.UTC()
		if err := s.happens(ctx, e, 0); err != nil {
			return nil, err
		}
	}
	if err := s.until(ctx, s.now.Add(maxAhead)); err != nil {
		return nil, err
	}
	s.out.Profile, s.out.Session, s.out.Ended = cmp.Or(s.out.Profile, s.Profile), cmp.Or(s.out.Session, s.Session), s.now
	return s.out, nil
}

// until lets everything happen that is due until a moment, in the order of time.
func (s *simulator) until(ctx context.Context, moment time.Time) error {
	for len(s.timers) > 0 {
		next := 0
		for i := range s.timers {
			if s.timers[i].at.Before(s.timers[next].at) {
				next = i
			}
		}
		due := s.timers[next]
		if due.at.After(moment) {
			break
		}
		if s.steps++; s.steps > maxSimulated {
			return tracardi.InvalidField("events", "more than %d things happen: try fewer events", maxSimulated)
		}
		s.timers = slices.Delete(s.timers, next, next+1)
		if due.at.After(s.now) {
			s.now = due.at
		}
		if err := s.goOn(ctx, due.wake); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulator) work(payload *tracardi.Payload) *Work {
	w := s.p.newWork(payload, &tracardi.Source{ID: payload.Source.ID, Types: []string{payload.Way}, Enabled: true})
	w.Now, w.Flows = s.now, s.Plan
	w.pretend(&s.Test, s.values)
	return w
}

// happens processes an event.
func (s *simulator) happens(ctx context.Context, e *SimulatedEvent, hops int) error {
	payload := &tracardi.Payload{ID: "test", Tenant: s.Tenant, Way: tracardi.SourceREST, Source: tracardi.Ref{ID: e.Source}, Received: s.now, ProfileLess: e.Less, Hops: hops}
	w := s.work(payload)
	if e.Stored != nil {
		w.Session, w.Profile, w.Events = s.Session, s.Profile, []*tracardi.Event{e.Stored}
		if w.Session == nil {
			w.Session = &tracardi.Session{}
		}
		w.SaveSession, w.SaveProfile, w.SaveEvents = w.Session.ID != "", w.Profile != nil, true
		if err := s.p.flows(ctx, w); err != nil {
			return err
		}
		if err := conclusions(w); err != nil {
			return err
		}
		return s.keep(ctx, w)
	}
	if s.Session != nil {
		payload.Session = s.Session.ID
	}
	known := known{session: s.Session}
	if !e.Less {
		known.profile = s.Profile
	}
	w.Incoming = []tracardi.NewEvent{e.New}
	resolve(w, known)
	if err := s.p.run(ctx, w); err != nil {
		return err
	}
	return s.keep(ctx, w)
}

// goOn wakes a run.
func (s *simulator) goOn(ctx context.Context, m wake) error {
	doc := s.stored[m.Run]
	if doc == nil || doc.Status != RunWaiting {
		return nil
	}
	running := s.Plan.Live(doc.Flow.ID)
	run, err := doc.restore(running.Flow)
	if err != nil {
		return err
	}
	if run.Paused(m.Pause) == nil {
		return nil
	}
	payload := &tracardi.Payload{ID: "test", Tenant: s.Tenant, Source: tracardi.Ref{ID: doc.Source.ID}, Session: doc.Session.ID, Profile: doc.Profile.ID, Hops: doc.Hops}
	w := s.work(payload)
	w.Session, w.Profile = s.Session, s.Profile
	if other := s.values.people[doc.Profile.ID]; other != nil {
		w.Profile = other
	}
	if begun := s.begun[doc.Session.ID]; begun != nil {
		w.Session = begun
	}
	w.SaveProfile = w.Profile != nil
	if w.Session == nil {
		w.Session = &tracardi.Session{}
	}
	h := &host{Work: w, pipeline: s.p, event: run.event, past: true}
	if !w.continued(ctx, h, run, &m, "") {
		return nil
	}
	if run.ended == "" && run.Done() {
		s.p.follow(ctx, w, h, run)
	}
	if err := s.p.settle(w); err != nil {
		return err
	}
	if err := conclusions(w); err != nil {
		return err
	}
	return s.keep(ctx, w)
}

// keep takes what would be stored and sent.
func (s *simulator) keep(ctx context.Context, w *Work) error {
	s.keepPeople(w)
	s.out.Response = flow.Over(s.out.Response, w.response)
	s.out.Shown = append(s.out.Shown, w.shown...)
	for _, write := range w.writes {
		switch write.Collection {
		case storage.Runs:
			if err := s.keepRun(write.Doc); err != nil {
				return err
			}
		case storage.Logs:
			s.out.Lines = append(s.out.Lines, write.Doc.Body)
		}
	}
	for _, message := range w.messages {
		if err := s.take(ctx, message); err != nil {
			return err
		}
	}
	return nil
}

// keepPeople takes the documents of those who come back, and of whom a flow made an event over to.
func (s *simulator) keepPeople(w *Work) {
	if w.Profile != nil && w.SaveProfile && s.values.people[w.Profile.ID] == nil {
		s.Profile = w.Profile
		s.Profile.New = false
	}
	if s.begun[w.Session.ID] == nil {
		s.Session = w.Session
	}
	w.Session.New = false
	for _, other := range w.others {
		if other.SaveProfile {
			other.Profile.New = false
			s.values.people[other.Profile.ID] = other.Profile
			s.out.Profile = other.Profile
		}
	}
	for _, begun := range w.begun {
		begun.Session.New = false
		s.begun[begun.Session.ID] = begun.Session
		s.out.Session = begun.Session
	}
}

func (s *simulator) keepRun(stored storage.Doc) error {
	run := &Run{}
	if err := json.Unmarshal(stored.Body, run); err != nil {
		return fmt.Errorf("read a run of the test: %w", err)
	}
	run.version = 1
	if old := s.stored[run.ID]; old != nil {
		*old = *run
		return nil
	}
	s.stored[run.ID] = run
	s.out.Runs = append(s.out.Runs, run)
	return nil
}

// take keeps a message for its time; events that flows sent happen at once.
func (s *simulator) take(ctx context.Context, message storage.Message) error {
	if message.Topic == FlowTopic {
		t := timer{at: message.Due}
		if t.at.IsZero() {
			t.at = s.now
		}
		s.timers = append(s.timers, t)
		return json.Unmarshal(message.Body, &s.timers[len(s.timers)-1].wake)
	}
	payload := &tracardi.Payload{}
	if err := json.Unmarshal(message.Body, payload); err != nil {
		return err
	}
	for i := range payload.Events {
		if s.steps++; s.steps > maxSimulated {
			return tracardi.InvalidField("events", "more than %d things happen: try fewer events", maxSimulated)
		}
		s.out.Sent = append(s.out.Sent, payload.Events[i])
		e := &SimulatedEvent{New: payload.Events[i], Source: payload.Source.ID, Less: payload.ProfileLess}
		if err := s.happens(ctx, e, payload.Hops); err != nil {
			return err
		}
	}
	return nil
}

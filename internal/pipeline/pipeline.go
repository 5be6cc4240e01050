package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/storage"
)

// Options are what a pipeline works with.
type Options struct {
	Records      storage.Records
	Locks        storage.Locks
	Hasher       *identity.Hasher
	Agents       *Agents
	Geo          *Geo // nil without a database
	RefuseBots   bool
	SystemEvents bool
	Instance     string // names this process in events
	CacheBytes   int    // for sessions and profiles; 0 means 40 MB
	Log          *slog.Logger
	Now          func() time.Time // nil for time.Now
}

// Pipeline processes payloads. It may be used by many goroutines.
type Pipeline struct {
	options Options
	people  *people
	stages  []stage
}

// stage is one step on the way. It reads and changes the work and does no I/O.
type stage struct {
	name string
	run  func(*Work) error
}

// New makes a pipeline.
func New(o Options) *Pipeline {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Pipeline{options: o, people: newPeople(o.CacheBytes)}
	p.stages = []stage{
		{"user agent", o.Agents.Recognize},
		{"geo", o.Geo.Locate},
		{"language", languages},
		{"campaign", campaign},
		{"bots", Bots{Refuse: o.RefuseBots}.check},
		{"visit", visit},
		{"known ids", knownBy},
		{"system events", systemEvents},
		{"events", events},
		{"predefined types", mapPredefined},
		{"entities", entities},
		{"conclusions", conclusions},
		{"session state", sessionState},
	}
	if !o.SystemEvents {
		p.stages = slices.DeleteFunc(p.stages, func(s stage) bool { return s.name == "system events" })
	}
	return p
}

const attempts = 16

// Process takes a payload from a checked source through all stages and returns when what it changed is on the disk. done, if
// not nil, is the message that brought the payload; it is acknowledged in the same change set. A payload without events
// changes nothing and has no answer.
func (p *Pipeline) Process(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error) {
	if len(payload.Events) == 0 {
		return nil, nil
	}
	var err error
	for attempt := range attempts {
		var answer *tracardi.Answer
		answer, err = p.attempt(ctx, payload, source, done, attempt > 0)
		if tracardi.KindOf(err) != tracardi.Conflict {
			return answer, err
		}
	}
	return nil, &tracardi.Error{
		Kind: tracardi.Unavailable, RetryAfter: time.Second, Err: err,
		Message: "the profile changes faster than this payload can be processed: send it again",
	}
}

// attempt processes the payload once. again says that the attempt before met a conflict: then the events that are stored
// already are looked for.
func (p *Pipeline) attempt(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source, done *storage.Lease, again bool) (*tracardi.Answer, error) {
	w := &Work{Payload: payload, Source: source, Now: p.options.Now().UTC(), Hasher: p.options.Hasher, Instance: p.options.Instance}
	locks := &held{locks: p.options.Locks, tenant: payload.Tenant, taken: make([]storage.Lock, 0, 7)}
	defer locks.release()
	stored := false
	defer func() {
		if !stored {
			p.people.drop(w) // its changes must not be seen by others
		}
	}()
	if err := p.load(ctx, w, locks, again); err != nil {
		return nil, err
	}
	if len(w.Incoming) == 0 && again { // all of it is stored already
		return w.answer(), p.acknowledge(ctx, payload.Tenant, done)
	}
	if err := p.run(w); err != nil {
		return nil, err
	}
	w.timed(p.options.Now())
	set := w.changes()
	set.Done = done
	ticket := p.options.Records.Commit(set)
	p.people.put(w)
	if len(w.Entities) == 0 { // else the next payload would read an entity that is about to change
		locks.release() // the order is fixed: the next payload of this profile may begin while this one syncs
	}
	if err := ticket.Wait(ctx); err != nil {
		return nil, err
	}
	stored = true
	return w.answer(), nil
}

func (p *Pipeline) acknowledge(ctx context.Context, tenant string, done *storage.Lease) error {
	if done == nil {
		return nil
	}
	return p.options.Records.Commit(&storage.ChangeSet{Tenant: tenant, Done: done}).Wait(ctx)
}

// run takes the work through the stages. A panic in one is an error of this payload alone.
func (p *Pipeline) run(w *Work) (err error) {
	current := ""
	defer func() {
		if r := recover(); r != nil {
			p.options.Log.Error("pipeline: a stage broke", "stage", current, "payload", w.Payload.ID, "panic", r, "stack", string(debug.Stack()))
			err = tracardi.Errorf(tracardi.Internal, "the stage %q broke", current)
		}
	}()
	for i := range p.stages {
		current = p.stages[i].name
		if err := p.stages[i].run(w); err != nil {
			if tracardi.KindOf(err) == tracardi.Internal {
				return fmt.Errorf("stage %q: %w", current, err)
			}
			return err
		}
	}
	return nil
}

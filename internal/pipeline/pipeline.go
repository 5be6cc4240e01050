package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/storage"
)

// Options are what a pipeline works with.
type Options struct {
	Records      storage.Records
	Locks        storage.Locks
	HoldLocks    bool // until a change set is stored: other processes share records and locks, and see it only then
	Hasher       *identity.Hasher
	Agents       *Agents
	Geo          *Geo // nil without a database
	RefuseBots   bool
	SystemEvents bool
	Instance     string // names this process in events
	CacheBytes   int    // for sessions and profiles; 0 means 40 MB
	Log          *slog.Logger
	Now          func() time.Time // nil for time.Now

	// What flows need; they do not run without a workspace.
	Workspace *workspace.Workspace
	Queue     storage.Queue
	Cache     storage.Cache
	Network   node.Network
	// Resource fills a struct with the settings of a resource, secrets included.
	Resource func(ctx context.Context, tenant, id string, into any) error
	// Message makes the message by which a payload is accepted for later.
	Message func(*tracardi.Payload) (storage.Message, error)

	Topics []string // of the queue, whose dead letters may speak of people
}

// Pipeline processes payloads. It may be used by many goroutines.
type Pipeline struct {
	options Options
	people  *people
	erased  atomic.Int64 // counts how often people was emptied because of an erasure
	stages  []stage
	samples sync.Map // live flow → what limits the traces of its runs
	tallies tallies
	Counts  Counts
}

// stage is one step on the way. It reads and changes the work. Only the nodes of flows do I/O.
type stage struct {
	name string
	run  func(context.Context, *Work) error
}

// pure makes a stage of what does no I/O.
func pure(run func(*Work) error) func(context.Context, *Work) error {
	return func(_ context.Context, w *Work) error { return run(w) }
}

// New makes a pipeline.
func New(o Options) *Pipeline {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Pipeline{options: o, people: newPeople(o.CacheBytes)}
	p.stages = []stage{
		{"user agent", pure(o.Agents.Recognize)},
		{"geo", pure(o.Geo.Locate)},
		{"language", pure(languages)},
		{"campaign", pure(campaign)},
		{"bots", pure(Bots{Refuse: o.RefuseBots}.check)},
		{"visit", pure(visit)},
		{"known ids", pure(knownBy)},
		{"system events", pure(systemEvents)},
		{"events", pure(events)},
		{"predefined types", pure(mapPredefined)},
		{"entities", pure(entities)},
		{"flows", p.flows},
		{"conclusions", pure(conclusions)},
		{"session state", pure(sessionState)},
	}
	if o.Workspace != nil {
		o.Workspace.OnChange(p.forgetErased)
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
	var before earlier
	for attempt := range attempts {
		var answer *tracardi.Answer
		answer, err = p.attempt(ctx, payload, source, done, &before, attempt > 0)
		if tracardi.KindOf(err) != tracardi.Conflict {
			return answer, err
		}
	}
	return nil, &tracardi.Error{
		Kind: tracardi.Unavailable, RetryAfter: time.Second, Err: err,
		Message: "the profile changes faster than this payload can be processed: send it again",
	}
}

// attempt processes the payload once. again says that the attempt before met a conflict: then the events that are stored already
// are looked for.
func (p *Pipeline) attempt(ctx context.Context, given *tracardi.Payload, source *tracardi.Source, done *storage.Lease, before *earlier, again bool) (*tracardi.Answer, error) {
	erased := p.erased.Load()
	payload, err := p.withoutErased(ctx, given, source)
	if err != nil {
		return nil, err
	}
	if payload == nil {
		return &tracardi.Answer{Task: given.ID}, p.acknowledge(ctx, given.Tenant, done)
	}
	w := p.newWork(payload, source)
	w.erased = erased
	w.earlier, w.around.Memo = before, &before.memo
	locks := &held{locks: p.options.Locks, tenant: payload.Tenant, taken: make([]takenLock, 0, 7), wanted: before.wanted}
	w.locks = locks
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
	fault.At(fault.Loaded)
	if len(w.Incoming) == 0 && again { // all of it is stored already
		return w.answer(), p.acknowledge(ctx, payload.Tenant, done)
	}
	if err := p.run(ctx, w); err != nil {
		return nil, err
	}
	fault.At(fault.Ran)
	if err := p.versions(ctx, w); err != nil {
		return nil, err
	}
	w.timed(p.options.Now())
	ticket, err := p.commit(w, done)
	if err != nil {
		return nil, err
	}
	fault.At(fault.Taken)
	if len(w.Entities) == 0 && !p.options.HoldLocks { // else the next payload would read an entity that is about to change
		locks.release() // the order is fixed: the next payload of this profile may begin while this one syncs
	}
	if err := ticket.Wait(ctx); err != nil {
		return nil, err
	}
	stored = true
	fault.At(fault.Stored)
	p.committed(ctx, w)
	return w.answer(), nil
}

// commit hands over what the work changed, and keeps it in the cache. It is a Conflict when somebody was erased since the load: it
// may be one of those whose documents were loaded.
func (p *Pipeline) commit(w *Work, done *storage.Lease) (storage.Ticket, error) {
	if p.erased.Load() != w.erased {
		return nil, errErased
	}
	room := texts.Get().(*[]byte)
	defer release(room)
	set := w.changes(room)
	set.Done = done
	ticket := p.options.Records.Commit(set)
	p.people.put(w)
	p.dropErased(w)
	return ticket, nil
}

func (p *Pipeline) newWork(payload *tracardi.Payload, source *tracardi.Source) *Work {
	w := &Work{
		Payload: payload, Source: source, Now: p.options.Now().UTC(), Hasher: p.options.Hasher, Instance: p.options.Instance,
		visiting: &visiting{}, person: &person{}, erased: p.erased.Load(),
	}
	if p.options.Workspace != nil {
		w.Flows = p.options.Workspace.Snapshot(payload.Tenant).Flows
	}
	return w
}

func (p *Pipeline) acknowledge(ctx context.Context, tenant string, done *storage.Lease) error {
	if done == nil {
		return nil
	}
	return p.options.Records.Commit(&storage.ChangeSet{Tenant: tenant, Done: done}).Wait(ctx)
}

// run takes the work through the stages. A panic in one is an error of this payload alone.
func (p *Pipeline) run(ctx context.Context, w *Work) (err error) {
	current := ""
	defer func() {
		if r := recover(); r != nil {
			p.options.Log.Error("pipeline: a stage broke", "stage", current, "payload", w.Payload.ID, "panic", r, "stack", string(debug.Stack()))
			err = tracardi.Errorf(tracardi.Internal, "the stage %q broke", current)
		}
	}()
	for i := range p.stages {
		current = p.stages[i].name
		if err := p.stages[i].run(ctx, w); err != nil {
			if tracardi.KindOf(err) == tracardi.Internal {
				return fmt.Errorf("stage %q: %w", current, err)
			}
			return err
		}
	}
	return nil
}

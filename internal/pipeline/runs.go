package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// FlowTopic is where runs of flows wait for their time, their event or a worker.
const FlowTopic = "flow"

// States of a run.
const (
	RunWaiting   = "waiting"
	RunUnknown   = "unknown" // it waits for a person, see flow.Pause
	RunDone      = "done"
	RunFailed    = "failed"
	RunCancelled = "cancelled"
)

// Run is the stored form of a run of a flow: one that waits, with all that it needs to go on, or the trace of one that ended.
type Run struct {
	ID       string      `json:"id"`
	Metadata RunMetadata `json:"metadata"`
	Status   string      `json:"status"`
	Flow     RunFlow     `json:"flow"`
	Trigger  string      `json:"trigger,omitempty"`
	Event    RunEvent    `json:"event"`
	Profile  RunRef      `json:"profile,omitzero"`
	Session  RunRef      `json:"session,omitzero"`
	Source   RunRef      `json:"source,omitzero"`
	Nodes    int         `json:"nodes"`            // that were called
	Seconds  float64     `json:"seconds"`          // that they took
	Failed   int         `json:"failed,omitempty"` // nodes that failed
	Failure  string      `json:"failure,omitempty"`
	Broken   string      `json:"broken,omitempty"` // node that failed first
	Reason   string      `json:"reason,omitempty"` // why it was cancelled
	Waits    []RunWait   `json:"waits,omitempty"`
	Due      time.Time   `json:"due,omitzero"` // when the first of them ends by itself
	Consents []string    `json:"consents,omitempty"`
	Hops     int         `json:"hops,omitempty"`

	// Texts, so that what flows carry does not become fields of an index.
	Trace   string `json:"trace,omitempty"`
	State   string `json:"state,omitempty"`   // instead of the trace, of a run that waits, or has memory or measures
	Subject string `json:"subject,omitempty"` // its event

	version uint64
}

// RunMetadata holds when a run began and changed.
type RunMetadata struct {
	Time struct {
		Insert time.Time `json:"insert"`
		Update time.Time `json:"update"`
	} `json:"time"`
}

// RunFlow says which version of which flow ran.
type RunFlow struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version int64  `json:"version"`
}

// RunEvent says for which event.
type RunEvent struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// RunRef points to a document.
type RunRef struct {
	ID string `json:"id"`
}

// RunWait says where a run stands, and until when.
type RunWait struct {
	Pause     int       `json:"pause" doc:"Its number within the run."`
	Node      string    `json:"node"`
	Until     time.Time `json:"until"`
	EventType string    `json:"event_type,omitempty"`
	Unknown   string    `json:"unknown,omitempty" doc:"Why nobody knows whether the node did what it does: decide what becomes of it."`
}

// wake is the body of a message that makes a run go on.
type wake struct {
	Run    string          `json:"run"`
	Pause  int             `json:"pause"`
	Event  json.RawMessage `json:"event,omitempty"`  // that ended the pause
	Cancel string          `json:"cancel,omitempty"` // why the run ends here
	Decide string          `json:"decide,omitempty"` // what becomes of a call of which nobody knows
}

func wakeMessage(w wake, due time.Time) storage.Message {
	body, err := json.Marshal(w)
	if err != nil {
		panic(err) // the event is JSON of ours
	}
	return storage.Message{Topic: FlowTopic, ID: newID(), Key: w.Run, Body: body, Due: due}
}

// settle makes documents and messages of what the flows did.
func (p *Pipeline) settle(w *Work) error {
	_ = w.each(func() error { w.forgetProfile(); return nil })
	for _, run := range w.runs {
		if err := p.store(w, run); err != nil {
			return err
		}
		w.storeLines(run)
	}
	for sent := w.raised; len(sent) > 0; {
		n := 1
		for n < len(sent) && sent[n].of == sent[0].of && sent[n].in == sent[0].in {
			n++
		}
		message, err := p.options.Message(w.raise(sent[:n]))
		if err != nil {
			return err
		}
		w.messages = append(w.messages, message)
		sent = sent[n:]
	}
	return nil
}

// forgetProfile takes a new profile that a flow does not want to be kept out of what points to it.
func (w *Work) forgetProfile() {
	p := w.Profile
	if p == nil || w.SaveProfile {
		return
	}
	for _, run := range w.runs {
		if run.of == w.person {
			for i := range run.Pauses {
				run.Pauses[i].Listed = false
			}
		}
	}
	if !p.New {
		return
	}
	for _, v := range w.visits() {
		if v.Session.Profile.ID == p.ID {
			v.Session.Profile = tracardi.ProfileRef{}
		}
	}
	for _, e := range w.Events {
		if e.Profile.ID == p.ID {
			e.Profile = tracardi.ProfileRef{}
		}
	}
}

// store writes the document of a run that waits, failed, was stored before or is taken as a sample, and the messages of its new
// pauses.
func (p *Pipeline) store(w *Work, run *flowRun) error {
	waiting := len(run.Pauses) > 0 && run.ended == ""
	if !waiting && run.Failed == 0 && run.stored == 0 && w.around.Test == nil && !p.sampled(run.Flow) {
		return nil
	}
	doc := w.document(run)
	if waiting || len(run.Memory) > 0 || len(run.Measures) > 0 {
		state, err := run.State()
		if err != nil {
			return fmt.Errorf("write the state of a run of flow %q: %w", run.Flow.ID, err)
		}
		doc.State = string(state)
	} else {
		doc.Trace = string(run.AppendTrace(nil))
	}
	if waiting {
		doc.Subject, doc.Status = string(run.event.AppendJSON(nil)), RunWaiting
		if run.Unknown() {
			doc.Status = RunUnknown
		}
		for i := range run.Pauses {
			pause := &run.Pauses[i]
			doc.Waits = append(doc.Waits, RunWait{pause.ID, pause.Node, pause.Until, pause.EventType, pause.Unknown})
			if pause.Unknown == "" && (doc.Due.IsZero() || pause.Until.Before(doc.Due)) {
				doc.Due = pause.Until
			}
			if !run.paused[pause.ID] {
				w.messages = append(w.messages, wakeMessage(wake{Run: run.ID, Pause: pause.ID}, pause.Until))
			}
		}
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	w.writes = append(w.writes, storage.Write{Collection: storage.Runs, Doc: storage.Doc{
		ID: run.ID, Time: run.Began, Body: body, Version: run.stored, Made: run.stored == 0, Keys: runKeys(doc),
	}})
	return nil
}

func runKeys(doc *Run) []storage.Key {
	keys := []storage.Key{{Field: 1, Value: doc.Flow.ID}, {Field: 2, Value: doc.Status}}
	if doc.Profile.ID != "" {
		keys = append(keys, storage.Key{Field: 0, Value: doc.Profile.ID})
	}
	return keys
}

// document is the stored form of a run at its end.
func (w *Work) document(run *flowRun) *Run {
	doc := &Run{
		ID: run.ID, Status: RunDone, Flow: RunFlow{run.Flow.ID, run.Flow.Name, run.Flow.Version}, Trigger: run.trigger,
		Event: RunEvent{run.event.ID, run.event.Type}, Session: RunRef{run.event.Session.ID}, Source: RunRef{run.event.Source.ID},
		Nodes: len(run.Trace), Failed: run.Failed, Failure: run.Failure, Broken: run.Broken, Reason: run.ended,
		Consents: run.consents, Hops: w.Payload.Hops,
	}
	doc.Metadata.Time.Insert, doc.Metadata.Time.Update = run.Began.UTC(), w.Now
	switch {
	case run.stored > 0:
		doc.Profile.ID = w.Payload.Profile // as it was; another id of the person leads to the profile of today
	default:
		doc.Profile.ID = run.of.ref().ID
	}
	switch {
	case run.ended != "":
		doc.Status = RunCancelled
	case run.Failed > 0:
		doc.Status = RunFailed
	}
	for i := range run.Trace {
		doc.Seconds += run.Trace[i].Seconds
	}
	return doc
}

// storeLines writes what the nodes of a run logged.
func (w *Work) storeLines(run *flowRun) {
	for _, line := range run.Lines {
		if line.Level < slog.LevelInfo {
			continue
		}
		entry := map[string]any{
			"date": line.At.UTC(), "level": strings.ToLower(line.Level.String()), "message": line.Message, "origin": "flow",
			"flow_id": run.Flow.ID, "node_id": line.Node, "run_id": run.ID, "event_id": run.event.ID,
		}
		if run.of.Profile != nil {
			entry["profile_id"] = run.of.Profile.ID
		}
		id := newID()
		entry["id"] = id
		w.writes = append(w.writes, storage.Write{Collection: storage.Logs, Doc: storage.Doc{ID: id, Time: line.At, Body: tracardi.AppendValue(nil, entry)}})
	}
}

// raise is the payload of events of one person that flows send.
func (w *Work) raise(sent []raised) *tracardi.Payload {
	of, in := sent[0].of, sent[0].in.Session
	payload := &tracardi.Payload{
		ID: uuid.NewString(), Tenant: w.Payload.Tenant, Way: tracardi.SourceInternal, Source: w.Payload.Source, Received: w.Now,
		Hops: w.Payload.Hops + 1, Profile: of.ref().ID,
	}
	payload.ProfileLess = payload.Profile == ""
	elsewhere := !payload.ProfileLess && in.Profile.ID != "" && !of.Profile.HasID(in.Profile.ID) // the visit is another person's
	if in.ID != "" && in.Version+boolean(sent[0].in.SaveSession) > 0 && !elsewhere {
		payload.Session = in.ID
	}
	payload.Options.SkipSession = payload.Session == ""
	for _, e := range sent {
		if e.ID == "" {
			e.ID = newID()
		}
		payload.Events = append(payload.Events, e.NewEvent)
	}
	return payload
}

func boolean(yes bool) uint64 {
	if yes {
		return 1
	}
	return 0
}

// versions reads which versions of things are stored, so that flows can replace them, and writes them.
func (p *Pipeline) versions(ctx context.Context, w *Work) error {
	if len(w.things) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(w.things))
	docs, err := p.options.Records.Read(ctx, w.Payload.Tenant, storage.Entities, ids)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		given := w.things[doc.ID]
		if given.Entity == nil {
			continue
		}
		e := tracardi.NewEntity(given.Type, "", w.Now)
		if doc.Body != nil {
			if err := json.Unmarshal(doc.Body, e); err != nil {
				return fmt.Errorf("read entity %q: %w", doc.ID, err)
			}
		}
		e.ID, e.Type, e.Profile.ID, e.Metadata.Time.Update = doc.ID, given.Type, given.Profile, w.Now
		e.Properties = tracardi.NewObject(given.Properties)
		w.writes = append(w.writes, storage.Write{Collection: storage.Entities, Doc: storage.Doc{
			ID: e.ID, Time: e.Metadata.Time.Insert, Version: doc.Version, Body: e.AppendJSON(nil),
		}})
	}
	return nil
}

// committed does what can only be done once everything is stored.
func (p *Pipeline) committed(ctx context.Context, w *Work) {
	if len(w.runs) == 0 && len(w.things) == 0 {
		return
	}
	for _, run := range w.runs {
		p.count(w, run)
	}
	var gone []string
	for id, thing := range w.things {
		if thing.Entity == nil {
			gone = append(gone, id)
		}
	}
	if len(gone) == 0 {
		return
	}
	if _, err := p.options.Records.Delete(ctx, w.Payload.Tenant, storage.Entities, gone); err != nil {
		p.options.Log.Error("pipeline: entities that a flow discards are still stored", "ids", gone, "error", err)
	}
}

// restore makes the run of its stored form.
func (doc *Run) restore(f *flow.Flow) (*flowRun, error) {
	run, err := f.Restore(doc.ID, doc.Metadata.Time.Insert, []byte(doc.State))
	if err != nil {
		return nil, err
	}
	event := &tracardi.Event{}
	if err := json.Unmarshal([]byte(doc.Subject), event); err != nil {
		return nil, fmt.Errorf("read the event of run %q: %w", doc.ID, err)
	}
	r := &flowRun{Run: run, event: event, trigger: doc.Trigger, consents: doc.Consents, stored: doc.version, seen: len(run.Trace), paused: map[int]bool{}}
	for i := range run.Pauses {
		r.paused[run.Pauses[i].ID] = true
	}
	return r, nil
}

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/storage"
)

// FlowTest says on what a flow is tried. Nothing outside changes: nodes that act give what they are pinned to or, unpinned, what
// their first example gives, and nothing is stored.
type FlowTest struct {
	Graph   *flow.Graph        `json:"graph,omitempty" doc:"A drawing that is not saved; the draft when left out."`
	Version int64              `json:"version,omitempty" minimum:"0" doc:"A version instead of the draft."`
	Events  []TestEvent        `json:"events" minItems:"1" maxItems:"100" nullable:"false" doc:"What happens. Those that the flow's triggers ask for run it; without triggers, those of the first one's type do."`
	Profile map[string]any     `json:"profile,omitempty" doc:"Whose events they are: {\"id\": …} of a stored profile, or fields of one that is made up. Somebody new when left out."`
	Start   *TestStart         `json:"start,omitempty" doc:"Begin at a node instead of the flow's beginning."`
	Pins    map[string]TestPin `json:"pins,omitempty" doc:"What nodes give instead of being run, by their ids."`
}

// TestEvent is an event that happened, by its id, or one that is made up.
type TestEvent struct {
	ID         string         `json:"id,omitempty" maxLength:"512" doc:"Of a stored event."`
	Type       string         `json:"type,omitempty" maxLength:"200"`
	Source     string         `json:"source,omitempty" maxLength:"80"`
	Properties map[string]any `json:"properties,omitempty"`
	Context    map[string]any `json:"context,omitempty"`
	At         string         `json:"at,omitempty" maxLength:"60" doc:"When: a time, or how long after the event before, such as 2h. Right behind it when left out."`
}

// TestStart says where a test begins.
type TestStart struct {
	Node    string         `json:"node" minLength:"1"`
	Port    string         `json:"port,omitempty"`
	Payload map[string]any `json:"payload,omitempty"`
}

// TestPin is what a node gives.
type TestPin struct {
	Port    string         `json:"port" minLength:"1"`
	Payload map[string]any `json:"payload"`
}

// FlowTested is what came of a test.
type FlowTested struct {
	Runs     []Run             `json:"runs" nullable:"false" doc:"Each with its trace by node id."`
	Profile  json.RawMessage   `json:"profile" doc:"As it would be; null for none."`
	Session  json.RawMessage   `json:"session"`
	Response map[string]any    `json:"response" doc:"What the page would get."`
	UX       []json.RawMessage `json:"ux" nullable:"false"`
	Sent     []TestEvent       `json:"sent" nullable:"false" doc:"Events that the flow sent."`
	Log      []json.RawMessage `json:"log" nullable:"false"`
	Ended    time.Time         `json:"ended" doc:"When the last thing happened, by the clock of the test."`
}

func (s *server) testFlow(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"512"`
	Body FlowTest
},
) (*struct{ Body FlowTested }, error) {
	tenant := of(ctx).tenant
	entry, err := s.flows.Get(ctx, tenant, in.ID)
	if err != nil {
		return nil, err
	}
	graph := &entry.Value.Draft
	if in.Body.Graph != nil {
		graph = in.Body.Graph
	} else if in.Body.Version > 0 {
		if graph, err = s.graph(ctx, in.ID, "body.version", fmt.Sprint(in.Body.Version)); err != nil {
			return nil, err
		}
	}
	compiled, problems := flow.Compile(in.ID, entry.Name, in.Body.Version, graph)
	if compiled == nil {
		return nil, problemOf("body.draft", "the flow cannot run yet", flow.Faults(problems))
	}
	simulation := pipeline.Simulation{Tenant: tenant, Test: flow.Test{Pins: map[string]node.Output{}}}
	if err := in.Body.place(&simulation.Test, graph); err != nil {
		return nil, err
	}
	if err := s.cast(ctx, &simulation, &in.Body); err != nil {
		return nil, err
	}
	if simulation.Plan, err = s.testPlan(ctx, compiled, &simulation.Events[0]); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	out, err := s.simulate(ctx, simulation)
	if err != nil {
		return nil, err
	}
	answer, err := tested(out)
	if err == nil && of(ctx).masked {
		answer.Body.mask()
	}
	return answer, err
}

// place says where the test begins and which nodes are pinned.
func (t *FlowTest) place(test *flow.Test, graph *flow.Graph) error {
	kinds := map[string]*node.Type{}
	for _, n := range graph.Nodes {
		kinds[n.ID] = node.Lookup(n.Type)
	}
	if t.Start != nil {
		kind := kinds[t.Start.Node]
		if kind == nil {
			return tracardi.InvalidField("body.start.node", "there is no node %q", t.Start.Node)
		}
		test.From, test.Port, test.With = t.Start.Node, t.Start.Port, t.Start.Payload
		if test.Port == "" && len(kind.In) > 0 {
			test.Port = kind.In[0].Name
		}
		if test.With == nil {
			test.With = map[string]any{}
		}
	}
	for id, pin := range t.Pins {
		kind := kinds[id]
		if kind == nil || !kind.HasOut(pin.Port) {
			return tracardi.InvalidField("body.pins."+id, "there is no such node with an output port %q", pin.Port)
		}
		if pin.Payload == nil {
			pin.Payload = map[string]any{}
		}
		test.Pins[id] = node.To(pin.Port, pin.Payload)
	}
	return nil
}

// cast finds the events of the test and whose they are.
func (s *server) cast(ctx context.Context, simulation *pipeline.Simulation, t *FlowTest) error {
	now := time.Now().UTC()
	profile, session := "", ""
	for i := range t.Events {
		given := &t.Events[i]
		field := fmt.Sprintf("body.events[%d]", i)
		e := pipeline.SimulatedEvent{Source: given.Source}
		if given.At != "" {
			at, err := expr.ParseDate(given.At, now, time.UTC)
			if offset, relative := expr.ParseOffset(given.At); relative == nil {
				at, err = offset.Add(now), nil
			}
			if err != nil {
				return tracardi.InvalidField(field+".at", "is no time: write 2026-01-31T10:00:00Z, or 2h for two hours after the event before")
			}
			now, e.At = at, at
		}
		switch {
		case (given.ID == "") == (given.Type == ""):
			return tracardi.InvalidField(field, "needs the id of a stored event or a type, and not both")
		case given.ID != "":
			e.Stored = &tracardi.Event{}
			if err := s.stored(ctx, storage.Events, given.ID, e.Stored); err != nil {
				return tracardi.InvalidField(field+".id", "%v", err)
			}
			profile, session = e.Stored.Profile.ID, e.Stored.Session.ID
		default:
			e.New = tracardi.NewEvent{
				ID: uuid.NewString(), Type: given.Type, Properties: tracardi.NewObject(given.Properties), Context: tracardi.NewObject(given.Context),
			}
		}
		simulation.Events = append(simulation.Events, e)
	}
	if session != "" {
		simulation.Session = &tracardi.Session{}
		if err := s.stored(ctx, storage.Sessions, session, simulation.Session); err != nil {
			simulation.Session = nil // it was not kept
		}
	}
	return s.castProfile(ctx, simulation, t.Profile, profile)
}

// castProfile finds the person of the test: the one that is asked for, else the one of a stored event.
func (s *server) castProfile(ctx context.Context, simulation *pipeline.Simulation, given map[string]any, other string) error {
	if id, ok := given["id"].(string); ok && len(given) == 1 {
		simulation.Profile = &tracardi.Profile{}
		if err := s.stored(ctx, storage.Profiles, id, simulation.Profile); err != nil {
			return tracardi.InvalidField("body.profile.id", "%v", err)
		}
		return nil
	}
	if given != nil {
		text, err := json.Marshal(given)
		if err != nil {
			return err
		}
		p := &tracardi.Profile{Active: true}
		if err := json.Unmarshal(text, p); err != nil {
			return tracardi.InvalidField("body.profile", "%v", err)
		}
		if p.ID == "" {
			p.ID = uuid.NewString()
		}
		p.AddID(p.ID)
		simulation.Profile = p
		return nil
	}
	if other == "" {
		return nil
	}
	simulation.Profile = &tracardi.Profile{}
	if err := s.stored(ctx, storage.Profiles, other, simulation.Profile); err != nil {
		simulation.Profile = nil // it was not kept
	}
	return nil
}

// stored reads a document.
func (s *server) stored(ctx context.Context, c storage.Collection, id string, into any) error {
	docs, err := s.records.Read(ctx, of(ctx).tenant, c, []string{id})
	if err != nil {
		return err
	}
	if docs[0].Body == nil {
		return fmt.Errorf("there is no %s %q", c, id)
	}
	return json.Unmarshal(docs[0].Body, into)
}

// testPlan is what is live in a test: the one flow, for the events that its triggers ask for.
func (s *server) testPlan(ctx context.Context, compiled *flow.Flow, first *pipeline.SimulatedEvent) (*workspace.Plan, error) {
	entries, err := s.triggers.List(ctx, of(ctx).tenant)
	if err != nil {
		return nil, err
	}
	var triggers []*workspace.Trigger
	for _, e := range entries {
		if t := e.Value; t.Flow == compiled.ID && t.Schedule == nil && t.After == nil {
			t.Enabled = true
			triggers = append(triggers, &t)
		}
	}
	if len(triggers) == 0 {
		name := tracardi.EventTypeOf(first.New.Type)
		if first.Stored != nil {
			name = first.Stored.Type
		}
		triggers = []*workspace.Trigger{{ID: "test", Name: "Test", Flow: compiled.ID, EventType: name, Enabled: true}}
	}
	return workspace.PlanOf(compiled, time.Time{}, triggers), nil
}

func tested(out *pipeline.Simulated) (*struct{ Body FlowTested }, error) {
	body := FlowTested{
		Runs: make([]Run, len(out.Runs)), Response: out.Response, UX: []json.RawMessage{}, Sent: []TestEvent{},
		Log: append([]json.RawMessage{}, out.Lines...), Ended: out.Ended, Profile: json.RawMessage("null"), Session: json.RawMessage("null"),
	}
	if body.Response == nil {
		body.Response = map[string]any{}
	}
	for i, doc := range out.Runs {
		var err error
		if body.Runs[i], err = traced(doc); err != nil {
			return nil, err
		}
	}
	for i := range out.Shown {
		body.UX = append(body.UX, out.Shown[i].AppendJSON(nil))
	}
	for i := range out.Sent {
		e := &out.Sent[i]
		body.Sent = append(body.Sent, TestEvent{ID: e.ID, Type: e.Type, Properties: e.Properties.Map()})
	}
	if out.Profile != nil {
		body.Profile = out.Profile.AppendJSON(nil)
	}
	if out.Session != nil {
		body.Session = out.Session.AppendJSON(nil)
	}
	return &struct{ Body FlowTested }{body}, nil
}

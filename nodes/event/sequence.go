package event

import (
	"context"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "sequence", Name: "Sequencer query", Icon: "timeline-event",
		New:     func() node.Node { return &Sequence{Intermediate: true} },
		Aliases: []string{"com_tracardi.action.v1.sequencer.query.plugin.SequencerQueryAction"},
		Examples: []node.Example{
			{
				Name: "purchases and what lay between", Config: `{"query": "type = \"purchase\""}`, Port: "payload",
				Result: `{"sequence": [
					{"id": "order-1", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-01T09:00:00.000000Z"}}},
					{"id": "order-2", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-10T09:00:00.000000Z"}}}
				]}`,
			},
			{
				Name: "the first and the last", Config: `{"query": "id IN [\"event-0\", \"order-1\"]"}`, Port: "payload",
				Result: `{"sequence": [
					{"id": "order-1", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-01T09:00:00.000000Z"}}},
					{"id": "order-2", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-10T09:00:00.000000Z"}}},
					{"id": "event-0", "type": "page-view", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}}
				]}`,
			},
			{
				Name: "without what lay between", Config: `{"query": "id IN [\"event-0\", \"order-1\"]", "intermediate": false}`, Port: "payload",
				Result: `{"sequence": [
					{"id": "order-1", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-01T09:00:00.000000Z"}}},
					{"id": "event-0", "type": "page-view", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}}
				]}`,
			},
			{Name: "nothing of the kind", Config: `{"query": "type = \"refund\""}`, Port: "payload", Result: `{"sequence": []}`},
			{Name: "a place with nothing", Config: `{"query": "type = \"{{payload@t}}\""}`, Error: "payload@t is missing"},
			{Name: "nobody", Config: `{"query": "type = \"purchase\""}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Sequence lists what the person did, in the order in which it happened: {"sequence": [events]}. Sequence matcher can then look
// for an order of events in it.
//
// The search is written as in the search bar, with places to fill in, such as type = "{{event@type}}". It looks at the newest
// 1000 events of the person; the event that the flow runs for is mostly not stored yet, so it is not among them.
type Sequence struct {
	Query        string `json:"query" title:"Search" help:"Which events, such as type IN [\"basket\", \"order\"]; empty for all." widget:"textarea"`
	Intermediate bool   `json:"intermediate" title:"What lies between" help:"Also the events between the first and the last that are found."`

	query *query
}

// Check implements node.Checker.
func (n *Sequence) Check() (err error) {
	if n.query, err = parseQuery(n.Query, "event"); err != nil {
		return tracardi.InvalidField("query", "%v", err)
	}
	return nil
}

// Run implements node.Node.
func (n *Sequence) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	where, err := ofProfile(in)
	if err != nil {
		return node.Output{}, err
	}
	wanted, err := n.query.fill(in)
	if err != nil {
		return node.Output{}, err
	}
	searched := expr.All(where, wanted)
	if n.Intermediate {
		searched = where
	}
	found, err := in.Records().Search(ctx, "event", searched, mostEvents)
	if err != nil {
		return node.Output{}, err
	}
	if n.Intermediate && wanted != nil {
		found = within(in, found, wanted)
	}
	sequence := make([]any, 0, len(found))
	for _, event := range slices.Backward(found) { // the newest came first
		sequence = append(sequence, event)
	}
	return node.To("payload", map[string]any{"sequence": sequence}), nil
}

// within cuts off the events before the first and after the last that are wanted.
func within(in *node.Input, events []map[string]any, wanted *expr.Condition) []map[string]any {
	first, last := -1, -1
	for i, event := range events {
		if holds, _ := wanted.EvalAt(in.Now(), expr.Document(tracardi.AppendValue(nil, event))); holds {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return nil
	}
	return events[first : last+1]
}

package event

import (
	"context"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "previous", Name: "Get previous event", Icon: "history",
		New: func() node.Node { return &Previous{EventType: node.Reference{ID: "@current"}, Offset: -1} },
		Out: []node.Port{
			{Name: "found", Doc: "The event."},
			{Name: "not_found", Doc: "There were not so many."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.internal.get_prev_event.plugin.PreviousEventGetter"},
		Examples: []node.Example{
			{
				Name: "the page before this one", Port: "found",
				Result: `{"id": "event-0", "type": "page-view", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}}`,
			},
			{
				Name: "the last purchase but one", Config: `{"event_type": {"id": "purchase", "name": "Purchase"}, "offset": -2}`, Port: "found",
				Result: `{"id": "order-1", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-01T09:00:00.000000Z"}}}`,
			},
			{Name: "there were only two", Config: `{"event_type": "purchase", "offset": -3}`, Payload: `{"a": 1}`, Port: "not_found"},
			{Name: "this one", Config: `{"offset": 0}`, Event: `{"id": "order-2", "type": "purchase"}`, Port: "found", Result: "*"},
			{Name: "nobody", Profile: "null", Error: "no profile"},
		},
	})
}

// Previous finds an event that the person caused before this one, and makes it the payload.
//
// It counts back from this event: -1 is the one before it, -2 the one before that; 0 is this event itself.
type Previous struct {
	EventType node.Reference `json:"event_type" title:"Event type" help:"Of the events that count; @current for the type of this event." kind:"event-type"`
	Offset    int            `json:"offset" title:"Which" help:"-1 for the last one, -2 for the one before it, at most -11." min:"-11" max:"0"`
}

// Run implements node.Node.
func (n *Previous) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	event := in.Event()
	if n.Offset == 0 {
		return node.To("found", node.Document(event)), nil
	}
	where, err := ofProfile(in)
	if err != nil {
		return node.Output{}, err
	}
	wanted := n.EventType.EventType()
	if wanted == "" || wanted == "@current" {
		wanted = event.Type
	}
	where = expr.All(expr.OneOf(typePath, wanted), where, between(time.Time{}, event.Metadata.Insert))
	found, err := nth(ctx, in, "event", where, event.ID, -n.Offset)
	if err != nil || found == nil {
		return node.To("not_found", in.Payload), err
	}
	return node.To("found", found), nil
}

// nth finds the record that is the nth newest beside the one with the id that the run is about.
func nth(ctx context.Context, in *node.Input, collection string, where *expr.Condition, but string, n int) (map[string]any, error) {
	newest, err := in.Records().Search(ctx, collection, where, n+1)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(slices.Clone(newest), func(record map[string]any) bool { return record["id"] == but })
	if len(others) < n {
		return nil, nil
	}
	return others[n-1], nil
}

package control

import (
	"context"
	"slices"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "start", Name: "Start", Icon: "player-play", Start: true,
		New: func() node.Node { return &Start{} },
		In:  []node.Port{},
		Out: []node.Port{{Name: "payload", Doc: "The event may start this flow."}},
		Aliases: []string{
			"tracardi.process_engine.action.v1.flow.start.start_action.StartAction",
			"tracardi.process_engine.action.v1.flow.start_segmentation.plugin.StartSegmentationAction",
		},
		Examples: []node.Example{
			{Name: "every event", Port: "payload"},
			{
				Name: "one of the types", Config: `{"event_types": [{"id": "page-view", "name": "Page View"}, "purchase"]}`,
				Event: `{"type": "purchase"}`, Port: "payload",
			},
			{Name: "another type", Config: `{"event_types": ["purchase"]}`, Event: `{"type": "page-view"}`},
		},
	})
}

// Start begins a flow.
//
// Triggers decide for which events the flow runs at all. A flow with several starts can tell them apart by the types of the
// events; a start without types takes every event.
type Start struct {
	EventTypes []node.Reference `json:"event_types" title:"Event types" help:"Begin here for these events only; empty for all." kind:"event-type"`
}

// Run implements node.Node.
func (n *Start) Run(_ context.Context, in *node.Input) (node.Output, error) {
	wanted := func(r node.Reference) bool { return r.EventType() == in.Event().Type }
	if len(n.EventTypes) > 0 && !slices.ContainsFunc(n.EventTypes, wanted) {
		return node.Output{}, nil
	}
	return node.To("payload", in.Payload), nil
}

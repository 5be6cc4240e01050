package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "wait-for-event", Name: "Wait for event", Icon: "hourglass",
		New: func() node.Node { return &WaitForEvent{Timeout: node.Seconds(3600)} },
		Out: []node.Port{
			{Name: "happened", Doc: "The event came in; the payload has it as event."},
			{Name: "timeout", Doc: "It did not come in time."},
		},
		Examples: []node.Example{
			{
				Name: "an abandoned basket", Config: `{"event_type": "order-completed", "timeout": "2h"}`,
				Payload: `{"basket": 5}`, Port: "timeout", Waits: "2h",
			},
			{
				Name: "a large order after all", Config: `{"event_type": "order-completed", "condition": "event@properties.total > 100", "timeout": "1 day"}`,
				Payload: `{"basket": 5}`, Port: "happened", Waits: "1 day",
			},
		},
	})
}

// WaitForEvent waits for another event of the same person, but not for ever.
//
// When an event of the type comes in that meets the condition, the flow goes on at the port happened, and payload@event is that
// event. When none comes in time, it goes on at the port timeout. The waiting run is stored and survives restarts.
type WaitForEvent struct {
	EventType node.Reference `json:"event_type" title:"Event type" help:"Of the event to wait for." required:"true" kind:"event-type"`
	Condition node.Condition `json:"condition" title:"Condition" help:"What the event must meet, such as event@properties.total > 100; empty for any."`
	Timeout   node.Duration  `json:"timeout" title:"At most" help:"How long to wait, such as 2h or 3 days; a number means seconds."`
}

// Run implements node.Node.
func (n *WaitForEvent) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.Output{Wait: &node.Wait{
		Until: n.Timeout.From(in.Now()), EventType: n.EventType.EventType(), Condition: n.Condition.Expr(),
		Matched: "happened", Result: node.Result{Port: "timeout", Payload: in.Payload},
	}}, nil
}

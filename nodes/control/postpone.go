package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "postpone", Name: "Postpone event", Icon: "calendar-event",
		New:     func() node.Node { return &Postpone{} },
		Out:     []node.Port{{Name: "payload", Doc: "At once; the event comes later."}},
		Aliases: []string{"tracardi.process_engine.action.v1.pro.scheduler.plugin.SchedulerPlugin"},
		Import:  node.FromJSONText("properties"),
		Examples: []node.Example{
			{
				Name: "a reminder tomorrow", Config: `{"event_type": "reminder", "postpone": "1 day"}`,
				Payload: `{"a": 1}`, Port: "payload", Waits: "1 day",
			},
			{
				Name: "the day is over", Config: `{"event_type": "reminder", "postpone": "1 day", "properties": {"was": "payload@a"}}`,
				In: resumed, Payload: `{"a": 1}`,
			},
			{
				Name: "a broken event", Config: `{"event_type": "reminder", "postpone": 5, "properties": {"was": "payload@a"}}`,
				In: resumed, Error: "payload@a is missing",
			},
		},
	})
}

// Postpone sends an event later. The flow goes on at once; the event belongs to the same profile and visit, survives restarts,
// and can start flows of its own.
type Postpone struct {
	EventType  node.Reference `json:"event_type" title:"Event type" help:"Of the event that is sent." required:"true" kind:"event-type"`
	Postpone   node.Duration  `json:"postpone" title:"Later by" help:"How long, such as 15m or 3 days; a number means seconds." required:"true"`
	Properties node.Value     `json:"properties" title:"Properties" help:"Of that event, such as {\"basket\": \"event@properties.basket\"}." widget:"json"`
}

// Run implements node.Node.
func (n *Postpone) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if in.Port == resumed {
		return node.Output{}, raise(in, n.EventType.ID, n.Properties)
	}
	out := comeBack(n.Postpone.From(in.Now()), in.Payload)
	return out.And("payload", in.Payload), nil
}

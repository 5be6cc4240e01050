package control

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "wait", Name: "Pause and resume", Icon: "clock-pause",
		New:     func() node.Node { return &Wait{Wait: node.Seconds(60)} },
		Aliases: []string{"com_tracardi.action.v1.wait.plugin.WaitAction"},
		Import:  node.FromJSONText("properties"),
		Examples: []node.Example{
			{Name: "one minute", Payload: `{"a": 1}`, Port: "payload", Waits: "1m"},
			{
				Name: "an event at the end", Config: `{"wait": "1 day", "event_type": {"id": "day-over", "name": "Day over"}}`,
				Payload: `{"a": 1}`, Waits: "1 day",
			},
			{
				Name: "the day is over", Config: `{"event_type": "day-over", "properties": {"was": "payload@a"}}`,
				In: resumed, Payload: `{"a": 1}`, Port: "payload",
			},
			{
				Name: "properties that are no object", Config: `{"event_type": "day-over", "properties": "payload@a"}`,
				In: resumed, Payload: `{"a": 1}`, Error: "must be an object",
			},
		},
	})
}

// Wait pauses the flow, goes on from here when the time is over, and sends an event then if you like.
//
// The waiting run is stored and survives restarts.
type Wait struct {
	Wait       node.Duration  `json:"wait" title:"Wait" help:"How long, such as 15m or 3 days; a number means seconds."`
	EventType  node.Reference `json:"event_type" title:"Event at the end" help:"The type of an event that is sent when the time is over; empty for none." kind:"event-type"`
	Properties node.Value     `json:"properties" title:"Properties" help:"Of that event, such as {\"basket\": \"event@properties.basket\"}." widget:"json"`
}

// Run implements node.Node.
func (n *Wait) Run(_ context.Context, in *node.Input) (node.Output, error) {
	until := n.Wait.From(in.Now())
	switch {
	case n.EventType.ID == "":
		return node.Sleep(until, "payload", in.Payload), nil
	case in.Port != resumed:
		return comeBack(until, in.Payload), nil
	}
	return node.To("payload", in.Payload), raise(in, n.EventType.ID, n.Properties)
}

// raise sends an event with the given properties.
func raise(in *node.Input, eventType string, properties node.Value) error {
	value, err := properties.Resolve(in)
	if err != nil {
		return err
	}
	tree, ok := value.(map[string]any)
	if !ok && value != nil {
		return tracardi.InvalidField("properties", "the properties of an event must be an object")
	}
	in.Raise(tracardi.NewEvent{Type: eventType, Properties: tracardi.NewObject(tree)})
	return nil
}

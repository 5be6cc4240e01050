package event

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "raise", Name: "Raise event", Icon: "send",
		New: func() node.Node { return &Raise{} },
		Examples: []node.Example{
			{
				Name: "a big order", Config: `{"event_type": "big-order", "properties": {"total": "payload@total"}, "tags": ["sales"]}`,
				Payload: `{"total": 1000}`, Port: "payload",
			},
			{Name: "a property with nothing", Config: `{"event_type": "big-order", "properties": {"total": "payload@total"}}`, Error: "payload@total is missing"},
			{Name: "properties that are no object", Config: `{"event_type": "big-order", "properties": "payload@total"}`, Payload: `{"total": 5}`, Error: "must be an object"},
		},
	})
}

// Raise sends another event of the same person and visit, once this one is stored. It is collected like any other, and can
// start flows.
type Raise struct {
	EventType  node.Reference `json:"event_type" title:"Event type" help:"Of the new event." required:"true" kind:"event-type"`
	Properties node.Value     `json:"properties" title:"Properties" help:"Such as {\"total\": \"event@properties.total\"}." widget:"json"`
	Tags       []string       `json:"tags" title:"Tags" help:"Of the new event."`
}

// Run implements node.Node.
func (n *Raise) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Properties.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	tree, ok := value.(map[string]any)
	if !ok && value != nil {
		return node.Output{}, tracardi.InvalidField("properties", "the properties of an event must be an object")
	}
	in.Raise(tracardi.NewEvent{Type: n.EventType.ID, Properties: tracardi.NewObject(tree), Tags: n.Tags})
	return node.To("payload", in.Payload), nil
}

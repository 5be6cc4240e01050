package control

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "background", Name: "Background task", Icon: "stack-back",
		New:     func() node.Node { return &Background{} },
		Out:     []node.Port{{Name: "payload", Doc: "In the background, once the event is stored."}},
		Aliases: []string{"com_tracardi.action.v1.background.plugin.BackgroundAction"},
		Import:  node.FromJSONText("properties"),
		Examples: []node.Example{
			{
				Name: "with an event of its own", Config: `{"event_type": "mail-due", "properties": {"to": "payload@to"}}`,
				In: resumed, Payload: `{"to": "ann@example.com"}`, Port: "payload",
			},
			{
				Name: "a broken event", Config: `{"event_type": "mail-due", "properties": {"to": "payload@to"}}`,
				In: resumed, Error: "payload@to is missing",
			},
		},
	})
}

// Background goes on in the background: the sender of the event gets the answer at once, and a worker does the rest, also after
// a restart.
//
// It can send an event of its own before that.
type Background struct {
	EventType  node.Reference `json:"event_type" title:"Event" help:"The type of an event that is sent by the worker; empty for none." kind:"event-type"`
	Properties node.Value     `json:"properties" title:"Properties" help:"Of that event, such as {\"basket\": \"event@properties.basket\"}." widget:"json"`
}

// Run implements node.Node.
func (n *Background) Run(_ context.Context, in *node.Input) (node.Output, error) {
	switch {
	case n.EventType.ID == "":
		return node.Sleep(time.Time{}, "payload", in.Payload), nil
	case in.Port != resumed:
		return comeBack(time.Time{}, in.Payload), nil
	}
	return node.To("payload", in.Payload), raise(in, n.EventType.ID, n.Properties)
}

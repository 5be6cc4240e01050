package event

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "inject", Name: "Inject event", Icon: "vaccine", Start: true, TestOnly: true,
		New:     func() node.Node { return &Inject{} },
		Aliases: []string{"tracardi.process_engine.action.v1.internal.inject_event.plugin.InjectEvent"},
		Examples: []node.Example{
			{
				Name: "an event of yesterday", Config: `{"event_id": "event-0"}`, Port: "payload",
				Result: `{"id": "event-0", "type": "page-view", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}}`,
			},
			{Name: "one that is not there", Config: `{"event_id": "event-x"}`, Error: "there is no event"},
		},
	})
}

// Inject begins a flow with a stored event as payload, to try the flow out. Only tests run it: in a live flow it passes nothing
// on.
type Inject struct {
	EventID string `json:"event_id" title:"Event" help:"The id of a stored event." required:"true"`
}

// Run implements node.Node.
func (n *Inject) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	event, err := in.Records().Get(ctx, "event", n.EventID)
	if err == nil && event == nil {
		err = tracardi.Errorf(tracardi.NotFound, "there is no event %q", n.EventID)
	}
	return node.To("payload", event), err
}

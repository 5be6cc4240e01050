package event

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "source", Name: "Get event source", Icon: "broadcast",
		New:     func() node.Node { return &Source{} },
		Out:     []node.Port{{Name: "source", Doc: "The source as it is set up."}},
		Aliases: []string{"tracardi.process_engine.action.v1.internal.event_source_fetcher.plugin.EventSourceFetcherAction"},
		Examples: []node.Example{
			{Name: "the shop", Port: "source", Result: `{"id": "shop", "name": "Our shop", "types": ["rest"], "enabled": true}`},
			{Name: "a source that was removed", Event: `{"source": {"id": "gone"}}`, Error: `no event source "gone"`},
		},
	})
}

// Source finds the event source that the event came from, with its name, its tags and its settings, and makes it the payload.
type Source struct{}

// Run implements node.Node.
func (n *Source) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	id := in.Event().Source.ID
	source, err := in.Records().Get(ctx, "source", id)
	if err == nil && source == nil {
		err = tracardi.Errorf(tracardi.NotFound, "there is no event source %q", id)
	}
	return node.To("source", source), err
}

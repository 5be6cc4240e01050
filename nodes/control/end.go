package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "end", Name: "End", Icon: "player-stop",
		New:      func() node.Node { return &End{} },
		Out:      []node.Port{},
		Aliases:  []string{"tracardi.process_engine.action.v1.end_action.EndAction"},
		Examples: []node.Example{{Name: "nothing follows", Payload: `{"a": 1}`}},
	})
}

// End shows that a branch of the flow is complete. It does nothing else: a branch also ends at any node that no edge leaves.
type End struct{}

// Run implements node.Node.
func (n *End) Run(context.Context, *node.Input) (node.Output, error) { return node.Output{}, nil }

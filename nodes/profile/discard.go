package profile

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "discard", Name: "Discard profile update", Icon: "user-x",
		New:      func() node.Node { return &Discard{} },
		Aliases:  []string{"tracardi.process_engine.action.v1.operations.discard_profile_update_action.DiscardProfileUpdateAction"},
		Examples: []node.Example{{Name: "forget what changed", Payload: `{"a": 1}`, Port: "payload"}},
	})
}

// Discard leaves the profile as it is stored: the changes that flows make to it are seen by later nodes, but not kept.
type Discard struct{}

// Run implements node.Node.
func (n *Discard) Run(_ context.Context, in *node.Input) (node.Output, error) {
	in.KeepProfile(false)
	return node.To("payload", in.Payload), nil
}

package profile

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "update", Name: "Update profile", Icon: "user-up",
		New:      func() node.Node { return &Update{} },
		Out:      []node.Port{},
		Aliases:  []string{"tracardi.process_engine.action.v1.operations.update_profile_action.UpdateProfileAction"},
		Examples: []node.Example{{Name: "keep what changed", Payload: `{"a": 1}`}},
	})
}

// Update has the profile stored when the flow is over.
//
// What flows change is stored anyway, unless Discard profile update was there before; this node takes that back.
type Update struct{}

// Run implements node.Node.
func (n *Update) Run(_ context.Context, in *node.Input) (node.Output, error) {
	in.KeepProfile(true)
	return node.Output{}, nil
}

package profile

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "update-session", Name: "Update session", Icon: "device-desktop-up",
		New:      func() node.Node { return &UpdateSession{} },
		Out:      []node.Port{},
		Aliases:  []string{"tracardi.process_engine.action.v1.operations.update_session_action.UpdateSessionAction"},
		Examples: []node.Example{{Name: "nothing to do", Payload: `{"a": 1}`}},
	})
}

// UpdateSession ends a branch. The session is stored with every event, together with what flows have changed in it, so there is
// nothing to ask for; the node is here for flows that were made for the original, where it is needed.
type UpdateSession struct{}

// Run implements node.Node.
func (n *UpdateSession) Run(context.Context, *node.Input) (node.Output, error) {
	return node.Output{}, nil
}

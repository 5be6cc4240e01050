package profile

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "create-session", Name: "Create empty session", Icon: "device-desktop-plus",
		New:     func() node.Node { return &CreateSession{} },
		Aliases: []string{"tracardi.process_engine.action.v1.internal.add_empty_session.plugin.AddEmptySessionAction"},
		Examples: []node.Example{
			{
				Name: "a visit of its own", Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"session@id": `"session-new"`, "session@profile.id": `"profile-1"`, "event@session.id": `"session-new"`},
			},
			{
				Name: "an event that has none", Session: "null", Port: "payload",
				After: map[string]string{"session@id": `"session-new"`, "event@session.id": `"session-new"`},
			},
			{
				Name: "an event without a profile", Profile: "null", Session: "null", Port: "payload",
				After: map[string]string{"session@id": `"session-new"`, "session@profile": `null`},
			},
		},
	})
}

// CreateSession makes a session without any data for the person, and gives it to the event: from here on the session is the new
// one, in this flow and in those that follow it, and the event is stored with it.
//
// Other events of the sender stay in the visit that they came from, and the answer names that one. It can't be done after a wait or
// in the background, when the event is stored already.
type CreateSession struct{}

// Run implements node.Node.
func (n *CreateSession) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.To("payload", in.Payload), in.BeginSession()
}

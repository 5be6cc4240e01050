package profile

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "create", Name: "Create empty profile", Icon: "user-plus",
		New:     func() node.Node { return &Create{Session: "always"} },
		Aliases: []string{"tracardi.process_engine.action.v1.internal.add_empty_profile.plugin.AddEmptyProfileAction"},
		Examples: []node.Example{
			{
				Name: "somebody new, and their visit", Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{
					"profile@id": `"profile-new"`, "event@profile.id": `"profile-new"`, "profile@stats.visits": `null`,
					"session@id": `"session-new"`, "session@profile.id": `"profile-new"`,
				},
			},
			{
				Name: "an event without profile and visit", Config: `{"session": "if-not-exists"}`, Profile: "null", Session: "null", Port: "payload",
				After: map[string]string{"profile@id": `"profile-new"`, "session@id": `"session-new"`},
			},
			{
				Name: "in the visit that is there", Config: `{"session": "if-not-exists"}`, Profile: "null", Port: "payload",
				After: map[string]string{"profile@id": `"profile-new"`, "session@id": `"session-1"`},
			},
			{
				Name: "without a visit", Config: `{"session": "never"}`, Profile: "null", Session: "null", Port: "payload",
				After: map[string]string{"profile@id": `"profile-new"`, "session@id": `null`},
			},
		},
	})
}

// Create makes a profile without any data, and makes the event over to it: from here on the profile is the new one, in this flow
// and in those that follow it, and the event is stored as that person's.
//
// What was changed before stays with the person that the event came from, and so does the answer to the sender. It can't be done
// after a wait or in the background, when the event is stored already, nor when the flow's trigger asks for consents, which
// somebody new has not given. A visit that is nobody's becomes the new person's.
type Create struct {
	Session string `json:"session" title:"New session" help:"Whether the event begins a new visit of the new person." enum:"always,if-not-exists,never"`
}

// Run implements node.Node.
func (n *Create) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	if err := in.Become(ctx, ""); err != nil {
		return node.Output{}, err
	}
	if n.Session == "always" || n.Session == "if-not-exists" && in.Session() == nil {
		if err := in.BeginSession(); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}

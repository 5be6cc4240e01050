package control

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "new-profile", Name: "Is it a new profile", Icon: "user-question",
		New: func() node.Node { return &NewProfile{} },
		Out: []node.Port{
			{Name: "true", Doc: "The person was not known before this event."},
			{Name: "false", Doc: "The person was known, or the event has no profile."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.new_profile_action.NewProfileAction"},
		Examples: []node.Example{
			{Name: "somebody new", Profile: `{"new": true}`, Payload: `{"a": 1}`, Port: "true"},
			{Name: "somebody known", Port: "false"},
			{Name: "an event without a profile", Profile: "null", Port: "false"},
		},
	})
}

// NewProfile goes on at the port true when the person is seen for the first time, else at the port false.
type NewProfile struct{}

// Run implements node.Node.
func (n *NewProfile) Run(_ context.Context, in *node.Input) (node.Output, error) {
	profile := in.Profile()
	return node.To(strconv.FormatBool(profile != nil && profile.New), in.Payload), nil
}

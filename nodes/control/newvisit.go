package control

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "new-visit", Name: "Is it a new visit", Icon: "door-enter",
		New: func() node.Node { return &NewVisit{} },
		Out: []node.Port{
			{Name: "true", Doc: "The visit begins with this event."},
			{Name: "false", Doc: "The visit began before, or the event belongs to none."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.new_visit_action.NewVisitAction"},
		Examples: []node.Example{
			{Name: "the first event of a visit", Session: `{"new": true}`, Payload: `{"a": 1}`, Port: "true"},
			{Name: "a later event", Port: "false"},
			{Name: "no visit", Session: "null", Port: "false"},
		},
	})
}

// NewVisit goes on at the port true when the visit begins with this event, else at the port false.
type NewVisit struct{}

// Run implements node.Node.
func (n *NewVisit) Run(_ context.Context, in *node.Input) (node.Output, error) {
	session := in.Session()
	return node.To(strconv.FormatBool(session != nil && session.New), in.Payload), nil
}

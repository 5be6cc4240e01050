package event

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "previous-session", Name: "Get previous session", Icon: "calendar-time",
		New: func() node.Node { return &PreviousSession{Offset: -1} },
		Out: []node.Port{
			{Name: "found", Doc: "The session."},
			{Name: "not_found", Doc: "There were not so many."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.internal.get_prev_session.plugin.PreviousSessionAction"},
		Examples: []node.Example{
			{
				Name: "the visit before this one", Port: "found",
				Result: `{"id": "session-0", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}}`,
			},
			{Name: "there was only one", Config: `{"offset": -2}`, Payload: `{"a": 1}`, Port: "not_found"},
			{Name: "this one", Config: `{"offset": 0}`, Port: "found", Result: "*"},
			{Name: "no visit now", Config: `{"offset": 0}`, Session: "null", Payload: `{"a": 1}`, Port: "not_found"},
			{Name: "nobody", Profile: "null", Error: "no profile"},
		},
	})
}

// PreviousSession finds an earlier visit of the person, and makes its session the payload: -1 is the last visit before this
// one, 0 is this visit.
type PreviousSession struct {
	Offset int `json:"offset" title:"Which" help:"-1 for the last one, -2 for the one before it, at most -11." min:"-11" max:"0"`
}

// Run implements node.Node.
func (n *PreviousSession) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	session := in.Session()
	if n.Offset == 0 {
		if session == nil {
			return node.To("not_found", in.Payload), nil
		}
		return node.To("found", node.Document(session)), nil
	}
	where, err := ofProfile(in)
	if err != nil {
		return node.Output{}, err
	}
	current := ""
	if session != nil {
		current = session.ID
	}
	found, err := nth(ctx, in, "session", where, current, -n.Offset)
	if err != nil || found == nil {
		return node.To("not_found", in.Payload), err
	}
	return node.To("found", found), nil
}

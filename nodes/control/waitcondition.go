package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "wait-for-condition", Name: "Wait for condition", Icon: "hourglass-high",
		New: func() node.Node { return &WaitForCondition{Timeout: node.Seconds(3600)} },
		Out: []node.Port{
			{Name: "true", Doc: "The condition holds."},
			{Name: "timeout", Doc: "It did not hold in time."},
		},
		Examples: []node.Example{
			{
				Name: "until the address is known", Config: `{"condition": "profile@data.contact.email.main EXISTS", "timeout": "7 days"}`,
				Payload: `{"a": 1}`, Port: "timeout", Waits: "7 days",
			},
			{
				Name: "it is known already", Config: `{"condition": "profile@data.contact.email.main EXISTS", "timeout": "7 days"}`,
				Profile: `{"data": {"contact": {"email": {"main": "ann@example.com"}}}}`, Payload: `{"a": 1}`, Port: "true",
			},
		},
	})
}

// WaitForCondition waits until a condition holds, but not for ever.
//
// It looks at once, and again with each event of the same person, after that event has changed the profile. When the condition
// does not hold in time, the flow goes on at the port timeout. The waiting run is stored and survives restarts.
type WaitForCondition struct {
	Condition node.Condition `json:"condition" title:"Condition" help:"What must hold, such as profile@data.contact.email.main EXISTS." required:"true"`
	Timeout   node.Duration  `json:"timeout" title:"At most" help:"How long to wait, such as 2h or 3 days; a number means seconds."`
}

// Run implements node.Node.
func (n *WaitForCondition) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if n.Condition.Holds(in) {
		return node.To("true", in.Payload), nil
	}
	return node.Output{Wait: &node.Wait{
		Until: n.Timeout.From(in.Now()), Condition: n.Condition.Expr(),
		Matched: "true", Result: node.Result{Port: "timeout", Payload: in.Payload},
	}}, nil
}

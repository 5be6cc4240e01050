package control

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "if", Name: "If", Icon: "arrows-split",
		New: func() node.Node { return &If{Pass: true} },
		Out: []node.Port{
			{Name: "true", Doc: "The condition holds."},
			{Name: "false", Doc: "The condition does not hold."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.if_action.IfAction"},
		Examples: []node.Example{
			{
				Name: "a returning customer", Config: `{"condition": "profile@stats.visits > 1"}`,
				Profile: `{"stats": {"visits": 3}}`, Payload: `{"a": 1}`, Port: "true",
			},
			{
				Name: "a first visit", Config: `{"condition": "profile@stats.visits > 1"}`,
				Profile: `{"stats": {"visits": 1}}`, Payload: `{"a": 1}`, Port: "false",
			},
			{
				Name: "only the result", Config: `{"condition": "payload@a = 1", "pass_payload": false}`,
				Payload: `{"a": 1}`, Port: "true", Result: `{"result": true}`,
			},
		},
	})
}

// If goes on at the port true when a condition holds, else at the port false.
//
// The condition may speak of the event, the profile, the session, the payload and the memory of the flow, for example
// profile@stats.visits > 3 AND event@properties.price >= 100.
type If struct {
	Condition node.Condition `json:"condition" title:"Condition" help:"What must hold, such as profile@stats.visits > 1." required:"true"`
	Pass      bool           `json:"pass_payload" title:"Pass the payload on" help:"Else the payload is {\"result\": true} or false."`
}

// Run implements node.Node.
func (n *If) Run(_ context.Context, in *node.Input) (node.Output, error) {
	holds := n.Condition.Holds(in)
	payload := in.Payload
	if !n.Pass {
		payload = map[string]any{"result": holds}
	}
	return node.To(strconv.FormatBool(holds), payload), nil
}

package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "decrement", Name: "Decrement counter", Icon: "minus",
		New:     func() node.Node { return &Decrement{By: 1} },
		Aliases: []string{"tracardi.process_engine.action.v1.decrement_action.DecrementAction"},
		Examples: []node.Example{
			{
				Name: "a coupon less", Config: `{"field": "profile@stats.counters.coupons"}`, Profile: `{"stats": {"counters": {"coupons": 2}}}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@stats.counters.coupons": `1`},
			},
			{
				Name: "below zero", Config: `{"field": "profile@aux.points", "decrement": 2.5}`,
				Port: "payload", After: map[string]string{"profile@aux.points": `-2.5`},
			},
			{Name: "no number", Config: `{"field": "payload@n"}`, Payload: `{"n": [5]}`, Error: "payload@n is no number"},
		},
	})
}

// Decrement takes away from a number. What is not there, or null, counts as 0.
type Decrement struct {
	Field node.Path `json:"field" title:"Counter" help:"Where the number is, such as profile@stats.counters.coupons." required:"true"`
	By    float64   `json:"decrement" title:"Take away" help:"How much to take away."`
}

// Check implements node.Checker.
func (n *Decrement) Check() error { return changeable("field", []node.Path{n.Field}) }

// Run implements node.Node.
func (n *Decrement) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if err := count(in, n.Field, -n.By); err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}

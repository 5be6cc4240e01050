package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "increment", Name: "Increment counter", Icon: "plus",
		New:     func() node.Node { return &Increment{By: 1} },
		Aliases: []string{"tracardi.process_engine.action.v1.increment_action.IncrementAction"},
		Examples: []node.Example{
			{
				Name: "one more order", Config: `{"field": "profile@stats.counters.orders"}`, Profile: `{"stats": {"counters": {"orders": 2}}}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@stats.counters.orders": `3`},
			},
			{
				Name: "the first", Config: `{"field": "profile@aux.counters.spent", "increment": 12.5}`,
				Port: "payload", After: map[string]string{"profile@aux.counters.spent": `12.5`},
			},
			{Name: "in the payload", Config: `{"field": "payload@n"}`, Payload: `{"n": null}`, Port: "payload", Result: `{"n": 1}`},
			{Name: "no number", Config: `{"field": "payload@n"}`, Payload: `{"n": "5"}`, Error: "payload@n is no number"},
			{Name: "no profile", Config: `{"field": "profile@aux.n"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Increment adds to a number. What is not there, or null, counts as 0.
type Increment struct {
	Field node.Path `json:"field" title:"Counter" help:"Where the number is, such as profile@stats.counters.orders." required:"true"`
	By    float64   `json:"increment" title:"Add" help:"How much to add."`
}

// Check implements node.Checker.
func (n *Increment) Check() error { return changeable("field", []node.Path{n.Field}) }

// Run implements node.Node.
func (n *Increment) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if err := count(in, n.Field, n.By); err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}

// count adds to the number at a place.
func count(in *node.Input, place node.Path, by float64) error {
	held, _ := place.Get(in)
	number, ok := held.(float64)
	if !ok && held != nil {
		return tracardi.InvalidField("field", "%v is no number", place)
	}
	return place.Set(in, number+by)
}

package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "visits", Name: "Increase visits", Icon: "walk",
		New:     func() node.Node { return &Visits{} },
		Aliases: []string{"tracardi.process_engine.action.v1.increase_visits_action.IncreaseVisitsAction"},
		Examples: []node.Example{
			{Name: "one more", Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@stats.visits": `3`}},
			{Name: "no profile", Profile: "null", Error: "no profile"},
		},
	})
}

// Visits adds one to the visits of the person, profile@stats.visits.
type Visits struct{}

var visitsPlace = node.PathTo("profile@stats.visits")

// Run implements node.Node.
func (n *Visits) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if err := count(in, visitsPlace, 1); err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}

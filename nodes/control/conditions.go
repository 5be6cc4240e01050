package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "conditions", Name: "Resolve conditions", Icon: "list-check",
		New:     func() node.Node { return &Conditions{} },
		Out:     []node.Port{{Name: "result", Doc: "Each condition's name with true or false."}},
		Aliases: []string{"tracardi.process_engine.action.v1.traits.condition_set.plugin.ConditionSetPlugin"},
		Examples: []node.Example{
			{
				Name:    "two questions at once",
				Config:  `{"conditions": {"loyal": "profile@stats.visits > 1", "rich": "event@properties.total >= 1000"}}`,
				Profile: `{"stats": {"visits": 3}}`, Event: `{"properties": {"total": 20}}`,
				Port: "result", Result: `{"loyal": true, "rich": false}`,
			},
			{
				Name: "what makes no sense is false", Config: `{"conditions": {"odd": "payload@a > 1"}}`,
				Payload: `{"a": "text"}`, Port: "result", Result: `{"odd": false}`,
			},
		},
	})
}

// Conditions finds out which of several conditions hold, and passes on an object of true and false.
type Conditions struct {
	Conditions map[string]node.Condition `json:"conditions" title:"Conditions" help:"Names with conditions, such as loyal: profile@stats.visits > 5." required:"true"`
}

// Run implements node.Node.
func (n *Conditions) Run(_ context.Context, in *node.Input) (node.Output, error) {
	result := make(map[string]any, len(n.Conditions))
	for name, condition := range n.Conditions {
		result[name] = condition.Holds(in)
	}
	return node.To("result", result), nil
}

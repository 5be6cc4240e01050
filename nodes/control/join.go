package control

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "join", Name: "Join", Icon: "arrows-join", Joins: true,
		New:     func() node.Node { return &Join{Default: true} },
		Aliases: []string{"tracardi.process_engine.action.v1.operations.join_payloads.plugin.JoinPayloads"},
		Import:  node.FromJSONText("reshape"),
		Examples: []node.Example{
			{
				Name: "two branches together", Payload: `{"price": {"total": 5}, "stock": {"left": 2}}`,
				Port: "payload",
			},
			{
				Name: "in another shape", Config: `{"reshape": {"total": "payload@price.total", "left": "payload@stock.left"}}`,
				Payload: `{"price": {"total": 5}, "stock": {}}`, Port: "payload", Result: `{"total": 5, "left": null}`,
			},
			{
				Name: "a branch that is missing", Config: `{"reshape": {"left": "payload@stock.left"}, "default": false}`,
				Payload: `{"price": {"total": 5}}`, Error: "payload@stock.left is missing",
			},
			{Name: "no object", Config: `{"reshape": ["payload@a"]}`, Payload: `{"a": 1}`, Error: "must be an object"},
		},
	})
}

// Join waits for all its edges and makes one payload of theirs: an object with a member for each edge, under the edge's name.
//
// A shape can make something else of that object, in which payload@NAME is what came over the edge NAME.
type Join struct {
	Reshape node.Value `json:"reshape" title:"Shape" help:"The new payload, such as {\"total\": \"payload@price.total\"}; empty for all as it came." widget:"json"`
	Default bool       `json:"default" title:"Missing is null" help:"What is not there becomes null in the shape; else it is an error."`
}

// Run implements node.Node.
func (n *Join) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Reshape.Shape(in, expr.ReshapeOptions{UseDefault: n.Default})
	if err != nil {
		return node.Output{}, err
	}
	payload, ok := value.(map[string]any)
	switch {
	case value == nil || ok && len(payload) == 0:
		return node.To("payload", in.Payload), nil
	case !ok:
		return node.Output{}, tracardi.InvalidField("reshape", "the payload must be an object")
	}
	return node.To("payload", payload), nil
}

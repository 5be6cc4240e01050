package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "reshape", Name: "Inject payload", Icon: "transform",
		New:     func() node.Node { return &Reshape{Default: true} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.reshape_payload_action.ReshapePayloadAction"},
		Import:  node.FromJSONText("value"),
		Examples: []node.Example{
			{
				Name: "another shape", Config: `{"value": {"who": "profile@id", "basket": {"total": "payload@sum"}, "kind": "order"}}`,
				Payload: `{"sum": 12.5}`, Port: "payload", Result: `{"who": "profile-1", "basket": {"total": 12.5}, "kind": "order"}`,
			},
			{
				Name: "what is missing is null", Config: `{"value": {"total": "payload@sum"}}`,
				Port: "payload", Result: `{"total": null}`,
			},
			{
				Name: "what is missing is left out", Config: `{"value": {"total?": "payload@sum", "n": 1}}`,
				Port: "payload", Result: `{"n": 1}`,
			},
			{
				Name: "what is missing is an error", Config: `{"value": {"total": "payload@sum"}, "default": false}`,
				Error: "payload@sum is missing",
			},
			{Name: "no object", Config: `{"value": "payload@sum"}`, Payload: `{"sum": 1}`, Error: "no object"},
		},
	})
}

// Reshape makes a new payload of any data.
//
// The shape is an object in which texts such as event@properties.total stand for what is there. A name that ends with "?" is
// optional: it is left out when its value is missing or empty.
type Reshape struct {
	Value   node.Value `json:"value" title:"Shape" help:"The new payload, such as {\"total\": \"event@properties.total\"}." widget:"json" required:"true"`
	Default bool       `json:"default" title:"Missing is null" help:"What is not there becomes null; else it is an error."`
}

// Run implements node.Node.
func (n *Reshape) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Value.Shape(in, expr.ReshapeOptions{UseDefault: n.Default})
	if err != nil {
		return node.Output{}, err
	}
	payload, ok := value.(map[string]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("value", "is no object")
	}
	return node.To("payload", payload), nil
}

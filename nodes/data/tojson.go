package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "to-json", Name: "Data to JSON", Icon: "json",
		New:     func() node.Node { return &ToJSON{} },
		Aliases: []string{"tracardi.process_engine.action.v1.converters.data_to_json.plugin.ObjectToJsonAction"},
		Examples: []node.Example{
			{
				Name: "an object", Config: `{"to_json": "payload@a"}`, Payload: `{"a": {"b": [1, "<x>", null]}}`,
				Port: "payload", Result: `{"json": "{\"b\":[1,\"<x>\",null]}"}`,
			},
			{Name: "nothing", Config: `{"to_json": "payload@a"}`, Error: "payload@a is missing"},
		},
	})
}

// ToJSON writes data of the event as one text of JSON: {"json": "…"}.
type ToJSON struct {
	ToJSON node.Value `json:"to_json" title:"Data" help:"What to write, such as profile@traits." required:"true"`
}

// Run implements node.Node.
func (n *ToJSON) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.ToJSON.Resolve(in)
	return node.To("payload", map[string]any{"json": written(value)}), err
}

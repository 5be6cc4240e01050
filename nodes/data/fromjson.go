package data

import (
	"context"
	"encoding/json"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "from-json", Name: "JSON to data", Icon: "braces",
		New:     func() node.Node { return &FromJSON{} },
		Aliases: []string{"tracardi.process_engine.action.v1.converters.json_to_data.plugin.JsonToObjectAction"},
		Examples: []node.Example{
			{
				Name: "an object", Config: `{"to_data": "payload@json"}`, Payload: `{"json": "{\"b\": [1, null]}"}`,
				Port: "payload", Result: `{"value": {"b": [1, null]}}`,
			},
			{Name: "no JSON", Config: `{"to_data": "payload@json"}`, Payload: `{"json": "{b}"}`, Error: "to_data"},
			{Name: "nothing", Config: `{"to_data": "payload@json"}`, Error: "payload@json is missing"},
		},
	})
}

// FromJSON reads a text of JSON into data that can be pointed at: {"value": …}.
type FromJSON struct {
	ToData node.Value `json:"to_data" title:"JSON" help:"Where the text is, such as event@properties.body." required:"true"`
}

// Run implements node.Node.
func (n *FromJSON) Run(_ context.Context, in *node.Input) (node.Output, error) {
	written, err := n.ToData.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	var value any
	if err := json.Unmarshal([]byte(written), &value); err != nil {
		return node.Output{}, tracardi.InvalidField("to_data", "is no JSON: %v", err)
	}
	return node.To("payload", map[string]any{"value": value}), nil
}

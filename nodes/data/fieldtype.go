package data

import (
	"context"
	"math"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "field-type", Name: "Get field type", Icon: "tag",
		New:     func() node.Node { return &FieldType{} },
		Out:     []node.Port{{Name: "field_info", Doc: "The type and the length."}},
		Aliases: []string{"tracardi.process_engine.action.v1.traits.field_type_action.FieldTypeAction"},
		Examples: []node.Example{
			{Name: "a text", Config: `{"field": "payload@a"}`, Payload: `{"a": "żó"}`, Port: "field_info", Result: `{"type": "string", "length": 2}`},
			{Name: "a list", Config: `{"field": "payload@a"}`, Payload: `{"a": [1, 2, 3]}`, Port: "field_info", Result: `{"type": "array", "length": 3}`},
			{Name: "an object", Config: `{"field": "payload@a"}`, Payload: `{"a": {"b": 1}}`, Port: "field_info", Result: `{"type": "object", "length": 1}`},
			{Name: "a whole number", Config: `{"field": "payload@a"}`, Payload: `{"a": 5}`, Port: "field_info", Result: `{"type": "int", "length": null}`},
			{Name: "a number", Config: `{"field": "payload@a"}`, Payload: `{"a": 5.5}`, Port: "field_info", Result: `{"type": "float", "length": null}`},
			{Name: "a boolean", Config: `{"field": "payload@a"}`, Payload: `{"a": true}`, Port: "field_info", Result: `{"type": "bool", "length": null}`},
			{Name: "null", Config: `{"field": "payload@a"}`, Payload: `{"a": null}`, Port: "field_info", Result: `{"type": "null", "length": null}`},
			{Name: "nothing", Config: `{"field": "payload@a"}`, Error: "payload@a is missing"},
		},
	})
}

// FieldType tells what kind of value is at a place, and how long it is: {"type": …, "length": …}.
//
// The type is string, int, float, bool, array, object or null. The length is that of a text in characters, of a list or of an
// object in members; else it is null.
type FieldType struct {
	Field node.Value `json:"field" title:"Place" help:"Such as event@properties.products." required:"true"`
}

// Run implements node.Node.
func (n *FieldType) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Field.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	kind := kindOf(value)
	var length any
	switch value := value.(type) {
	case string:
		length = utf8.RuneCountInString(value)
	case []any:
		length = len(value)
	case map[string]any:
		length = len(value)
	case float64:
		if kind = "float"; value == math.Trunc(value) {
			kind = "int"
		}
	}
	return node.To("field_info", map[string]any{"type": kind, "length": length}), nil
}

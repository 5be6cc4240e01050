package memory

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "read", Name: "Read from memory", Icon: "database-export",
		New: func() node.Node { return &Read{} },
		Out: []node.Port{
			{Name: "success", Doc: "The value."},
			{Name: "not-exists", Doc: "There is none under the key, or its time is over."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.operations.read_from_memory.plugin.ReadFromMemoryAction"},
		Examples: []node.Example{
			{Name: "the last basket", Config: `{"key": "profile@id", "prefix": "basket"}`, Port: "success", Result: `{"value": {"n": 1}}`},
			{Name: "another prefix", Config: `{"key": "profile@id"}`, Payload: `{"a": 1}`, Port: "not-exists"},
			{Name: "no key", Config: `{"key": "payload@k"}`, Error: "payload@k is missing"},
			{Name: "something else under the key", Config: `{"key": "broken"}`, Error: "broken"},
		},
	})
}

// Read finds a value that Write to memory has kept, in this flow or in another one: {"value": …}.
type Read struct {
	Key    node.Value `json:"key" title:"Key" help:"A text, or a place such as profile@id." required:"true"`
	Prefix string     `json:"prefix" title:"Prefix" help:"As it was written with."`
}

// Run implements node.Node.
func (n *Read) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	name, err := nameOf(in, n.Prefix, n.Key)
	if err != nil {
		return node.Output{}, err
	}
	kept, ok, err := in.Values().Get(ctx, name)
	switch {
	case err != nil:
		return node.Output{}, err
	case !ok:
		return node.To("not-exists", in.Payload), nil
	}
	var value any
	if err := json.Unmarshal(kept, &value); err != nil {
		return node.Output{}, fmt.Errorf("what is kept as %s is no JSON: %w", name, err)
	}
	return node.To("success", map[string]any{"value": value}), nil
}

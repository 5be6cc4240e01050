package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "reduce", Name: "Reduce array", Icon: "chart-bar",
		New:     func() node.Node { return &Reduce{} },
		Out:     []node.Port{{Name: "result", Doc: "How often each item is there."}},
		Aliases: []string{"tracardi.process_engine.action.v1.operations.reduce_array.plugin.ArrayReducer"},
		Examples: []node.Example{
			{
				Name: "colors", Config: `{"array": "payload@colors"}`, Payload: `{"colors": ["red", "blue", "red", 5]}`,
				Port: "result", Result: `{"counts": {"red": 2, "blue": 1, "5": 1}, "max": "red", "min": "blue", "total": 4}`,
			},
			{
				Name: "nothing", Config: `{"array": "payload@colors"}`, Payload: `{"colors": []}`,
				Port: "result", Result: `{"counts": {}, "max": null, "min": null, "total": 0}`,
			},
			{Name: "no list", Config: `{"array": "payload@colors"}`, Payload: `{"colors": "red"}`, Error: "no list"},
		},
	})
}

// Reduce counts how often each item is in a list: {"counts": {"red": 2}, "max": …, "min": …, "total": …}.
//
// Max is the item that is there most often, min the one that is there least often, and of several the first in the list.
type Reduce struct {
	Array node.Value `json:"array" title:"List" help:"What to count, such as event@properties.colors." required:"true"`
}

// Run implements node.Node.
func (n *Reduce) Run(_ context.Context, in *node.Input) (node.Output, error) {
	items, err := list(in, "array", n.Array)
	if err != nil {
		return node.Output{}, err
	}
	counts := map[string]any{}
	var names []string
	for _, item := range items {
		name := text(item)
		count, ok := counts[name].(int)
		if !ok {
			names = append(names, name)
		}
		counts[name] = count + 1
	}
	var most, least any
	for _, name := range names {
		count := counts[name].(int)
		if most == nil || count > counts[most.(string)].(int) {
			most = name
		}
		if least == nil || count < counts[least.(string)].(int) {
			least = name
		}
	}
	return node.To("result", map[string]any{"counts": counts, "max": most, "min": least, "total": len(items)}), nil
}

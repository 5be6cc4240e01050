package data

import (
	"context"
	"maps"
	"slices"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "sort-object", Name: "Sort dictionary", Icon: "sort-a-z",
		New:     func() node.Node { return &SortObject{Direction: "asc", By: "key"} },
		Out:     []node.Port{{Name: "result", Doc: "The pairs in order."}},
		Aliases: []string{"tracardi.process_engine.action.v1.sort_dictionary.SortedDictAction"},
		Examples: []node.Example{
			{
				Name: "by name", Config: `{"data": "payload@points"}`, Payload: `{"points": {"b": 1, "a": 2}}`,
				Port: "result", Result: `{"result": [["a", 2], ["b", 1]]}`,
			},
			{
				Name: "the best first", Config: `{"data": "payload@points", "sort_by": "value", "direction": "desc"}`,
				Payload: `{"points": {"a": 1, "b": 3, "c": 2}}`, Port: "result", Result: `{"result": [["b", 3], ["c", 2], ["a", 1]]}`,
			},
			{Name: "no object", Config: `{"data": "payload@points"}`, Payload: `{"points": [1]}`, Error: "no object"},
			{
				Name: "values of different kinds", Config: `{"data": "payload@points", "sort_by": "value"}`,
				Payload: `{"points": {"a": 1, "b": "2"}}`, Error: "order",
			},
		},
	})
}

// SortObject makes a list of an object's names and values, in order: {"result": [["name", value], …]}.
type SortObject struct {
	Data      node.Value `json:"data" title:"Object" help:"What to sort, such as profile@interests." required:"true"`
	Direction string     `json:"direction" title:"Direction" help:"The smallest or the largest first." enum:"asc,desc"`
	By        string     `json:"sort_by" title:"By" help:"The name or the value." enum:"key,value"`
}

// Run implements node.Node.
func (n *SortObject) Run(_ context.Context, in *node.Input) (node.Output, error) {
	members, err := object(in, "data", n.Data)
	if err != nil {
		return node.Output{}, err
	}
	pairs := []any{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		pairs = append(pairs, []any{name, members[name]})
	}
	at := 0
	if n.By == "value" {
		at = 1
	}
	if err := order(pairs, func(pair any) any { return pair.([]any)[at] }, n.Direction == "desc"); err != nil {
		return node.Output{}, err
	}
	return node.To("result", map[string]any{"result": pairs}), nil
}

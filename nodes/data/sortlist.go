package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "sort-list", Name: "Sort list", Icon: "sort-ascending",
		New:     func() node.Node { return &SortList{Direction: "asc"} },
		Out:     []node.Port{{Name: "result", Doc: "The list in order."}},
		Aliases: []string{"tracardi.process_engine.action.v1.sort_array_action.SortArrayAction"},
		Examples: []node.Example{
			{Name: "numbers", Config: `{"data": "payload@l"}`, Payload: `{"l": [10, 9, 1]}`, Port: "result", Result: `{"result": [1, 9, 10]}`},
			{
				Name: "texts, the last first", Config: `{"data": "payload@l", "direction": "desc"}`, Payload: `{"l": ["a", "c", "b"]}`,
				Port: "result", Result: `{"result": ["c", "b", "a"]}`,
			},
			{Name: "true and false", Config: `{"data": "payload@l"}`, Payload: `{"l": [true, false]}`, Port: "result", Result: `{"result": [false, true]}`},
			{Name: "nothing", Config: `{"data": "payload@l"}`, Payload: `{"l": []}`, Port: "result", Result: `{"result": []}`},
			{Name: "no list", Config: `{"data": "payload@l"}`, Payload: `{"l": 5}`, Error: "no list"},
			{Name: "different kinds", Config: `{"data": "payload@l"}`, Payload: `{"l": [1, "a"]}`, Error: "order"},
		},
	})
}

// SortList puts a list of numbers or of texts in order: {"result": [ … ]}.
type SortList struct {
	Data      node.Value `json:"data" title:"List" help:"What to sort, such as event@properties.prices." required:"true"`
	Direction string     `json:"direction" title:"Direction" help:"The smallest or the largest first." enum:"asc,desc"`
}

// Run implements node.Node.
func (n *SortList) Run(_ context.Context, in *node.Input) (node.Output, error) {
	items, err := list(in, "data", n.Data)
	if err != nil {
		return node.Output{}, err
	}
	if err := order(items, func(item any) any { return item }, n.Direction == "desc"); err != nil {
		return node.Output{}, err
	}
	return node.To("result", map[string]any{"result": items}), nil
}

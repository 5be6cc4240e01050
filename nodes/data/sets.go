package data

import (
	"context"
	"slices"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "sets", Name: "Operations on sets", Icon: "circles",
		New:     func() node.Node { return &Sets{Operation: "intersection"} },
		Out:     []node.Port{{Name: "result", Doc: "The new list, or true or false."}},
		Aliases: []string{"tracardi.process_engine.action.v1.list.operations_on_sets.plugin.SetOperationPlugin"},
		Examples: []node.Example{
			setExample("intersection", `[2, "x"]`),
			setExample("union", `[1, 2, "x", 3]`),
			setExample("difference", `[1]`),
			setExample("symmetric_difference", `[1, 3]`),
			setExample("is_subset", `false`),
			setExample("is_superset", `false`),
			{
				Name: "part of the other", Config: `{"set1": "payload@a", "set2": ["red", "green", "blue"], "operation": "is_subset"}`,
				Payload: `{"a": ["blue", "red"]}`, Port: "result", Result: `{"result": true}`,
			},
			{
				Name: "the other is part of it", Config: `{"set1": ["red", "green"], "set2": "payload@a", "operation": "is_superset"}`,
				Payload: `{"a": []}`, Port: "result", Result: `{"result": true}`,
			},
			{Name: "no list", Config: `{"set1": "payload@a", "set2": "payload@b"}`, Payload: `{"a": [1], "b": 1}`, Error: "set2"},
		},
	})
}

func setExample(operation, result string) node.Example {
	return node.Example{
		Name: operation, Config: `{"set1": "payload@a", "set2": "payload@b", "operation": "` + operation + `"}`,
		Payload: `{"a": [1, 2, "x", 2], "b": [2, 3, "x"]}`, Port: "result", Result: `{"result": ` + result + `}`,
	}
}

// Sets compares two lists as sets, in which the order and repetitions do not matter: {"result": …}.
//
// The result is a list, in the order in which the items come first, or true or false for is_subset and is_superset.
type Sets struct {
	Set1      node.Value `json:"set1" title:"First list" help:"Such as profile@traits.colors." required:"true"`
	Set2      node.Value `json:"set2" title:"Second list" help:"Such as event@properties.colors." required:"true"`
	Operation string     `json:"operation" title:"Operation" help:"What to make of the two." enum:"intersection,union,difference,symmetric_difference,is_subset,is_superset"`
}

// Run implements node.Node.
func (n *Sets) Run(_ context.Context, in *node.Input) (node.Output, error) {
	first, err := list(in, "set1", n.Set1)
	if err != nil {
		return node.Output{}, err
	}
	second, err := list(in, "set2", n.Set2)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("result", map[string]any{"result": combine(n.Operation, first, second)}), nil
}

func combine(operation string, first, second []any) any {
	switch operation {
	case "union":
		return pick(slices.Concat(first, second), nil)
	case "difference":
		return pick(first, func(item any) bool { return index(second, item) < 0 })
	case "symmetric_difference":
		return pick(slices.Concat(first, second), func(item any) bool { return index(first, item) < 0 || index(second, item) < 0 })
	case "is_subset":
		return contains(second, first)
	case "is_superset":
		return contains(first, second)
	}
	return pick(first, func(item any) bool { return index(second, item) >= 0 })
}

// pick lists the items that are wanted, each once.
func pick(items []any, wanted func(any) bool) []any {
	picked := []any{}
	for _, item := range items {
		if (wanted == nil || wanted(item)) && index(picked, item) < 0 {
			picked = append(picked, item)
		}
	}
	return picked
}

func contains(items, part []any) bool {
	return !slices.ContainsFunc(part, func(item any) bool { return index(items, item) < 0 })
}

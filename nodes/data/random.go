package data

import (
	"context"
	"math/rand/v2"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "random", Name: "Random item", Icon: "dice",
		New:     func() node.Node { return &Random{} },
		Out:     []node.Port{{Name: "random_element", Doc: "The item that was drawn."}},
		Aliases: []string{"tracardi.process_engine.action.v1.return_random_element_action.RandomItemAction"},
		Examples: []node.Example{
			{Name: "one of three", Config: `{"list_of_items": ["red", "green", "blue"]}`, Port: "random_element", Result: "*"},
			{
				Name: "a place", Config: `{"list_of_items": ["payload@a"]}`, Payload: `{"a": {"b": 1}}`,
				Port: "random_element", Result: `{"value": {"b": 1}}`,
			},
			{Name: "a place with nothing", Config: `{"list_of_items": ["payload@a"]}`, Error: "payload@a is missing"},
		},
	})
}

// Random draws one item of a list: {"value": …}. Each has the same chance, each time.
type Random struct {
	Items []node.Value `json:"list_of_items" title:"Items" help:"What to draw from: values and places." required:"true"`
}

// Run implements node.Node.
func (n *Random) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Items[rand.IntN(len(n.Items))].Resolve(in)
	return node.To("random_element", map[string]any{"value": value}), err
}

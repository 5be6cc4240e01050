package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "cut", Name: "Cut out data", Icon: "cut",
		New:     func() node.Node { return &Cut{} },
		Out:     []node.Port{{Name: "trait", Doc: "The part of the data."}},
		Aliases: []string{"tracardi.process_engine.action.v1.traits.cut_out_trait_action.CutOutTraitAction"},
		Examples: []node.Example{
			{
				Name: "an object", Config: `{"trait": "event@properties.basket"}`,
				Event: `{"properties": {"basket": {"total": 5}}}`, Port: "trait", Result: `{"total": 5}`,
			},
			{
				Name: "under a key", Config: `{"trait": "event@properties.basket", "key": "basket"}`,
				Event: `{"properties": {"basket": {"total": 5}}}`, Port: "trait", Result: `{"basket": {"total": 5}}`,
			},
			{Name: "a single value", Config: `{"trait": "event@type"}`, Port: "trait", Result: `{"value": "page-view"}`},
			{Name: "nothing there", Config: `{"trait": "event@properties.basket"}`, Error: "event@properties.basket is missing"},
		},
	})
}

// Cut makes the payload of a part of the data. What is no object goes under a key, which is value unless you name another.
type Cut struct {
	Trait node.Value `json:"trait" title:"Place" help:"What to cut out, such as event@properties.basket." required:"true"`
	Key   string     `json:"key" title:"Key" help:"The name in the new payload; empty to make the object itself the payload."`
}

// Run implements node.Node.
func (n *Cut) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Trait.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	part, ok := value.(map[string]any)
	switch {
	case n.Key != "":
		part = map[string]any{n.Key: value}
	case !ok:
		part = map[string]any{"value": value}
	}
	return node.To("trait", part), nil
}

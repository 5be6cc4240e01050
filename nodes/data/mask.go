package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "mask", Name: "Mask data", Icon: "eye-off",
		New:     func() node.Node { return &Mask{} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.mask_traits_action.MaskTraitsAction"},
		Examples: []node.Example{
			{
				Name: "a card number", Config: `{"traits": ["payload@card", "profile@data.identifier.credit_card", "payload@none"]}`,
				Profile: `{"data": {"identifier": {"credit_card": "4111"}}}`, Payload: `{"card": "4111", "a": 1}`,
				Port: "payload", Result: `{"card": "###", "a": 1}`, After: map[string]string{"profile@data.identifier.credit_card": `"###"`},
			},
			{Name: "all of it", Config: `{"traits": ["payload@a"]}`, Payload: `{"a": {"b": 1}}`, Port: "payload", Result: `{"a": "###"}`},
		},
	})
}

// Mask replaces values by ###, so that later nodes, logs and other systems don't see them. What is not there is noted as a
// warning.
type Mask struct {
	Traits []node.Path `json:"traits" title:"Places" help:"What to mask, such as payload@card." required:"true"`
}

// Check implements node.Checker.
func (n *Mask) Check() error { return changeable("traits", n.Traits) }

// Run implements node.Node.
func (n *Mask) Run(_ context.Context, in *node.Input) (node.Output, error) {
	for _, place := range n.Traits {
		if _, ok := place.Get(in); !ok {
			in.Warn("%v is not there, so it was not masked", place)
			continue
		}
		if err := place.Set(in, "###"); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}

package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "delete", Name: "Delete data", Icon: "eraser",
		New:     func() node.Node { return &Delete{} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.delete_trait_action.DeleteTraitAction"},
		Examples: []node.Example{
			{
				Name: "from the profile and the payload", Config: `{"delete": ["profile@traits.color", "payload@a.b", "session@context.none"]}`,
				Profile: `{"traits": {"color": "red", "size": 5}}`, Payload: `{"a": {"b": 1, "c": 2}}`, Port: "payload", Result: `{"a": {"c": 2}}`,
				After: map[string]string{"profile@traits.color": `null`, "profile@traits.size": `5`},
			},
			{Name: "no profile", Config: `{"delete": ["profile@traits.color"]}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Delete removes what is at places. What is not there is no error.
type Delete struct {
	Delete []node.Path `json:"delete" title:"Places" help:"What to remove, such as profile@traits.color." required:"true"`
}

// Check implements node.Checker.
func (n *Delete) Check() error { return changeable("delete", n.Delete) }

// changeable refuses places that can only be read.
func changeable(setting string, places []node.Path) error {
	for _, place := range places {
		if place.Empty() || place.Field().Source == "flow" {
			return tracardi.InvalidField(setting, "%q can't be changed", place)
		}
	}
	return nil
}

// Run implements node.Node.
func (n *Delete) Run(_ context.Context, in *node.Input) (node.Output, error) {
	for _, place := range n.Delete {
		if err := place.Delete(in); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}

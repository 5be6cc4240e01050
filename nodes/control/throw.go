package control

import (
	"context"
	"errors"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "throw", Name: "Throw error", Icon: "alert-octagon",
		New:     func() node.Node { return &Throw{Message: node.TemplateOf("Flow stopped due to error.")} },
		Out:     []node.Port{},
		Aliases: []string{"tracardi.process_engine.action.v1.raise_error_action.RaiseErrorAction"},
		Examples: []node.Example{
			{Name: "the usual message", Error: "Flow stopped due to error."},
			{
				Name: "a message with data", Config: `{"message": "{{payload@sku}} has no price"}`,
				Payload: `{"sku": "A-1"}`, Error: "A-1 has no price",
			},
		},
	})
}

// Throw fails on purpose: the branch stops, the event is marked, and the run shows the message.
type Throw struct {
	Message node.Template `json:"message" title:"Message" help:"What people read in the run and at the event." required:"true"`
}

// Run implements node.Node.
func (n *Throw) Run(_ context.Context, in *node.Input) (node.Output, error) {
	message, err := n.Message.Render(in)
	if err == nil {
		err = errors.New(message)
	}
	return node.Output{}, err
}

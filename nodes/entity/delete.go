package entity

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "delete", Name: "Delete entity", Icon: "cube-off",
		New: func() node.Node { return &Delete{OfProfile: true} },
		Out: []node.Port{
			{Name: "payload", Doc: "It is removed."},
			{Name: "not_found", Doc: "There is none, or it belongs to somebody else."},
		},
		Aliases: []string{"com_tracardi.action.v1.entity.delete.plugin.DeleteEntityAction"},
		Examples: []node.Example{
			{Name: "a booking", Config: `{"type": "booking", "id": "17"}`, Payload: `{"a": 1}`, Port: "payload"},
			{Name: "of somebody else", Config: `{"type": "booking", "id": "18"}`, Payload: `{"a": 1}`, Port: "not_found"},
			{Name: "no id", Config: `{"type": "booking", "id": "payload@number"}`, Error: "payload@number is missing"},
			{Name: "nobody", Config: `{"type": "booking", "id": "17"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Delete removes a stored thing that is no person, such as a booking or a product.
type Delete struct {
	Type      node.Reference `json:"type" title:"Type" help:"What it is, such as booking." required:"true"`
	ID        node.Value     `json:"id" title:"Id" help:"Its number or name among those of its type, such as event@properties.booking." required:"true"`
	OfProfile bool           `json:"reference_profile" title:"Belongs to the profile" help:"Removes only what belongs to the person; else anything."`
}

// Run implements node.Node.
func (n *Delete) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	id, err := idOf(in, n.Type.ID, n.ID)
	if err != nil {
		return node.Output{}, err
	}
	found, err := find(ctx, in, id, n.OfProfile)
	if err != nil || found == nil {
		return node.To("not_found", in.Payload), err
	}
	in.Discard(id)
	return node.To("payload", in.Payload), nil
}

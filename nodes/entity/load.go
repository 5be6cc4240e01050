package entity

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "load", Name: "Load entity", Icon: "cube",
		New: func() node.Node { return &Load{OfProfile: true} },
		Out: []node.Port{
			{Name: "found", Doc: "The entity."},
			{Name: "not_found", Doc: "There is none, or it belongs to somebody else."},
		},
		Aliases: []string{"com_tracardi.action.v1.entity.load.plugin.LoadEntityAction"},
		Examples: []node.Example{
			{
				Name: "a booking", Config: `{"type": {"id": "booking", "name": "Booking"}, "id": "payload@number"}`, Payload: `{"number": 17}`,
				Port: "found", Result: `{"id": "booking:17", "type": "booking", "properties": {"room": "A"}, "profile": {"id": "profile-1"}}`,
			},
			{Name: "of somebody else", Config: `{"type": "booking", "id": "18"}`, Payload: `{"a": 1}`, Port: "not_found"},
			{
				Name: "whoever it belongs to", Config: `{"type": "booking", "id": "18", "reference_profile": false}`,
				Port: "found", Result: `{"id": "booking:18", "type": "booking", "profile": {"id": "somebody"}}`,
			},
			{Name: "one that is not there", Config: `{"type": "booking", "id": "19"}`, Payload: `{"a": 1}`, Port: "not_found"},
			{Name: "no id", Config: `{"type": "booking", "id": "payload@number"}`, Error: "payload@number is missing"},
			{Name: "nobody", Config: `{"type": "booking", "id": "17"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Load finds a stored thing that is no person, such as a booking or a product, and makes it the payload. It does not see what
// this run stores.
type Load struct {
	Type      node.Reference `json:"type" title:"Type" help:"What it is, such as booking." required:"true"`
	ID        node.Value     `json:"id" title:"Id" help:"Its number or name among those of its type, such as event@properties.booking." required:"true"`
	OfProfile bool           `json:"reference_profile" title:"Belongs to the profile" help:"Finds only what belongs to the person; else anything."`
}

// Run implements node.Node.
func (n *Load) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	id, err := idOf(in, n.Type.ID, n.ID)
	if err != nil {
		return node.Output{}, err
	}
	found, err := find(ctx, in, id, n.OfProfile)
	if err != nil || found == nil {
		return node.To("not_found", in.Payload), err
	}
	return node.To("found", found), nil
}
